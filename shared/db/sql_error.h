#pragma once

#include <exception>
#include <string>

#include "absl/status/status.h"

namespace cartwright::db {

// The status of an exception that libpqxx threw: the border where exceptions end
// (docs/adr, "StatusOr and the exception border"). The text of the error is for logs only;
// the RPC layer never sends it. A broken connection is UNAVAILABLE and says nothing about the
// effect of the statement: callers resolve it by running an idempotent statement again.
absl::Status ToStatus(const std::exception& error);

// True when the connection behind `status` is of no more use.
bool IsBroken(const absl::Status& status);

// True for a deadlock or a serialization failure: nothing happened, and the same transaction
// may succeed now.
bool IsRetryable(const absl::Status& status);

// Name of the violated constraint, or empty.
std::string ConstraintOf(const absl::Status& status);

}  // namespace cartwright::db
