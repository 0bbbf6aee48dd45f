#include "gateway/rate_limits.h"

#include <map>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "shared/base/status_macros.h"

namespace cartwright::gateway {
namespace {

constexpr int64_t kMaxCalls = 1'000'000;
constexpr absl::Duration kMaxRefill = absl::Hours(24);

struct Default {
  absl::string_view name;
  RateLimit limit;
};

// In the order of RateClass. A browser's page makes several calls, and an office or a mobile
// network shares an address: what counts by address is a multiple of what a person does.
const std::array<Default, kRateClasses>& Defaults() {
  static const std::array<Default, kRateClasses> defaults = {{
      {"address", {.interval = absl::Milliseconds(5), .burst = 400}},
      {"anonymous", {.interval = absl::Milliseconds(50), .burst = 40}},
      {"read", {.interval = absl::Milliseconds(20), .burst = 100}},
      {"write", {.interval = absl::Milliseconds(100), .burst = 20}},
      {"auth", {.interval = absl::Seconds(12), .burst = 5}},
      {"auth_address", {.interval = absl::Seconds(1), .burst = 60}},
  }};
  return defaults;
}

absl::StatusOr<size_t> IndexOf(absl::string_view name) {
  std::vector<absl::string_view> names;
  for (size_t i = 0; i < kRateClasses; ++i) {
    if (Defaults()[i].name == name) return i;
    names.push_back(Defaults()[i].name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("there is no class of this name; there are ", absl::StrJoin(names, ", ")));
}

// "50/s/100" or "off".
absl::StatusOr<RateLimit> ParseLimit(absl::string_view text) {
  if (text == "off") return RateLimit{};
  const size_t slash = text.rfind('/');
  int64_t burst = 0;
  if (slash == absl::string_view::npos || !absl::SimpleAtoi(text.substr(slash + 1), &burst)) {
    return absl::InvalidArgumentError("a limit is \"off\" or CALLS/UNIT/BURST, such as 50/s/100");
  }
  CW_ASSIGN_OR_RETURN(const absl::Duration interval, ParseRate(text.substr(0, slash)));
  return MakeRateLimit(interval, burst);
}

}  // namespace

absl::string_view NameOf(RateClass rate_class) {
  return Defaults()[static_cast<size_t>(rate_class)].name;
}

absl::StatusOr<RateClass> RateClassOf(absl::string_view policy, absl::string_view http_method) {
  if (policy == "read") return RateClass::kRead;
  if (policy == "write") return RateClass::kWrite;
  if (policy == "auth") return RateClass::kAuth;
  if (policy.empty()) return http_method == "GET" ? RateClass::kRead : RateClass::kWrite;
  return absl::InvalidArgumentError(
      absl::StrCat("its rate_limit is \"", policy, "\", and not read, write or auth"));
}

absl::StatusOr<absl::Duration> ParseRate(absl::string_view text) {
  const std::map<absl::string_view, absl::Duration> units = {
      {"s", absl::Seconds(1)}, {"min", absl::Minutes(1)}, {"h", absl::Hours(1)}};
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  int64_t calls = 0;
  if (parts.size() != 2 || !units.contains(parts[1]) || parts[0].empty() ||
      !absl::ascii_isdigit(parts[0][0]) || !absl::SimpleAtoi(parts[0], &calls) || calls < 1 ||
      calls > kMaxCalls) {
    return absl::InvalidArgumentError(
        absl::StrCat("a rate is 1 to ", kMaxCalls, " calls per s, min or h, such as 50/s"));
  }
  return units.at(parts[1]) / calls;
}

absl::StatusOr<RateLimit> MakeRateLimit(absl::Duration interval, int64_t burst) {
  if (burst < 1 || burst > kMaxCalls) {
    return absl::InvalidArgumentError(absl::StrCat("a burst is 1 to ", kMaxCalls, " calls"));
  }
  const RateLimit limit = {.interval = interval, .burst = burst};
  if (limit.Refill() > kMaxRefill) {
    return absl::InvalidArgumentError("the burst would take more than 24 hours to come back");
  }
  return limit;
}

RateLimits::RateLimits() {
  for (size_t i = 0; i < kRateClasses; ++i) limits_[i] = Defaults()[i].limit;
}

absl::StatusOr<RateLimits> RateLimits::Parse(absl::string_view text) {
  RateLimits result;
  if (text == "off") {
    result.limits_.fill({});
    return result;
  }
  std::set<size_t> seen;
  for (const absl::string_view entry : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(entry, absl::MaxSplits('=', 1));
    const auto named = [&entry](const absl::Status& status) {
      return absl::InvalidArgumentError(absl::StrCat("\"", entry, "\": ", status.message()));
    };
    const auto index = IndexOf(absl::StripAsciiWhitespace(parts.first));
    if (!index.ok()) return named(index.status());
    const auto limit = ParseLimit(absl::StripAsciiWhitespace(parts.second));
    if (!limit.ok()) return named(limit.status());
    if (!seen.insert(*index).second) {
      return named(absl::InvalidArgumentError("the class is there twice"));
    }
    result.limits_[*index] = *limit;
  }
  return result;
}

}  // namespace cartwright::gateway
