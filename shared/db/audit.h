#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "shared/db/connection.h"

namespace cartwright::db {

// One file ID_words.sql of an audit directory: a query that returns what breaks a rule, so no row
// when all is well. It is true of every snapshot, and sees the tables of one service.
struct AuditRule {
  std::string id;        // "W1"
  std::string sentence;  // the rule, from the comment that the file begins with
  std::string sql;
};

// The rules of a directory, by name. Errors: INVALID_ARGUMENT for a missing or empty directory, a
// name of another form, a file that does not begin with "-- ID: " and its rule, two files of one
// id.
absl::StatusOr<std::vector<AuditRule>> LoadAuditRules(const std::string& directory);

// What one rule found.
struct AuditFinding {
  const AuditRule* rule = nullptr;
  int rows = 0;                    // counted to 1,000
  std::vector<std::string> first;  // up to 10 of them, "order_id=... state=..."
};

// Asks one rule in the transaction that is open, or in one of its own.
absl::StatusOr<AuditFinding> CheckRule(Connection& connection, const AuditRule& rule);

// Asks all rules in one snapshot and appends what each found to `findings`. A rule that cannot be
// asked does not hide the others: its error, the first of them, is returned. FAILED_PRECONDITION,
// and nothing was asked, when another process audits this schema right now, or the database is a
// standby, whose past proves nothing.
absl::Status Audit(Connection& connection, const std::vector<AuditRule>& rules,
                   std::vector<AuditFinding>& findings);

}  // namespace cartwright::db
