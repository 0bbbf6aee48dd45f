#include "services/identity/proof_checker.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "openssl/crypto.h"
#include "services/identity/run_for.h"
#include "services/identity/sealing.h"
#include "services/identity/session_tokens.h"
#include "services/identity/totp.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"

namespace cartwright::identity {
namespace {

// What the secret is sealed for: it opens for no other user, and no signing key is taken for one.
std::string SealName(const std::string& user_id) { return absl::StrCat("totp ", user_id); }

}  // namespace

ProofChecker::ProofChecker(db::Workers& workers, IdentityStore& store, SecondFactorStore& factors,
                           PasswordHasher& hasher, std::string sealing_key)
    : workers_(workers),
      store_(store),
      factors_(factors),
      hasher_(hasher),
      sealing_key_(std::move(sealing_key)) {}

ProofChecker::NewSecret ProofChecker::MakeSecret(const std::string& user_id) const {
  const std::string secret = NewTotpSecret();
  return {secret, Seal(sealing_key_, SealName(user_id), secret)};
}

absl::StatusOr<std::optional<IdentityStore::Proof>> ProofChecker::Check(
    const std::string& user_id, const SecondFactorStore::Factor& factor,
    const std::string& code) const {
  using Proof = IdentityStore::Proof;
  const std::string plain = PlainCode(code);
  if (IsRecoveryCode(plain)) {
    return std::optional(Proof{.sealed = factor.sealed, .recovery_hash = Sha256(plain)});
  }
  if (!IsTotp(plain)) return std::optional<Proof>();
  CW_ASSIGN_OR_RETURN(std::string secret, Unseal(sealing_key_, SealName(user_id), factor.sealed));
  const auto step = MatchTotp(secret, plain, absl::Now(), factor.last_step);
  OPENSSL_cleanse(secret.data(), secret.size());
  if (!step) return std::optional<Proof>();
  return std::optional(Proof{.sealed = factor.sealed, .step = *step});
}

boost::asio::awaitable<absl::StatusOr<ProofChecker::Proven>> ProofChecker::StepUp(
    const rpc::Call& call, Claim claim) {
  // Here an access token is worth no more than its session.
  if (!IsUuid(claim.session_id)) co_return SessionEnded();
  SecondFactorStore::Admission admission;
  const auto find = [&](db::Connection& db) -> absl::StatusOr<std::optional<IdentityStore::User>> {
    CW_ASSIGN_OR_RETURN(auto user, store_.FindBySession(db, claim.user_id, claim.session_id));
    if (!user) return std::optional<IdentityStore::User>();
    CW_ASSIGN_OR_RETURN(admission, factors_.AdmitStepUp(db, claim.user_id));
    return user;
  };
  CW_CO_ASSIGN_OR_RETURN(const auto user, co_await RunFor(workers_, call, find));
  if (!user) co_return SessionEnded();
  if (admission.wait_s > 0)
    co_return Locked(call, user->user_id, claim.client_ip, admission.wait_s);
  CW_CO_ASSIGN_OR_RETURN(
      const bool good, co_await hasher_.Verify(claim.password, user->password_hash, call.deadline));
  if (!good) {
    LogLogin(false, call, user->user_id, claim.client_ip, "password");
    co_return co_await Refuse(call, claim.action, user->user_id, claim.client_ip,
                              InvalidCredentials());
  }
  if (!admission.factor) co_return Proven{*user, {}};
  if (claim.code.empty()) {
    co_return Error(absl::StatusCode::kUnauthenticated, v1::SECOND_FACTOR_REQUIRED,
                    "A code of your second factor is needed as well.");
  }
  // Nobody guesses a recovery code, and tries of six digits shall not keep anybody from theirs.
  if (!IsRecoveryCode(PlainCode(claim.code))) {
    const auto admit = [&](db::Connection& db) { return factors_.AdmitCode(db, claim.user_id); };
    CW_CO_ASSIGN_OR_RETURN(const int wait_s, co_await RunFor(workers_, call, admit));
    if (wait_s > 0) co_return Locked(call, user->user_id, claim.client_ip, wait_s);
  }
  CW_CO_ASSIGN_OR_RETURN(const auto proof, Check(user->user_id, *admission.factor, claim.code));
  if (!proof) {
    LogLogin(false, call, user->user_id, claim.client_ip, "code");
    co_return co_await Refuse(call, claim.action, user->user_id, claim.client_ip, WrongCode());
  }
  co_return Proven{*user, *proof};
}

boost::asio::awaitable<absl::Status> ProofChecker::Refuse(const rpc::Call& call, const char* action,
                                                          std::optional<std::string> user_id,
                                                          std::string client_ip,
                                                          absl::Status refusal) {
  const auto write = [&](db::Connection& db) {
    return store_.LogRefusal(db, action, user_id, client_ip);
  };
  CW_CO_RETURN_IF_ERROR(co_await RunFor(workers_, call, write));
  co_return refusal;
}

absl::Status ProofRefused(const rpc::Call& call, const std::string& user_id,
                          const IdentityStore::Proof& proof) {
  LogLogin(false, call, user_id, "", proof.sealed ? "code" : "password");
  return proof.sealed ? WrongCode() : InvalidCredentials();
}

}  // namespace cartwright::identity
