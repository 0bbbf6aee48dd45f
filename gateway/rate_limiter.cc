#include "gateway/rate_limiter.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"

namespace cartwright::gateway {

void RateLimiter::Rotate(Shard& shard, int64_t now_ns) const {
  const bool is_over = now_ns - shard.began_ns > shard.longest_refill_ns;
  const bool is_large = shard.current.size() >= std::max<size_t>(max_entries_ / kShards / 2, 1);
  if (!is_over && !is_large) return;
  shard.previous = std::exchange(shard.current, {});
  shard.began_ns = now_ns;
}

RateVerdict RateLimiter::Take(absl::string_view key, const RateLimit& limit, absl::Time now) {
  Shard& shard = shards_[(absl::HashOf(key) >> 40) % kShards];
  const int64_t now_ns = absl::ToUnixNanos(now);
  const int64_t interval = absl::ToInt64Nanoseconds(limit.interval);
  const int64_t refill = interval * limit.burst;
  const std::lock_guard lock(shard.mutex);
  shard.longest_refill_ns = std::max(shard.longest_refill_ns, refill);
  Rotate(shard, now_ns);
  auto found = shard.current.find(key);
  if (found == shard.current.end()) {
    int64_t arrival = 0;
    if (const auto old = shard.previous.find(key); old != shard.previous.end()) {
      arrival = old->second;
      shard.previous.erase(old);
    }
    found = shard.current.emplace(key, arrival).first;
  }
  // A clock that was set back must not lock anybody out for longer than a refill.
  const int64_t arrival = std::clamp(found->second, now_ns, now_ns + refill);
  const int64_t next = arrival + interval;
  const int64_t wait = next - (now_ns + refill);
  if (wait > 0) {
    found->second = arrival;
    return {.allowed = false,
            .reset = absl::Nanoseconds(arrival - now_ns),
            .retry_after = absl::Nanoseconds(wait)};
  }
  found->second = next;
  return {.remaining = -wait / interval, .reset = absl::Nanoseconds(next - now_ns)};
}

size_t RateLimiter::size() const {
  size_t size = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    size += shard.current.size() + shard.previous.size();
  }
  return size;
}

}  // namespace cartwright::gateway
