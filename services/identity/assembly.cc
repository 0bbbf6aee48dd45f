#include "services/identity/assembly.h"

#include "absl/flags/flag.h"
#include "services/identity/flags.h"
#include "services/identity/identity_admin_service.h"
#include "services/identity/identity_service.h"
#include "shared/kit/die.h"

namespace cartwright::identity {

void Assemble(kit::Kit& kit) {
  kit::OrDie(CheckFlags());
  auto& workers = kit.database();
  auto& store = kit.Own<IdentityStore>();
  auto& keys = kit.Own<KeyRing>(workers, store, SealingKey(kit));
  auto& hasher = kit.Own<PasswordHasher>(absl::GetFlag(FLAGS_hash_threads), Peppers(kit));
  using S = IdentityService;
  auto& service = kit.Own<S>(workers, store, keys, hasher, absl::GetFlag(FLAGS_issuer));
  kit.Serve(service, &S::Register, &S::Login, &S::Refresh, &S::Logout, &S::GetCurrentUser,
            &S::ListSessions, &S::RevokeSession, &S::ChangePassword, &S::GetJwks,
            &S::ListRevokedSessions, &S::GetOpenidConfiguration, &S::ListSigningKeys,
            &S::RotateSigningKey);
  kit.Serve(kit.Own<IdentityAdminService>(kit.Own<IdentityAdminStore>()),
            &IdentityAdminService::ListUserRecords);
  kit.ReadyWhen([&keys] { return keys.signer() != nullptr ? "" : "signing key"; });
  keys.Start(kit.io());
}

}  // namespace cartwright::identity
