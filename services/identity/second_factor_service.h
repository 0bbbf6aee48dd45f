#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "cartwright/identity/v1/second_factor.pb.h"
#include "services/identity/identity_store.h"
#include "services/identity/proof_checker.h"
#include "services/identity/second_factor_store.h"
#include "services/identity/session_tokens.h"
#include "shared/db/connection.h"
#include "shared/db/workers.h"
#include "shared/rpc/call.h"

namespace cartwright::identity {

// The RPCs of second_factor.proto. Thread-safe.
class SecondFactorService {
 public:
  template <typename Response>
  using Reply = boost::asio::awaitable<absl::StatusOr<Response>>;

  SecondFactorService(db::Workers& workers, IdentityStore& store, SecondFactorStore& factors,
                      ProofChecker& proofs, const SessionTokens& tokens);

  Reply<v1::LoginSecondFactorResponse> LoginSecondFactor(
      const rpc::Call& call, const v1::LoginSecondFactorRequest& request);
  absl::StatusOr<v1::GetSecondFactorResponse> GetSecondFactor(
      db::Connection& db, const v1::GetSecondFactorRequest& request);
  Reply<v1::BeginSecondFactorResponse> BeginSecondFactor(
      const rpc::Call& call, const v1::BeginSecondFactorRequest& request);
  Reply<v1::ConfirmSecondFactorResponse> ConfirmSecondFactor(
      const rpc::Call& call, const v1::ConfirmSecondFactorRequest& request);
  Reply<v1::DisableSecondFactorResponse> DisableSecondFactor(
      const rpc::Call& call, const v1::DisableSecondFactorRequest& request);
  Reply<v1::RegenerateRecoveryCodesResponse> RegenerateRecoveryCodes(
      const rpc::Call& call, const v1::RegenerateRecoveryCodesRequest& request);

 private:
  // Whether the user has a factor.
  Reply<bool> IsOn(const rpc::Call& call, const std::string& user_id);

  // What the request shows for a change of the user's factor. SECOND_FACTOR_OFF without one.
  template <typename Request>
  Reply<SecondFactorStore::Change> MayChange(const rpc::Call& call, const Request& request,
                                             const char* action);

  db::Workers& workers_;
  IdentityStore& store_;
  SecondFactorStore& factors_;
  ProofChecker& proofs_;
  const SessionTokens& tokens_;
};

}  // namespace cartwright::identity
