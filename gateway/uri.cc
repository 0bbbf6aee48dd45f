#include "gateway/uri.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/base/utf8.h"

namespace cartwright::gateway {
namespace {

absl::Status Malformed(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, api::v1::MALFORMED_URI,
               absl::StrCat("The request target ", what, "."));
}

// 0..15, or -1.
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool IsUnreserved(char c) {
  return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// Characters of a path or a query (RFC 3986), the percent sign included.
bool IsUriCharacter(char c) { return IsUnreserved(c) || absl::StrContains("%!$&'()*+,;=:@/?", c); }

bool Decode(absl::string_view text, std::string& out) {
  return PercentDecode(text, false, out) && out.find('\0') == std::string::npos && IsUtf8(out);
}

// Takes "http://host:port" off the front of an absolute form.
bool TakeAuthority(absl::string_view& target, absl::string_view& authority) {
  for (absl::string_view scheme : {"http://", "https://"}) {
    if (!absl::StartsWithIgnoreCase(target, scheme)) continue;
    target.remove_prefix(scheme.size());
    const size_t end = std::min(target.find_first_of("/?"), target.size());
    authority = target.substr(0, end);
    target.remove_prefix(end);
    return !authority.empty() && !absl::StrContains(authority, '@');
  }
  return false;
}

}  // namespace

absl::StatusOr<Target> ParseTarget(absl::string_view target) {
  Target result;
  if (!absl::StartsWith(target, "/")) {
    if (!TakeAuthority(target, result.authority)) return Malformed("is neither a path nor a URL");
    if (target.empty()) target = "/";
    if (target.front() != '/') return Malformed("has no path");
  }
  if (!std::all_of(target.begin(), target.end(), IsUriCharacter)) {
    return Malformed("has a character that a URI cannot have");
  }
  const size_t question = target.find('?');
  result.path = target.substr(0, question);
  if (question != absl::string_view::npos) result.query = target.substr(question + 1);
  for (absl::string_view raw : absl::StrSplit(result.path.substr(1), '/')) {
    Segment segment{.raw = raw};
    if (!Decode(raw, segment.text)) return Malformed("has a malformed escape in its path");
    if (segment.text == "." || segment.text == "..") return Malformed("has a dot segment");
    result.segments.push_back(std::move(segment));
  }
  return result;
}

absl::StatusOr<QueryParameters> ParseQuery(absl::string_view query, size_t limit) {
  QueryParameters parameters;
  if (query.empty()) return parameters;
  for (absl::string_view part : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    if (parameters.size() == limit) {
      return Malformed(absl::StrCat("has more than ", limit, " query parameters"));
    }
    std::string spaced(part);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(spaced, absl::MaxSplits('=', 1));
    auto& [name, value] = parameters.emplace_back();
    if (!Decode(pair.first, name) || !Decode(pair.second, value)) {
      return Malformed("has a malformed escape in its query");
    }
  }
  return parameters;
}

bool PercentDecode(absl::string_view text, bool keep_slashes, std::string& out) {
  out.clear();
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return false;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return false;
    const auto c = static_cast<char>(high * 16 + low);
    if (keep_slashes && c == '/') {
      out.append(text.data() + i, 3);
    } else {
      out.push_back(c);
    }
    i += 2;
  }
  return true;
}

std::string PercentEncode(absl::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (char c : text) {
    if (IsUnreserved(c)) {
      encoded.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return encoded;
}

}  // namespace cartwright::gateway
