#include "services/identity/second_factor_store.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/identity/called_for.h"
#include "shared/base/status_macros.h"

namespace cartwright::identity {
namespace {

// One row, by second_factor_pkey and recovery_code_pkey.
constexpr db::Statement kGet = {"identity.get_second_factor", R"sql(
  SELECT coalesce((SELECT (extract(epoch FROM f.create_time) * 1000000)::bigint
                   FROM second_factor f WHERE f.user_id = $1::uuid), 0) AS create_time_us,
         (SELECT count(*) FROM recovery_code r
          WHERE r.user_id = $1::uuid AND r.use_time IS NULL) AS codes_left
)sql"};

// One row each.
constexpr db::Statement kAdmitStepUp = {"identity.admit_step_up", R"sql(
  SELECT admit_step_up(o.id) AS wait_s, o.id AS owner, f.sealed, f.last_step
  FROM (SELECT $1::uuid AS id) o LEFT JOIN second_factor f ON f.user_id = o.id
)sql"};
constexpr db::Statement kAdmitCode = {"identity.admit_code", "SELECT admit_own_code($1)"};
constexpr db::Statement kAdmitChallenge = {"identity.admit_challenge", R"sql(
  SELECT a.wait_s, a.owner, f.sealed, f.last_step
  FROM admit_challenge($1, $2) a LEFT JOIN second_factor f ON f.user_id = a.owner
)sql"};
// At most one row, by second_factor_enrolment_pkey and session_pkey.
constexpr db::Statement kAdmitEnrolment = {"identity.admit_enrolment", R"sql(
  SELECT admit_code(e.user_id) AS wait_s, e.user_id AS owner, e.sealed, 0 AS last_step
  FROM second_factor_enrolment e JOIN session s USING (session_id)
  WHERE e.user_id = $1 AND e.session_id = $2 AND e.expire_time > clock_timestamp() AND is_live(s)
)sql"};

constexpr db::Statement kFinishLogin = {
    "identity.finish_login",
    "SELECT finish_login($1, $2, $3, $4, $5, $6, $7, $8)" CW_FOR("$9", "$7")};
constexpr db::Statement kBegin = {"identity.begin_second_factor",
                                  "SELECT begin_enrolment($1, $2, $3, $4)" CW_FOR("$5", "$6")};
constexpr db::Statement kConfirm = {
    "identity.confirm_second_factor",
    "SELECT confirm_enrolment($1, $2, $3, $4, $5::bytea[])" CW_FOR("$6", "$7")};
constexpr db::Statement kDisable = {
    "identity.disable_second_factor",
    "SELECT disable_factor($1, $2, $3, $4, $5, $6)" CW_FOR("$7", "$8")};
constexpr db::Statement kReplaceRecoveryCodes = {
    "identity.replace_recovery_codes",
    "SELECT replace_recovery_codes($1, $2, $3, $4, $5, $6, $7::bytea[])" CW_FOR("$8", "$9")};

SecondFactorStore::Admission ReadAdmission(const pqxx::result& rows) {
  if (rows.empty() || rows[0]["owner"].is_null()) return {};
  const auto row = rows[0];
  SecondFactorStore::Admission admission{.wait_s = row["wait_s"].as<int>(),
                                         .user_id = row["owner"].as<std::string>()};
  if (!row["sealed"].is_null()) {
    admission.factor = {db::FromBytes(row["sealed"]), row["last_step"].as<int64_t>()};
  }
  return admission;
}

db::Param BytesArray(const std::vector<std::string>& items) {
  std::vector<std::string> texts;
  for (const std::string& item : items) {
    texts.push_back(absl::StrCat("\\x", absl::BytesToHexString(item)));
  }
  return db::Array(texts);
}

}  // namespace

absl::StatusOr<SecondFactorStore::State> SecondFactorStore::Get(db::Connection& db,
                                                                const std::string& user_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kGet, {user_id}));
  return State{.create_time_us = rows[0]["create_time_us"].as<int64_t>(),
               .recovery_codes_left = rows[0]["codes_left"].as<int>()};
}

absl::StatusOr<SecondFactorStore::Admission> SecondFactorStore::AdmitStepUp(
    db::Connection& db, const std::string& user_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kAdmitStepUp, {user_id}));
  return ReadAdmission(rows);
}

absl::StatusOr<int> SecondFactorStore::AdmitCode(db::Connection& db, const std::string& user_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kAdmitCode, {user_id}));
  return rows[0][0].as<int>();
}

absl::StatusOr<SecondFactorStore::Admission> SecondFactorStore::AdmitChallenge(
    db::Connection& db, const std::string& challenge_hash, bool counted) {
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kAdmitChallenge, {db::Bytes(challenge_hash), counted ? "true" : "false"}));
  return ReadAdmission(rows);
}

absl::StatusOr<SecondFactorStore::Admission> SecondFactorStore::AdmitEnrolment(
    db::Connection& db, const std::string& user_id, const std::string& session_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kAdmitEnrolment, {user_id, session_id}));
  return ReadAdmission(rows);
}

absl::StatusOr<IdentityStore::LoginStep> SecondFactorStore::FinishLogin(
    db::Connection& db, const std::string& challenge_hash, const IdentityStore::Proof& proof,
    const IdentityStore::NewSession& session) {
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kFinishLogin, {db::Bytes(challenge_hash), OptionalBytes(proof.sealed), proof.step,
                                OptionalBytes(proof.recovery_hash), session.session_id,
                                db::Bytes(session.token_hash), session.client_ip,
                                session.user_agent, db.actor()}));
  return ReadLoginStep(rows[0][0].as<std::string>());
}

absl::StatusOr<SecondFactorStore::Begun> SecondFactorStore::Begin(db::Connection& db,
                                                                  const Change& change,
                                                                  const std::string& sealed) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kBegin, {change.user_id, change.seen_hash, change.session_id,
                                          db::Bytes(sealed), db.actor(), change.client_ip}));
  const std::string word = rows[0][0].as<std::string>();
  if (word == "BEGUN") return Begun::kBegun;
  if (word == "ON") return Begun::kOn;
  if (word == "STALE") return Begun::kStale;
  return absl::InternalError(absl::StrCat("begin_enrolment answered ", word));
}

absl::StatusOr<bool> SecondFactorStore::Confirm(db::Connection& db, const Change& change,
                                                const std::vector<std::string>& code_hashes) {
  return ReadBool(db.Execute(
      kConfirm, {change.user_id, change.session_id, OptionalBytes(change.proof.sealed),
                 change.proof.step, BytesArray(code_hashes), db.actor(), change.client_ip}));
}

absl::StatusOr<bool> SecondFactorStore::Disable(db::Connection& db, const Change& change) {
  return ReadBool(db.Execute(
      kDisable, {change.user_id, change.seen_hash, change.session_id,
                 OptionalBytes(change.proof.sealed), change.proof.step,
                 OptionalBytes(change.proof.recovery_hash), db.actor(), change.client_ip}));
}

absl::StatusOr<bool> SecondFactorStore::ReplaceRecoveryCodes(
    db::Connection& db, const Change& change, const std::vector<std::string>& code_hashes) {
  return ReadBool(db.Execute(
      kReplaceRecoveryCodes,
      {change.user_id, change.seen_hash, change.session_id, OptionalBytes(change.proof.sealed),
       change.proof.step, OptionalBytes(change.proof.recovery_hash), BytesArray(code_hashes),
       db.actor(), change.client_ip}));
}

}  // namespace cartwright::identity
