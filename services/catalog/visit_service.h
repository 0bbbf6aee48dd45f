#pragma once

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "cartwright/catalog/v1/visit.pb.h"
#include "shared/rpc/call.h"

namespace cartwright::catalog {

// The RPC of visit.proto: counts what browsers have measured, in the metrics
// cartwright_web_vital_seconds, cartwright_web_layout_shift and cartwright_web_vital_ratings_total.
// The labels are what the proto allows. Needs no database. Thread-safe.
class VisitService {
 public:
  boost::asio::awaitable<absl::StatusOr<v1::ReportVisitResponse>> ReportVisit(
      const rpc::Call& call, const v1::ReportVisitRequest& request);
};

}  // namespace cartwright::catalog
