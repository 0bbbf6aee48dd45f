#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/time/time.h"
#include "services/catalog/product_query.h"

namespace cartwright::catalog {

// Remembers the facets of recent queries for a short while: counting 100,000 products takes
// longer than finding a page of them, and all pages and categories of a query share one count.
// What it answers is at most `time_to_live` old. Bounded in size. Thread-safe.
class FacetCache {
 public:
  explicit FacetCache(absl::Duration time_to_live) : time_to_live_(time_to_live) {}

  // The facets under `key`, unless they are unknown or too old.
  std::optional<FacetCounts> Find(const std::string& key) const;

  void Insert(const std::string& key, FacetCounts facets);

 private:
  struct Entry {
    FacetCounts facets;
    absl::Time expire_time;
  };

  const absl::Duration time_to_live_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace cartwright::catalog
