#include "services/identity/external_account_store.h"

#include "absl/strings/str_split.h"
#include "services/identity/called_for.h"
#include "shared/base/status_macros.h"

namespace cartwright::identity {
namespace {

// One row each; by external_identity_pkey.
constexpr db::Statement kCheckExternal = {
    "identity.check_external",
    "SELECT (r).owner, (r).made, (r).roles, (r).session"
    " FROM (SELECT check_external($1, $2, $3, $4, $5,"
    " 'epoch'::timestamptz + $6::bigint * interval '1 second', $7, $8) AS r" CW_FOR(
        "$9", "$7") " OFFSET 0) s"};
constexpr db::Statement kLoginExternal = {
    "identity.login_external",
    "SELECT (r).owner, (r).made, (r).roles, '' AS session"
    " FROM (SELECT login_external($1, $2, $3, $4, $5, $6, $7, $8, $9) AS r" CW_FOR(
        "$10", "$8") " OFFSET 0) s"};

ExternalAccountStore::Link ReadLink(const pqxx::result& rows) {
  const auto row = rows[0];
  return {.user_id = row["owner"].as<std::string>(),
          .made = row["made"].as<bool>(),
          .roles = absl::StrSplit(row["roles"].c_str(), ',', absl::SkipEmpty()),
          .session_id = row["session"].c_str()};
}

}  // namespace

absl::StatusOr<ExternalAccountStore::Link> ExternalAccountStore::CheckExternal(
    db::Connection& db, const ExternalPerson& person, const std::string& new_id,
    const std::string& client_ip, const std::string& user_agent) {
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kCheckExternal,
                 {person.issuer, person.subject, new_id, person.email, person.display_name,
                  absl::ToUnixSeconds(person.issued), client_ip, user_agent, db.actor()}));
  return ReadLink(rows);
}

absl::StatusOr<ExternalAccountStore::Link> ExternalAccountStore::LoginExternal(
    db::Connection& db, const ExternalPerson& person, const std::string& new_id,
    const IdentityStore::NewSession& session) {
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kLoginExternal,
                 {person.issuer, person.subject, new_id, person.email, person.display_name,
                  session.session_id, db::Bytes(session.token_hash), session.client_ip,
                  session.user_agent, db.actor()}));
  return ReadLink(rows);
}

}  // namespace cartwright::identity
