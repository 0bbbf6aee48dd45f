#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/order/order_fixture.h"
#include "services/order/saga_service.h"

namespace cartwright::order {

// Sagas that stand still, and the operators' commands behind the real pipeline. Recovery runs once
// a test starts it.
class SagaDesk : public OrderProcess {
 protected:
  SagaDesk();

  // A furnished order after T1, with a lease that has run out.
  Order Abandon();
  void Decide(const Order& order, const std::optional<Failure>& failure = std::nullopt);
  void Kill(const Order& order, const std::string& why = "a bug");
  // It aborts, and finds that money and stock are taken: the decision was lost.
  Order Split();
  static Lease FirstLease(const Order& order) { return {.order_id = order.order_id, .epoch = 1}; }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Command(const std::string& order_id, const std::string& who = "ada") {
    Request request;
    request.set_order_id(order_id);
    request.set_operator_(who);
    request.set_note("seen it");
    return admin_.Call<Response>(request, "operator");
  }
  absl::StatusOr<v1::RetrySagaResponse> Retry(const std::string& order_id);
  absl::StatusOr<v1::ForceAbortSagaResponse> ForceAbort(const std::string& order_id);
  absl::StatusOr<v1::ResolveSagaResponse> Resolve(const std::string& order_id,
                                                  const std::string& who);
  absl::StatusOr<v1::GetSagaResponse> GetSaga(const std::string& order_id);
  std::vector<std::string> List(v1::ListSagasRequest request);
  // As a list has them. Ids of one millisecond are in any order.
  static std::vector<std::string> InOrder(std::vector<std::string> ids);
  // "RETRY by ada: seen it", of all operators' events of a saga.
  std::vector<std::string> CommandsOf(const std::string& order_id);
  using Commands = std::vector<std::string>;

  const std::string nobody_ = NewUuid();
  SagaAdminStore admin_store_;
  testing::ServiceFixture admin_;
  SagaService& service_ = Own<SagaService>(workers_, admin_store_, catalog_.client(),
                                           wallet_.client(), std::string(32, 'k'));
};

}  // namespace cartwright::order
