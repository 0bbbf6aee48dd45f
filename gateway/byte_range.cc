#include "gateway/byte_range.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace cartwright::gateway {
namespace {

// Bytes begin..end-1; empty when the content has none of those asked for.
struct ByteRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

// A number of digits alone; nullopt also when it is too large to be one.
std::optional<uint64_t> ParsePosition(absl::string_view text) {
  uint64_t value = 0;
  const bool digits = std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
  if (text.empty() || !digits || !absl::SimpleAtoi(text, &value)) return std::nullopt;
  return value;
}

// "bytes=0-499", "bytes=500-", "bytes=-500". Nullopt for everything else.
std::optional<ByteRange> ParseRange(absl::string_view value, uint64_t size) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(value, absl::MaxSplits('=', 1));
  if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts.first), "bytes")) {
    return std::nullopt;
  }
  const absl::string_view range = absl::StripAsciiWhitespace(parts.second);
  const size_t dash = range.find('-');
  if (dash == absl::string_view::npos) return std::nullopt;
  const auto first = ParsePosition(range.substr(0, dash));
  const auto last = ParsePosition(range.substr(dash + 1));
  if (dash == 0) {
    if (!last) return std::nullopt;
    return ByteRange{size - std::min(*last, size), size};
  }
  const bool open = dash + 1 == range.size();
  if (!first || (!open && !last) || (last && *last < *first)) return std::nullopt;
  const uint64_t end = open ? size : std::min(*last, size - 1) + 1;
  return ByteRange{*first, size == 0 ? 0 : end};
}

}  // namespace

bool HasRange(const Request& request) {
  return request.method == "GET" && request.Count("Range") == 1;
}

void ApplyRange(const Request& request, absl::string_view etag, Response& response) {
  if (response.status != 200 || !HasRange(request)) return;
  const bool has_condition = request.Count("If-Range") > 0;
  if (has_condition && (request.Count("If-Range") > 1 || request.Header("If-Range") != etag)) {
    return;
  }
  const absl::string_view content = response.Content();
  const auto range = ParseRange(request.Header("Range"), content.size());
  if (!range) return;
  if (range->begin >= range->end) {
    response.status = 416;
    response.Add("Content-Range", absl::StrCat("bytes */", content.size()));
    response.content_type.clear();
    response.body.clear();
    response.shared_body = nullptr;
    return;
  }
  response.status = 206;
  response.Add("Content-Range",
               absl::StrCat("bytes ", range->begin, "-", range->end - 1, "/", content.size()));
  std::string part(content.substr(range->begin, range->end - range->begin));
  response.shared_body = nullptr;
  response.body = std::move(part);
}

}  // namespace cartwright::gateway
