#include "services/identity/authorization_store.h"

#include "absl/strings/str_split.h"
#include "services/identity/called_for.h"
#include "services/identity/identity_store.h"
#include "shared/base/status_macros.h"

namespace cartwright::identity {
namespace {

constexpr db::Statement kAddClient = {
    "identity.add_client", "SELECT add_client($1, $2, $3, $4::text[])" CW_FOR("$5", "''")};
// One row per client; a redirect URI has no spaces.
#define CW_CLIENTS                                                                         \
  "SELECT c.client_id, c.name, coalesce(c.secret_hash, '') AS secret_hash, "               \
  "(SELECT string_agg(r.redirect_uri, ' ' ORDER BY r.redirect_uri) FROM oauth_redirect r " \
  "WHERE r.client_id = c.client_id) AS redirect_uris, "                                    \
  "(extract(epoch FROM c.create_time) * 1000000)::bigint AS create_time_us FROM oauth_client c "
// At most one row, by oauth_client_pkey.
constexpr db::Statement kFindClient = {"identity.find_client", CW_CLIENTS "WHERE client_id = $1"};
constexpr db::Statement kListClients = {"identity.list_clients",
                                        CW_CLIENTS "ORDER BY client_id LIMIT 1000"};
constexpr db::Statement kRemoveClient = {"identity.remove_client",
                                         "SELECT remove_client($1)" CW_FOR("$2", "''")};
constexpr db::Statement kIssueCode = {
    "identity.issue_code",
    "SELECT issue_code($1, $2, $3, $4, $5, $6, $7, $8,"
    " 'epoch'::timestamptz + $9::bigint * interval '1 microsecond')" CW_FOR("$10", "$11")};
// One row.
constexpr db::Statement kExchangeCode = {
    "identity.exchange_code",
    "SELECT (r).result, coalesce((r).owner::text, '') AS owner, "
    "coalesce((r).granted, '') AS granted, coalesce((r).once, '') AS once, "
    "coalesce((extract(epoch FROM (r).sign_in_time) * 1000000)::bigint, 0) AS sign_in_time_us "
    "FROM (SELECT redeem_code($1, $2, $3, $4, $5) AS r" CW_FOR("$6", "$7") " OFFSET 0) s"};
// At most one row, by oauth_token_pkey and the keys that it leads to.
constexpr db::Statement kFindByToken = {
    "identity.find_by_oauth_token",
    "SELECT u.user_id, address_of(u) AS email, u.display_name, c.scope FROM oauth_token t "
    "JOIN authorization_code c USING (code_hash) JOIN session s USING (session_id) "
    "JOIN users u ON u.user_id = s.user_id "
    "WHERE t.token_hash = $1 AND t.revoke_time IS NULL AND t.expire_time > clock_timestamp() "
    "AND is_live(s)"};

AuthorizationStore::Client ReadClient(const pqxx::row& row) {
  return {.client_id = row["client_id"].as<std::string>(),
          .name = row["name"].as<std::string>(),
          .secret_hash = db::FromBytes(row["secret_hash"]),
          .redirect_uris = absl::StrSplit(row["redirect_uris"].c_str(), ' ', absl::SkipEmpty()),
          .create_time_us = row["create_time_us"].as<int64_t>()};
}

}  // namespace

absl::Status AuthorizationStore::AddClient(db::Connection& db, const Client& client) {
  const db::Param secret =
      client.secret_hash.empty() ? db::Param(std::nullopt) : db::Bytes(client.secret_hash);
  return db
      .Execute(kAddClient,
               {client.client_id, client.name, secret, db::Array(client.redirect_uris), db.actor()})
      .status();
}

absl::StatusOr<std::optional<AuthorizationStore::Client>> AuthorizationStore::FindClient(
    db::Connection& db, const std::string& client_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kFindClient, {client_id}));
  if (rows.empty()) return std::optional<Client>();
  return std::optional(ReadClient(rows[0]));
}

absl::StatusOr<std::vector<AuthorizationStore::Client>> AuthorizationStore::ListClients(
    db::Connection& db) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kListClients));
  std::vector<Client> clients;
  for (const auto& row : rows) clients.push_back(ReadClient(row));
  return clients;
}

absl::StatusOr<bool> AuthorizationStore::RemoveClient(db::Connection& db,
                                                      const std::string& client_id) {
  return ReadBool(db.Execute(kRemoveClient, {client_id, db.actor()}));
}

absl::StatusOr<std::string> AuthorizationStore::IssueCode(
    db::Connection& db, const Code& code, const std::optional<int64_t>& signed_in_since_us) {
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kIssueCode, {db::Bytes(code.code_hash), code.client_id, code.redirect_uri,
                              code.user_id, code.session_id, code.challenge, code.scope, code.nonce,
                              signed_in_since_us, db.actor(), code.client_ip}));
  return rows[0][0].as<std::string>();
}

absl::StatusOr<AuthorizationStore::Redemption> AuthorizationStore::ExchangeCode(
    db::Connection& db, const Code& code, const std::string& token_hash) {
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kExchangeCode,
                 {db::Bytes(code.code_hash), code.client_id, code.redirect_uri, code.challenge,
                  db::Bytes(token_hash), db.actor(), code.client_ip}));
  const auto row = rows[0];
  return Redemption{.outcome = row["result"].as<std::string>(),
                    .user_id = row["owner"].as<std::string>(),
                    .scope = row["granted"].as<std::string>(),
                    .nonce = row["once"].as<std::string>(),
                    .sign_in_time_us = row["sign_in_time_us"].as<int64_t>()};
}

absl::StatusOr<std::optional<AuthorizationStore::Person>> AuthorizationStore::FindByToken(
    db::Connection& db, const std::string& token_hash) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kFindByToken, {db::Bytes(token_hash)}));
  if (rows.empty()) return std::optional<Person>();
  const auto row = rows[0];
  return std::optional(Person{.user_id = row["user_id"].as<std::string>(),
                              .email = row["email"].as<std::string>(),
                              .display_name = row["display_name"].as<std::string>(),
                              .scope = row["scope"].as<std::string>()});
}

}  // namespace cartwright::identity
