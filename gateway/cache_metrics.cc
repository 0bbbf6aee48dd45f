#include "gateway/cache_metrics.h"

#include <array>

#include "shared/telemetry/metrics.h"

namespace cartwright::gateway {

void CountCacheResult(CacheResult result) {
  static const std::array<prometheus::Counter*, 4> counters = [] {
    auto& family = metrics::CounterFamily("cartwright_response_cache_requests_total",
                                          "Public reads, by how they were answered.");
    return std::array<prometheus::Counter*, 4>{
        &family.Add({{"result", "hit"}}), &family.Add({{"result", "stale"}}),
        &family.Add({{"result", "miss"}}), &family.Add({{"result", "collapsed"}})};
  }();
  counters[static_cast<size_t>(result)]->Increment();
}

void NoteCacheSize(const ResponseCache& cache) {
  static prometheus::Gauge& bytes =
      metrics::GaugeFamily("cartwright_response_cache_bytes", "Bytes of the answers that are kept.")
          .Add({});
  bytes.Set(static_cast<double>(cache.bytes()));
}

}  // namespace cartwright::gateway
