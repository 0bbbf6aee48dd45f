#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/rate_limiter.h"

namespace cartwright::gateway {

// What a partner may do.
struct UsagePlan {
  std::string name;
  RateLimit limit;
  int64_t daily_quota = 0;  // calls in a day of UTC; 0: any number
};

// A partner, known by an API key. Immutable.
struct Partner {
  std::string id;  // SHA-256 of the key, 64 hex digits
  std::shared_ptr<const UsagePlan> plan;
  absl::Time expires = absl::InfiniteFuture();
};

// The usage plans in force, and what was used of their quotas today. Every gateway process counts
// for itself, and from zero when it starts: with n gateways a partner has up to n times the quota.
// Thread-safe.
class UsagePlans {
 public:
  // Replaces the plans by those of a JSON text:
  //
  //   {"plans": [{"name": "gold", "rate": "100/s", "burst": 200, "dailyQuota": 1000000}],
  //    "keys": [{"sha256": "9f86d0...", "plan": "gold", "expireTime": "2027-01-01T00:00:00Z"}]}
  //
  // `dailyQuota` and `expireTime` may be absent. At most 1,000 of either. What was used of a key's
  // quota stays. INVALID_ARGUMENT names the entry, and changes nothing.
  absl::Status Load(absl::string_view json);

  // The partner with this API key; null for an unknown or expired one.
  std::shared_ptr<const Partner> Find(absl::string_view key, absl::Time now) const;

  struct Quota {
    bool allowed = true;
    int64_t remaining = 0;
    absl::Duration reset;  // until midnight, UTC
  };

  // Counts a call. REQUIRES: the plan has a quota.
  Quota Take(const Partner& partner, absl::Time now);

 private:
  using Partners = absl::flat_hash_map<std::string, std::shared_ptr<const Partner>>;

  struct Use {
    int64_t day = 0;  // since the epoch
    int64_t calls = 0;
  };

  mutable std::mutex mutex_;
  std::shared_ptr<const Partners> partners_ = std::make_shared<const Partners>();
  absl::flat_hash_map<std::string, Use> used_;
};

}  // namespace cartwright::gateway
