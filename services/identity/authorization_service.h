#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cartwright/identity/v1/authorization.pb.h"
#include "services/identity/authorization_store.h"
#include "services/identity/key_ring.h"
#include "shared/db/connection.h"

namespace cartwright::identity {

// The RPCs of authorization.proto. Thread-safe.
class AuthorizationService {
 public:
  // `issuer`: the shop's public URL.
  AuthorizationService(AuthorizationStore& store, KeyRing& keys, std::string issuer)
      : store_(store), keys_(keys), issuer_(std::move(issuer)) {}

  absl::StatusOr<v1::PrepareAuthorizationResponse> PrepareAuthorization(
      db::Connection& db, const v1::PrepareAuthorizationRequest& request);
  absl::StatusOr<v1::AuthorizeResponse> Authorize(db::Connection& db,
                                                  const v1::AuthorizeRequest& request);
  absl::StatusOr<v1::ExchangeCodeResponse> ExchangeCode(db::Connection& db,
                                                        const v1::ExchangeCodeRequest& request);
  absl::StatusOr<v1::GetUserinfoResponse> GetUserinfo(db::Connection& db,
                                                      const v1::GetUserinfoRequest& request);
  absl::StatusOr<v1::AddClientResponse> AddClient(db::Connection& db,
                                                  const v1::AddClientRequest& request);
  absl::StatusOr<v1::ListClientsResponse> ListClients(db::Connection& db,
                                                      const v1::ListClientsRequest& request);
  absl::StatusOr<v1::RemoveClientResponse> RemoveClient(db::Connection& db,
                                                        const v1::RemoveClientRequest& request);

 private:
  // The client, which has registered the redirect URI: until that is known, nobody is sent
  // anywhere.
  absl::StatusOr<AuthorizationStore::Client> ClientOf(
      db::Connection& db, const v1::AuthorizationParameters& parameters);

  AuthorizationStore& store_;
  KeyRing& keys_;
  const std::string issuer_;
};

}  // namespace cartwright::identity
