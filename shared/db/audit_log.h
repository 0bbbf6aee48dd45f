#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "shared/db/connection.h"

namespace cartwright::db {

// The chain of hashes over the audit log of a schema, which its NNNN_add_audit_log.sql makes.

// Whether the schema has such a log.
absl::StatusOr<bool> HasAuditLog(Connection& connection);

// Seals what can be sealed, up to `most` rows; how many. 0, too, when another process is at it.
absl::StatusOr<int> SealAuditLog(Connection& connection, int most);

// What no seal protects yet.
struct Unsealed {
  int64_t rows = 0;
  double oldest_s = 0;  // age of the oldest
};
absl::StatusOr<Unsealed> CountUnsealed(Connection& connection);

}  // namespace cartwright::db
