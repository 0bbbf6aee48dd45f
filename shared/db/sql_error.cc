#include "shared/db/sql_error.h"

#include <pqxx/except>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "shared/base/status.h"

namespace cartwright::db {
namespace {

constexpr absl::string_view kConstraint = "cartwright/constraint";
constexpr absl::string_view kBroken = "cartwright/broken";
constexpr absl::string_view kRetryable = "cartwright/retryable";

// libpqxx 6.4.5 keeps the constraint's name only in the message, which Postgres writes in
// English because the cluster runs with lc_messages=C: ... constraint "name"
absl::string_view ConstraintInMessage(absl::string_view text) {
  constexpr absl::string_view kMarker = "constraint \"";
  const size_t start = text.find(kMarker);
  if (start == absl::string_view::npos) return {};
  text.remove_prefix(start + kMarker.size());
  return text.substr(0, text.find('"'));
}

absl::StatusCode CodeOf(absl::string_view sqlstate) {
  if (sqlstate == "23505") return absl::StatusCode::kAlreadyExists;
  if (absl::StartsWith(sqlstate, "23")) return absl::StatusCode::kFailedPrecondition;
  if (sqlstate == "57014") return absl::StatusCode::kDeadlineExceeded;  // statement_timeout
  // Lock timeout, out of resources: nothing happened, try again.
  if (sqlstate == "55P03" || absl::StartsWith(sqlstate, "53")) {
    return absl::StatusCode::kUnavailable;
  }
  return absl::StatusCode::kInternal;
}

absl::Status Broken(absl::string_view text) {
  // With a reason: it is this service that says so, and not the way to it.
  absl::Status status =
      Error(absl::StatusCode::kUnavailable, api::v1::DEPENDENCY_UNAVAILABLE, text);
  status.SetPayload(kBroken, absl::Cord("1"));
  return status;
}

}  // namespace

absl::Status ToStatus(const std::exception& error) {
  const std::string text = error.what();
  if (dynamic_cast<const pqxx::broken_connection*>(&error) != nullptr ||
      dynamic_cast<const pqxx::in_doubt_error*>(&error) != nullptr ||
      dynamic_cast<const pqxx::statement_completion_unknown*>(&error) != nullptr) {
    return Broken(text);
  }
  // Deadlocks and serialization failures are no sql_error in libpqxx 6.
  if (dynamic_cast<const pqxx::transaction_rollback*>(&error) != nullptr) {
    absl::Status status = absl::AbortedError(text);
    status.SetPayload(kRetryable, absl::Cord("1"));
    return status;
  }
  const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error);
  if (sql == nullptr) return absl::InternalError(text);
  // The server ends a connection with a class 57P error before it closes it.
  if (absl::StartsWith(sql->sqlstate(), "57P")) return Broken(text);
  absl::Status status(CodeOf(sql->sqlstate()), absl::StrCat(sql->sqlstate(), " ", text));
  if (absl::string_view constraint = ConstraintInMessage(text); !constraint.empty()) {
    status.SetPayload(kConstraint, absl::Cord(constraint));
  }
  return status;
}

bool IsBroken(const absl::Status& status) { return status.GetPayload(kBroken).has_value(); }

bool IsRetryable(const absl::Status& status) { return status.GetPayload(kRetryable).has_value(); }

std::string ConstraintOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kConstraint);
  return payload ? std::string(*payload) : std::string();
}

}  // namespace cartwright::db
