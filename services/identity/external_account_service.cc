#include "services/identity/external_account_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/identity/https_client.h"
#include "services/identity/run_for.h"
#include "services/identity/session_tokens.h"
#include "shared/base/json_check.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/base/uuid.h"
#include "shared/telemetry/log.h"

namespace cartwright::identity {

namespace {

// Of a call's time, what is kept for our own database.
constexpr absl::Duration kOwnShare = absl::Seconds(2);

// A value that only whoever has `secret` can make; none of them tells of another.
std::string Derive(absl::string_view purpose, absl::string_view secret) {
  return Base64Url(HmacSha256(secret, purpose));
}

absl::Status NotStarted() {
  return Error(absl::StatusCode::kPermissionDenied, v1::LOGIN_NOT_STARTED,
               "This sign-in was not started in this browser, or too long ago; please try again.");
}

absl::Status Refused() {
  return Error(absl::StatusCode::kUnauthenticated, v1::PROVIDER_REFUSED,
               "The provider did not confirm who you are; please try again.");
}

absl::Status ProviderAway() {
  return Error(absl::StatusCode::kUnavailable, v1::PROVIDER_UNAVAILABLE,
               "The provider does not answer right now; please try again.");
}

std::string BasicAuthorization(const std::string& id, const std::string& secret) {
  // Both are escaped like form fields first (RFC 6749, 2.3.1).
  const std::string escaped_id = FormOf({{"", id}}).substr(1);
  const std::string escaped_secret = FormOf({{"", secret}}).substr(1);
  return absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(escaped_id, ":", escaped_secret)));
}

void LogAccount(const ExternalAccountStore::Link& link, const std::string& issuer,
                const rpc::Call& call) {
  if (!link.made) return;
  log::Info("user_created", "An account was made for somebody whom a provider signs in.",
            {{"user_id", link.user_id}, {"issuer", issuer}, {"request_id", call.request_id}});
}

}  // namespace

ExternalAccountService::Reply<std::shared_ptr<const Provider>> ExternalAccountService::WithKeyOf(
    std::shared_ptr<const Provider> provider, const Jwt& jwt) {
  if (provider->keys == nullptr || provider->keys->Find(jwt.key_id) == nullptr) {
    provider = co_await parts_.providers.Renew(provider->settings.issuer);
  }
  if (provider == nullptr) co_return InvalidToken();
  if (provider->keys == nullptr) co_return ProviderAway();
  co_return provider;
}

ExternalAccountService::Reply<v1::CheckExternalTokenResponse>
ExternalAccountService::CheckExternalToken(const rpc::Call& call,
                                           const v1::CheckExternalTokenRequest& request) {
  CW_CO_ASSIGN_OR_RETURN(const Jwt jwt, ParseJwt(request.token()));
  auto provider = parts_.providers.FindByIssuer(StringOf(jwt.claims, "iss").value_or(""));
  if (provider == nullptr || provider->settings.audience.empty()) co_return InvalidToken();
  CW_CO_ASSIGN_OR_RETURN(provider, co_await WithKeyOf(std::move(provider), jwt));
  CW_CO_ASSIGN_OR_RETURN(const ExternalPerson person, ReadAccessToken(jwt, *provider, absl::Now()));
  const auto find = [&](db::Connection& db) {
    return parts_.store.CheckExternal(db, person, NewUuid(), request.client_ip(),
                                      provider->settings.name);
  };
  CW_CO_ASSIGN_OR_RETURN(const auto link, co_await RunFor(parts_.workers, call, find));
  LogAccount(link, person.issuer, call);
  if (link.session_id.empty()) co_return InvalidToken();
  v1::CheckExternalTokenResponse response;
  response.set_user_id(link.user_id);
  response.set_session_id(link.session_id);
  std::vector<std::string> roles = link.roles;
  roles.insert(roles.end(), person.roles.begin(), person.roles.end());
  std::sort(roles.begin(), roles.end());
  roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  for (const std::string& role : roles) response.add_roles(role);
  response.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(person.expires));
  co_return response;
}

ExternalAccountService::Reply<v1::ListIdentityProvidersResponse>
ExternalAccountService::ListIdentityProviders(const rpc::Call&,
                                              const v1::ListIdentityProvidersRequest&) {
  v1::ListIdentityProvidersResponse response;
  for (const auto& provider : parts_.providers.List()) {
    if (provider->settings.client_id.empty()) continue;
    v1::IdentityProvider* message = response.add_providers();
    message->set_id(provider->settings.id);
    message->set_name(provider->settings.name);
  }
  co_return response;
}

ExternalAccountService::Reply<v1::StartExternalLoginResponse>
ExternalAccountService::StartExternalLogin(const rpc::Call&,
                                           const v1::StartExternalLoginRequest& request) {
  const auto provider = parts_.providers.FindById(request.provider());
  if (provider == nullptr || provider->settings.client_id.empty()) {
    co_return NotFound("identity provider");
  }
  if (provider->authorization_endpoint.empty()) co_return ProviderAway();
  const std::string secret = NewToken();
  const std::string query =
      FormOf({{"response_type", "code"},
              {"client_id", provider->settings.client_id},
              {"redirect_uri", RedirectUri(provider->settings)},
              {"scope", "openid profile email"},
              {"state", Derive("state", secret)},
              {"nonce", Derive("nonce", secret)},
              {"code_challenge", Base64Url(Sha256(Derive("verifier", secret)))},
              {"code_challenge_method", "S256"}});
  const std::string& endpoint = provider->authorization_endpoint;
  const bool has_query = endpoint.find('?') != std::string::npos;
  v1::StartExternalLoginResponse response;
  response.set_authorization_url(absl::StrCat(endpoint, has_query ? "&" : "?", query));
  response.set_login(absl::StrCat(provider->settings.id, ".", secret));
  co_return response;
}

ExternalAccountService::Reply<v1::FinishExternalLoginResponse>
ExternalAccountService::FinishExternalLogin(const rpc::Call& call,
                                            const v1::FinishExternalLoginRequest& request) {
  auto reply = co_await Finish(call, request);
  const absl::StatusCode code = reply.status().code();
  if (code == absl::StatusCode::kUnauthenticated || code == absl::StatusCode::kPermissionDenied) {
    const auto provider = parts_.providers.FindById(request.provider());
    const std::string issuer = provider == nullptr ? "" : provider->settings.issuer;
    const auto write = [&](db::Connection& db) {
      return parts_.users.LogRefusal(db, "session.login", std::nullopt, request.client_ip(),
                                     issuer);
    };
    CW_CO_RETURN_IF_ERROR(co_await RunFor(parts_.workers, call, write));
  }
  co_return reply;
}

ExternalAccountService::Reply<v1::FinishExternalLoginResponse> ExternalAccountService::Finish(
    const rpc::Call& call, const v1::FinishExternalLoginRequest& request) {
  const std::pair<std::string, std::string> login =
      absl::StrSplit(request.login(), absl::MaxSplits('.', 1));
  const auto& [id, secret] = login;
  auto provider = parts_.providers.FindById(id);
  if (provider == nullptr || secret.empty() ||
      !SecretsEqual(request.state(), Derive("state", secret))) {
    co_return NotStarted();
  }
  const std::string issuer = provider->settings.issuer;
  // Otherwise the answer of one provider could be passed off as another's (RFC 9700, 4.4; RFC
  // 9207).
  const bool names_other =
      request.issuer().empty() ? provider->names_itself : request.issuer() != issuer;
  if (request.provider() != id || names_other) co_return NotStarted();
  CW_CO_ASSIGN_OR_RETURN(
      const std::string token,
      co_await ExchangeAtProvider(call, *provider, request.code(), Derive("verifier", secret)));
  const auto jwt = ParseJwt(token);
  if (!jwt.ok()) co_return Refused();
  CW_CO_ASSIGN_OR_RETURN(provider, co_await WithKeyOf(std::move(provider), *jwt));
  const auto person = ReadIdToken(*jwt, *provider, Derive("nonce", secret), absl::Now());
  if (!person.ok()) {
    log::Warn(
        "authn_login_fail", "An ID token of a provider was not good.",
        {{"issuer", issuer}, {"client_ip", request.client_ip()}, {"request_id", call.request_id}});
    co_return Refused();
  }
  SessionTokens::Grant grant{.session_id = NewUuid(), .refresh_token = NewToken()};
  const IdentityStore::NewSession session = {grant.session_id, Sha256(grant.refresh_token),
                                             request.client_ip(), request.user_agent()};
  const auto begin = [&](db::Connection& db) -> absl::StatusOr<IdentityStore::User> {
    CW_ASSIGN_OR_RETURN(const auto link,
                        parts_.store.LoginExternal(db, *person, NewUuid(), session));
    LogAccount(link, person->issuer, call);
    CW_ASSIGN_OR_RETURN(const auto user, parts_.users.GetUser(db, link.user_id));
    return user ? absl::StatusOr<IdentityStore::User>(*user)
                : absl::InternalError("a user is gone at once");
  };
  CW_CO_ASSIGN_OR_RETURN(const IdentityStore::User user,
                         co_await RunFor(parts_.workers, call, begin));
  log::Info("authn_login_success", "Somebody signed in with a provider.",
            {{"user_id", user.user_id},
             {"issuer", person->issuer},
             {"client_ip", request.client_ip()},
             {"request_id", call.request_id}});
  grant.user_id = user.user_id;
  grant.roles = user.roles;
  v1::FinishExternalLoginResponse response;
  *response.mutable_user() = ToUser(user);
  CW_CO_RETURN_IF_ERROR(parts_.tokens.Set(grant, response));
  co_return response;
}

ExternalAccountService::Reply<std::string> ExternalAccountService::ExchangeAtProvider(
    const rpc::Call& call, const Provider& provider, const std::string& code,
    const std::string& verifier) {
  const ProviderSettings& settings = provider.settings;
  HttpsRequest request{.url = provider.token_endpoint, .ca_file = settings.ca_file};
  std::vector<std::pair<std::string, std::string>> form = {{"grant_type", "authorization_code"},
                                                           {"code", code},
                                                           {"redirect_uri", RedirectUri(settings)},
                                                           {"code_verifier", verifier}};
  if (settings.client_secret_file.empty()) {
    form.emplace_back("client_id", settings.client_id);
  } else {
    CW_CO_ASSIGN_OR_RETURN(const std::string secret, ReadFile(settings.client_secret_file));
    request.authorization = BasicAuthorization(settings.client_id, secret);
  }
  request.form = FormOf(form);
  const auto answer = co_await Exchange(request, call.deadline - kOwnShare);
  if (!answer.ok() || answer->status >= 500) {
    log::Warn("provider.unavailable",
              answer.ok() ? absl::StrCat("its token endpoint answered ", answer->status)
                          : std::string(answer.status().message()),
              {{"issuer", settings.issuer}, {"request_id", call.request_id}});
    co_return ProviderAway();
  }
  const auto value = ParseStrictJson(answer->body);
  const bool good = answer->status == 200 && value.ok() && value->is_object();
  const auto token = good ? StringOf(value->get_object(), "id_token") : std::nullopt;
  if (!token) co_return Refused();
  co_return *token;
}

std::string ExternalAccountService::RedirectUri(const ProviderSettings& settings) const {
  return absl::StrCat(parts_.tokens.issuer(), "/signed-in/", settings.id);
}

}  // namespace cartwright::identity
