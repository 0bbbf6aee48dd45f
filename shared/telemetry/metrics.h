#pragma once

#include <string>
#include <string_view>

#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

// The metrics of this process. Families are made once, at start; labelled children are looked
// up at start too where their labels are known, since a look-up takes a lock.
// Thread-safe.
namespace cartwright::metrics {

// The one registry of the process.
prometheus::Registry& Registry();

prometheus::Family<prometheus::Counter>& CounterFamily(std::string name, std::string help);
prometheus::Family<prometheus::Gauge>& GaugeFamily(std::string name, std::string help);
prometheus::Family<prometheus::Histogram>& HistogramFamily(std::string name, std::string help);

// Buckets of every duration, in seconds: those of OpenTelemetry's semantic conventions, whose
// edges at 0.5 and 1 are those of our objectives.
const prometheus::Histogram::BucketBoundaries& DurationBuckets();

// All metrics in Prometheus' text format, the process' own (CPU, memory, descriptors) included.
std::string Render();

}  // namespace cartwright::metrics
