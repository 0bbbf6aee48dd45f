#include "services/identity/authorization_service.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/time_util.h"
#include "services/identity/access_token.h"
#include "services/identity/authorization_request.h"
#include "services/identity/session_tokens.h"
#include "shared/auth/jwt.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/base/uuid.h"
#include "shared/db/sql_error.h"
#include "shared/telemetry/log.h"

namespace cartwright::identity {
namespace {

using google::protobuf::util::TimeUtil;

absl::Status InvalidRequest(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, v1::INVALID_REQUEST, what);
}

absl::Status InvalidClient() {
  return Error(absl::StatusCode::kUnauthenticated, v1::INVALID_CLIENT,
               "The client is unknown, or its secret is wrong.");
}

// One sentence for every fault: who guesses learns nothing.
absl::Status InvalidGrant() {
  return Error(absl::StatusCode::kInvalidArgument, v1::INVALID_GRANT,
               "The code is unknown, used, too old, or was issued for something else.");
}

// Whether the client is who it says: by its secret, if it has one, and without one otherwise.
bool IsClient(const AuthorizationStore::Client& client, const TokenRequest& request) {
  if (client.secret_hash.empty()) return request.client_secret.empty();
  return SecretsEqual(Sha256(request.client_secret), client.secret_hash);
}

absl::Status CheckTokenRequest(const TokenRequest& request) {
  if (request.grant_type.empty()) return InvalidRequest("grant_type is missing.");
  if (request.grant_type != "authorization_code") {
    return Error(absl::StatusCode::kInvalidArgument, v1::UNSUPPORTED_GRANT_TYPE,
                 "grant_type must be authorization_code.");
  }
  if (request.client_id.empty()) return InvalidRequest("client_id is missing.");
  if (request.code.empty()) return InvalidRequest("code is missing.");
  if (request.redirect_uri.empty()) return InvalidRequest("redirect_uri is missing.");
  if (request.code_verifier.empty()) return InvalidRequest("code_verifier is missing.");
  return absl::OkStatus();
}

void LogRefusedCode(const AuthorizationStore::Redemption& redemption,
                    const std::string& client_id) {
  const log::Fields fields = {
      {"user_id", redemption.user_id}, {"client_id", client_id}, {"outcome", redemption.outcome}};
  if (redemption.outcome == "REUSED") {
    log::Warn("authn_token_reuse", "A used code came again; what it gave has ended.", fields);
  } else {
    log::Warn("authn_code_fail", "A code was refused.", fields);
  }
}

}  // namespace

absl::StatusOr<AuthorizationStore::Client> AuthorizationService::ClientOf(
    db::Connection& db, const v1::AuthorizationParameters& parameters) {
  CW_ASSIGN_OR_RETURN(auto client, store_.FindClient(db, parameters.client_id()));
  if (!client) {
    return Error(absl::StatusCode::kInvalidArgument, v1::CLIENT_UNKNOWN,
                 "The shop does not know the application that sent you here.");
  }
  const auto& uris = client->redirect_uris;
  if (std::find(uris.begin(), uris.end(), parameters.redirect_uri()) == uris.end()) {
    return Error(absl::StatusCode::kInvalidArgument, v1::REDIRECT_URI_UNKNOWN,
                 "The application that sent you here has not registered where it wants you back.");
  }
  return *std::move(client);
}

std::string AuthorizationService::SignAsked(const v1::AuthorizationParameters& parameters,
                                            int64_t time_us) const {
  const std::string text =
      absl::StrCat(time_us, " ", parameters.client_id(), " ", parameters.code_challenge());
  return absl::StrCat(time_us, ".", Base64Url(HmacSha256(asked_key_, text)));
}

int64_t AuthorizationService::AskedTime(const v1::AuthorizationParameters& parameters) const {
  const std::string& asked = parameters.asked();
  int64_t time_us = 0;
  const bool good = absl::SimpleAtoi(asked.substr(0, asked.find('.')), &time_us) &&
                    SecretsEqual(SignAsked(parameters, time_us), asked);
  return good ? time_us : absl::ToUnixMicros(absl::Now());
}

absl::StatusOr<v1::PrepareAuthorizationResponse> AuthorizationService::PrepareAuthorization(
    db::Connection& db, const v1::PrepareAuthorizationRequest& request) {
  const auto& parameters = request.parameters();
  CW_ASSIGN_OR_RETURN(const auto client, ClientOf(db, parameters));
  v1::PrepareAuthorizationResponse response;
  if (const auto fault = FaultOf(parameters)) {
    response.set_redirect_to(RedirectWith(
        parameters, issuer_, {{"error", fault->error}, {"error_description", fault->description}}));
    return response;
  }
  response.set_client_name(client.name);
  for (const std::string& scope : GrantableScopes(parameters)) response.add_scopes(scope);
  if (MaxAgeOf(parameters)) response.set_asked(SignAsked(parameters, AskedTime(parameters)));
  return response;
}

absl::StatusOr<v1::AuthorizeResponse> AuthorizationService::Authorize(
    db::Connection& db, const v1::AuthorizeRequest& request) {
  const auto& parameters = request.parameters();
  if (!IsUuid(request.session_id())) return SessionEnded();
  CW_RETURN_IF_ERROR(ClientOf(db, parameters).status());
  v1::AuthorizeResponse response;
  if (const auto fault = FaultOf(parameters)) {
    response.set_redirect_to(RedirectWith(
        parameters, issuer_, {{"error", fault->error}, {"error_description", fault->description}}));
    return response;
  }
  if (!request.approved()) {
    response.set_redirect_to(RedirectWith(parameters, issuer_, {{"error", "access_denied"}}));
    return response;
  }
  const std::string code = NewToken();
  std::optional<int64_t> since;
  if (const auto age = MaxAgeOf(parameters)) since = AskedTime(parameters) - *age * 1'000'000;
  CW_ASSIGN_OR_RETURN(const std::string issued,
                      store_.IssueCode(db,
                                       {.code_hash = Sha256(code),
                                        .client_id = parameters.client_id(),
                                        .redirect_uri = parameters.redirect_uri(),
                                        .user_id = request.user_id(),
                                        .session_id = request.session_id(),
                                        .challenge = parameters.code_challenge(),
                                        .scope = absl::StrJoin(GrantableScopes(parameters), " "),
                                        .nonce = parameters.nonce(),
                                        .client_ip = request.client_ip()},
                                       since));
  if (issued == "TOO_OLD") {
    return Error(absl::StatusCode::kPermissionDenied, v1::SIGN_IN_AGAIN,
                 "The application asks that you sign in again.");
  }
  if (issued != "ISSUED") return SessionEnded();
  log::Info("authz_client_approved", "Somebody signed in to a client.",
            {{"user_id", request.user_id()}, {"client_id", parameters.client_id()}});
  response.set_redirect_to(RedirectWith(parameters, issuer_, {{"code", code}}));
  return response;
}

absl::StatusOr<v1::ExchangeCodeResponse> AuthorizationService::ExchangeCode(
    db::Connection& db, const v1::ExchangeCodeRequest& message) {
  // Before the code is used up.
  const auto key = keys_.signer();
  if (key == nullptr) return absl::UnavailableError("no signing key is loaded yet");
  const auto request = ReadTokenRequest(message);
  if (!request) {
    return InvalidRequest(
        "The body is no form, has a parameter twice, or the client says in two ways who it is.");
  }
  CW_RETURN_IF_ERROR(CheckTokenRequest(*request));
  CW_ASSIGN_OR_RETURN(const auto client, store_.FindClient(db, request->client_id));
  if (!client || !IsClient(*client, *request)) return InvalidClient();
  const std::string token = NewToken();
  CW_ASSIGN_OR_RETURN(const auto redemption,
                      store_.ExchangeCode(db,
                                          {.code_hash = Sha256(request->code),
                                           .client_id = request->client_id,
                                           .redirect_uri = request->redirect_uri,
                                           .challenge = ChallengeOf(request->code_verifier),
                                           .client_ip = message.client_ip()},
                                          Sha256(token)));
  if (redemption.outcome != "GRANTED") {
    LogRefusedCode(redemption, request->client_id);
    return InvalidGrant();
  }
  const IdClaims claims = {.issuer = issuer_,
                           .client_id = request->client_id,
                           .user_id = redemption.user_id,
                           .nonce = redemption.nonce,
                           .sign_in_time = absl::FromUnixMicros(redemption.sign_in_time_us)};
  v1::ExchangeCodeResponse response;
  response.set_access_token(token);
  response.set_token_type("Bearer");
  response.set_expires_in(static_cast<int32_t>(absl::ToInt64Seconds(kAccessTokenLife)));
  response.set_scope(redemption.scope);
  response.set_id_token(MintIdToken(*key, claims, absl::Now()));
  return response;
}

absl::StatusOr<v1::GetUserinfoResponse> AuthorizationService::GetUserinfo(
    db::Connection& db, const v1::GetUserinfoRequest& request) {
  absl::string_view token = request.authorization();
  if (token.empty()) {
    return Error(absl::StatusCode::kUnauthenticated, api::v1::TOKEN_MISSING,
                 "This needs an access token.");
  }
  if (!absl::StartsWithIgnoreCase(token, "bearer ")) return InvalidToken();
  token.remove_prefix(7);
  CW_ASSIGN_OR_RETURN(const auto person, store_.FindByToken(db, Sha256(token)));
  if (!person) return InvalidToken();
  const std::vector<std::string> scopes = absl::StrSplit(person->scope, ' ');
  const auto has = [&](const char* scope) {
    return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
  };
  v1::GetUserinfoResponse response;
  response.set_sub(person->user_id);
  if (has("profile")) response.set_name(person->display_name);
  if (has("email") && !person->email.empty()) {
    response.set_email(person->email);
    response.set_email_verified(false);
  }
  return response;
}

absl::StatusOr<v1::AddClientResponse> AuthorizationService::AddClient(
    db::Connection& db, const v1::AddClientRequest& request) {
  v1::AddClientResponse response;
  if (request.confidential()) response.set_client_secret(NewToken());
  const absl::Status added = store_.AddClient(
      db, {.client_id = request.client_id(),
           .name = request.name(),
           .secret_hash = request.confidential() ? Sha256(response.client_secret()) : "",
           .redirect_uris = {request.redirect_uris().begin(), request.redirect_uris().end()}});
  const std::string broken = db::ConstraintOf(added);
  if (broken == "oauth_client_pkey") {
    return Error(absl::StatusCode::kAlreadyExists, v1::CLIENT_EXISTS,
                 "A client has this id already.");
  }
  if (broken == "oauth_redirect_pkey") return InvalidField("redirectUris", "names one twice");
  if (broken == "oauth_redirect_safe" || broken == "oauth_redirect_bounded") {
    return InvalidField("redirectUris",
                        "must be https, or http of this machine, without spaces and fragment, "
                        "at most 1024 characters");
  }
  CW_RETURN_IF_ERROR(added);
  log::Info("client_created", "A client was registered.", {{"client_id", request.client_id()}});
  return response;
}

absl::StatusOr<v1::ListClientsResponse> AuthorizationService::ListClients(
    db::Connection& db, const v1::ListClientsRequest&) {
  CW_ASSIGN_OR_RETURN(const auto clients, store_.ListClients(db));
  v1::ListClientsResponse response;
  for (const auto& client : clients) {
    v1::Client* message = response.add_clients();
    message->set_client_id(client.client_id);
    message->set_name(client.name);
    for (const std::string& uri : client.redirect_uris) message->add_redirect_uris(uri);
    message->set_confidential(!client.secret_hash.empty());
    *message->mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(client.create_time_us);
  }
  return response;
}

absl::StatusOr<v1::RemoveClientResponse> AuthorizationService::RemoveClient(
    db::Connection& db, const v1::RemoveClientRequest& request) {
  CW_ASSIGN_OR_RETURN(const bool removed, store_.RemoveClient(db, request.client_id()));
  if (!removed) return NotFound("client");
  log::Info("client_deleted", "A client was removed.", {{"client_id", request.client_id()}});
  return v1::RemoveClientResponse();
}

}  // namespace cartwright::identity
