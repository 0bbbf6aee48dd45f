#include "services/order/saga_fixture.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace cartwright::order {

SagaDesk::SagaDesk() : admin_(&workers_) {
  using A = SagaService;
  admin_.Serve(service_, &A::ListSagas, &A::GetSaga, &A::RetrySaga, &A::ForceAbortSaga,
               &A::ResolveSaga);
  admin_.Start();
}

Order SagaDesk::Abandon() {
  Order order = NewOrder(NewUuid());
  Furnish(order);
  EXPECT_THAT(store_.PlaceOrder(connection(), order, "k"), testing::IsOk());
  RunOutLease(order.order_id);
  return order;
}

void SagaDesk::Decide(const Order& order, const std::optional<Failure>& failure) {
  const auto decided = store_.Decide(connection(), FirstLease(order), failure);
  ASSERT_THAT(decided, testing::IsOk());
  EXPECT_TRUE(decided->has_value());
}

void SagaDesk::Kill(const Order& order, const std::string& why) {
  ASSERT_THAT(store_.MarkDead(connection(), FirstLease(order), std::nullopt, why), testing::IsOk());
  ASSERT_TRUE(IsDead(order.order_id));
}

Order SagaDesk::Split() {
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

absl::StatusOr<v1::RetrySagaResponse> SagaDesk::Retry(const std::string& order_id) {
  return Command<v1::RetrySagaResponse, v1::RetrySagaRequest>(order_id);
}

absl::StatusOr<v1::ForceAbortSagaResponse> SagaDesk::ForceAbort(const std::string& order_id) {
  return Command<v1::ForceAbortSagaResponse, v1::ForceAbortSagaRequest>(order_id);
}

absl::StatusOr<v1::ResolveSagaResponse> SagaDesk::Resolve(const std::string& order_id,
                                                          const std::string& who) {
  v1::ResolveSagaRequest request;
  request.set_order_id(order_id);
  request.set_operator_(who);
  request.set_note("seen it");
  request.set_direction(v1::ResolveSagaRequest::ROLL_FORWARD);
  return admin_.Call<v1::ResolveSagaResponse>(request, "operator");
}

absl::StatusOr<v1::GetSagaResponse> SagaDesk::GetSaga(const std::string& order_id) {
  v1::GetSagaRequest request;
  request.set_order_id(order_id);
  return admin_.Call<v1::GetSagaResponse>(request, "operator");
}

std::vector<std::string> SagaDesk::List(v1::ListSagasRequest request) {
  const auto response = admin_.Call<v1::ListSagasResponse>(request, "operator");
  EXPECT_THAT(response, testing::IsOk());
  std::vector<std::string> ids;
  if (!response.ok()) return ids;
  for (const v1::Saga& saga : response->sagas()) ids.push_back(saga.order_id());
  return ids;
}

std::vector<std::string> SagaDesk::InOrder(std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<std::string> SagaDesk::CommandsOf(const std::string& order_id) {
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

}  // namespace cartwright::order
