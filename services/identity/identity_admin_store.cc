#include "services/identity/identity_admin_store.h"

#include "services/identity/called_for.h"
#include "shared/base/status_macros.h"

namespace cartwright::identity {
namespace {

// At most one row for each id by users_pkey, and one by users_email_key.
constexpr db::Statement kListUserRecords = {
    "identity.list_user_records",
    "SELECT user_id, address_of(users) AS email, display_name FROM users "
    "WHERE user_id = ANY ($1::uuid[]) OR email_key(email) = email_key($2) ORDER BY user_id"};
// One row; null for an unknown user.
constexpr db::Statement kRevokeUserSessions = {
    "identity.revoke_user_sessions", "SELECT revoke_user_sessions($1)" CW_FOR("$2", "$3")};

}  // namespace

absl::StatusOr<std::vector<IdentityAdminStore::UserRecord>> IdentityAdminStore::ListUserRecords(
    db::Connection& db, const std::vector<std::string>& user_ids,
    const std::optional<std::string>& email) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kListUserRecords, {db::Array(user_ids), email}));
  std::vector<UserRecord> users;
  for (const auto& row : rows) {
    users.push_back({.user_id = row["user_id"].as<std::string>(),
                     .email = row["email"].as<std::string>(),
                     .display_name = row["display_name"].as<std::string>()});
  }
  return users;
}

absl::StatusOr<std::optional<int>> IdentityAdminStore::RevokeUserSessions(
    db::Connection& db, const std::string& user_id, const std::string& admin_id,
    const std::string& client_ip) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kRevokeUserSessions, {user_id, admin_id, client_ip}));
  if (rows[0][0].is_null()) return std::optional<int>();
  return std::optional(rows[0][0].as<int>());
}

}  // namespace cartwright::identity
