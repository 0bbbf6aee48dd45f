#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace cartwright::gateway {

// The JSON forms of the well-known types, as text and as wire format. Parsers are strict: what
// they take has one meaning and round-trips. All functions are thread-safe.

// Seconds since 1970 and nanoseconds, 0..999,999,999 (of the same sign for a duration).
struct SecondsNanos {
  int64_t seconds = 0;
  int32_t nanos = 0;

  friend bool operator==(const SecondsNanos&, const SecondsNanos&) = default;
};

// RFC 3339 with upper-case T and Z or an offset, years 1 to 9999, up to nine fraction digits.
std::optional<SecondsNanos> ParseTimestamp(absl::string_view text);
// In UTC, with 0, 3, 6 or 9 fraction digits. False when it is out of range.
bool AppendTimestamp(const SecondsNanos& time, std::string& out);

// "1.5s", "-0.001s"; within 10,000 years either way.
std::optional<SecondsNanos> ParseDuration(absl::string_view text);
bool AppendDuration(const SecondsNanos& duration, std::string& out);

// "user.displayName" to "user.display_name" and back; nullopt when it would not come back.
std::optional<std::string> PathToSnakeCase(absl::string_view path);
std::optional<std::string> PathToCamelCase(absl::string_view path);

}  // namespace cartwright::gateway
