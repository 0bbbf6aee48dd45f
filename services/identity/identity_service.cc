#include "services/identity/identity_service.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/time_util.h"
#include "services/identity/access_token.h"
#include "services/identity/authorization_request.h"
#include "services/identity/password_policy.h"
#include "services/identity/run_for.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/base/uuid.h"
#include "shared/db/sql_error.h"
#include "shared/telemetry/log.h"

namespace cartwright::identity {
namespace {

using google::protobuf::util::TimeUtil;
using Outcome = IdentityStore::Rotation::Outcome;

constexpr int kChallengeSeconds = 300;  // as login_challenge has it
constexpr int kMaxRevoked = 1000;       // in one answer
// A call that ended a session may be acknowledged this long after the time it wrote down, which is
// longer than any call may take: what is asked for again is not missed.
constexpr int64_t kOverlapUs = 10'000'000;
// An access token of a session that is ended meanwhile is made a moment later at most.
constexpr absl::Duration kLastToken = absl::Minutes(1);

// "1800000000000000.018f...": the place of a session among those that ended.
std::string CursorOf(const IdentityStore::EndedSession& session) {
  return absl::StrCat(session.revoke_time_us, ".", session.session_id);
}

absl::StatusOr<std::optional<IdentityStore::EndedSession>> ParseCursor(const std::string& text) {
  if (text.empty()) return std::optional<IdentityStore::EndedSession>();
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('.', 1));
  IdentityStore::EndedSession session{.session_id = parts.second};
  if (!absl::SimpleAtoi(parts.first, &session.revoke_time_us) || session.revoke_time_us < 0 ||
      session.revoke_time_us > absl::ToUnixMicros(absl::Now() + absl::Hours(24)) ||
      !IsUuid(session.session_id)) {
    return InvalidField("cursor", "must come from an answer");
  }
  return std::optional(session);
}

absl::Status SecondFactorRequired(const std::string& challenge) {
  return Error(absl::StatusCode::kUnauthenticated, v1::SECOND_FACTOR_REQUIRED,
               "A code of your second factor is needed as well.",
               {{"challenge", challenge}, {"expiresInSeconds", absl::StrCat(kChallengeSeconds)}});
}

}  // namespace

IdentityService::IdentityService(db::Workers& workers, IdentityStore& store, KeyRing& keys,
                                 PasswordHasher& hasher, ProofChecker& proofs,
                                 const SessionTokens& tokens)
    : workers_(workers),
      store_(store),
      keys_(keys),
      hasher_(hasher),
      proofs_(proofs),
      tokens_(tokens) {}

boost::asio::awaitable<absl::Status> IdentityService::CheckChosen(const rpc::Call& call,
                                                                  const char* field,
                                                                  const std::string& password,
                                                                  std::vector<std::string> near) {
  CW_CO_ASSIGN_OR_RETURN(const bool guessable,
                         co_await hasher_.IsGuessable(password, std::move(near), call.deadline));
  if (!guessable) co_return absl::OkStatus();
  co_return InvalidField(field,
                         "is too easy to guess; a few words that do not belong together are not");
}

IdentityService::Reply<v1::RegisterResponse> IdentityService::Register(
    const rpc::Call& call, const v1::RegisterRequest& request) {
  CW_CO_RETURN_IF_ERROR(co_await CheckChosen(call, "password", request.password(),
                                             WordsNear(request.email(), request.display_name())));
  // The hash comes first, also for an address that is taken: both answers take as long.
  CW_CO_ASSIGN_OR_RETURN(std::string hash,
                         co_await hasher_.Hash(request.password(), call.deadline));
  const std::string token = NewToken();
  const auto session = NewSessionFor(request, token);
  IdentityStore::User user{.user_id = NewUuid(),
                           .email = request.email(),
                           .display_name = request.display_name(),
                           .password_hash = std::move(hash),
                           .roles = {"shopper"}};
  const auto insert = [&](db::Connection& db) { return store_.Register(db, user, session); };
  const auto made = co_await RunFor(workers_, call, insert);
  if (db::ConstraintOf(made.status()) == "users_email_key") {
    co_return Error(absl::StatusCode::kAlreadyExists, v1::EMAIL_TAKEN,
                    "Somebody has registered this e-mail address already.");
  }
  CW_CO_RETURN_IF_ERROR(made.status());
  user.create_time_us = *made;
  v1::RegisterResponse response;
  *response.mutable_user() = ToUser(user);
  CW_CO_RETURN_IF_ERROR(
      tokens_.Set({user.user_id, session.session_id, user.roles, token}, response));
  co_return response;
}

IdentityService::Reply<v1::LoginResponse> IdentityService::Login(const rpc::Call& call,
                                                                 const v1::LoginRequest& request) {
  const IdentityStore::Device device = tokens_.ReadDevice(request.device());
  const auto admit = [&](db::Connection& db) {
    return store_.AdmitLogin(db, request.email(), request.client_ip(), device);
  };
  CW_CO_ASSIGN_OR_RETURN(const auto admission, co_await RunFor(workers_, call, admit));
  const auto& user = admission.user;
  if (admission.wait_s > 0) {
    co_return Locked(call, user ? user->user_id : "", request.client_ip(), admission.wait_s);
  }
  const std::string seen = user ? user->password_hash : "";
  CW_CO_ASSIGN_OR_RETURN(const bool good,
                         co_await hasher_.Verify(request.password(), seen, call.deadline));
  if (!good) {
    LogLogin(false, call, user ? user->user_id : "", request.client_ip(), "password");
    std::optional<std::string> whose;
    if (user) whose = user->user_id;
    co_return co_await proofs_.Refuse(call, "session.login", whose, request.client_ip(),
                                      InvalidCredentials());
  }
  std::optional<std::string> better;
  if (hasher_.NeedsRehash(seen)) {
    CW_CO_ASSIGN_OR_RETURN(better, co_await hasher_.Hash(request.password(), call.deadline));
  }
  const std::string token = NewToken();
  const auto session = NewSessionFor(request, token);
  const std::string challenge = NewToken();
  const auto insert = [&](db::Connection& db) {
    return store_.Login(db, *user, better, session, Sha256(challenge));
  };
  CW_CO_ASSIGN_OR_RETURN(const auto step, co_await RunFor(workers_, call, insert));
  if (step == IdentityStore::LoginStep::kChallenge) co_return SecondFactorRequired(challenge);
  if (step != IdentityStore::LoginStep::kSession) co_return InvalidCredentials();
  LogLogin(true, call, user->user_id, request.client_ip(), "password");
  v1::LoginResponse response;
  *response.mutable_user() = ToUser(*user);
  CW_CO_RETURN_IF_ERROR(
      tokens_.Set({user->user_id, session.session_id, user->roles, token}, response));
  co_return response;
}

absl::StatusOr<v1::RefreshResponse> IdentityService::Refresh(db::Connection& db,
                                                             const v1::RefreshRequest& request) {
  // Before the token is used up.
  if (keys_.signer() == nullptr) return absl::UnavailableError("no signing key is loaded yet");
  if (request.refresh_token().empty()) return SessionEnded();
  const std::string next = tokens_.Successor(request.refresh_token(), request.idempotency_key());
  CW_ASSIGN_OR_RETURN(auto rotation, store_.Refresh(db, Sha256(request.refresh_token()),
                                                    Sha256(next), request.client_ip()));
  switch (rotation.outcome) {
    case Outcome::kRotated: break;
    case Outcome::kExpired:
      return Error(absl::StatusCode::kUnauthenticated, api::v1::TOKEN_EXPIRED,
                   "Your session has expired; please sign in again.");
    case Outcome::kReused:
      log::Warn("authn_token_reuse", "A used refresh token came again; its session was ended.",
                {{"user_id", rotation.user_id},
                 {"session_id", rotation.session_id},
                 {"client_ip", request.client_ip()}});
      return SessionEnded();
    case Outcome::kRaced: {
      CW_ASSIGN_OR_RETURN(auto roles, store_.ReplayRefresh(db, rotation.session_id, Sha256(next)));
      if (roles) {
        rotation.roles = *std::move(roles);
        log::Info("session.refresh_replayed", "A refresh whose answer was lost is answered again.",
                  {{"user_id", rotation.user_id},
                   {"session_id", rotation.session_id},
                   {"client_ip", request.client_ip()}});
        break;
      }
      // The browser has the answer to another call by now, or will have: its next try finds out.
      return RetryAfter(Error(absl::StatusCode::kAborted, v1::REFRESH_RACED,
                              "Another tab has refreshed the session just now."),
                        absl::Seconds(1));
    }
    case Outcome::kUnknown: return SessionEnded();
  }
  v1::RefreshResponse response;
  CW_RETURN_IF_ERROR(
      tokens_.Set({rotation.user_id, rotation.session_id, rotation.roles, next}, response));
  return response;
}

absl::StatusOr<v1::LogoutResponse> IdentityService::Logout(db::Connection& db,
                                                           const v1::LogoutRequest& request) {
  if (!request.refresh_token().empty()) {
    CW_RETURN_IF_ERROR(store_.Logout(db, Sha256(request.refresh_token()), request.client_ip()));
  }
  return v1::LogoutResponse();
}

absl::StatusOr<v1::GetCurrentUserResponse> IdentityService::GetCurrentUser(
    db::Connection& db, const v1::GetCurrentUserRequest& request) {
  CW_ASSIGN_OR_RETURN(const auto user, store_.GetUser(db, request.user_id()));
  // A good token of nobody: a client that signs in again is helped.
  if (!user) return SessionEnded();
  v1::GetCurrentUserResponse response;
  *response.mutable_user() = ToUser(*user);
  return response;
}

absl::StatusOr<v1::ListSessionsResponse> IdentityService::ListSessions(
    db::Connection& db, const v1::ListSessionsRequest& request) {
  CW_ASSIGN_OR_RETURN(const auto sessions, store_.ListSessions(db, request.user_id()));
  v1::ListSessionsResponse response;
  for (const auto& session : sessions) {
    v1::Session* message = response.add_sessions();
    message->set_id(session.session_id);
    message->set_user_agent(session.user_agent);
    message->set_client_ip(session.client_ip);
    *message->mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(session.create_time_us);
    *message->mutable_last_used_time() =
        TimeUtil::MicrosecondsToTimestamp(session.last_used_time_us);
    message->set_current(session.session_id == request.session_id());
  }
  return response;
}

absl::StatusOr<v1::RevokeSessionResponse> IdentityService::RevokeSession(
    db::Connection& db, const v1::RevokeSessionRequest& request) {
  CW_ASSIGN_OR_RETURN(const bool revoked, store_.RevokeSession(db, request.user_id(), request.id(),
                                                               request.client_ip()));
  if (!revoked) return NotFound("session");
  return v1::RevokeSessionResponse();
}

absl::StatusOr<v1::RevokeOtherSessionsResponse> IdentityService::RevokeOtherSessions(
    db::Connection& db, const v1::RevokeOtherSessionsRequest& request) {
  if (!IsUuid(request.session_id())) return SessionEnded();
  CW_ASSIGN_OR_RETURN(
      const auto revoked,
      store_.RevokeOtherSessions(db, request.user_id(), request.session_id(), request.client_ip()));
  if (!revoked) return SessionEnded();
  v1::RevokeOtherSessionsResponse response;
  response.set_revoked(*revoked);
  return response;
}

IdentityService::Reply<v1::ChangePasswordResponse> IdentityService::ChangePassword(
    const rpc::Call& call, const v1::ChangePasswordRequest& request) {
  const auto find = [&](db::Connection& db) { return store_.GetUser(db, request.user_id()); };
  CW_CO_ASSIGN_OR_RETURN(const auto owner, co_await RunFor(workers_, call, find));
  if (!owner) co_return SessionEnded();
  // Before the proof, so that a choice that is refused is no wrong try, and uses no code up.
  CW_CO_RETURN_IF_ERROR(co_await CheckChosen(call, "newPassword", request.new_password(),
                                             WordsNear(owner->email, owner->display_name)));
  const ProofChecker::Claim claim = {request.user_id(),          request.session_id(),
                                     request.current_password(), request.code(),
                                     "password.change",          request.client_ip()};
  CW_CO_ASSIGN_OR_RETURN(const auto proven, co_await proofs_.StepUp(call, claim));
  const auto& user = proven.user;
  CW_CO_ASSIGN_OR_RETURN(std::string hash,
                         co_await hasher_.Hash(request.new_password(), call.deadline));
  const IdentityStore::PasswordChange change = {request.user_id(),  request.session_id(),
                                                user.password_hash, std::move(hash),
                                                proven.proof,       request.client_ip()};
  const auto update = [&](db::Connection& db) { return store_.ChangePassword(db, change); };
  CW_CO_ASSIGN_OR_RETURN(const bool unchanged, co_await RunFor(workers_, call, update));
  if (!unchanged) {
    co_return co_await proofs_.Refuse(call, claim.action, claim.user_id, claim.client_ip,
                                      ProofRefused(call, claim.user_id, proven.proof));
  }
  log::Info("authn_password_change", "A password was changed.",
            {{"user_id", request.user_id()}, {"request_id", call.request_id}});
  co_return v1::ChangePasswordResponse();
}

IdentityService::Reply<v1::GetJwksResponse> IdentityService::GetJwks(const rpc::Call&,
                                                                     const v1::GetJwksRequest&) {
  const std::vector<v1::Jwk> keys = keys_.published();
  if (keys.empty()) co_return absl::UnavailableError("no signing key is loaded yet");
  v1::GetJwksResponse response;
  for (const v1::Jwk& key : keys) *response.add_keys() = key;
  co_return response;
}

absl::StatusOr<v1::ListRevokedSessionsResponse> IdentityService::ListRevokedSessions(
    db::Connection& db, const v1::ListRevokedSessionsRequest& request) {
  constexpr const char* kNobody = "00000000-0000-0000-0000-000000000000";
  CW_ASSIGN_OR_RETURN(const auto after, ParseCursor(request.cursor()));
  CW_ASSIGN_OR_RETURN(const auto ended, store_.ListEndedSessions(db, after, kMaxRevoked));
  v1::ListRevokedSessionsResponse response;
  for (const auto& session : ended.sessions) {
    v1::RevokedSession* message = response.add_sessions();
    message->set_id(session.session_id);
    *message->mutable_tokens_expire_time() = TimeUtil::MicrosecondsToTimestamp(
        session.revoke_time_us + absl::ToInt64Microseconds(kAccessTokenLife + kLastToken));
  }
  response.set_more(ended.sessions.size() == kMaxRevoked);
  response.set_next_cursor(response.more() ? CursorOf(ended.sessions.back())
                                           : CursorOf({ended.now_us - kOverlapUs, kNobody}));
  return response;
}

absl::StatusOr<v1::ListSigningKeysResponse> IdentityService::ListSigningKeys(
    db::Connection& db, const v1::ListSigningKeysRequest&) {
  CW_ASSIGN_OR_RETURN(const auto keys, store_.ListSigningKeys(db));
  v1::ListSigningKeysResponse response;
  for (const auto& key : keys) {
    v1::SigningKey* message = response.add_keys();
    message->set_id(key.key_id);
    v1::SigningKey::State state;
    if (v1::SigningKey::State_Parse(key.state, &state)) message->set_state(state);
    *message->mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(key.create_time_us);
    if (key.retire_time_us == 0) continue;
    *message->mutable_retire_time() = TimeUtil::MicrosecondsToTimestamp(key.retire_time_us);
  }
  return response;
}

// Our own copy is renewed at once; the replicas follow within a minute, and until then sign with a
// key that is good for an hour.
IdentityService::Reply<v1::RotateSigningKeyResponse> IdentityService::RotateSigningKey(
    const rpc::Call& call, const v1::RotateSigningKeyRequest&) {
  const auto rotate = [&](db::Connection& db) { return store_.RotateSigningKey(db); };
  CW_CO_ASSIGN_OR_RETURN(const auto rotation, co_await RunFor(workers_, call, rotate));
  if (rotation.wait_s > 0) {
    co_return Error(absl::StatusCode::kFailedPrecondition, v1::KEY_TOO_YOUNG,
                    "The next key is not known to everybody yet.",
                    {{"waitSeconds", absl::StrCat(rotation.wait_s)}});
  }
  log::Info("crypto_key_rotate", "Another key signs access tokens.",
            {{"key_id", rotation.key_id}, {"request_id", call.request_id}});
  CW_CO_RETURN_IF_ERROR(co_await keys_.Load(call.deadline));
  v1::RotateSigningKeyResponse response;
  response.set_id(rotation.key_id);
  co_return response;
}

IdentityService::Reply<v1::GetOpenidConfigurationResponse> IdentityService::GetOpenidConfiguration(
    const rpc::Call&, const v1::GetOpenidConfigurationRequest&) {
  v1::GetOpenidConfigurationResponse response;
  response.set_issuer(tokens_.issuer());
  response.set_jwks_uri(absl::StrCat(tokens_.issuer(), "/.well-known/jwks.json"));
  response.add_subject_types_supported("public");
  response.add_id_token_signing_alg_values_supported("ES256");
  DescribeAuthorization(tokens_.issuer(), response);
  co_return response;
}

}  // namespace cartwright::identity
