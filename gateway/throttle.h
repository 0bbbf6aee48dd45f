#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http_message.h"
#include "gateway/rate_limiter.h"
#include "gateway/rate_limits.h"
#include "gateway/route.h"
#include "gateway/usage_plans.h"

namespace cartwright::gateway {

// What the limits said about one request, for the headers of its answer. Of one thread.
class LimitReport {
 public:
  // Notes the verdict of a limit of `quota` calls in `window`.
  void Note(absl::string_view name, int64_t quota, absl::Duration window, int64_t remaining,
            absl::Duration reset);

  // Adds RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10), of the limit
  // with the fewest calls left; nothing when no limit was asked.
  void AddTo(Response& response) const;

 private:
  std::string name_;
  int64_t quota_ = 0;
  absl::Duration window_;
  int64_t remaining_ = 0;
  absl::Duration reset_;
};

// Decides whether a request is one too many: for its address, its user, its account or its partner.
// Refusals are RATE_LIMITED and QUOTA_EXCEEDED and say when to come back. Each gateway process
// counts for itself. Thread-safe.
class Throttle {
 public:
  // `plans` must outlive the throttle; without any (null) X-Api-Key is not read.
  explicit Throttle(RateLimits limits, UsagePlans* plans = nullptr)
      : limits_(std::move(limits)), plans_(plans) {}

  // Who asks, found out step by step. `network` is filled by CheckAddress.
  struct Caller {
    std::string network;
    std::shared_ptr<const Partner> partner;  // null: none
    std::string user;                        // empty: not signed in
  };

  // Before anything that costs something: the partner of X-Api-Key, and the calls of the address; a
  // partner's servers share theirs, so that the plan counts instead. Errors: RATE_LIMITED,
  // API_KEY_INVALID.
  absl::Status CheckAddress(const Request& request, absl::Time now, Caller& caller,
                            LimitReport& report);

  // After the token was found good, or not asked for: the calls of the user, of the partner, or of
  // the strangers at this address. Errors: RATE_LIMITED, QUOTA_EXCEEDED.
  absl::Status CheckCaller(const Route& route, const Caller& caller, absl::Time now,
                           LimitReport& report);

  // After a token or an API key was refused with `refusal`: whoever tries them out is a stranger.
  // Returns the refusal, or RATE_LIMITED.
  absl::Status CountRefusal(const absl::Status& refusal, const Caller& caller, absl::Time now,
                            LimitReport& report);

  // When the message is read: the tries for the account that it names, from this address; nothing
  // for a route without rate_limit_key. `message` is encoded. Errors: RATE_LIMITED.
  absl::Status CheckAccount(const Route& route, absl::string_view message, const Caller& caller,
                            absl::Time now, LimitReport& report);

 private:
  absl::Status Take(RateClass rate_class, absl::string_view key, absl::Time now,
                    LimitReport& report);
  absl::Status CheckPartner(const Partner& partner, absl::Time now, LimitReport& report);

  const RateLimits limits_;
  UsagePlans* const plans_;
  RateLimiter limiter_;
};

}  // namespace cartwright::gateway
