#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/identity/signing_key.h"

namespace cartwright::identity {

// How long an access token is good; those of a session that ends are refused by who verifies them.
inline constexpr absl::Duration kAccessTokenLife = absl::Minutes(10);

// Whom an access token speaks for.
struct AccessClaims {
  std::string issuer;
  std::string user_id;
  std::string session_id;
  std::vector<std::string> roles;
};

// A signed access token (RFC 9068) that is good from `now` on.
std::string MintAccessToken(const SigningKey& key, const AccessClaims& claims, absl::Time now);

// What a client learns of who signed in.
struct IdClaims {
  std::string issuer;
  std::string client_id;
  std::string user_id;
  std::string nonce;  // empty when the client sent none
  absl::Time sign_in_time;
};

// A signed ID token (OpenID Connect Core 1.0, 2) that is good from `now` on, as long as an access
// token. Nobody takes it for one: its type is another, and its audience is the client.
std::string MintIdToken(const SigningKey& key, const IdClaims& claims, absl::Time now);

}  // namespace cartwright::identity
