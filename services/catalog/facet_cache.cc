#include "services/catalog/facet_cache.h"

#include <utility>

#include "absl/time/clock.h"

namespace cartwright::catalog {
namespace {

constexpr size_t kMaxEntries = 1024;

}  // namespace

std::optional<FacetCounts> FacetCache::Find(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.expire_time <= absl::Now()) return std::nullopt;
  return found->second.facets;
}

void FacetCache::Insert(const std::string& key, FacetCounts facets) {
  const std::lock_guard lock(mutex_);
  // Entries live for seconds, so an empty cache is soon warm again; no order of use is kept.
  if (entries_.size() >= kMaxEntries) entries_.clear();
  entries_.insert_or_assign(key, Entry{std::move(facets), absl::Now() + time_to_live_});
}

}  // namespace cartwright::catalog
