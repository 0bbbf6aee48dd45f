#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "cartwright/identity/v1/identity.pb.h"
#include "services/identity/identity_store.h"
#include "services/identity/key_ring.h"
#include "services/identity/password_hasher.h"
#include "services/identity/proof_checker.h"
#include "services/identity/session_tokens.h"
#include "shared/db/connection.h"
#include "shared/db/workers.h"
#include "shared/rpc/call.h"

namespace cartwright::identity {

// The RPCs of identity.proto. Those that hash a password are coroutines, so that no database worker
// waits for the hash. Thread-safe.
class IdentityService {
 public:
  template <typename Response>
  using Reply = boost::asio::awaitable<absl::StatusOr<Response>>;

  IdentityService(db::Workers& workers, IdentityStore& store, KeyRing& keys, PasswordHasher& hasher,
                  ProofChecker& proofs, const SessionTokens& tokens);

  Reply<v1::RegisterResponse> Register(const rpc::Call& call, const v1::RegisterRequest& request);
  Reply<v1::LoginResponse> Login(const rpc::Call& call, const v1::LoginRequest& request);
  absl::StatusOr<v1::RefreshResponse> Refresh(db::Connection& db,
                                              const v1::RefreshRequest& request);
  absl::StatusOr<v1::LogoutResponse> Logout(db::Connection& db, const v1::LogoutRequest& request);
  absl::StatusOr<v1::GetCurrentUserResponse> GetCurrentUser(
      db::Connection& db, const v1::GetCurrentUserRequest& request);
  absl::StatusOr<v1::ListSessionsResponse> ListSessions(db::Connection& db,
                                                        const v1::ListSessionsRequest& request);
  absl::StatusOr<v1::RevokeSessionResponse> RevokeSession(db::Connection& db,
                                                          const v1::RevokeSessionRequest& request);
  absl::StatusOr<v1::RevokeOtherSessionsResponse> RevokeOtherSessions(
      db::Connection& db, const v1::RevokeOtherSessionsRequest& request);
  Reply<v1::ChangePasswordResponse> ChangePassword(const rpc::Call& call,
                                                   const v1::ChangePasswordRequest& request);
  Reply<v1::GetJwksResponse> GetJwks(const rpc::Call& call, const v1::GetJwksRequest& request);
  absl::StatusOr<v1::ListRevokedSessionsResponse> ListRevokedSessions(
      db::Connection& db, const v1::ListRevokedSessionsRequest& request);
  absl::StatusOr<v1::ListSigningKeysResponse> ListSigningKeys(
      db::Connection& db, const v1::ListSigningKeysRequest& request);
  Reply<v1::RotateSigningKeyResponse> RotateSigningKey(const rpc::Call& call,
                                                       const v1::RotateSigningKeyRequest& request);
  Reply<v1::GetOpenidConfigurationResponse> GetOpenidConfiguration(
      const rpc::Call& call, const v1::GetOpenidConfigurationRequest& request);

 private:
  // INVALID_FIELD naming `field` when a password that a user has chosen is easy to guess for
  // whoever knows the words `near` to them.
  boost::asio::awaitable<absl::Status> CheckChosen(const rpc::Call& call, const char* field,
                                                   const std::string& password,
                                                   std::vector<std::string> near);

  db::Workers& workers_;
  IdentityStore& store_;
  KeyRing& keys_;
  PasswordHasher& hasher_;
  ProofChecker& proofs_;
  const SessionTokens& tokens_;
};

}  // namespace cartwright::identity
