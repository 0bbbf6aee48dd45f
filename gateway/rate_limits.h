#pragma once

#include <array>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/rate_limiter.h"

namespace cartwright::gateway {

// What is counted together, and with one limit.
enum class RateClass {
  kAddress,      // all calls from an address, signed in or not: the flood that no household makes
  kAnonymous,    // calls from an address that nobody signed, refused tokens too
  kRead,         // of a user
  kWrite,        // of a user
  kAuth,         // tries for one account from one address; of a user: changes of credentials
  kAuthAddress,  // calls of the class "auth" from an address, whatever the account
};
inline constexpr size_t kRateClasses = 6;

// "read", "auth_address": the name in --rate_limits and in RateLimit-Policy.
absl::string_view NameOf(RateClass rate_class);

// The class of a method: that of its policy, by its HTTP method when that names none.
// INVALID_ARGUMENT for a name that is not "read", "write" or "auth".
absl::StatusOr<RateClass> RateClassOf(absl::string_view policy, absl::string_view http_method);

// "50/s", "5/min" or "100/h": the time between two calls. 1 to 1,000,000 calls. INVALID_ARGUMENT.
absl::StatusOr<absl::Duration> ParseRate(absl::string_view text);

// A limit of `burst` and one call more per `interval`. INVALID_ARGUMENT when the burst is not
// 1..1,000,000, or takes more than 24 hours to be whole again.
absl::StatusOr<RateLimit> MakeRateLimit(absl::Duration interval, int64_t burst);

// The limit of every class. A value, thread-safe.
class RateLimits {
 public:
  // The defaults, for strangers on the Internet.
  RateLimits();

  // The value of --rate_limits: "read=50/s/100,auth=off" changes these classes, in the form
  // CLASS=CALLS/UNIT/BURST with the units s, min and h; "off" switches all limits off; "" keeps the
  // defaults. INVALID_ARGUMENT names the entry.
  static absl::StatusOr<RateLimits> Parse(absl::string_view text);

  const RateLimit& Of(RateClass rate_class) const {
    return limits_[static_cast<size_t>(rate_class)];
  }

 private:
  std::array<RateLimit, kRateClasses> limits_;
};

}  // namespace cartwright::gateway
