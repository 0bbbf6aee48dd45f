#include "absl/flags/flag.h"
#include "services/identity/flags.h"
#include "services/identity/identity_service.h"
#include "shared/kit/die.h"
#include "shared/kit/service_main.h"

int main(int argc, char** argv) {
  namespace identity = cartwright::identity;
  return cartwright::kit::ServiceMain(argc, argv, "identity", [](cartwright::kit::Kit& kit) {
    cartwright::kit::OrDie(identity::CheckFlags());
    auto& workers = kit.database();
    auto& store = kit.Own<identity::IdentityStore>();
    auto& keys = kit.Own<identity::KeyRing>(workers, store, identity::SealingKey(kit));
    auto& hasher = kit.Own<identity::PasswordHasher>(absl::GetFlag(FLAGS_hash_threads),
                                                     identity::Peppers(kit));
    using S = identity::IdentityService;
    auto& service = kit.Own<S>(workers, store, keys, hasher, absl::GetFlag(FLAGS_issuer));
    kit.Serve(service, &S::Register, &S::Login, &S::Refresh, &S::Logout, &S::GetCurrentUser,
              &S::ListSessions, &S::RevokeSession, &S::ChangePassword, &S::GetJwks,
              &S::ListRevokedSessions, &S::GetOpenidConfiguration, &S::ListSigningKeys,
              &S::RotateSigningKey);
    kit.ReadyWhen([&keys] { return keys.signer() != nullptr ? "" : "signing key"; });
    keys.Start(kit.io());
  });
}
