#include "gateway/request_headers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "shared/base/status.h"
#include "shared/base/utf8.h"

namespace cartwright::gateway {
namespace {

constexpr size_t kMaxKey = 255;

absl::Status InvalidKey() {
  return Error(absl::StatusCode::kInvalidArgument, api::v1::IDEMPOTENCY_KEY_INVALID,
               "Idempotency-Key must be 1 to 255 visible ASCII characters.");
}

// An RFC 8941 string without its quotes; false when it is not one, whole.
bool Unquote(absl::string_view text, std::string& out) {
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1 == text.size();
    if (text[i] == '\\') {
      ++i;
      if (i == text.size() || (text[i] != '"' && text[i] != '\\')) return false;
    }
    out.push_back(text[i]);
  }
  return false;
}

}  // namespace

bool IsRequestId(absl::string_view text) {
  return text.size() >= 8 && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
         });
}

absl::StatusOr<absl::string_view> BearerToken(const Request& request) {
  if (request.Count("Authorization") > 1) {
    return Error(absl::StatusCode::kUnauthenticated, api::v1::TOKEN_INVALID,
                 "The access token is not valid.");
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(request.Header("Authorization"), absl::MaxSplits(' ', 1));
  const absl::string_view token = absl::StripAsciiWhitespace(parts.second);
  if (!absl::EqualsIgnoreCase(parts.first, "Bearer") || token.empty()) {
    return Error(absl::StatusCode::kUnauthenticated, api::v1::TOKEN_MISSING,
                 "This needs an access token.");
  }
  return token;
}

absl::StatusOr<std::string> IdempotencyKeyOf(const Request& request) {
  constexpr absl::string_view kName = "Idempotency-Key";
  if (request.Count(kName) == 0) return std::string();
  if (request.Count(kName) > 1) return InvalidKey();
  const absl::string_view value = absl::StripAsciiWhitespace(request.Header(kName));
  std::string key;
  if (absl::StartsWith(value, "\"")) {
    if (!Unquote(value, key)) return InvalidKey();
  } else {
    // A list or parameters; as part of a key they need the quotes.
    if (value.find_first_of("\",;") != absl::string_view::npos) return InvalidKey();
    key = std::string(value);
  }
  if (key.empty() || key.size() > kMaxKey || !IsVisibleAscii(key)) return InvalidKey();
  return key;
}

std::string CookieValue(const Request& request, absl::string_view name) {
  std::string found;
  const auto [begin, end] = request.fields->equal_range("Cookie");
  for (auto field = begin; field != end; ++field) {
    const absl::string_view line(field->value().data(), field->value().size());
    for (absl::string_view pair : absl::StrSplit(line, ';')) {
      pair = absl::StripAsciiWhitespace(pair);
      if (!absl::ConsumePrefix(&pair, name) || !absl::ConsumePrefix(&pair, "=")) continue;
      // Two values: somebody planted one of them.
      if (!found.empty() && found != pair) return {};
      found = std::string(pair);
    }
  }
  return IsVisibleAscii(found) ? found : std::string();
}

std::string Printable(absl::string_view text, size_t limit) {
  std::string result(text.substr(0, limit));
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return result;
}

bool IsCrossOrigin(const Request& request) {
  const absl::string_view site = request.Header("Sec-Fetch-Site");
  // "none" is a request that the user made, not a page.
  if (!site.empty() && site != "same-origin" && site != "none") return true;
  absl::string_view origin = request.Header("Origin");
  if (request.Count("Origin") == 0) return false;
  if (request.Count("Origin") > 1) return true;
  const bool web =
      absl::ConsumePrefix(&origin, "http://") || absl::ConsumePrefix(&origin, "https://");
  return !web || !absl::EqualsIgnoreCase(origin, request.Header("Host"));
}

bool IsJsonType(absl::string_view content_type) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(content_type, absl::MaxSplits(';', 1));
  if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts.first), "application/json")) {
    return false;
  }
  const absl::string_view parameter = absl::StripAsciiWhitespace(parts.second);
  return parameter.empty() || absl::EqualsIgnoreCase(parameter, "charset=utf-8") ||
         absl::EqualsIgnoreCase(parameter, "charset=\"utf-8\"");
}

bool ListHas(absl::string_view list, absl::string_view element) {
  for (absl::string_view item : absl::StrSplit(list, ',')) {
    item = item.substr(0, item.find(';'));
    if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(item), element)) return true;
  }
  return false;
}

bool IsNotModified(const Request& request, absl::string_view etag) {
  const auto [begin, end] = request.fields->equal_range("If-None-Match");
  for (auto field = begin; field != end; ++field) {
    const absl::string_view list(field->value().data(), field->value().size());
    for (absl::string_view item : absl::StrSplit(list, ',')) {
      item = absl::StripAsciiWhitespace(item);
      absl::ConsumePrefix(&item, "W/");
      if (item == "*" || item == etag) return true;
    }
  }
  return false;
}

}  // namespace cartwright::gateway
