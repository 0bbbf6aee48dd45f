#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/identity/provider_directory.h"
#include "shared/auth/jwt.h"

namespace cartwright::identity {

// What a provider says of a person.
struct ExternalPerson {
  std::string issuer;
  std::string subject;
  std::string email;               // empty when it says none
  std::string display_name;        // never empty
  std::vector<std::string> roles;  // of the shop's, those that the provider may give
  absl::Time issued;
  absl::Time expires;
};

// The person of an access token for the shop, which is good for as long as the settings say after
// it was made, at most. An ID token is none, whatever it says. Errors: TOKEN_INVALID,
// TOKEN_EXPIRED. REQUIRES: the provider has keys.
absl::StatusOr<ExternalPerson> ReadAccessToken(const Jwt& jwt, const Provider& provider,
                                               absl::Time now);

// The person of an ID token that was made for the shop's sign-in with this nonce (OpenID Connect
// Core 1.0, 3.1.3.7). Errors: likewise. REQUIRES: likewise.
absl::StatusOr<ExternalPerson> ReadIdToken(const Jwt& jwt, const Provider& provider,
                                           absl::string_view nonce, absl::Time now);

}  // namespace cartwright::identity
