#include "gateway/request_log.h"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cartwright/api/v1/error_reason.pb.h"
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

absl::string_view CacheStatusOf(const Response& response) {
  for (const Header& header : response.headers) {
    if (absl::EqualsIgnoreCase(header.name, "Cache-Status")) return header.value;
  }
  return "";
}

// What was out of the ordinary, with commas between.
std::string FlagsOf(const Response& response) {
  std::vector<absl::string_view> flags;
  const auto because_of = [&](absl::string_view flag, api::v1::ErrorReason reason) {
    if (response.reason == api::v1::ErrorReason_Name(reason)) flags.push_back(flag);
  };
  if (response.status == 499 || response.client_gone) flags.push_back("client_gone");
  if (response.facts.attempts > 1) flags.push_back("retried");
  if (response.status == 504) flags.push_back("deadline");
  because_of("circuit_open", api::v1::CIRCUIT_OPEN);
  because_of("overloaded", api::v1::OVERLOADED);
  return absl::StrJoin(flags, ",");
}

}  // namespace

void RequestLog::Add(const Request& request, const Response& response, size_t bytes,
                     absl::Duration elapsed) const {
  const absl::string_view method = MethodLabel(request.method);
  HistogramOf(method, response.route, response.status).Observe(absl::ToDoubleSeconds(elapsed));
  if (!access_log_) return;
  const CallFacts& facts = response.facts;
  const std::string grpc_status =
      facts.grpc_status ? absl::StatusCodeToString(*facts.grpc_status) : "";
  log::Info("http.request", "A request was answered.",
            {{"request_id", request.request_id},
             {"trace_id", absl::string_view(request.traceparent).substr(3, 32)},
             {"http.request.method", method},
             {"http.route", response.route},
             {"http.response.status_code", response.status},
             {"rpc.grpc.status", grpc_status},
             {"reason", response.reason},
             {"http.request.body.size", static_cast<int64_t>(facts.request_bytes)},
             {"http.response.body.size", static_cast<int64_t>(bytes)},
             {"duration_ms", absl::ToDoubleMilliseconds(elapsed)},
             {"upstream_ms", absl::ToDoubleMilliseconds(facts.upstream_time)},
             {"attempts", facts.attempts},
             {"backend", facts.backend},
             {"cache", CacheStatusOf(response)},
             {"user.id", facts.subject},
             {"client.address", request.client_ip},
             {"flags", FlagsOf(response)}});
}

}  // namespace cartwright::gateway
