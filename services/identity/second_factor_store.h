#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/identity/identity_store.h"
#include "shared/db/connection.h"

namespace cartwright::identity {

// Every SQL statement about second factors. Each call is one statement and one commit. Stateless; a
// connection is used by one thread at a time.
class SecondFactorStore {
 public:
  struct State {
    int64_t create_time_us = 0;  // 0 without a factor
    int recovery_codes_left = 0;
  };
  absl::StatusOr<State> Get(db::Connection& db, const std::string& user_id);

  // The secret, and the step up to which its codes are used up.
  struct Factor {
    std::string sealed;
    int64_t last_step = 0;
  };

  // Whether something may be tried now.
  struct Admission {
    int wait_s = 0;       // until the next try; nothing was counted when it is not 0
    std::string user_id;  // empty when there is nothing to be tried for
    std::optional<Factor> factor;
  };

  // Counts a try of the password by a user who is signed in.
  absl::StatusOr<Admission> AdmitStepUp(db::Connection& db, const std::string& user_id);

  // Counts a try of a code; for how many seconds none may be made.
  absl::StatusOr<int> AdmitCode(db::Connection& db, const std::string& user_id);

  // The sign-in that waits for a code; a try is counted unless it is of a recovery code.
  absl::StatusOr<Admission> AdmitChallenge(db::Connection& db, const std::string& challenge_hash,
                                           bool counted);

  // Counts a try of a code for the factor that this session began; that is `factor`.
  absl::StatusOr<Admission> AdmitEnrolment(db::Connection& db, const std::string& user_id,
                                           const std::string& session_id);

  // Makes the session of a sign-in; kWrong or kExpired when it does not.
  absl::StatusOr<IdentityStore::LoginStep> FinishLogin(db::Connection& db,
                                                       const std::string& challenge_hash,
                                                       const IdentityStore::Proof& proof,
                                                       const IdentityStore::NewSession& session);

  // Who changes the factor, and what they have shown for it.
  struct Change {
    std::string user_id;
    std::string session_id;  // stays
    std::string seen_hash;
    IdentityStore::Proof proof;
    std::string client_ip;
  };

  enum class Begun { kBegun, kOn, kStale };
  // Keeps a factor that is to be, for 10 minutes; nothing of a factor is shown for it.
  absl::StatusOr<Begun> Begin(db::Connection& db, const Change& change, const std::string& sealed);

  // Each ends every other session, and is false when what was shown holds no longer, or is used up.
  // `code_hashes` are ten. The password plays no part in Confirm: Begin has asked for it.
  absl::StatusOr<bool> Confirm(db::Connection& db, const Change& change,
                               const std::vector<std::string>& code_hashes);
  absl::StatusOr<bool> Disable(db::Connection& db, const Change& change);
  absl::StatusOr<bool> ReplaceRecoveryCodes(db::Connection& db, const Change& change,
                                            const std::vector<std::string>& code_hashes);
};

}  // namespace cartwright::identity
