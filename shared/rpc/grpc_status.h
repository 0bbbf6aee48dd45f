#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace cartwright::rpc {

// absl::Status to and from grpc::Status; the payloads of shared/base/status.h travel as
// google.rpc.Status in grpc-status-details-bin (AIP-193).

// For what goes to a caller. The text and the details of an error that is not IsPublic
// (shared/base/status.h) stay here. Log it first.
grpc::Status ToGrpc(const absl::Status& status);

// For what came from a callee.
absl::Status FromGrpc(const grpc::Status& status);

// The same from the parts that a proxy has.
absl::Status FromGrpc(int code, const std::string& message, const std::string& details);

}  // namespace cartwright::rpc
