#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cartwright/identity/v1/authorization.pb.h"
#include "services/identity/authorization_store.h"
#include "services/identity/key_ring.h"
#include "shared/base/secret.h"
#include "shared/db/connection.h"

namespace cartwright::identity {

// The RPCs of authorization.proto. Thread-safe.
class AuthorizationService {
 public:
  // `issuer`: the shop's public URL. `sealing_key`: the same for all replicas.
  AuthorizationService(AuthorizationStore& store, KeyRing& keys, std::string issuer,
                       absl::string_view sealing_key)
      : store_(store),
        keys_(keys),
        issuer_(std::move(issuer)),
        asked_key_(HmacSha256(sealing_key, "when a client asked")) {}

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

  // When the client asked, in microseconds since the epoch: as a call before has signed it for this
  // request, known by its challenge, which is new each time; otherwise now.
  int64_t AskedTime(const v1::AuthorizationParameters& parameters) const;
  std::string SignAsked(const v1::AuthorizationParameters& parameters, int64_t time_us) const;

  AuthorizationStore& store_;
  KeyRing& keys_;
  const std::string issuer_;
  const std::string asked_key_;
};

}  // namespace cartwright::identity
