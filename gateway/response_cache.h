#pragma once

#include <array>
#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/change_watch.h"
#include "gateway/encoded_content.h"
#include "gateway/http_message.h"

namespace cartwright::gateway {

// An answer that is kept. Immutable, but for compressed forms that are made when they are wanted.
// Thread-safe.
class CachedAnswer {
 public:
  // `response`: 200 with its body. `fetched`: when it was asked for, in `generation` of its group.
  CachedAnswer(Response response, absl::Time fetched, uint64_t generation);

  const EncodedContent& content() const { return content_; }
  const std::string& content_type() const { return content_type_; }
  const std::vector<Header>& headers() const { return headers_; }
  absl::Time fetched() const { return fetched_; }
  uint64_t generation() const { return generation_; }

  // While the service is away it is not asked for every request.
  bool ShallWait(absl::Time now) const {
    return absl::ToUnixMicros(now) < wait_until_us_.load(std::memory_order_relaxed);
  }
  void WaitUntil(absl::Time time) const {
    wait_until_us_.store(absl::ToUnixMicros(time), std::memory_order_relaxed);
  }

 private:
  const std::string content_type_;
  const std::vector<Header> headers_;
  const EncodedContent content_;
  const absl::Time fetched_;
  const uint64_t generation_;
  mutable std::atomic<int64_t> wait_until_us_{0};
};

// How long answers of a route may be served, and what ends that early.
struct CacheRule {
  absl::Duration max_age;
  absl::Duration stale_while_revalidate;
  const ChangeGroup* group = nullptr;  // may be null; must outlive the cache
};

// What may be done with an answer that is kept.
enum class CacheState {
  kMiss,        // nothing is kept that could be served
  kFresh,       // serve it
  kRevalidate,  // serve it, and renew it
  kStale,       // serve it only when the service cannot answer
};

// Answers to public reads, in memory, shared by all clients. Bounded in bytes; what was not used
// for longest goes first. Sharded by key; thread-safe, and no call blocks for longer than a look-up
// takes. Time is what the callers say it is.
class ResponseCache {
 public:
  struct Options {
    size_t max_bytes = 64 << 20;  // of keys, contents in all codings, and what surrounds them
    size_t max_entry_bytes = 256 << 10;
    absl::Duration stale_if_error = absl::Minutes(5);  // after max_age
  };
  explicit ResponseCache(Options options) : options_(options) {}

  struct Found {
    CacheState state = CacheState::kMiss;
    std::shared_ptr<const CachedAnswer> answer;  // null on a miss
  };
  Found Find(absl::string_view key, const CacheRule& rule, absl::Time now);

  // What `answer`, kept or not, is good for at `now`.
  CacheState StateOf(const CachedAnswer& answer, const CacheRule& rule, absl::Time now) const;

  // Keeps `answer` instead of what was there. False when it is too large.
  bool Insert(absl::string_view key, std::shared_ptr<const CachedAnswer> answer);

  // The form of a kept answer; one that is made for it counts as its bytes from then on.
  const EncodedContent::Form& FormOf(absl::string_view key, const CachedAnswer& answer,
                                     Coding coding);

  size_t bytes() const;
  size_t entries() const;

 private:
  static constexpr size_t kShards = 16;

  struct Entry {
    std::string key;
    std::shared_ptr<const CachedAnswer> answer;
    size_t bytes = 0;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Entry> used;  // last used first
    absl::flat_hash_map<absl::string_view, std::list<Entry>::iterator> by_key;
    size_t bytes = 0;
  };

  Shard& ShardOf(absl::string_view key) {
    return shards_[absl::Hash<absl::string_view>()(key) % kShards];
  }
  static size_t BytesOf(absl::string_view key, const CachedAnswer& answer);
  static void Remove(Shard& shard, std::list<Entry>::iterator entry);
  void Shrink(Shard& shard) const;

  const Options options_;
  std::array<Shard, kShards> shards_;
};

}  // namespace cartwright::gateway
