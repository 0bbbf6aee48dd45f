#include "services/catalog/visit_service.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::catalog {
namespace {

using v1::Measurement;

// The edges between good, noticed and poor, of all metrics, are among them.
const prometheus::Histogram::BucketBoundaries kSeconds = {0.05, 0.1, 0.2, 0.35, 0.5, 0.8,
                                                          1.2,  1.8, 2.5, 3,    4,   8};
const prometheus::Histogram::BucketBoundaries kShifts = {0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5};

absl::Status CheckMeasurements(const v1::ReportVisitRequest& request) {
  for (int i = 0; i < request.measurements_size(); ++i) {
    const Measurement& one = request.measurements(i);
    if (!Measurement::Metric_IsValid(one.metric()) ||
        one.metric() == Measurement::METRIC_UNSPECIFIED) {
      return InvalidField(absl::StrCat("measurements[", i, "].metric"), "is required");
    }
    if (!Measurement::Rating_IsValid(one.rating()) ||
        one.rating() == Measurement::RATING_UNSPECIFIED) {
      return InvalidField(absl::StrCat("measurements[", i, "].rating"), "is required");
    }
  }
  return absl::OkStatus();
}

void Count(const std::string& page, const Measurement& one) {
  static auto& seconds = metrics::HistogramFamily("cartwright_web_vital_seconds",
                                                  "Core Web Vitals in browsers, by kind of page.");
  static auto& shifts = metrics::HistogramFamily(
      "cartwright_web_layout_shift", "How much pages moved under their readers, by kind of page.");
  static auto& ratings = metrics::CounterFamily("cartwright_web_vital_ratings_total",
                                                "Core Web Vitals, by how people find them.");
  const std::string metric = absl::AsciiStrToLower(Measurement::Metric_Name(one.metric()));
  const std::string rating = absl::AsciiStrToLower(Measurement::Rating_Name(one.rating()));
  ratings.Add({{"metric", metric}, {"page", page}, {"rating", rating}}).Increment();
  prometheus::Histogram& histogram =
      one.metric() == Measurement::CLS
          ? shifts.Add({{"page", page}}, kShifts)
          : seconds.Add({{"metric", metric}, {"page", page}}, kSeconds);
  histogram.Observe(static_cast<double>(one.value()) / 1000);
}

}  // namespace

boost::asio::awaitable<absl::StatusOr<v1::ReportVisitResponse>> VisitService::ReportVisit(
    const rpc::Call&, const v1::ReportVisitRequest& request) {
  CW_CO_RETURN_IF_ERROR(CheckMeasurements(request));
  for (const Measurement& one : request.measurements()) Count(request.page(), one);
  co_return v1::ReportVisitResponse();
}

}  // namespace cartwright::catalog
