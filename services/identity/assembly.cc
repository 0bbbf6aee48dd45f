#include "services/identity/assembly.h"

#include "absl/flags/flag.h"
#include "services/identity/authorization_service.h"
#include "services/identity/external_account_service.h"
#include "services/identity/flags.h"
#include "services/identity/identity_service.h"
#include "shared/kit/die.h"

namespace cartwright::identity {

void Assemble(kit::Kit& kit) {
  kit::OrDie(CheckFlags());
  auto& workers = kit.database();
  auto& store = kit.Own<IdentityStore>();
  auto& keys = kit.Own<KeyRing>(workers, store, SealingKey(kit));
  auto& hasher = kit.Own<PasswordHasher>(absl::GetFlag(FLAGS_hash_threads), Peppers(kit));
  const std::string issuer = absl::GetFlag(FLAGS_issuer);
  using S = IdentityService;
  auto& service = kit.Own<S>(workers, store, keys, hasher, issuer);
  kit.Serve(service, &S::Register, &S::Login, &S::Refresh, &S::Logout, &S::GetCurrentUser,
            &S::ListSessions, &S::RevokeSession, &S::ChangePassword, &S::GetJwks,
            &S::ListRevokedSessions, &S::GetOpenidConfiguration, &S::ListSigningKeys,
            &S::RotateSigningKey);
  auto& providers =
      kit.Own<ProviderDirectory>(kit.io(), absl::GetFlag(FLAGS_identity_providers), issuer);
  using E = ExternalAccountService;
  auto& external = kit.Own<E>(E::Parts{.workers = workers,
                                       .users = store,
                                       .store = kit.Own<ExternalAccountStore>(),
                                       .keys = keys,
                                       .providers = providers,
                                       .issuer = issuer});
  kit.Serve(external, &E::CheckExternalToken, &E::ListIdentityProviders, &E::StartExternalLogin,
            &E::FinishExternalLogin);
  using A = AuthorizationService;
  auto& authorization = kit.Own<A>(kit.Own<AuthorizationStore>(), keys, issuer);
  kit.Serve(authorization, &A::PrepareAuthorization, &A::Authorize, &A::ExchangeCode,
            &A::GetUserinfo, &A::AddClient, &A::ListClients, &A::RemoveClient);
  kit.ReadyWhen([&keys] { return keys.signer() != nullptr ? "" : "signing key"; });
  keys.Start(kit.io());
  kit::OrDie(providers.Start());
}

}  // namespace cartwright::identity
