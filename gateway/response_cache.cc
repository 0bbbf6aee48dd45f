#include "gateway/response_cache.h"

#include <iterator>
#include <utility>

namespace cartwright::gateway {
namespace {

// The objects around an entry's text: list and table nodes, strings, the mutexes of its forms.
constexpr size_t kOverhead = 512;

size_t BytesOfHeaders(const std::vector<Header>& headers) {
  size_t bytes = 0;
  for (const Header& header : headers)
    bytes += sizeof header + header.name.size() + header.value.size();
  return bytes;
}

}  // namespace

CachedAnswer::CachedAnswer(Response response, absl::Time fetched, uint64_t generation)
    : content_type_(std::move(response.content_type)),
      headers_(std::move(response.headers)),
      content_(std::move(response.body), content_type_),
      fetched_(fetched),
      generation_(generation) {}

ResponseCache::Found ResponseCache::Find(absl::string_view key, const CacheRule& rule,
                                         absl::Time now) {
  Found found;
  {
    Shard& shard = ShardOf(key);
    const std::lock_guard lock(shard.mutex);
    const auto entry = shard.by_key.find(key);
    if (entry == shard.by_key.end()) return found;
    shard.used.splice(shard.used.begin(), shard.used, entry->second);
    found.answer = entry->second->answer;
  }
  found.state = StateOf(*found.answer, rule, now);
  if (found.state == CacheState::kMiss) found.answer = nullptr;
  return found;
}

CacheState ResponseCache::StateOf(const CachedAnswer& answer, const CacheRule& rule,
                                  absl::Time now) const {
  const absl::Duration age = now - answer.fetched();
  if (rule.group == nullptr || rule.group->Holds(answer.generation(), now)) {
    if (age < rule.max_age) return CacheState::kFresh;
    if (age < rule.max_age + rule.stale_while_revalidate) return CacheState::kRevalidate;
  }
  if (age < rule.max_age + options_.stale_if_error) return CacheState::kStale;
  return CacheState::kMiss;
}

size_t ResponseCache::BytesOf(absl::string_view key, const CachedAnswer& answer) {
  return key.size() + answer.content().memory() + answer.content_type().size() +
         BytesOfHeaders(answer.headers()) + kOverhead;
}

void ResponseCache::Remove(Shard& shard, std::list<Entry>::iterator entry) {
  shard.bytes -= entry->bytes;
  shard.by_key.erase(entry->key);
  shard.used.erase(entry);
}

void ResponseCache::Shrink(Shard& shard) const {
  while (shard.bytes > options_.max_bytes / kShards) {
    Remove(shard, std::prev(shard.used.end()));
  }
}

bool ResponseCache::Insert(absl::string_view key, std::shared_ptr<const CachedAnswer> answer) {
  Shard& shard = ShardOf(key);
  const size_t bytes = BytesOf(key, *answer);
  const bool fits = bytes <= options_.max_entry_bytes && bytes <= options_.max_bytes / kShards;
  const std::lock_guard lock(shard.mutex);
  if (const auto old = shard.by_key.find(key); old != shard.by_key.end()) {
    Remove(shard, old->second);
  }
  if (!fits) return false;
  shard.used.push_front({.key = std::string(key), .answer = std::move(answer), .bytes = bytes});
  shard.by_key[shard.used.front().key] = shard.used.begin();
  shard.bytes += bytes;
  Shrink(shard);
  return true;
}

const EncodedContent::Form& ResponseCache::FormOf(absl::string_view key, const CachedAnswer& answer,
                                                  Coding coding) {
  const size_t before = answer.content().memory();
  const EncodedContent::Form& form = answer.content().Get(coding);
  if (answer.content().memory() == before) return form;
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found == shard.by_key.end() || found->second->answer.get() != &answer) return form;
  Entry& entry = *found->second;
  shard.bytes -= entry.bytes;
  entry.bytes = BytesOf(key, answer);
  shard.bytes += entry.bytes;
  Shrink(shard);
  return form;
}

size_t ResponseCache::bytes() const {
  size_t bytes = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    bytes += shard.bytes;
  }
  return bytes;
}

size_t ResponseCache::entries() const {
  size_t entries = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    entries += shard.used.size();
  }
  return entries;
}

}  // namespace cartwright::gateway
