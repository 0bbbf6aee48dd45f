#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cartwright/identity/v1/authorization.pb.h"
#include "cartwright/identity/v1/identity.pb.h"

namespace cartwright::identity {

// What is wrong with an authorization request, in the words of RFC 6749, 4.1.2.1.
struct AuthorizationFault {
  std::string error;
  std::string description;
};

// The fault of a request whose client and redirect URI are known to be good; nothing when it has
// none. PKCE with S256 is required of every client.
std::optional<AuthorizationFault> FaultOf(const v1::AuthorizationParameters& parameters);

// How many seconds before the client asked people may have signed in: none with prompt=login, else
// `max_age`; nothing when any time will do. REQUIRES: the request has no fault.
std::optional<int64_t> MaxAgeOf(const v1::AuthorizationParameters& parameters);

// "openid", and of "profile" and "email" those that it asks for.
std::vector<std::string> GrantableScopes(const v1::AuthorizationParameters& parameters);

// The redirect URI with these parameters, `state` and `iss` (RFC 9207) in its query.
std::string RedirectWith(const v1::AuthorizationParameters& parameters, const std::string& issuer,
                         std::vector<std::pair<std::string, std::string>> fields);

// The form of a token request; nothing when it cannot be read, or has a parameter twice.
struct TokenRequest {
  std::string grant_type;
  std::string code;
  std::string redirect_uri;
  std::string code_verifier;
  std::string client_id;
  std::string client_secret;
  bool has_header = false;  // id and secret came in the Authorization header
};
std::optional<TokenRequest> ReadTokenRequest(const v1::ExchangeCodeRequest& request);

// The challenge of a verifier (RFC 7636, 4.6); empty when it is none.
std::string ChallengeOf(const std::string& verifier);

// Adds what clients must know of the authorization code flow.
void DescribeAuthorization(const std::string& issuer, v1::GetOpenidConfigurationResponse& response);

}  // namespace cartwright::identity
