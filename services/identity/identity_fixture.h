#pragma once

#include <string>

#include "services/identity/identity_service.h"
#include "services/identity/second_factor_service.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/service_fixture.h"

namespace cartwright::identity {

// The identity service in this process, behind the real pipeline, on a database of its own. Its
// keys are not loaded yet.
class IdentityFixture : public testing::PostgresFixture {
 protected:
  IdentityFixture()
      : PostgresFixture("identity", "identity"),
        workers_({.url = AppUrl(), .threads = 4}),
        keys_(workers_, store_, std::string(32, 's')),
        service_(workers_, store_, keys_, hasher_, proofs_, tokens_),
        server_(&workers_) {
    using S = IdentityService;
    server_.Serve(service_, &S::Register, &S::Login, &S::Refresh, &S::Logout, &S::GetCurrentUser,
                  &S::ListSessions, &S::RevokeSession, &S::RevokeOtherSessions, &S::ChangePassword,
                  &S::GetJwks, &S::ListRevokedSessions, &S::GetOpenidConfiguration,
                  &S::ListSigningKeys, &S::RotateSigningKey);
    using F = SecondFactorService;
    server_.Serve(second_factor_, &F::LoginSecondFactor, &F::GetSecondFactor, &F::BeginSecondFactor,
                  &F::ConfirmSecondFactor, &F::DisableSecondFactor, &F::RegenerateRecoveryCodes);
    server_.Start();
  }

  IdentityStore store_;
  db::Workers workers_;
  const Pepper pepper_{std::string(32, 'p')};
  PasswordHasher hasher_{2, [this] { return PasswordHasher::Peppers{pepper_}; }};
  KeyRing keys_;
  SecondFactorStore factors_;
  ProofChecker proofs_{workers_, store_, factors_, hasher_, std::string(32, 's')};
  SessionTokens tokens_{keys_, "https://shop.example", std::string(32, 's')};
  IdentityService service_;
  SecondFactorService second_factor_{workers_, store_, factors_, proofs_, tokens_};
  testing::ServiceFixture server_;
};

}  // namespace cartwright::identity
