#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/identity/external_token.h"
#include "services/identity/identity_store.h"
#include "shared/db/connection.h"

namespace cartwright::identity {

// The statements about accounts of external people; see 0013_add_external_accounts.sql. Each call
// is one statement and one commit. Stateless; a connection is used by one thread at a time.
class ExternalAccountStore {
 public:
  // The user whom an issuer's subject is here.
  struct Link {
    std::string user_id;
    bool made = false;  // just now
    std::vector<std::string> roles;
    std::string session_id;  // that their access tokens are; empty when this one is signed out
  };

  // Whom an access token speaks for. Makes the account with `new_id` when there is none yet.
  absl::StatusOr<Link> CheckExternal(db::Connection& db, const ExternalPerson& person,
                                     const std::string& new_id, const std::string& client_ip,
                                     const std::string& user_agent);

  // The account, likewise, and begins a session, which the caller knows.
  absl::StatusOr<Link> LoginExternal(db::Connection& db, const ExternalPerson& person,
                                     const std::string& new_id,
                                     const IdentityStore::NewSession& session);
};

}  // namespace cartwright::identity
