#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace cartwright::gateway {

// `burst` calls at once, and one more per `interval` after that. A value.
struct RateLimit {
  absl::Duration interval;  // at least 1 ns
  int64_t burst = 0;        // 0: no limit

  bool IsOff() const { return burst == 0; }
  // After this time without a call all of `burst` is there again; at most 24 hours.
  absl::Duration Refill() const { return interval * burst; }
};

// What became of one call.
struct RateVerdict {
  bool allowed = true;
  int64_t remaining = 0;       // calls that would be allowed now
  absl::Duration reset;        // until all of the burst is there again
  absl::Duration retry_after;  // until a call would be allowed; zero when this one was
};

// Counts calls by key with the generic cell rate algorithm (GCRA): one time per key, no timers. Who
// has not called for as long as a refill takes is forgotten. Over `max_entries` those who have not
// called for longest are forgotten first, so that memory is bounded whatever strangers do. Each
// process counts for itself. Thread-safe; keys are spread over shards with a lock each.
class RateLimiter {
 public:
  explicit RateLimiter(size_t max_entries = 262'144) : max_entries_(max_entries) {}

  // Counts a call of `key` at `now`; one that is refused does not count. A key must always come
  // with the same limit. REQUIRES: the limit is not off.
  RateVerdict Take(absl::string_view key, const RateLimit& limit, absl::Time now);

  // Keys that are remembered.
  size_t size() const;

 private:
  static constexpr size_t kShards = 16;

  // The "theoretical arrival time": when the key's burst is whole again, in Unix nanoseconds.
  using Arrivals = absl::flat_hash_map<std::string, int64_t>;

  // Keys that were used live in `current`. It becomes `previous` after the longest refill time, and
  // what was in `previous` then is full and forgotten; or when it is half of what there may be.
  struct Shard {
    mutable std::mutex mutex;
    Arrivals current;
    Arrivals previous;
    int64_t began_ns = 0;
    int64_t longest_refill_ns = 0;
  };

  void Rotate(Shard& shard, int64_t now_ns) const;

  const size_t max_entries_;
  std::array<Shard, kShards> shards_;
};

}  // namespace cartwright::gateway
