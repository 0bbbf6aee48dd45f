#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cartwright::gateway {

// One path segment as it was sent and as it reads, so that an escaped slash stays part of it.
struct Segment {
  absl::string_view raw;
  std::string text;
};

// The parts of a request target.
struct Target {
  absl::string_view path;         // as sent, from the first slash on
  absl::string_view query;        // as sent, without the question mark
  absl::string_view authority;    // of an absolute form, else empty
  std::vector<Segment> segments;  // of the path; "/a//" has "a", "", ""
};

// Splits a target in origin form or absolute form (http, https). Splitting comes before
// decoding, and decoding happens once. MALFORMED_URI for malformed escapes, zero bytes, bytes
// that are not UTF-8, dot segments (however they are written), a fragment, and characters that a
// URI cannot have. The result refers to `target`.
absl::StatusOr<Target> ParseTarget(absl::string_view target);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// Names and values of a query, in order, decoded; "+" is a space. MALFORMED_URI as above, and for
// more than `limit` parameters.
absl::StatusOr<QueryParameters> ParseQuery(absl::string_view query, size_t limit);

// Decodes %XX. False for what is not one; `keep_slashes` leaves %2F as it is.
bool PercentDecode(absl::string_view text, bool keep_slashes, std::string& out);

// Encodes all but unreserved characters (RFC 3986), for a path segment.
std::string PercentEncode(absl::string_view text);

}  // namespace cartwright::gateway
