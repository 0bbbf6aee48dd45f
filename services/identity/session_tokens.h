#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "cartwright/identity/v1/identity.pb.h"
#include "services/identity/access_token.h"
#include "services/identity/identity_store.h"
#include "services/identity/key_ring.h"
#include "shared/base/secret.h"
#include "shared/base/uuid.h"
#include "shared/rpc/call.h"

namespace cartwright::identity {

// What the RPCs that begin a session, or go on with one, have in common. Thread-safe.
class SessionTokens {
 public:
  // `issuer`: the shop's public URL. `sealing_key`: the same for all replicas.
  SessionTokens(KeyRing& keys, std::string issuer, absl::string_view sealing_key)
      : keys_(keys),
        issuer_(std::move(issuer)),
        succession_key_(HmacSha256(sealing_key, "what replaces a refresh token")),
        device_key_(HmacSha256(sealing_key, "a browser that has signed in")) {}

  // What is true of a user for the next ten minutes.
  struct Grant {
    std::string user_id;
    std::string session_id;
    std::vector<std::string> roles;
    std::string refresh_token;
  };

  // Fills in the tokens of a RegisterResponse, LoginResponse and their like. UNAVAILABLE before the
  // signing key is here.
  template <typename Response>
  absl::Status Set(const Grant& grant, Response& response) const {
    const auto key = keys_.signer();
    if (key == nullptr) return absl::UnavailableError("no signing key is loaded yet");
    const AccessClaims claims = {issuer_, grant.user_id, grant.session_id, grant.roles};
    response.set_access_token(MintAccessToken(*key, claims, absl::Now()));
    response.set_token_type("Bearer");
    response.set_expires_in(static_cast<int32_t>(absl::ToInt64Seconds(kAccessTokenLife)));
    response.set_refresh_token(grant.refresh_token);
    if constexpr (requires { response.set_device(""); }) {
      response.set_device(NewDevice(grant.user_id));
    }
    return absl::OkStatus();
  }

  // What replaces `refresh_token`: something new each time; for a call with an idempotency key, the
  // same again, which nobody can name without both and the shop's own key, so that nothing has to
  // be kept of it but its digest (docs/adr/2026-11-28-a-lost-refresh-is-answered-again.md).
  std::string Successor(absl::string_view refresh_token, absl::string_view idempotency_key) const;

  // What a browser keeps of a sign-in, for LoginRequest: "user.name.signature", with a new name
  // each time, so that its tries begin anew (OWASP's device cookies). It is no proof of anything.
  std::string NewDevice(absl::string_view user_id) const;

  // Nothing of what this did not make.
  IdentityStore::Device ReadDevice(absl::string_view device) const;

  const std::string& issuer() const { return issuer_; }

 private:
  std::string SignDevice(absl::string_view user_id, absl::string_view name) const;

  KeyRing& keys_;
  const std::string issuer_;
  const std::string succession_key_;
  const std::string device_key_;
};

// 256 random bits, of which only the SHA-256 is stored.
std::string NewToken();

// The session that a request is to begin.
template <typename Request>
IdentityStore::NewSession NewSessionFor(const Request& request, const std::string& token) {
  return {.session_id = NewUuid(),
          .token_hash = Sha256(token),
          .client_ip = request.client_ip(),
          .user_agent = request.user_agent()};
}

v1::User ToUser(const IdentityStore::User& user);

// One sentence for an unknown address and for a wrong password.
absl::Status InvalidCredentials();

// TOKEN_INVALID, for a session that has ended; of a token that is none, cartwright::InvalidToken.
absl::Status SessionEnded();

absl::Status WrongCode();

// ACCOUNT_LOCKED, and logs that.
absl::Status Locked(const rpc::Call& call, const std::string& user_id, const std::string& client_ip,
                    int wait_s);

// Logs what became of a sign-in, or of the proof that somebody signed in gives once more. Security
// events have the names of OWASP's vocabulary. `by`: "password", "totp" or "recovery_code".
void LogLogin(bool success, const rpc::Call& call, const std::string& user_id,
              const std::string& client_ip, const char* by);

}  // namespace cartwright::identity
