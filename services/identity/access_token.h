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

}  // namespace cartwright::identity
