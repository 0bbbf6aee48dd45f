#include "shared/telemetry/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "prometheus/text_serializer.h"

namespace cartwright::metrics {
namespace {

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double OpenDescriptors() {
  std::error_code ignored;
  double count = 0;
  for (std::filesystem::directory_iterator it("/proc/self/fd", ignored), end; it != end; ++it) {
    ++count;
  }
  return count;
}

// prometheus-cpp has no process metrics; these have the names that dashboards expect.
void UpdateProcessMetrics() {
  static auto& cpu = GaugeFamily("process_cpu_seconds_total", "CPU time of the process.").Add({});
  static auto& memory =
      GaugeFamily("process_resident_memory_bytes", "Resident memory of the process.").Add({});
  static auto& fds = GaugeFamily("process_open_fds", "Open file descriptors.").Add({});
  cpu.Set(CpuSeconds());
  memory.Set(ResidentBytes());
  fds.Set(OpenDescriptors());
}

}  // namespace

prometheus::Registry& Registry() {
  static auto* registry = new prometheus::Registry;
  return *registry;
}

prometheus::Family<prometheus::Counter>& CounterFamily(std::string name, std::string help) {
  return prometheus::BuildCounter()
      .Name(std::move(name))
      .Help(std::move(help))
      .Register(Registry());
}

prometheus::Family<prometheus::Gauge>& GaugeFamily(std::string name, std::string help) {
  return prometheus::BuildGauge().Name(std::move(name)).Help(std::move(help)).Register(Registry());
}

prometheus::Family<prometheus::Histogram>& HistogramFamily(std::string name, std::string help) {
  return prometheus::BuildHistogram()
      .Name(std::move(name))
      .Help(std::move(help))
      .Register(Registry());
}

const prometheus::Histogram::BucketBoundaries& DurationBuckets() {
  static const auto* buckets = new prometheus::Histogram::BucketBoundaries{
      .005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10};
  return *buckets;
}

std::string Render() {
  UpdateProcessMetrics();
  return prometheus::TextSerializer().Serialize(Registry().Collect());
}

}  // namespace cartwright::metrics
