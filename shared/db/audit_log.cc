#include "shared/db/audit_log.h"

#include "shared/base/status_macros.h"

namespace cartwright::db {
namespace {

constexpr Statement kHasLog = {"audit_log.exists",
                               "SELECT to_regprocedure('seal_audit_events(int)') IS NOT NULL"};
// Null when another process is at it.
constexpr Statement kSeal = {"audit_log.seal", "SELECT coalesce(seal_audit_events($1), 0)"};
// One row, by audit_event_pkey from the last seal on.
constexpr Statement kCount = {"audit_log.count", R"sql(
  SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(create_time)), 0)::float8
  FROM audit_event
  WHERE (transaction_id, audit_event_id) > (
    SELECT coalesce(max(s.transaction_id::text), '0')::xid8, coalesce(max(s.audit_event_id), 0)
    FROM (SELECT transaction_id, audit_event_id FROM audit_seal ORDER BY seq DESC LIMIT 1) s)
)sql"};

}  // namespace

absl::StatusOr<bool> HasAuditLog(Connection& connection) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, connection.Execute(kHasLog));
  return rows[0][0].as<bool>();
}

absl::StatusOr<int> SealAuditLog(Connection& connection, int most) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, connection.Execute(kSeal, {most}));
  return rows[0][0].as<int>();
}

absl::StatusOr<Unsealed> CountUnsealed(Connection& connection) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, connection.Execute(kCount));
  return Unsealed{.rows = rows[0][0].as<int64_t>(), .oldest_s = rows[0][1].as<double>()};
}

}  // namespace cartwright::db
