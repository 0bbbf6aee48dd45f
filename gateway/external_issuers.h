#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/token_verifier.h"

namespace cartwright::gateway {

// An issuer of the file of external issuers, and where its keys are.
struct ExternalIssuerEntry {
  ExternalIssuer issuer;
  std::string jwks_file;
};

// From a JSON text:
//
//   {"issuers": [{"issuer": "https://login.partner.example", "audience": "cartwright",
//                 "jwksFile": "/etc/cartwright/partner.jwks", "roles": ["shopper"]}]}
//
// `roles`, those that its tokens can give, may be absent: then they give none. At most 16. `own` is
// the shop's issuer, which cannot be external. INVALID_ARGUMENT names the entry.
absl::StatusOr<std::vector<ExternalIssuerEntry>> ParseExternalIssuers(absl::string_view json,
                                                                      absl::string_view own);

}  // namespace cartwright::gateway
