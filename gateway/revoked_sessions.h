#pragma once

#include <array>
#include <atomic>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "absl/numeric/int128.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace cartwright::gateway {

// Sessions whose access tokens are refused although they have not expired. An entry is kept until
// the last of its tokens has. Thread-safe; looking one up is cheap, and free while nobody is in it.
class RevokedSessions {
 public:
  explicit RevokedSessions(size_t max_entries = 1'000'000) : max_entries_(max_entries) {}

  // Refuses the session until `until`, a minute more for clocks that differ. Repeating it is
  // harmless. False when there is no room: then its tokens live on until they expire.
  bool Add(absl::string_view session, absl::Time until);

  bool Has(absl::string_view session, absl::Time now) const;

  // Drops what is over.
  void Prune(absl::Time now);

  size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t kShards = 16;

  // 128 bits of the id's SHA-256: as good as the id, and of one size.
  using Key = absl::uint128;

  struct Shard {
    mutable std::mutex mutex;
    absl::flat_hash_map<Key, absl::Time> until;
  };

  static Key KeyOf(absl::string_view session);

  const size_t max_entries_;
  std::atomic<size_t> size_{0};
  std::array<Shard, kShards> shards_;
};

}  // namespace cartwright::gateway
