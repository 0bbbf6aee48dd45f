#pragma once

#include "gateway/response_cache.h"

namespace cartwright::gateway {

// What the response cache leaves in the metrics: cartwright_response_cache_requests_total by
// result, cartwright_response_cache_bytes. Thread-safe.

// How a request was answered: kHit from the cache, fresh; kStale from the cache, past its time;
// kMiss by a call of its own; kCollapsed by the call of another request.
enum class CacheResult { kHit, kStale, kMiss, kCollapsed };

void CountCacheResult(CacheResult result);

void NoteCacheSize(const ResponseCache& cache);

}  // namespace cartwright::gateway
