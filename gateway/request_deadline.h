#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/http_message.h"

namespace cartwright::gateway {

// The time that a call for `request` may take: `limit`, the route's, or less where the client asks
// for less. It says so in Request-Timeout, in milliseconds, or in grpc-timeout, in gRPC's syntax
// ("250m"); of both, the shorter one counts. INVALID_FIELD names the header that is malformed.
absl::StatusOr<absl::Duration> TimeoutOf(const Request& request, absl::Duration limit);

}  // namespace cartwright::gateway
