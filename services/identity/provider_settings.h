#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cartwright::identity {

// An OpenID Connect provider that may say who somebody is.
struct ProviderSettings {
  std::string id;    // in URLs
  std::string name;  // for people
  std::string issuer;
  std::string audience;            // of its access tokens; empty: they are not taken
  std::string client_id;           // of the shop there; empty: nobody signs in with it
  std::string client_secret_file;  // empty: the shop is a public client there
  std::string ca_file;             // whom to trust when asking it; empty: whom the system trusts
  // Which claims say what.
  std::string audience_claim = "aud";
  std::string roles_claim = "roles";
  std::string email_claim = "email";
  std::string name_claim = "name";
  // Of the shop's roles, those that its access tokens can give, by the provider's word for each.
  std::map<std::string, std::string> roles;
  // An access token that is no at+jwt (RFC 9068) is known by this claim and value; empty: none is.
  std::string access_claim;
  std::string access_value;
  int token_minutes = 60;  // for which a token is good after it was made, at most

  friend bool operator==(const ProviderSettings&, const ProviderSettings&) = default;
};

// From the JSON of --identity_providers, as README.md shows it; at most 16. `own` is the shop's
// issuer, which is nobody else's. INVALID_ARGUMENT names the entry and the field.
absl::StatusOr<std::vector<ProviderSettings>> ParseProviders(absl::string_view json,
                                                             absl::string_view own);

}  // namespace cartwright::identity
