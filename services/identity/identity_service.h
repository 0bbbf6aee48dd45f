#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "cartwright/identity/v1/identity.pb.h"
#include "services/identity/identity_store.h"
#include "services/identity/key_ring.h"
#include "services/identity/password_hasher.h"
#include "services/identity/session_answer.h"
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

  // `issuer`: the shop's public URL.
  IdentityService(db::Workers& workers, IdentityStore& store, KeyRing& keys, PasswordHasher& hasher,
                  std::string issuer);

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
  // The hash of a password that a user has chosen. INVALID_FIELD naming `field` when it is easy to
  // guess for whoever knows the words `near` to them.
  Reply<std::string> HashChosen(const rpc::Call& call, const char* field,
                                const std::string& password, std::vector<std::string> near);

  // Fills in the tokens of a RegisterResponse, LoginResponse or RefreshResponse. UNAVAILABLE
  // before the signing key is here.
  template <typename Response>
  absl::Status SetTokens(const Grant& grant, Response& response) const;

  db::Workers& workers_;
  IdentityStore& store_;
  KeyRing& keys_;
  PasswordHasher& hasher_;
  const std::string issuer_;
};

}  // namespace cartwright::identity
