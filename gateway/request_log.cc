#include "gateway/request_log.h"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "prometheus/histogram.h"
#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::gateway {
namespace {

// Labels come from fixed sets only: a client must not be able to make new ones.
absl::string_view MethodLabel(absl::string_view method) {
  static constexpr std::array<absl::string_view, 9> kKnown = {
      "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"};
  const auto found = std::find(kKnown.begin(), kKnown.end(), method);
  return found == kKnown.end() ? "_OTHER" : *found;
}

prometheus::Histogram& HistogramOf(absl::string_view method, absl::string_view route, int status) {
  // Views of text that is never freed, so that the address stands for the text.
  using Key = std::tuple<const char*, const char*, int>;
  thread_local absl::flat_hash_map<Key, prometheus::Histogram*> known;
  prometheus::Histogram*& histogram = known[{method.data(), route.data(), status}];
  if (histogram == nullptr) {
    static auto& family =
        metrics::HistogramFamily("http_server_request_duration_seconds",
                                 "Time from the end of a request's header block to its answer.");
    histogram = &family.Add({{"http_request_method", std::string(method)},
                             {"http_route", std::string(route)},
                             {"http_response_status_code", absl::StrCat(status)}},
                            metrics::DurationBuckets());
  }
  return *histogram;
}

}  // namespace

void RequestLog::Add(const Request& request, const Response& response, size_t bytes,
                     absl::Duration elapsed) const {
  const absl::string_view method = MethodLabel(request.method);
  HistogramOf(method, response.route, response.status).Observe(absl::ToDoubleSeconds(elapsed));
  if (!access_log_) return;
  log::Info("http.request", "A request was answered.",
            {{"request_id", request.request_id},
             {"trace_id", absl::string_view(request.traceparent).substr(3, 32)},
             {"http.request.method", method},
             {"http.route", response.route},
             {"http.response.status_code", response.status},
             {"reason", response.reason},
             {"bytes", static_cast<int64_t>(bytes)},
             {"client.address", request.client_ip},
             {"duration_ms", absl::ToDoubleMilliseconds(elapsed)}});
}

}  // namespace cartwright::gateway
