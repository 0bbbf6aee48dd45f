#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "cartwright/identity/v1/identity.pb.h"
#include "services/identity/access_token.h"
#include "services/identity/identity_store.h"
#include "services/identity/key_ring.h"

namespace cartwright::identity {

// What is true of a user for the next ten minutes.
struct Grant {
  std::string user_id;
  std::string session_id;
  std::vector<std::string> roles;
  std::string refresh_token;
};

// 32 random bytes, in base64url.
std::string NewSecret();

// The user as clients see them.
v1::User ToUser(const IdentityStore::User& user);

// Fills in the tokens of any answer that begins or goes on with a session. UNAVAILABLE before the
// signing key is here.
template <typename Response>
absl::Status AnswerWithTokens(const KeyRing& keys, const std::string& issuer, const Grant& grant,
                              Response& response) {
  const auto key = keys.signer();
  if (key == nullptr) return absl::UnavailableError("no signing key is loaded yet");
  const AccessClaims claims = {issuer, grant.user_id, grant.session_id, grant.roles};
  response.set_access_token(MintAccessToken(*key, claims, absl::Now()));
  response.set_token_type("Bearer");
  response.set_expires_in(static_cast<int32_t>(absl::ToInt64Seconds(kAccessTokenLife)));
  response.set_refresh_token(grant.refresh_token);
  return absl::OkStatus();
}

}  // namespace cartwright::identity
