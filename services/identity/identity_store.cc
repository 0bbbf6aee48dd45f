#include "services/identity/identity_store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/identity/called_for.h"
#include "shared/base/status_macros.h"

namespace cartwright::identity {
namespace {

// Microseconds since the epoch.
#define CW_US(time) "(extract(epoch FROM " time ") * 1000000)::bigint"
// Without a password, the address is the one that the provider said.
#define CW_USER_COLUMNS                                                               \
  "SELECT user_id, address_of(users) AS email, display_name, "                        \
  "coalesce(password_hash, '') AS password_hash, roles_of(user_id) AS roles, " CW_US( \
      "create_time") " AS create_time_us FROM users "

// One row.
constexpr db::Statement kRegister = {
    "identity.register",
    "SELECT " CW_US("register_user($1, $2, $3, $4, $5, $6, $7, $8)") CW_FOR("$9", "$7")};
constexpr db::Statement kLogin = {
    "identity.login", "SELECT begin_login($1, $2, $3, $4, $5, $6, $7, $8)" CW_FOR("$9", "$6")};
constexpr db::Statement kRefresh = {
    "identity.refresh",
    "SELECT (r).result, (r).user_id, (r).session_id, (r).roles"
    " FROM (SELECT refresh_session($1, $2, $3) AS r" CW_FOR("$4", "$3") " OFFSET 0) s"};
constexpr db::Statement kReplayRefresh = {"identity.replay_refresh",
                                          "SELECT replay_refresh($1, $2)"};
constexpr db::Statement kLogout = {"identity.logout", "SELECT logout($1)" CW_FOR("$2", "$3")};
constexpr db::Statement kRevokeSession = {"identity.revoke_session",
                                          "SELECT revoke_session($1, $2)" CW_FOR("$3", "$4")};
constexpr db::Statement kRevokeOtherSessions = {
    "identity.revoke_other_sessions", "SELECT revoke_other_sessions($1, $2)" CW_FOR("$3", "$4")};
constexpr db::Statement kChangePassword = {
    "identity.change_password",
    "SELECT replace_password($1, $2, $3, $4, $5, $6, $7)" CW_FOR("$8", "$9")};
constexpr db::Statement kLogRefusal = {"identity.log_refusal",
                                       "SELECT log_refusal($1, $2, $5, $3)" CW_FOR("$4", "$3")};

// One row; its user is null for an unknown address.
constexpr db::Statement kAdmitLogin = {
    "identity.admit_login",
    "SELECT a.wait_s, u.* FROM admit_login($1, $2, $3, $4) a LEFT JOIN (" CW_USER_COLUMNS
    ") u ON u.user_id = a.owner"};
// At most one row, by users_pkey.
constexpr db::Statement kGetUser = {"identity.get_user", CW_USER_COLUMNS "WHERE user_id = $1"};

// At most 100 rows by session_live_by_user.
constexpr db::Statement kListSessions = {
    "identity.list_sessions",
    "SELECT session_id, user_agent, client_ip, " CW_US("create_time") " AS create_time_us, "
    CW_US("last_used_time") " AS last_used_time_us FROM session s "
    "WHERE user_id = $1 AND revoke_time IS NULL AND is_live(s) "
    "ORDER BY last_used_time DESC, session_id DESC"};

// At least one row; up to $3 sessions by session_ended_by_time.
constexpr db::Statement kListEndedSessions = {"identity.list_ended_sessions",
                                              "SELECT " CW_US("clock_timestamp()") R"sql( AS now_us,
    s.session_id, s.revoke_time_us
  FROM (SELECT) AS one LEFT JOIN LATERAL (
    SELECT session_id, (extract(epoch FROM revoke_time) * 1000000)::bigint AS revoke_time_us
    FROM session
    WHERE revoke_time IS NOT NULL AND (revoke_time, session_id) >
      (coalesce('epoch'::timestamptz + $1::bigint * interval '1 microsecond',
                now() - interval '11 minutes'),
       coalesce($2::uuid, '00000000-0000-0000-0000-000000000000'))
    ORDER BY revoke_time, session_id LIMIT $3::int
  ) AS s ON true
)sql"};

// At most one row by session_pkey and users_pkey.
constexpr db::Statement kFindBySession = {
    "identity.find_by_session", CW_USER_COLUMNS
    "WHERE user_id = (SELECT s.user_id FROM session s WHERE s.session_id = $2 "
    "AND s.user_id = $1 AND is_live(s))"};

// A handful of rows; a key is retired once in months.
constexpr db::Statement kListSigningKeys = {
    "identity.list_signing_keys",
    "SELECT key_id, sealed, state, " CW_US("create_time") " AS create_time_us, coalesce(" CW_US(
        "retire_time")
        R"sql(, 0) AS retire_time_us FROM signing_key
  WHERE retire_time IS NULL OR retire_time > clock_timestamp() - interval '1 hour'
  ORDER BY create_time DESC, key_id LIMIT 100
)sql"};
constexpr db::Statement kAddSigningKey = {
    "identity.add_signing_key",
    "INSERT INTO signing_key (key_id, sealed, state) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"};
// One row. Whoever verifies asks for the keys every minute, and so do our replicas.
constexpr db::Statement kRotateSigningKey = {
    "identity.rotate_signing_key",
    "SELECT coalesce((r).id, '') AS id, coalesce((r).wait_s, 180) AS wait_s"
    " FROM (SELECT rotate_signing_key(interval '3 minutes') AS r" CW_FOR("$1",
                                                                         "''") " OFFSET 0) s"};

std::vector<std::string> Roles(const pqxx::field& field) {
  if (field.is_null()) return {};
  return absl::StrSplit(field.c_str(), ',', absl::SkipEmpty());
}

std::optional<IdentityStore::User> ReadUser(const pqxx::result& rows) {
  if (rows.empty() || rows[0]["user_id"].is_null()) return std::nullopt;
  const auto row = rows[0];
  return IdentityStore::User{.user_id = row["user_id"].as<std::string>(),
                             .email = row["email"].as<std::string>(),
                             .display_name = row["display_name"].as<std::string>(),
                             .password_hash = row["password_hash"].as<std::string>(),
                             .roles = Roles(row["roles"]),
                             .create_time_us = row["create_time_us"].as<int64_t>()};
}

absl::StatusOr<IdentityStore::Rotation::Outcome> ReadOutcome(const std::string& word) {
  using Outcome = IdentityStore::Rotation::Outcome;
  if (word == "ROTATED") return Outcome::kRotated;
  if (word == "RACED") return Outcome::kRaced;
  if (word == "REUSED") return Outcome::kReused;
  if (word == "EXPIRED") return Outcome::kExpired;
  if (word == "UNKNOWN") return Outcome::kUnknown;
  return absl::InternalError(absl::StrCat("refresh_session answered ", word));
}

}  // namespace

db::Param OptionalBytes(const std::optional<std::string>& bytes) {
  return bytes ? db::Bytes(*bytes) : db::Param(std::nullopt);
}

absl::StatusOr<bool> ReadBool(const absl::StatusOr<pqxx::result>& rows) {
  CW_RETURN_IF_ERROR(rows.status());
  return (*rows)[0][0].as<bool>();
}

absl::StatusOr<IdentityStore::LoginStep> ReadLoginStep(absl::string_view word) {
  using Step = IdentityStore::LoginStep;
  if (word == "SESSION") return Step::kSession;
  if (word == "CHALLENGE") return Step::kChallenge;
  if (word == "STALE") return Step::kStale;
  if (word == "WRONG") return Step::kWrong;
  if (word == "EXPIRED") return Step::kExpired;
  return absl::InternalError(absl::StrCat("a sign-in's step answered ", word));
}

absl::StatusOr<int64_t> IdentityStore::Register(db::Connection& db, const User& user,
                                                const NewSession& session) {
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kRegister, {user.user_id, user.email, user.display_name, user.password_hash,
                             session.session_id, db::Bytes(session.token_hash), session.client_ip,
                             session.user_agent, db.actor()}));
  return rows[0][0].as<int64_t>();
}

absl::StatusOr<IdentityStore::Admission> IdentityStore::AdmitLogin(db::Connection& db,
                                                                   const std::string& email,
                                                                   const std::string& client_ip,
                                                                   const Device& device) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kAdmitLogin, {email, client_ip, device.user_id, device.name}));
  return Admission{.wait_s = rows[0]["wait_s"].as<int>(), .user = ReadUser(rows)};
}

absl::Status IdentityStore::LogRefusal(db::Connection& db, const char* what,
                                       const std::optional<std::string>& user_id,
                                       const std::string& client_ip, const std::string& about) {
  return db.Execute(kLogRefusal, {what, user_id, client_ip, db.actor(), about}).status();
}

absl::StatusOr<IdentityStore::LoginStep> IdentityStore::Login(
    db::Connection& db, const User& user, const std::optional<std::string>& better_hash,
    const NewSession& session, const std::string& challenge_hash) {
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kLogin, {user.user_id, user.password_hash, better_hash, session.session_id,
                          db::Bytes(session.token_hash), session.client_ip, session.user_agent,
                          db::Bytes(challenge_hash), db.actor()}));
  return ReadLoginStep(rows[0][0].as<std::string>());
}

absl::StatusOr<IdentityStore::Rotation> IdentityStore::Refresh(db::Connection& db,
                                                               const std::string& token_hash,
                                                               const std::string& next_token_hash,
                                                               const std::string& client_ip) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kRefresh, {db::Bytes(token_hash), db::Bytes(next_token_hash),
                                            client_ip, db.actor()}));
  const auto row = rows[0];
  CW_ASSIGN_OR_RETURN(const Rotation::Outcome outcome,
                      ReadOutcome(row["result"].as<std::string>()));
  return Rotation{.outcome = outcome,
                  .user_id = row["user_id"].c_str(),
                  .session_id = row["session_id"].c_str(),
                  .roles = Roles(row["roles"])};
}

absl::StatusOr<std::optional<std::vector<std::string>>> IdentityStore::ReplayRefresh(
    db::Connection& db, const std::string& session_id, const std::string& next_token_hash) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kReplayRefresh, {session_id, db::Bytes(next_token_hash)}));
  if (rows[0][0].is_null()) return std::nullopt;
  return Roles(rows[0][0]);
}

absl::Status IdentityStore::Logout(db::Connection& db, const std::string& token_hash,
                                   const std::string& client_ip) {
  return db.Execute(kLogout, {db::Bytes(token_hash), db.actor(), client_ip}).status();
}

absl::StatusOr<std::optional<IdentityStore::User>> IdentityStore::GetUser(
    db::Connection& db, const std::string& user_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kGetUser, {user_id}));
  return ReadUser(rows);
}

absl::StatusOr<std::vector<IdentityStore::Session>> IdentityStore::ListSessions(
    db::Connection& db, const std::string& user_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kListSessions, {user_id}));
  std::vector<Session> sessions;
  for (const auto& row : rows) {
    sessions.push_back({.session_id = row["session_id"].as<std::string>(),
                        .user_agent = row["user_agent"].as<std::string>(),
                        .client_ip = row["client_ip"].as<std::string>(),
                        .create_time_us = row["create_time_us"].as<int64_t>(),
                        .last_used_time_us = row["last_used_time_us"].as<int64_t>()});
  }
  return sessions;
}

absl::StatusOr<bool> IdentityStore::RevokeSession(db::Connection& db, const std::string& user_id,
                                                  const std::string& session_id,
                                                  const std::string& client_ip) {
  return ReadBool(db.Execute(kRevokeSession, {user_id, session_id, db.actor(), client_ip}));
}

absl::StatusOr<std::optional<int>> IdentityStore::RevokeOtherSessions(
    db::Connection& db, const std::string& user_id, const std::string& keep,
    const std::string& client_ip) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kRevokeOtherSessions, {user_id, keep, db.actor(), client_ip}));
  if (rows[0][0].is_null()) return std::optional<int>();
  return std::optional(rows[0][0].as<int>());
}

absl::StatusOr<IdentityStore::EndedSessions> IdentityStore::ListEndedSessions(
    db::Connection& db, const std::optional<EndedSession>& after, int limit) {
  std::optional<int64_t> time;
  std::optional<std::string> id;
  if (after) {
    time = after->revoke_time_us;
    id = after->session_id;
  }
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kListEndedSessions, {time, id, limit}));
  EndedSessions result{.now_us = rows[0]["now_us"].as<int64_t>()};
  for (const auto& row : rows) {
    if (row["session_id"].is_null()) break;
    result.sessions.push_back({.revoke_time_us = row["revoke_time_us"].as<int64_t>(),
                               .session_id = row["session_id"].as<std::string>()});
  }
  return result;
}

absl::StatusOr<std::optional<IdentityStore::User>> IdentityStore::FindBySession(
    db::Connection& db, const std::string& user_id, const std::string& session_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kFindBySession, {user_id, session_id}));
  return ReadUser(rows);
}

absl::StatusOr<bool> IdentityStore::ChangePassword(db::Connection& db,
                                                   const PasswordChange& change) {
  return ReadBool(db.Execute(
      kChangePassword, {change.user_id, change.seen_hash, change.new_hash, change.session_id,
                        OptionalBytes(change.proof.sealed), change.proof.step,
                        OptionalBytes(change.proof.recovery_hash), db.actor(), change.client_ip}));
}

absl::StatusOr<std::vector<IdentityStore::SealedKey>> IdentityStore::ListSigningKeys(
    db::Connection& db) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kListSigningKeys));
  std::vector<SealedKey> keys;
  for (const auto& row : rows) {
    keys.push_back({.key_id = row["key_id"].as<std::string>(),
                    .sealed = db::FromBytes(row["sealed"]),
                    .state = row["state"].as<std::string>(),
                    .create_time_us = row["create_time_us"].as<int64_t>(),
                    .retire_time_us = row["retire_time_us"].as<int64_t>()});
  }
  return keys;
}

absl::Status IdentityStore::AddSigningKey(db::Connection& db, const SealedKey& key) {
  return db.Execute(kAddSigningKey, {key.key_id, db::Bytes(key.sealed), key.state}).status();
}

absl::StatusOr<IdentityStore::KeyRotation> IdentityStore::RotateSigningKey(db::Connection& db) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kRotateSigningKey, {db.actor()}));
  return KeyRotation{rows[0]["id"].as<std::string>(), rows[0]["wait_s"].as<int>()};
}

}  // namespace cartwright::identity
