#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "cartwright/order/v1/saga.pb.h"
#include "services/order/saga_admin_store.h"
#include "shared/db/connection.h"
#include "shared/db/workers.h"
#include "shared/rpc/call.h"
#include "shared/rpc/client.h"
#include "shared/rpc/page_token.h"

namespace cartwright::order {

// The RPCs of saga.proto: what operators see of sagas and do to them. A command only changes the
// row; Recovery, in whichever process, finds it within a moment and drives it. Runs on the event
// loop's one thread, what asks no participant on database workers.
class SagaService {
 public:
  // The participants are asked without a circuit breaker: an operator wants to hear what they say.
  SagaService(db::Workers& workers, SagaAdminStore& store, rpc::Client& catalog,
              rpc::Client& wallet, std::string page_token_key);

  absl::StatusOr<v1::ListSagasResponse> ListSagas(db::Connection& db,
                                                  const v1::ListSagasRequest& request);
  boost::asio::awaitable<absl::StatusOr<v1::GetSagaResponse>> GetSaga(
      const rpc::Call& call, const v1::GetSagaRequest& request);
  absl::StatusOr<v1::RetrySagaResponse> RetrySaga(db::Connection& db,
                                                  const v1::RetrySagaRequest& request);
  absl::StatusOr<v1::ForceAbortSagaResponse> ForceAbortSaga(
      db::Connection& db, const v1::ForceAbortSagaRequest& request);
  boost::asio::awaitable<absl::StatusOr<v1::ResolveSagaResponse>> ResolveSaga(
      const rpc::Call& call, const v1::ResolveSagaRequest& request);

 private:
  boost::asio::awaitable<absl::StatusOr<v1::GetSagaResponse>> Look(const rpc::Call& call,
                                                                   std::string order_id);
  boost::asio::awaitable<v1::ParticipantView> AskWallet(const rpc::Call& call, std::string hold_id);
  boost::asio::awaitable<v1::ParticipantView> AskCatalog(const rpc::Call& call,
                                                         std::string order_id);

  db::Workers& workers_;
  SagaAdminStore& store_;
  rpc::Client& catalog_;
  rpc::Client& wallet_;
  const rpc::PageTokens page_tokens_;
};

}  // namespace cartwright::order
