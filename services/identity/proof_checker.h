#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "services/identity/identity_store.h"
#include "services/identity/password_hasher.h"
#include "services/identity/second_factor_store.h"
#include "shared/db/workers.h"
#include "shared/rpc/call.h"

namespace cartwright::identity {

// Checks what people give to prove who they are, beyond the password of a sign-in. What it finds
// good is used up by the statement that it is needed for, which has the last word. Thread-safe.
class ProofChecker {
 public:
  // `sealing_key`: 32 bytes, the same for all replicas.
  ProofChecker(db::Workers& workers, IdentityStore& store, SecondFactorStore& factors,
               PasswordHasher& hasher, std::string sealing_key);

  // A new secret of a user's second factor, and what of it goes into the database.
  struct NewSecret {
    std::string secret;
    std::string sealed;
  };
  NewSecret MakeSecret(const std::string& user_id) const;

  // What a code shows; nothing when it is not good. A recovery code may still be unknown. DATA_LOSS
  // when the secret cannot be opened.
  absl::StatusOr<std::optional<IdentityStore::Proof>> Check(const std::string& user_id,
                                                            const SecondFactorStore::Factor& factor,
                                                            const std::string& code) const;

  // What somebody who is signed in gives once more, before something that a stolen session shall
  // not be enough for.
  struct Claim {
    std::string user_id;
    std::string session_id;
    std::string password;
    std::string code;    // of a user with a second factor
    const char* action;  // what it is for, in the words of the audit log
    std::string client_ip;
  };
  struct Proven {
    IdentityStore::User user;
    IdentityStore::Proof proof;
  };
  // TOKEN_INVALID when the session has ended, ACCOUNT_LOCKED, INVALID_CREDENTIALS,
  // SECOND_FACTOR_REQUIRED without a code, WRONG_CODE.
  boost::asio::awaitable<absl::StatusOr<Proven>> StepUp(const rpc::Call& call, Claim claim);

  // Writes to the audit log that `action` was refused for want of a proof; then the answer is
  // `refusal`. `user_id`: nothing for an address that nobody has.
  boost::asio::awaitable<absl::Status> Refuse(const rpc::Call& call, const char* action,
                                              std::optional<std::string> user_id,
                                              std::string client_ip, absl::Status refusal);

 private:
  db::Workers& workers_;
  IdentityStore& store_;
  SecondFactorStore& factors_;
  PasswordHasher& hasher_;
  const std::string sealing_key_;
};

// What to answer when the statement found that the proof holds no longer, or is used up.
absl::Status ProofRefused(const rpc::Call& call, const std::string& user_id,
                          const IdentityStore::Proof& proof);

}  // namespace cartwright::identity
