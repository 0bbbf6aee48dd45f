#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/order/order_fixture.h"
#include "services/order/saga_service.h"

namespace cartwright::order {

// Sagas that stand still, and the operators' commands behind the real pipeline. Recovery runs once
// a test starts it.
class SagaDesk : public OrderProcess {
 protected:
  SagaDesk() : admin_(&workers_) {
    using A = SagaService;
    admin_.Serve(service_, &A::ListSagas, &A::GetSaga, &A::RetrySaga, &A::ForceAbortSaga,
                 &A::ResolveSaga);
    admin_.Start();
  }

  // A furnished order after T1, with a lease that has run out.
  Order Abandon() {
    Order order = NewOrder(NewUuid());
    Furnish(order);
    EXPECT_THAT(store_.PlaceOrder(connection(), order, "k"), testing::IsOk());
    RunOutLease(order.order_id);
    return order;
  }
  void Decide(const Order& order, const std::optional<Failure>& failure = std::nullopt) {
    const auto decided = store_.Decide(connection(), FirstLease(order), failure);
    ASSERT_THAT(decided, testing::IsOk());
    EXPECT_TRUE(decided->has_value());
  }
  void Kill(const Order& order, const std::string& why = "a bug") {
    ASSERT_THAT(store_.MarkDead(connection(), FirstLease(order), std::nullopt, why),
                testing::IsOk());
    ASSERT_TRUE(IsDead(order.order_id));
  }
  // It aborts, and finds that money and stock are taken: the decision was lost.
  Order Split() {
    Order order = Abandon();
    EXPECT_EQ(catalog_.Reserve(order), catalog::v1::RESERVED);
    EXPECT_EQ(wallet_.Reserve(order), wallet::v1::RESERVED);
    EXPECT_EQ(wallet_.Capture(order), wallet::v1::CAPTURED);
    Decide(order, Failure{.reason = v1::CHECKOUT_TIMED_OUT});
    Order aborting = store_.GetOrder(connection(), order.order_id).value();
    DriveToTheirEnd({{.lease = FirstLease(order), .order = std::make_shared<Order>(aborting)}});
    EXPECT_TRUE(IsDead(order.order_id));
    return order;
  }
  static Lease FirstLease(const Order& order) { return {.order_id = order.order_id, .epoch = 1}; }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Command(const std::string& order_id, const std::string& who = "ada") {
    Request request;
    request.set_order_id(order_id);
    request.set_operator_(who);
    request.set_note("seen it");
    return admin_.Call<Response>(request, "operator");
  }
  absl::StatusOr<v1::RetrySagaResponse> Retry(const std::string& order_id) {
    return Command<v1::RetrySagaResponse, v1::RetrySagaRequest>(order_id);
  }
  absl::StatusOr<v1::ForceAbortSagaResponse> ForceAbort(const std::string& order_id) {
    return Command<v1::ForceAbortSagaResponse, v1::ForceAbortSagaRequest>(order_id);
  }
  absl::StatusOr<v1::ResolveSagaResponse> Resolve(const std::string& order_id,
                                                  const std::string& who) {
    v1::ResolveSagaRequest request;
    request.set_order_id(order_id);
    request.set_operator_(who);
    request.set_note("seen it");
    request.set_direction(v1::ResolveSagaRequest::ROLL_FORWARD);
    return admin_.Call<v1::ResolveSagaResponse>(request, "operator");
  }
  absl::StatusOr<v1::GetSagaResponse> GetSaga(const std::string& order_id) {
    v1::GetSagaRequest request;
    request.set_order_id(order_id);
    return admin_.Call<v1::GetSagaResponse>(request, "operator");
  }
  std::vector<std::string> List(v1::ListSagasRequest request) {
    const auto response = admin_.Call<v1::ListSagasResponse>(request, "operator");
    EXPECT_THAT(response, testing::IsOk());
    std::vector<std::string> ids;
    if (!response.ok()) return ids;
    for (const v1::Saga& saga : response->sagas()) ids.push_back(saga.order_id());
    return ids;
  }
  // As a list has them. Ids of one millisecond are in any order.
  static std::vector<std::string> InOrder(std::vector<std::string> ids) {
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  // "RETRY by ada: seen it", of all operators' events of a saga.
  std::vector<std::string> CommandsOf(const std::string& order_id) {
    std::vector<std::string> commands;
    const auto response = GetSaga(order_id);
    EXPECT_THAT(response, testing::IsOk());
    if (!response.ok()) return commands;
    for (const v1::SagaEvent& event : response->events()) {
      if (event.kind() != v1::SagaEvent::OPERATOR) continue;
      commands.push_back(
          absl::StrCat(event.command(), " by ", event.operator_(), ": ", event.note()));
    }
    return commands;
  }
  using Commands = std::vector<std::string>;

  const std::string nobody_ = NewUuid();
  SagaAdminStore admin_store_;
  testing::ServiceFixture admin_;
  SagaService& service_ = Own<SagaService>(workers_, admin_store_, catalog_.client(),
                                           wallet_.client(), std::string(32, 'k'));
};

}  // namespace cartwright::order
