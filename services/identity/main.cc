#include "absl/flags/flag.h"
#include "services/identity/flags.h"
#include "services/identity/identity_service.h"
#include "shared/base/secret.h"
#include "shared/kit/service_main.h"

int main(int argc, char** argv) {
  namespace identity = cartwright::identity;
  return cartwright::kit::ServiceMain(argc, argv, "identity", [](cartwright::kit::Kit& kit) {
    auto& workers = kit.database();
    auto& store = kit.Own<identity::IdentityStore>();
    auto& keys = kit.Own<identity::KeyRing>(
        workers, store,
        cartwright::ReadKeyFile(absl::GetFlag(FLAGS_key_encryption_key_file)).value());
    auto& hasher = kit.Own<identity::PasswordHasher>(absl::GetFlag(FLAGS_hash_threads));
    using S = identity::IdentityService;
    auto& service = kit.Own<S>(workers, store, keys, hasher, absl::GetFlag(FLAGS_issuer));
    kit.Serve(service, &S::Register, &S::Login, &S::Refresh, &S::Logout, &S::GetCurrentUser,
              &S::ListSessions, &S::RevokeSession, &S::ChangePassword, &S::GetJwks,
              &S::GetOpenidConfiguration);
    kit.ReadyWhen([&keys] { return keys.signer() != nullptr ? "" : "signing key"; });
    keys.Start(kit.io());
  });
}
