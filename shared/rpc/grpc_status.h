#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace cartwright::rpc {

// absl::Status to and from grpc::Status; the payloads of shared/base/status.h travel as
// google.rpc.Status in grpc-status-details-bin (AIP-193).

// For what goes to a caller. The text of an INTERNAL, UNKNOWN or DATA_LOSS error, and of any
// error without a reason, stays here: it may name tables, paths or versions. Log it first.
grpc::Status ToGrpc(const absl::Status& status);

// For what came from a callee.
absl::Status FromGrpc(const grpc::Status& status);

// The same from the parts that a proxy has.
absl::Status FromGrpc(int code, const std::string& message, const std::string& details);

}  // namespace cartwright::rpc
