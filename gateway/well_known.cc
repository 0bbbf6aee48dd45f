#include "gateway/well_known.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace cartwright::gateway {
namespace {

constexpr int64_t kMinTimestamp = -62135596800;  // 0001-01-01T00:00:00Z
constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kMaxTimestamp = 253402300799;  // 9999-12-31T23:59:59Z
constexpr int64_t kMaxDuration = 315576000000;
constexpr int kNanosDigits = 9;

// Takes exactly `digits` digits off the front.
std::optional<int> TakeDigits(absl::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (char c : text.substr(0, digits)) {
    if (!absl::ascii_isdigit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool TakeChar(absl::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

// Takes ".5" off the front as 500,000,000; nothing is 0.
std::optional<int32_t> TakeFraction(absl::string_view& text) {
  if (!TakeChar(text, '.')) return 0;
  int32_t nanos = 0;
  int digits = 0;
  while (!text.empty() && absl::ascii_isdigit(text.front())) {
    if (++digits > kNanosDigits) return std::nullopt;
    nanos = nanos * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < kNanosDigits; ++digits) nanos *= 10;
  return nanos;
}

// Takes "Z" or "+01:30", and nothing after it, as seconds east of UTC.
std::optional<int> TakeOffset(absl::string_view text) {
  if (text == "Z") return 0;
  const bool east = TakeChar(text, '+');
  if (!east && !TakeChar(text, '-')) return std::nullopt;
  const auto hours = TakeDigits(text, 2);
  if (!hours || *hours > 23 || !TakeChar(text, ':')) return std::nullopt;
  const auto minutes = TakeDigits(text, 2);
  if (!minutes || *minutes > 59 || !text.empty()) return std::nullopt;
  return (*hours * 60 + *minutes) * (east ? 60 : -60);
}

void AppendFraction(int32_t nanos, std::string& out) {
  if (nanos == 0) return;
  if (nanos % 1'000'000 == 0) {
    absl::StrAppend(&out, ".", absl::Dec(nanos / 1'000'000, absl::kZeroPad3));
  } else if (nanos % 1'000 == 0) {
    absl::StrAppend(&out, ".", absl::Dec(nanos / 1'000, absl::kZeroPad6));
  } else {
    absl::StrAppend(&out, ".", absl::Dec(nanos, absl::kZeroPad9));
  }
}

}  // namespace

std::optional<SecondsNanos> ParseTimestamp(absl::string_view text) {
  const auto year = TakeDigits(text, 4);
  if (!year || !TakeChar(text, '-')) return std::nullopt;
  const auto month = TakeDigits(text, 2);
  if (!month || !TakeChar(text, '-')) return std::nullopt;
  const auto day = TakeDigits(text, 2);
  if (!day || !TakeChar(text, 'T')) return std::nullopt;
  const auto hour = TakeDigits(text, 2);
  if (!hour || *hour > 23 || !TakeChar(text, ':')) return std::nullopt;
  const auto minute = TakeDigits(text, 2);
  if (!minute || *minute > 59 || !TakeChar(text, ':')) return std::nullopt;
  const auto second = TakeDigits(text, 2);
  if (!second || *second > 59) return std::nullopt;
  const auto nanos = TakeFraction(text);
  if (!nanos) return std::nullopt;
  const auto offset = TakeOffset(text);
  if (!offset) return std::nullopt;
  // A civil time normalises what does not exist, such as February 30.
  const absl::CivilSecond civil(*year, *month, *day, *hour, *minute, *second);
  if (civil.month() != *month || civil.day() != *day) return std::nullopt;
  const int64_t seconds = civil - absl::CivilSecond(1970) - *offset;
  if (seconds < kMinTimestamp || seconds > kMaxTimestamp) return std::nullopt;
  return SecondsNanos{.seconds = seconds, .nanos = *nanos};
}

bool AppendTimestamp(const SecondsNanos& time, std::string& out) {
  if (time.seconds < kMinTimestamp || time.seconds > kMaxTimestamp || time.nanos < 0 ||
      time.nanos > 999'999'999) {
    return false;
  }
  const int64_t day = (time.seconds - kMinTimestamp) / kSecondsPerDay;
  const auto second = static_cast<int>((time.seconds - kMinTimestamp) % kSecondsPerDay);
  // Many times of an answer are of one day.
  thread_local int64_t known = -1;
  thread_local char buffer[] = "0000-00-00T00:00:00";
  const auto put = [](int at, int value) {
    buffer[at] = static_cast<char>('0' + value / 10);
    buffer[at + 1] = static_cast<char>('0' + value % 10);
  };
  if (day != known) {
    const absl::CivilDay civil = absl::CivilDay(1, 1, 1) + day;
    put(0, static_cast<int>(civil.year() / 100));
    put(2, static_cast<int>(civil.year() % 100));
    put(5, civil.month());
    put(8, civil.day());
    known = day;
  }
  put(11, second / 3600);
  put(14, second / 60 % 60);
  put(17, second % 60);
  out.append(buffer, sizeof buffer - 1);
  AppendFraction(time.nanos, out);
  out.push_back('Z');
  return true;
}

std::optional<SecondsNanos> ParseDuration(absl::string_view text) {
  const bool negative = TakeChar(text, '-');
  if (text.empty() || !absl::ascii_isdigit(text.front())) return std::nullopt;
  int64_t seconds = 0;
  while (!text.empty() && absl::ascii_isdigit(text.front())) {
    seconds = seconds * 10 + (text.front() - '0');
    if (seconds > kMaxDuration) return std::nullopt;
    text.remove_prefix(1);
  }
  const auto nanos = TakeFraction(text);
  if (!nanos || text != "s") return std::nullopt;
  return negative ? SecondsNanos{.seconds = -seconds, .nanos = -*nanos}
                  : SecondsNanos{.seconds = seconds, .nanos = *nanos};
}

bool AppendDuration(const SecondsNanos& duration, std::string& out) {
  const bool negative = duration.seconds < 0 || duration.nanos < 0;
  const bool mixed = negative && (duration.seconds > 0 || duration.nanos > 0);
  if (mixed || std::abs(duration.seconds) > kMaxDuration ||
      std::abs(duration.nanos) > 999'999'999) {
    return false;
  }
  absl::StrAppend(&out, negative ? "-" : "", std::abs(duration.seconds));
  AppendFraction(std::abs(duration.nanos), out);
  out.push_back('s');
  return true;
}

std::optional<std::string> PathToSnakeCase(absl::string_view path) {
  std::string snake;
  for (char c : path) {
    if (c == '_') return std::nullopt;
    if (absl::ascii_isupper(c)) snake.push_back('_');
    snake.push_back(absl::ascii_tolower(c));
  }
  return snake;
}

std::optional<std::string> PathToCamelCase(absl::string_view path) {
  std::string camel;
  bool after_underscore = false;
  for (char c : path) {
    if (absl::ascii_isupper(c) || (after_underscore && !absl::ascii_islower(c))) {
      return std::nullopt;
    }
    if (c != '_') camel.push_back(after_underscore ? absl::ascii_toupper(c) : c);
    after_underscore = c == '_';
  }
  if (after_underscore) return std::nullopt;
  return camel;
}

}  // namespace cartwright::gateway
