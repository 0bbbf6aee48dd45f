#include "services/order/order_admin_service.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"
#include "services/order/order_fixture.h"

namespace cartwright::order {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;

// Shoppers with orders in every state, and an administrator behind the real pipeline.
class OrderAdminServiceTest : public OrderProcess {
 protected:
  OrderAdminServiceTest() : admin_(&workers_) {
    using A = OrderAdminService;
    admin_.Serve(service_of_admins_, &A::ListOrderRecords, &A::GetOrderRecord, &A::RefundOrder);
    admin_.Start();
  }

  Order Place() {
    Order order = NewOrder(NewUuid());
    Furnish(order);
    EXPECT_THAT(store_.PlaceOrder(connection(), order, "k"), IsOk());
    return order;
  }
  Order Decided(const std::optional<Failure>& failure = std::nullopt) {
    Order order = Place();
    EXPECT_THAT(store_.Decide(connection(), {.order_id = order.order_id, .epoch = 1}, failure),
                IsOk());
    return order;
  }
  Order Bought() {
    Order order = Place();
    catalog_.Reserve(order);
    wallet_.Reserve(order);
    EXPECT_THAT(store_.Decide(connection(), {.order_id = order.order_id, .epoch = 1}, std::nullopt),
                IsOk());
    wallet_.Capture(order);
    catalog_.Commit(order.order_id);
    cart_.Remove(order);
    EXPECT_THAT(store_.Confirm(connection(), {order.order_id}, {}), IsOk());
    return order;
  }

  absl::StatusOr<v1::RefundOrderResponse> Refund(const Order& order, const std::string& key = "k",
                                                 const std::string& reason = "it broke") {
    v1::RefundOrderRequest request;
    request.set_operator_(ada_);
    request.set_idempotency_key(key);
    request.set_id(order.order_id);
    request.set_reason(reason);
    admin_.set_peer("gateway");
    return admin_.Await(admin_.client().Call<v1::RefundOrderResponse>(
        rpc::Call::Background(absl::Seconds(30)), request));
  }
  absl::StatusOr<v1::GetOrderRecordResponse> Get(const std::string& id) {
    v1::GetOrderRecordRequest request;
    request.set_id(id);
    return admin_.Call<v1::GetOrderRecordResponse>(request, "gateway");
  }

  using Ids = std::vector<std::string>;
  Ids List(v1::ListOrderRecordsRequest request) {
    Ids ids;
    do {
      const auto page = admin_.Call<v1::ListOrderRecordsResponse>(request, "gateway");
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return ids;
      for (const auto& record : page->records()) ids.push_back(record.order().id());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }
  Ids List(v1::Order::State state, const std::string& user = "") {
    v1::ListOrderRecordsRequest request;
    request.set_state(state);
    if (!user.empty()) request.set_user_id(user);
    return List(request);
  }

  const std::string ada_ = NewUuid();
  SagaAdminStore saga_store_;
  testing::ServiceFixture admin_;
  OrderAdminService& service_of_admins_ =
      Own<OrderAdminService>(service_, store_, saga_store_, std::string(32, 'k'));
};

TEST_F(OrderAdminServiceTest, AListHasTheOrdersOfAState) {
  const Order pending = Place(), committing = Decided(), bought = Bought(),
              rejected = Decided(Failure{.reason = v1::OUT_OF_STOCK}), refunded = Bought(),
              called_off = Place();
  ASSERT_THAT(Refund(refunded), IsOk());
  ASSERT_THAT(Refund(called_off, "other"), IsOk());
  const auto newest_first = [](Ids ids) {
    std::sort(ids.rbegin(), ids.rend());
    return ids;
  };
  EXPECT_EQ(List(v1::Order::PENDING), Ids{pending.order_id});
  EXPECT_EQ(List(v1::Order::CONFIRMED), newest_first({committing.order_id, bought.order_id}));
  EXPECT_EQ(List(v1::Order::REJECTED), Ids{rejected.order_id});
  EXPECT_EQ(List(v1::Order::CANCELLED), newest_first({refunded.order_id, called_off.order_id}));
  EXPECT_EQ(List(v1::Order::STATE_UNSPECIFIED).size(), 6u);
  v1::ListOrderRecordsRequest of_nobody;  // as a query that ends in "userId=" has it
  of_nobody.set_user_id("");
  EXPECT_EQ(List(of_nobody).size(), 6u);
  for (const Order* order : {&pending, &bought, &rejected, &refunded}) {
    int found = 0;
    for (int state = v1::Order::PENDING; state <= v1::Order::CANCELLED; ++state) {
      const Ids ids = List(static_cast<v1::Order::State>(state), order->user_id);
      if (ids == Ids{order->order_id}) ++found;
    }
    EXPECT_EQ(found, 1);
    EXPECT_EQ(List(v1::Order::STATE_UNSPECIFIED, order->user_id), Ids{order->order_id});
  }
}

TEST_F(OrderAdminServiceTest, PagesFollowEachOtherNewestFirst) {
  Ids placed;
  for (int i = 0; i < 5; ++i) placed.push_back(Place().order_id);
  std::sort(placed.rbegin(), placed.rend());
  v1::ListOrderRecordsRequest request;
  request.set_page_size(2);
  EXPECT_EQ(List(request), placed);
  request.set_state(v1::Order::PENDING);
  EXPECT_EQ(List(request), placed);
  request.set_page_token("forged");
  EXPECT_THAT(admin_.Call<v1::ListOrderRecordsResponse>(request, "gateway"),
              HasErrorReason("PAGE_TOKEN_INVALID"));
  request.clear_page_token();
  request.set_user_id("nobody");
  EXPECT_THAT(admin_.Call<v1::ListOrderRecordsResponse>(request, "gateway"),
              HasErrorReason("INVALID_FIELD"));
}

TEST_F(OrderAdminServiceTest, ARefundGivesEverythingBackAndSaysWhoDidIt) {
  const Order order = Bought();
  CW_ASSERT_OK_AND_ASSIGN(const auto refund, Refund(order));
  EXPECT_EQ(refund.record().order().state(), v1::Order::CANCELLED);
  EXPECT_TRUE(refund.record().order().settled());
  EXPECT_EQ(refund.record().user_id(), order.user_id);
  EXPECT_FALSE(refund.replayed());
  EXPECT_EQ(StateOf(order.order_id), "REFUNDED");
  EXPECT_EQ(wallet_.Posted(order.user_id), 1000);
  EXPECT_EQ(catalog_.OnHand(order.lines[0].product_id), 10);
  CW_ASSERT_OK_AND_ASSIGN(const auto record, Get(order.order_id));
  EXPECT_EQ(record.cancellation().operator_(), ada_);
  EXPECT_EQ(record.cancellation().reason(), "it broke");
  const auto command =
      std::find_if(record.events().begin(), record.events().end(),
                   [](const auto& e) { return e.kind() == v1::SagaEvent::OPERATOR; });
  ASSERT_NE(command, record.events().end());
  EXPECT_EQ(command->command(), "REFUND");
  EXPECT_EQ(command->operator_(), ada_);
  EXPECT_EQ(command->note(), "it broke");
}

TEST_F(OrderAdminServiceTest, ARefundIsOnceAndAKeyIsForOneOrder) {
  const Order order = Bought(), other = Bought();
  ASSERT_THAT(Refund(order), IsOk());
  EXPECT_TRUE(Refund(order)->replayed());
  EXPECT_FALSE(Refund(order, "another")->replayed());
  EXPECT_THAT(Refund(order, "k", "for another reason"), HasErrorReason("IDEMPOTENCY_KEY_REUSED"));
  EXPECT_THAT(Refund(other), HasErrorReason("IDEMPOTENCY_KEY_REUSED"));
  EXPECT_EQ(StateOf(other.order_id), "CONFIRMED");
  EXPECT_EQ(wallet_.Calls("RefundHold"), 1);
  EXPECT_EQ(Look("SELECT count(*) FROM saga_event WHERE kind = 'OPERATOR'"), "1");
}

// The buyer's keys and the administrators' are not the same: neither hears of the other's.
TEST_F(OrderAdminServiceTest, ABuyerMayHaveUsedTheSameKey) {
  const Order order = Bought(), other = Bought();
  v1::CancelOrderRequest request;
  request.set_user_id(order.user_id);
  request.set_idempotency_key("k");
  request.set_id(order.order_id);
  ASSERT_THAT(server_.Call<v1::CancelOrderResponse>(request), IsOk());
  CW_ASSERT_OK_AND_ASSIGN(const auto record, Get(order.order_id));
  EXPECT_EQ(record.cancellation().operator_(), "");
  EXPECT_FALSE(Refund(other)->replayed());
  EXPECT_EQ(Refund(order, "new")->record().order().state(), v1::Order::CANCELLED);
  EXPECT_EQ(Look("SELECT count(*) FROM saga_event WHERE kind = 'OPERATOR'"), "1");
}

TEST_F(OrderAdminServiceTest, WhatCannotBeRefundedIsSaid) {
  const Order rejected = Decided(Failure{.reason = v1::OUT_OF_STOCK});
  EXPECT_THAT(Refund(rejected), HasErrorReason("ORDER_NOT_CANCELLABLE"));
  EXPECT_THAT(Refund(NewOrder(NewUuid())), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(Get(NewUuid()), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(Refund(Bought(), "k", ""), HasErrorReason("INVALID_FIELD"));
  EXPECT_FALSE(Get(rejected.order_id)->has_cancellation());
  v1::GetOrderRecordRequest request;
  request.set_id(rejected.order_id);
  EXPECT_THAT(admin_.Call<v1::GetOrderRecordResponse>(request, "cart"),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace cartwright::order
