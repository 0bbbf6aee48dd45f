#include "gateway/http_framing.h"

#include <algorithm>
#include <ctime>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "boost/beast/http/field.hpp"
#include "boost/url/parse.hpp"
#include "gateway/problem.h"
#include "gateway/request_headers.h"
#include "gateway/security_headers.h"
#include "shared/base/status.h"

namespace cartwright::gateway {

namespace http = boost::beast::http;

namespace {

// Method, spaces and version around the longest target.
constexpr size_t kMaxRequestLine = kMaxTarget + 64;
// With its colon and white space.
constexpr size_t kMaxHeaderName = 256;

absl::Status Malformed(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, api::v1::MALFORMED_REQUEST, what);
}

absl::Status TooLarge(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, api::v1::HEADERS_TOO_LARGE, what);
}

absl::Status UriTooLong() {
  return Error(absl::StatusCode::kInvalidArgument, api::v1::URI_TOO_LONG,
               absl::StrCat("The request target is longer than ", kMaxTarget, " bytes."));
}

// "GET /path HTTP/1.1". Beast checks the rest; other versions it would call malformed.
absl::Status CheckRequestLine(absl::string_view line) {
  const size_t last_space = line.rfind(' ');
  const size_t first_space = line.find(' ');
  if (last_space == absl::string_view::npos || last_space == first_space) {
    return Malformed("The request line does not have three parts.");
  }
  if (last_space - first_space - 1 > kMaxTarget) return UriTooLong();
  const absl::string_view version = line.substr(last_space + 1);
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return absl::OkStatus();
  if (!absl::StartsWith(version, "HTTP/")) return Malformed("The request line has no version.");
  return Error(absl::StatusCode::kUnimplemented, api::v1::VERSION_NOT_SUPPORTED,
               "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
}

bool IsHostCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains(".-_~:[]%", c);
}

// A host with or without a port; narrower than RFC 3986, whose names may have commas.
bool IsHost(absl::string_view text) {
  if (!std::all_of(text.begin(), text.end(), IsHostCharacter)) return false;
  const auto authority = boost::urls::parse_authority({text.data(), text.size()});
  if (!authority || authority->encoded_host().empty()) return false;
  uint32_t port = 0;
  const auto digits = authority->port();
  return digits.empty() ||
         (absl::SimpleAtoi(absl::string_view(digits.data(), digits.size()), &port) &&
          port <= 65535);
}

// Formatting takes longer than most of a response; the date changes once a second.
absl::string_view Date() {
  thread_local std::time_t formatted_at = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != formatted_at) {
    text = absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::FromTimeT(now), absl::UTCTimeZone());
    formatted_at = now;
  }
  return text;
}

}  // namespace

absl::StatusOr<size_t> HeadScanner::Scan(absl::string_view data) {
  while (true) {
    const size_t end = data.find('\n', scanned_);
    const size_t line_size = std::min(end, data.size()) - line_start_;
    if (lines_ == 0 && line_size > kMaxRequestLine) return UriTooLong();
    if (lines_ > 0 && line_size > kMaxHeaderValue + kMaxHeaderName) {
      return TooLarge("A header field is too long.");
    }
    if (std::min(end, data.size()) > kMaxHeaderBlock) {
      return TooLarge(absl::StrCat("The header block is larger than ", kMaxHeaderBlock, " bytes."));
    }
    if (end == absl::string_view::npos) {
      scanned_ = data.size();
      return 0;
    }
    if (line_size == 0 || data[end - 1] != '\r') {
      return Malformed("A line does not end with CR and LF.");
    }
    const absl::string_view line = data.substr(line_start_, line_size - 1);
    scanned_ = line_start_ = end + 1;
    if (line.empty() && lines_ > 0) return end + 1;
    if (absl::Status status = CheckLine(line); !status.ok()) return status;
    ++lines_;
  }
}

absl::Status HeadScanner::CheckLine(absl::string_view line) {
  if (line.find('\r') != absl::string_view::npos) return Malformed("A line has a CR within.");
  if (lines_ == 0) return CheckRequestLine(line);
  if (lines_ > kMaxHeaderFields) {
    return TooLarge(absl::StrCat("There are more than ", kMaxHeaderFields, " header fields."));
  }
  if (line.front() == ' ' || line.front() == '\t') return Malformed("A header field is folded.");
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos || colon == 0) {
    return Malformed("A header field has no name.");
  }
  if (absl::StripAsciiWhitespace(line.substr(colon + 1)).size() > kMaxHeaderValue) {
    return TooLarge(
        absl::StrCat("The value of a header field is larger than ", kMaxHeaderValue, " bytes."));
  }
  return absl::OkStatus();
}

absl::Status CheckFraming(const http::fields& fields, bool is_http_1_0) {
  const size_t hosts = fields.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && !is_http_1_0)) {
    return Malformed("There must be one Host field.");
  }
  const auto host = fields[http::field::host];
  const bool may_be_empty = is_http_1_0 && host.empty();
  if (!may_be_empty && !IsHost({host.data(), host.size()})) {
    return Malformed("The Host field is not a host.");
  }
  const size_t lengths = fields.count(http::field::content_length);
  const size_t codings = fields.count(http::field::transfer_encoding);
  if (lengths + codings > 1) return Malformed("The length of the body is given twice.");
  if (codings == 1) {
    const auto coding = fields[http::field::transfer_encoding];
    if (is_http_1_0 || !absl::EqualsIgnoreCase({coding.data(), coding.size()}, "chunked")) {
      return Malformed("The only transfer coding is chunked, in HTTP/1.1.");
    }
  }
  if (lengths == 1) {
    const auto length = fields[http::field::content_length];
    const bool digits = std::all_of(length.begin(), length.end(), absl::ascii_isdigit);
    if (length.empty() || length.size() > 18 || !digits) {
      return Malformed("Content-Length is not a number.");
    }
  }
  if (fields.count(http::field::expect) > 0) {
    const auto expected = fields[http::field::expect];
    if (fields.count(http::field::expect) > 1 ||
        !absl::EqualsIgnoreCase({expected.data(), expected.size()}, "100-continue")) {
      return Error(absl::StatusCode::kInvalidArgument, api::v1::EXPECTATION_FAILED,
                   "The only expectation that can be met is 100-continue.");
    }
  }
  return absl::OkStatus();
}

bool KeepsAlive(const http::fields& fields, bool is_http_1_0) {
  bool close = false;
  bool keep_alive = false;
  const auto [begin, end] = fields.equal_range(http::field::connection);
  for (auto field = begin; field != end; ++field) {
    const absl::string_view list(field->value().data(), field->value().size());
    close = close || ListHas(list, "close");
    keep_alive = keep_alive || ListHas(list, "keep-alive");
  }
  return !close && (!is_http_1_0 || keep_alive);
}

absl::Status CheckChunkHeader(absl::string_view pending) {
  absl::ConsumePrefix(&pending, "\r\n");
  const size_t end = pending.find('\n');
  if (std::min(end, pending.size()) > kMaxChunkHeader) {
    return Malformed("A chunk header is too long.");
  }
  if (end == absl::string_view::npos) return absl::OkStatus();
  const size_t after_zeros = std::min(pending.find_first_not_of('0'), end);
  const bool is_last = after_zeros > 0 && !absl::ascii_isxdigit(pending[after_zeros]);
  const absl::string_view trailer = pending.substr(end + 1);
  const bool is_end = absl::StartsWith(trailer, "\r\n") || absl::StartsWith("\r\n", trailer);
  if (is_last && !is_end) return Malformed("Trailer fields are not taken.");
  return absl::OkStatus();
}

std::string ResponseHead(const Response& response, const HeadOptions& options) {
  std::string head;
  head.reserve(1024);
  absl::StrAppend(&head, "HTTP/1.1 ", response.status, " ", ReasonPhrase(response.status),
                  "\r\nDate: ", Date(), "\r\n");
  if (!response.content_type.empty()) {
    absl::StrAppend(&head, "Content-Type: ", response.content_type, "\r\n");
  }
  // RFC 9110: a 204 has none, and that of a 304 would be the length of what is not sent.
  if (response.stream != nullptr) {
    if (!options.is_http_1_0) head.append("Transfer-Encoding: chunked\r\n");
  } else if (response.status != 204 && response.status != 304) {
    absl::StrAppend(&head, "Content-Length: ", response.Content().size(), "\r\n");
  }
  for (const Header& header : response.headers) {
    absl::StrAppend(&head, header.name, ": ", header.value, "\r\n");
  }
  absl::StrAppend(&head, "X-Request-Id: ", options.request_id, "\r\n");
  AppendSecurityHeaders(response, options.hsts_max_age_s, head);
  if (!options.keep_alive) {
    head.append("Connection: close\r\n");
  } else if (options.is_http_1_0) {
    head.append("Connection: keep-alive\r\n");
  }
  head.append("\r\n");
  return head;
}

}  // namespace cartwright::gateway
