#include "services/identity/assembly.h"

#include "absl/flags/flag.h"
#include "services/identity/authorization_service.h"
#include "services/identity/external_account_service.h"
#include "services/identity/flags.h"
#include "services/identity/identity_admin_service.h"
#include "services/identity/identity_service.h"
#include "services/identity/second_factor_service.h"
#include "shared/kit/die.h"

namespace cartwright::identity {

void Assemble(kit::Kit& kit) {
  kit::OrDie(CheckFlags());
  const std::string sealing_key = SealingKey(kit);
  auto& workers = kit.database();
  auto& store = kit.Own<IdentityStore>();
  auto& factors = kit.Own<SecondFactorStore>();
  auto& keys = kit.Own<KeyRing>(workers, store, sealing_key);
  kit::OrDie(ReadPeppers());
  auto& hasher = kit.Own<PasswordHasher>(absl::GetFlag(FLAGS_hash_threads), ReadPeppers);
  auto& proofs = kit.Own<ProofChecker>(workers, store, factors, hasher, sealing_key);
  const std::string issuer = absl::GetFlag(FLAGS_issuer);
  auto& tokens = kit.Own<SessionTokens>(keys, issuer, sealing_key);
  using S = IdentityService;
  auto& service = kit.Own<S>(workers, store, keys, hasher, proofs, tokens);
  kit.Serve(service, &S::Register, &S::Login, &S::Refresh, &S::Logout, &S::GetCurrentUser,
            &S::ListSessions, &S::RevokeSession, &S::RevokeOtherSessions, &S::ChangePassword,
            &S::GetJwks, &S::ListRevokedSessions, &S::GetOpenidConfiguration, &S::ListSigningKeys,
            &S::RotateSigningKey);
  using F = SecondFactorService;
  auto& second_factor = kit.Own<F>(workers, store, factors, proofs, tokens);
  kit.Serve(second_factor, &F::LoginSecondFactor, &F::GetSecondFactor, &F::BeginSecondFactor,
            &F::ConfirmSecondFactor, &F::DisableSecondFactor, &F::RegenerateRecoveryCodes);
  kit.Serve(kit.Own<IdentityAdminService>(kit.Own<IdentityAdminStore>()),
            &IdentityAdminService::ListUserRecords, &IdentityAdminService::RevokeUserSessions);
  auto& providers =
      kit.Own<ProviderDirectory>(kit.io(), absl::GetFlag(FLAGS_identity_providers), issuer);
  using E = ExternalAccountService;
  auto& external = kit.Own<E>(E::Parts{.workers = workers,
                                       .users = store,
                                       .store = kit.Own<ExternalAccountStore>(),
                                       .tokens = tokens,
                                       .providers = providers});
  kit.Serve(external, &E::CheckExternalToken, &E::ListIdentityProviders, &E::StartExternalLogin,
            &E::FinishExternalLogin);
  using A = AuthorizationService;
  auto& authorization = kit.Own<A>(kit.Own<AuthorizationStore>(), keys, issuer, sealing_key);
  kit.Serve(authorization, &A::PrepareAuthorization, &A::Authorize, &A::ExchangeCode,
            &A::GetUserinfo, &A::AddClient, &A::ListClients, &A::RemoveClient);
  kit.ReadyWhen([&keys] { return keys.signer() != nullptr ? "" : "signing key"; });
  keys.Start(kit.io());
  kit::OrDie(providers.Start());
}

}  // namespace cartwright::identity
