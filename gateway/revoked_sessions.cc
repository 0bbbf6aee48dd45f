#include "gateway/revoked_sessions.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "shared/base/secret.h"

namespace cartwright::gateway {
namespace {

constexpr absl::Duration kClocksDiffer = absl::Minutes(1);

}  // namespace

RevokedSessions::Key RevokedSessions::KeyOf(absl::string_view session) {
  const std::string digest = Sha256(session);
  uint64_t high = 0;
  uint64_t low = 0;
  std::memcpy(&high, digest.data(), sizeof(high));
  std::memcpy(&low, digest.data() + sizeof(high), sizeof(low));
  return absl::MakeUint128(high, low);
}

bool RevokedSessions::Add(absl::string_view session, absl::Time until) {
  const Key key = KeyOf(session);
  Shard& shard = shards_[absl::Uint128Low64(key) % kShards];
  const std::lock_guard lock(shard.mutex);
  const absl::Time end = until + kClocksDiffer;
  if (const auto found = shard.until.find(key); found != shard.until.end()) {
    found->second = std::max(found->second, end);
    return true;
  }
  if (size() >= max_entries_) return false;
  shard.until[key] = end;
  ++size_;
  return true;
}

bool RevokedSessions::Has(absl::string_view session, absl::Time now) const {
  if (session.empty() || size() == 0) return false;
  const Key key = KeyOf(session);
  const Shard& shard = shards_[absl::Uint128Low64(key) % kShards];
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.until.find(key);
  return found != shard.until.end() && now < found->second;
}

void RevokedSessions::Prune(absl::Time now) {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    size_ -= absl::erase_if(shard.until, [now](const auto& entry) { return entry.second <= now; });
  }
}

}  // namespace cartwright::gateway
