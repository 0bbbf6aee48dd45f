#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "shared/db/connection.h"

namespace cartwright::identity {

// Every SQL statement of identity. Each call is one statement and one commit. Times are in
// microseconds since the epoch. Stateless; a connection is used by one thread at a time.
class IdentityStore {
 public:
  struct User {
    std::string user_id;
    std::string email;
    std::string display_name;
    std::string password_hash;
    std::vector<std::string> roles;
    int64_t create_time_us = 0;
  };

  // A session that begins: of its refresh token only the digest.
  struct NewSession {
    std::string session_id;
    std::string token_hash;
    std::string client_ip;
    std::string user_agent;
  };

  // Makes a shopper with a session; when. Errors: ALREADY_EXISTS violating users_email_key.
  absl::StatusOr<int64_t> Register(db::Connection& db, const User& user, const NewSession& session);

  // Whether a password may be tried now. Addresses are compared without case.
  struct Admission {
    int wait_s = 0;            // until the next try; nothing was counted when it is not 0
    std::optional<User> user;  // nothing for an unknown address
  };

  // A browser that has signed in to an account; nothing of one that has not.
  struct Device {
    std::optional<std::string> user_id;
    std::string name;
  };

  // Counts a try against the account and the address it comes from; see
  // 0006_add_login_attempts.sql and, for devices, 0018_add_device_tries.sql.
  absl::StatusOr<Admission> AdmitLogin(db::Connection& db, const std::string& email,
                                       const std::string& client_ip, const Device& device = {});

  // What became of a step of a sign-in; see begin_login and finish_login in the migrations.
  enum class LoginStep { kSession, kChallenge, kStale, kWrong, kExpired };

  // Makes a session for `user` as it was found, or, of one with a second factor, a challenge;
  // kStale when the password changed meanwhile. `better_hash` replaces that of the same password.
  absl::StatusOr<LoginStep> Login(db::Connection& db, const User& user,
                                  const std::optional<std::string>& better_hash,
                                  const NewSession& session, const std::string& challenge_hash);

  // What somebody has shown of a second factor; empty of a user without one.
  struct Proof {
    std::optional<std::string> sealed;  // the factor as it was seen
    std::optional<int64_t> step;        // of a code of the device
    std::optional<std::string> recovery_hash;
  };

  struct Rotation {
    enum class Outcome { kRotated, kRaced, kReused, kExpired, kUnknown } outcome;
    // Empty when the outcome is kUnknown; the roles unless it is kRotated.
    std::string user_id;
    std::string session_id;
    std::vector<std::string> roles;
  };

  // Leaves a row in the audit log: `what`, "session.login", "password.change" or a change of the
  // factor, was refused for want of a proof, to a user, or to nobody who is known; then `about`
  // names what it is about.
  absl::Status LogRefusal(db::Connection& db, const char* what,
                          const std::optional<std::string>& user_id, const std::string& client_ip,
                          const std::string& about = "");

  // Replaces a refresh token; see refresh_session in the migrations.
  absl::StatusOr<Rotation> Refresh(db::Connection& db, const std::string& token_hash,
                                   const std::string& next_token_hash,
                                   const std::string& client_ip);

  // The roles of a session whose current refresh token is `next_token_hash`; see replay_refresh.
  absl::StatusOr<std::optional<std::vector<std::string>>> ReplayRefresh(
      db::Connection& db, const std::string& session_id, const std::string& next_token_hash);

  // Ends the session of a refresh token, if there is a live one.
  absl::Status Logout(db::Connection& db, const std::string& token_hash,
                      const std::string& client_ip = "");
  absl::StatusOr<std::optional<User>> GetUser(db::Connection& db, const std::string& user_id);

  struct Session {
    std::string session_id;
    std::string user_agent;
    std::string client_ip;
    int64_t create_time_us = 0;
    int64_t last_used_time_us = 0;
  };

  // The live ones, the last used first.
  absl::StatusOr<std::vector<Session>> ListSessions(db::Connection& db, const std::string& user_id);

  // False when the user has no such live session.
  absl::StatusOr<bool> RevokeSession(db::Connection& db, const std::string& user_id,
                                     const std::string& session_id,
                                     const std::string& client_ip = "");

  // Ends all other sessions; how many, nothing when `keep` is no live session of the user.
  absl::StatusOr<std::optional<int>> RevokeOtherSessions(db::Connection& db,
                                                         const std::string& user_id,
                                                         const std::string& keep,
                                                         const std::string& client_ip = "");

  // The user, when the session is theirs and live.
  absl::StatusOr<std::optional<User>> FindBySession(db::Connection& db, const std::string& user_id,
                                                    const std::string& session_id);

  // A session that ended, and where it stands among them.
  struct EndedSession {
    int64_t revoke_time_us = 0;
    std::string session_id;
  };
  struct EndedSessions {
    std::vector<EndedSession> sessions;
    int64_t now_us = 0;  // of the database
  };

  // At most `limit` sessions that ended after `after`, or within the last 11 minutes without one,
  // in the order in which they ended. A transaction that commits late can appear before those seen.
  absl::StatusOr<EndedSessions> ListEndedSessions(db::Connection& db,
                                                  const std::optional<EndedSession>& after,
                                                  int limit);

  struct PasswordChange {
    std::string user_id;
    std::string session_id;  // stays
    std::string seen_hash;
    std::string new_hash;
    Proof proof;
    std::string client_ip;
  };

  // Ends every other session; false when the password was no longer the one seen, or the proof is
  // used up.
  absl::StatusOr<bool> ChangePassword(db::Connection& db, const PasswordChange& change);

  struct SealedKey {
    std::string key_id;
    std::string sealed;
    std::string state;  // NEXT, SIGNING or RETIRED
    int64_t create_time_us = 0;
    int64_t retire_time_us = 0;  // 0 before
  };

  // The keys to publish: those that sign, did within the last hour, or will; the newest first.
  absl::StatusOr<std::vector<SealedKey>> ListSigningKeys(db::Connection& db);

  // Adds a key that signs, or will; nothing happens when there is one of this state.
  absl::Status AddSigningKey(db::Connection& db, const SealedKey& key);

  struct KeyRotation {
    std::string key_id;  // of the next key
    int wait_s = 0;      // 0: it signs now; otherwise nothing happened
  };

  // Makes the next key sign, when it has been published for three minutes.
  absl::StatusOr<KeyRotation> RotateSigningKey(db::Connection& db);
};

// The step that begin_login or finish_login answered with.
absl::StatusOr<IdentityStore::LoginStep> ReadLoginStep(absl::string_view word);

// What a function answered that returns a boolean.
absl::StatusOr<bool> ReadBool(const absl::StatusOr<pqxx::result>& rows);

// A bytea parameter that may be null.
db::Param OptionalBytes(const std::optional<std::string>& bytes);

}  // namespace cartwright::identity
