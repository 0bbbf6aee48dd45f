#include "services/identity/authorization_request.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "boost/url/decode_view.hpp"
#include "boost/url/parse_query.hpp"
#include "re2/re2.h"
#include "services/identity/https_client.h"
#include "shared/base/secret.h"
#include "shared/base/utf8.h"

namespace cartwright::identity {

namespace urls = boost::urls;

namespace {

constexpr std::array<const char*, 3> kScopes = {"openid", "profile", "email"};

bool HasWord(const std::string& words, absl::string_view word) {
  const std::vector<absl::string_view> list = absl::StrSplit(words, ' ', absl::SkipEmpty());
  return std::find(list.begin(), list.end(), word) != list.end();
}

// The fields of a form; nothing when it cannot be read, or has one twice.
std::optional<std::map<std::string, std::string>> ReadForm(const std::string& form) {
  std::map<std::string, std::string> fields;
  const std::string spaced = absl::StrReplaceAll(form, {{"+", "%20"}});
  const auto query = urls::parse_query(spaced);
  if (!query) return std::nullopt;
  for (const auto& field : *query) {
    const auto key = *field.key;  // decoded
    const auto decoded = *field.value;
    std::string name(key.begin(), key.end());
    std::string value(decoded.begin(), decoded.end());
    if (!IsUtf8(value) || value.find('\0') != std::string::npos) return std::nullopt;
    if (!fields.emplace(std::move(name), std::move(value)).second) return std::nullopt;
  }
  return fields;
}

// "Basic" with id and secret, each escaped as in a form (RFC 6749, 2.3.1).
bool ReadBasic(absl::string_view header, TokenRequest& request) {
  if (!absl::StartsWithIgnoreCase(header, "basic ")) return false;
  std::string text;
  if (!absl::Base64Unescape(header.substr(6), &text)) return false;
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits(':', 1));
  const auto fields = ReadForm(absl::StrCat("id=", parts.first, "&secret=", parts.second));
  if (!fields || fields->size() != 2) return false;
  request.client_id = fields->at("id");
  request.client_secret = fields->at("secret");
  return true;
}

}  // namespace

std::optional<AuthorizationFault> FaultOf(const v1::AuthorizationParameters& parameters) {
  static const RE2 kChallenge("[A-Za-z0-9_-]{43}");
  static const RE2 kSeconds("[0-9]{1,9}");
  const auto invalid = [](const char* what) { return AuthorizationFault{"invalid_request", what}; };
  if (parameters.response_type().empty()) return invalid("response_type is missing");
  if (parameters.response_type() != "code") {
    return AuthorizationFault{"unsupported_response_type", "response_type must be code"};
  }
  if (!parameters.response_mode().empty() && parameters.response_mode() != "query") {
    return invalid("response_mode must be query");
  }
  if (parameters.code_challenge().empty()) return invalid("code_challenge is missing");
  if (parameters.code_challenge_method() != "S256") {
    return invalid("code_challenge_method must be S256");
  }
  if (!RE2::FullMatch(parameters.code_challenge(), kChallenge)) {
    return invalid("code_challenge is not of 43 base64url characters");
  }
  if (!HasWord(parameters.scope(), "openid")) {
    return AuthorizationFault{"invalid_scope", "scope must have openid"};
  }
  if (!parameters.max_age().empty() && !RE2::FullMatch(parameters.max_age(), kSeconds)) {
    return invalid("max_age is not a number of seconds");
  }
  // People are asked each time, so nothing can be answered without them.
  if (parameters.prompt() == "none") {
    return AuthorizationFault{"interaction_required", "people are asked each time"};
  }
  if (HasWord(parameters.prompt(), "none")) return invalid("prompt has none and something else");
  return std::nullopt;
}

std::optional<int64_t> MaxAgeOf(const v1::AuthorizationParameters& parameters) {
  int64_t seconds = 0;
  if (HasWord(parameters.prompt(), "login")) return seconds;
  if (!absl::SimpleAtoi(parameters.max_age(), &seconds)) return std::nullopt;
  return seconds;
}

std::vector<std::string> GrantableScopes(const v1::AuthorizationParameters& parameters) {
  std::vector<std::string> scopes;
  for (const char* scope : kScopes) {
    if (HasWord(parameters.scope(), scope)) scopes.emplace_back(scope);
  }
  return scopes;
}

std::string RedirectWith(const v1::AuthorizationParameters& parameters, const std::string& issuer,
                         std::vector<std::pair<std::string, std::string>> fields) {
  if (!parameters.state().empty()) fields.emplace_back("state", parameters.state());
  fields.emplace_back("iss", issuer);
  const std::string& uri = parameters.redirect_uri();
  return absl::StrCat(uri, uri.find('?') == std::string::npos ? "?" : "&", FormOf(fields));
}

std::optional<TokenRequest> ReadTokenRequest(const v1::ExchangeCodeRequest& request) {
  if (!absl::StartsWithIgnoreCase(request.form().content_type(),
                                  "application/x-www-form-urlencoded")) {
    return std::nullopt;
  }
  const auto fields = ReadForm(request.form().data());
  if (!fields) return std::nullopt;
  const auto value = [&](const char* name) {
    const auto found = fields->find(name);
    return found == fields->end() ? std::string() : found->second;
  };
  TokenRequest result{.grant_type = value("grant_type"),
                      .code = value("code"),
                      .redirect_uri = value("redirect_uri"),
                      .code_verifier = value("code_verifier"),
                      .client_id = value("client_id"),
                      .client_secret = value("client_secret"),
                      .has_header = !request.authorization().empty()};
  if (!result.has_header) return result;
  // One way to say who it is, not two (RFC 6749, 2.3).
  const std::string named = result.client_id;
  if (!result.client_secret.empty() || !ReadBasic(request.authorization(), result)) {
    return std::nullopt;
  }
  if (!named.empty() && named != result.client_id) return std::nullopt;
  return result;
}

std::string ChallengeOf(const std::string& verifier) {
  static const RE2 kVerifier("[A-Za-z0-9._~-]{43,128}");
  return RE2::FullMatch(verifier, kVerifier) ? Base64Url(Sha256(verifier)) : "";
}

void DescribeAuthorization(const std::string& issuer,
                           v1::GetOpenidConfigurationResponse& response) {
  response.set_authorization_endpoint(absl::StrCat(issuer, "/authorize"));
  response.set_token_endpoint(absl::StrCat(issuer, "/api/oauth/token"));
  response.set_userinfo_endpoint(absl::StrCat(issuer, "/api/oauth/userinfo"));
  response.add_response_types_supported("code");
  response.add_response_modes_supported("query");
  response.add_grant_types_supported("authorization_code");
  response.add_code_challenge_methods_supported("S256");
  for (const char* scope : kScopes) response.add_scopes_supported(scope);
  for (const char* method : {"none", "client_secret_basic", "client_secret_post"}) {
    response.add_token_endpoint_auth_methods_supported(method);
  }
  for (const char* claim : {"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name",
                            "email", "email_verified"}) {
    response.add_claims_supported(claim);
  }
  response.set_authorization_response_iss_parameter_supported(true);
}

}  // namespace cartwright::identity
