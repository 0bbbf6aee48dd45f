#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "cartwright/identity/v1/external_account.pb.h"
#include "services/identity/external_account_store.h"
#include "services/identity/external_token.h"
#include "services/identity/identity_store.h"
#include "services/identity/provider_directory.h"
#include "services/identity/session_tokens.h"
#include "shared/db/workers.h"
#include "shared/rpc/call.h"

namespace cartwright::identity {

// The RPCs of external_account.proto. What a sign-in under way needs is in the cookie of its
// browser: a random secret, of which `state`, `nonce` and the PKCE verifier are made, so that
// another browser has neither, and no row is kept of people who never come back. Thread-safe.
class ExternalAccountService {
 public:
  template <typename Response>
  using Reply = boost::asio::awaitable<absl::StatusOr<Response>>;

  // Everything must outlive the service.
  struct Parts {
    db::Workers& workers;
    IdentityStore& users;
    ExternalAccountStore& store;
    const SessionTokens& tokens;
    ProviderDirectory& providers;
  };
  explicit ExternalAccountService(Parts parts) : parts_(std::move(parts)) {}

  Reply<v1::CheckExternalTokenResponse> CheckExternalToken(
      const rpc::Call& call, const v1::CheckExternalTokenRequest& request);
  Reply<v1::ListIdentityProvidersResponse> ListIdentityProviders(
      const rpc::Call& call, const v1::ListIdentityProvidersRequest& request);
  Reply<v1::StartExternalLoginResponse> StartExternalLogin(
      const rpc::Call& call, const v1::StartExternalLoginRequest& request);
  Reply<v1::FinishExternalLoginResponse> FinishExternalLogin(
      const rpc::Call& call, const v1::FinishExternalLoginRequest& request);

 private:
  // The provider with the key that signed `jwt`, if it has it, after asking for it if need be.
  // UNAVAILABLE when nothing is known of the provider yet.
  Reply<std::shared_ptr<const Provider>> WithKeyOf(std::shared_ptr<const Provider> provider,
                                                   const Jwt& jwt);

  // The ID token that the provider gives for `code`.
  Reply<std::string> ExchangeAtProvider(const rpc::Call& call, const Provider& provider,
                                        const std::string& code, const std::string& verifier);

  // FinishExternalLogin without the row about a refusal.
  Reply<v1::FinishExternalLoginResponse> Finish(const rpc::Call& call,
                                                const v1::FinishExternalLoginRequest& request);

  // One for each provider: where the browser comes back says whose answer it brings, also of a
  // provider whose answers do not (RFC 9700, 4.4.2).
  std::string RedirectUri(const ProviderSettings& settings) const;

  const Parts parts_;
};

}  // namespace cartwright::identity
