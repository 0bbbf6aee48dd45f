#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/db/connection.h"

namespace cartwright::identity {

// The statements about clients, and codes and tokens that were issued to them; see
// 0009_add_authorization.sql. Each call is one statement and one commit. Of secrets, codes and
// tokens only digests come here. Times are in microseconds since the epoch. Stateless; a connection
// is used by one thread at a time.
class AuthorizationStore {
 public:
  struct Client {
    std::string client_id;
    std::string name;
    std::string secret_hash;  // empty for a client without a secret
    std::vector<std::string> redirect_uris;
    int64_t create_time_us = 0;
  };

  // Errors: ALREADY_EXISTS violating oauth_client_pkey or oauth_redirect_pkey; FAILED_PRECONDITION
  // violating oauth_redirect_safe.
  absl::Status AddClient(db::Connection& db, const Client& client);
  // Nothing for an unknown id.
  absl::StatusOr<std::optional<Client>> FindClient(db::Connection& db,
                                                   const std::string& client_id);
  // At most 1,000, by id.
  absl::StatusOr<std::vector<Client>> ListClients(db::Connection& db);
  // False for an unknown id.
  absl::StatusOr<bool> RemoveClient(db::Connection& db, const std::string& client_id);

  struct Code {
    std::string code_hash;
    std::string client_id;
    std::string redirect_uri;
    std::string user_id;
    std::string session_id;
    std::string challenge;
    std::string scope;
    std::string nonce;
    std::string client_ip;
  };

  // ISSUED, ENDED or TOO_OLD, see issue_code. `signed_in_since_us`: when the user must have signed
  // in at the earliest.
  absl::StatusOr<std::string> IssueCode(db::Connection& db, const Code& code,
                                        const std::optional<int64_t>& signed_in_since_us);

  struct Redemption {
    std::string outcome;  // GRANTED, REUSED, MISMATCH, EXPIRED or UNKNOWN, see redeem_code
    std::string user_id;  // empty when UNKNOWN; the rest unless GRANTED
    std::string scope;
    std::string nonce;
    int64_t sign_in_time_us = 0;
  };

  // Uses `code` up, of which hash, client, redirect URI and challenge are as they were presented;
  // the token is good afterwards when the outcome is GRANTED.
  absl::StatusOr<Redemption> ExchangeCode(db::Connection& db, const Code& code,
                                          const std::string& token_hash);

  struct Person {
    std::string user_id;
    std::string email;
    std::string display_name;
    std::string scope;
  };

  // Whom a token that is good now is about.
  absl::StatusOr<std::optional<Person>> FindByToken(db::Connection& db,
                                                    const std::string& token_hash);
};

}  // namespace cartwright::identity
