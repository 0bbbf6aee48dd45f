#include "services/identity/second_factor_service.h"

#include "google/protobuf/util/time_util.h"
#include "services/identity/run_for.h"
#include "services/identity/totp.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/telemetry/log.h"

namespace cartwright::identity {
namespace {

using google::protobuf::util::TimeUtil;
using LoginStep = IdentityStore::LoginStep;
using Proof = IdentityStore::Proof;

constexpr int kRecoveryCodes = 10;
constexpr int kEnrolmentSeconds = 600;  // as second_factor_enrolment has it

absl::Status ChallengeExpired() {
  return Error(absl::StatusCode::kUnauthenticated, v1::CHALLENGE_EXPIRED,
               "This sign-in has waited for too long; please begin again.");
}

absl::Status AlreadyOn() {
  return Error(absl::StatusCode::kFailedPrecondition, v1::SECOND_FACTOR_ON,
               "There is a second factor already.");
}

absl::Status NotOn() {
  return Error(absl::StatusCode::kFailedPrecondition, v1::SECOND_FACTOR_OFF,
               "There is no second factor.");
}

absl::Status EnrolmentExpired() {
  return Error(absl::StatusCode::kFailedPrecondition, v1::ENROLMENT_EXPIRED,
               "The second factor was not confirmed in time; please begin again.");
}

// Fills in new codes; what of them goes into the database.
template <typename Response>
std::vector<std::string> SetRecoveryCodes(Response& response) {
  std::vector<std::string> hashes;
  for (int i = 0; i < kRecoveryCodes; ++i) {
    const std::string code = NewRecoveryCode();
    response.add_recovery_codes(code);
    hashes.push_back(Sha256(PlainCode(code)));
  }
  return hashes;
}

void LogChange(const rpc::Call& call, const std::string& user_id, const char* what) {
  log::Info("user_updated", "A second factor was changed.",
            {{"user_id", user_id}, {"attribute", what}, {"request_id", call.request_id}});
}

}  // namespace

SecondFactorService::SecondFactorService(db::Workers& workers, IdentityStore& store,
                                         SecondFactorStore& factors, ProofChecker& proofs,
                                         const SessionTokens& tokens)
    : workers_(workers), store_(store), factors_(factors), proofs_(proofs), tokens_(tokens) {}

SecondFactorService::Reply<v1::LoginSecondFactorResponse> SecondFactorService::LoginSecondFactor(
    const rpc::Call& call, const v1::LoginSecondFactorRequest& request) {
  const std::string challenge = Sha256(request.challenge());
  const bool counted = !IsRecoveryCode(PlainCode(request.code()));
  const auto admit = [&](db::Connection& db) {
    return factors_.AdmitChallenge(db, challenge, counted);
  };
  CW_CO_ASSIGN_OR_RETURN(const auto admission, co_await RunFor(workers_, call, admit));
  if (!admission.factor) co_return ChallengeExpired();
  const std::string& user_id = admission.user_id;
  if (admission.wait_s > 0) {
    co_return Locked(call, user_id, request.client_ip(), admission.wait_s);
  }
  CW_CO_ASSIGN_OR_RETURN(const auto proof,
                         proofs_.Check(user_id, *admission.factor, request.code()));
  const std::string token = NewToken();
  const auto session = NewSessionFor(request, token);
  std::optional<IdentityStore::User> user;
  const auto finish = [&](db::Connection& db) -> absl::StatusOr<LoginStep> {
    if (!proof) return LoginStep::kWrong;
    CW_ASSIGN_OR_RETURN(user, store_.GetUser(db, user_id));
    return factors_.FinishLogin(db, challenge, *proof, session);
  };
  CW_CO_ASSIGN_OR_RETURN(const LoginStep step, co_await RunFor(workers_, call, finish));
  if (step == LoginStep::kExpired) co_return ChallengeExpired();
  const bool good = step == LoginStep::kSession && user;
  const bool by_device = !proof || proof->step;
  LogLogin(good, call, user_id, request.client_ip(), by_device ? "totp" : "recovery_code");
  if (!good) {
    co_return co_await proofs_.Refuse(call, "session.login", user_id, request.client_ip(),
                                      WrongCode());
  }
  v1::LoginSecondFactorResponse response;
  *response.mutable_user() = ToUser(*user);
  CW_CO_RETURN_IF_ERROR(
      tokens_.Set({user->user_id, session.session_id, user->roles, token}, response));
  co_return response;
}

absl::StatusOr<v1::GetSecondFactorResponse> SecondFactorService::GetSecondFactor(
    db::Connection& db, const v1::GetSecondFactorRequest& request) {
  CW_ASSIGN_OR_RETURN(const auto state, factors_.Get(db, request.user_id()));
  v1::GetSecondFactorResponse response;
  if (state.create_time_us == 0) return response;
  response.set_enabled(true);
  *response.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(state.create_time_us);
  response.set_recovery_codes_left(state.recovery_codes_left);
  return response;
}

SecondFactorService::Reply<bool> SecondFactorService::IsOn(const rpc::Call& call,
                                                           const std::string& user_id) {
  const auto get = [&](db::Connection& db) { return factors_.Get(db, user_id); };
  CW_CO_ASSIGN_OR_RETURN(const auto state, co_await RunFor(workers_, call, get));
  co_return state.create_time_us != 0;
}

SecondFactorService::Reply<v1::BeginSecondFactorResponse> SecondFactorService::BeginSecondFactor(
    const rpc::Call& call, const v1::BeginSecondFactorRequest& request) {
  CW_CO_ASSIGN_OR_RETURN(const bool on, co_await IsOn(call, request.user_id()));
  if (on) co_return AlreadyOn();
  const ProofChecker::Claim claim = {
      request.user_id(), request.session_id(), request.current_password(), "",
      "factor.enable",   request.client_ip()};
  CW_CO_ASSIGN_OR_RETURN(const auto proven, co_await proofs_.StepUp(call, claim));
  const auto made = proofs_.MakeSecret(request.user_id());
  const SecondFactorStore::Change change = {
      request.user_id(), request.session_id(), proven.user.password_hash, {}, request.client_ip()};
  const auto begin = [&](db::Connection& db) { return factors_.Begin(db, change, made.sealed); };
  CW_CO_ASSIGN_OR_RETURN(const auto begun, co_await RunFor(workers_, call, begin));
  if (begun == SecondFactorStore::Begun::kOn) co_return AlreadyOn();
  if (begun == SecondFactorStore::Begun::kStale) co_return InvalidCredentials();
  v1::BeginSecondFactorResponse response;
  response.set_secret(Base32(made.secret));
  response.set_uri(OtpauthUri(made.secret, proven.user.email));
  response.set_expires_in(kEnrolmentSeconds);
  co_return response;
}

SecondFactorService::Reply<v1::ConfirmSecondFactorResponse>
SecondFactorService::ConfirmSecondFactor(const rpc::Call& call,
                                         const v1::ConfirmSecondFactorRequest& request) {
  if (!IsUuid(request.session_id())) co_return SessionEnded();
  const std::string& user_id = request.user_id();
  const auto admit = [&](db::Connection& db) {
    return factors_.AdmitEnrolment(db, user_id, request.session_id());
  };
  CW_CO_ASSIGN_OR_RETURN(const auto admission, co_await RunFor(workers_, call, admit));
  if (!admission.factor) co_return EnrolmentExpired();
  if (admission.wait_s > 0) co_return Locked(call, user_id, request.client_ip(), admission.wait_s);
  CW_CO_ASSIGN_OR_RETURN(const auto proof,
                         proofs_.Check(user_id, *admission.factor, request.code()));
  if (!proof || !proof->step) {
    LogLogin(false, call, user_id, request.client_ip(), "totp");
    co_return co_await proofs_.Refuse(call, "factor.enable", user_id, request.client_ip(),
                                      WrongCode());
  }
  v1::ConfirmSecondFactorResponse response;
  const auto hashes = SetRecoveryCodes(response);
  const SecondFactorStore::Change change = {user_id, request.session_id(), "", *proof,
                                            request.client_ip()};
  const auto confirm = [&](db::Connection& db) { return factors_.Confirm(db, change, hashes); };
  CW_CO_ASSIGN_OR_RETURN(const bool on, co_await RunFor(workers_, call, confirm));
  if (!on) co_return EnrolmentExpired();
  LogChange(call, user_id, "second_factor_on");
  co_return response;
}

template <typename Request>
SecondFactorService::Reply<SecondFactorStore::Change> SecondFactorService::MayChange(
    const rpc::Call& call, const Request& request, const char* action) {
  CW_CO_ASSIGN_OR_RETURN(const bool on, co_await IsOn(call, request.user_id()));
  if (!on) co_return NotOn();
  const ProofChecker::Claim claim = {
      request.user_id(),  request.session_id(), request.current_password(), request.code(), action,
      request.client_ip()};
  CW_CO_ASSIGN_OR_RETURN(const auto proven, co_await proofs_.StepUp(call, claim));
  co_return SecondFactorStore::Change{request.user_id(), request.session_id(),
                                      proven.user.password_hash, proven.proof, request.client_ip()};
}

SecondFactorService::Reply<v1::DisableSecondFactorResponse>
SecondFactorService::DisableSecondFactor(const rpc::Call& call,
                                         const v1::DisableSecondFactorRequest& request) {
  constexpr const char* kAction = "factor.disable";
  CW_CO_ASSIGN_OR_RETURN(const auto change, co_await MayChange(call, request, kAction));
  const auto disable = [&](db::Connection& db) { return factors_.Disable(db, change); };
  CW_CO_ASSIGN_OR_RETURN(const bool off, co_await RunFor(workers_, call, disable));
  if (!off) {
    co_return co_await proofs_.Refuse(call, kAction, request.user_id(), request.client_ip(),
                                      ProofRefused(call, request.user_id(), change.proof));
  }
  LogChange(call, request.user_id(), "second_factor_off");
  co_return v1::DisableSecondFactorResponse();
}

SecondFactorService::Reply<v1::RegenerateRecoveryCodesResponse>
SecondFactorService::RegenerateRecoveryCodes(const rpc::Call& call,
                                             const v1::RegenerateRecoveryCodesRequest& request) {
  constexpr const char* kAction = "recovery_codes.replace";
  CW_CO_ASSIGN_OR_RETURN(const auto change, co_await MayChange(call, request, kAction));
  v1::RegenerateRecoveryCodesResponse response;
  const auto hashes = SetRecoveryCodes(response);
  const auto replace = [&](db::Connection& db) {
    return factors_.ReplaceRecoveryCodes(db, change, hashes);
  };
  CW_CO_ASSIGN_OR_RETURN(const bool replaced, co_await RunFor(workers_, call, replace));
  if (!replaced) {
    co_return co_await proofs_.Refuse(call, kAction, request.user_id(), request.client_ip(),
                                      ProofRefused(call, request.user_id(), change.proof));
  }
  LogChange(call, request.user_id(), "recovery_codes");
  co_return response;
}

}  // namespace cartwright::identity
