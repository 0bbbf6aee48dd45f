#include "services/order/order_service.h"

#include <algorithm>
#include <set>
#include <thread>

#include "gtest/gtest.h"
#include "services/order/order_fixture.h"

namespace cartwright::order {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;
using Fault = Participant::Fault;

// A shopper with 1000, and a cart of two chairs at 100 of which there are 10.
class OrderServiceTest : public OrderProcess {
 protected:
  OrderServiceTest() { Furnish(wanted_); }

  v1::CheckoutRequest Request(const std::string& key) {
    v1::CheckoutRequest request;
    request.set_user_id(user_);
    request.set_idempotency_key(key);
    auto& address = *request.mutable_shipping_address();
    address.set_full_name("Ada");
    address.set_line1("1 Street");
    address.set_city("London");
    address.set_postal_code("E1");
    address.set_country_code("GB");
    return request;
  }
  absl::StatusOr<v1::CheckoutResponse> Checkout(const std::string& key) {
    return server_.Call<v1::CheckoutResponse>(Request(key));
  }
  absl::StatusOr<v1::GetOrderResponse> GetOrder(const std::string& id, const std::string& user) {
    v1::GetOrderRequest request;
    request.set_user_id(user);
    request.set_id(id);
    return server_.Call<v1::GetOrderResponse>(request);
  }
  std::string Orders() { return Look("SELECT count(*) FROM orders"); }
  // The order that was made, with the lines and the shopper that the fixture expects.
  Order Made(const std::string& id) {
    Order order = wanted_;
    order.order_id = id;
    return order;
  }

  const std::string user_ = NewUuid();
  const Order wanted_ = NewOrder(user_);
  const std::string& product_ = wanted_.lines[0].product_id;
};

TEST_F(OrderServiceTest, ACheckoutConfirmsAndThenSettles) {
  auto request = Request("k");
  request.set_cart_version(cart_.Version(user_));
  request.mutable_expected_total()->set_currency_code("EUR");
  request.mutable_expected_total()->set_minor_units(200);
  CW_ASSERT_OK_AND_ASSIGN(const auto response, server_.Call<v1::CheckoutResponse>(request));
  EXPECT_EQ(response.order().state(), v1::Order::CONFIRMED);
  EXPECT_FALSE(response.replayed());
  EXPECT_EQ(response.order().total().minor_units(), 200);
  EXPECT_EQ(response.order().items(0).name(), "Oak chair");
  EXPECT_EQ(response.order().shipping_address().city(), "London");
  EXPECT_GT(response.order().create_time().seconds(), 0);
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectBoughtOnce(Made(response.order().id()));
  CW_ASSERT_OK_AND_ASSIGN(const auto got, GetOrder(response.order().id(), user_));
  EXPECT_TRUE(got.order().settled());
  EXPECT_EQ(got.order().shipping_address().postal_code(), "E1");
}

TEST_F(OrderServiceTest, AReplayIsTheSameOrder) {
  CW_ASSERT_OK_AND_ASSIGN(const auto first, Checkout("k"));
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  CW_ASSERT_OK_AND_ASSIGN(const auto replay, Checkout("k"));
  EXPECT_TRUE(replay.replayed());
  EXPECT_EQ(replay.order().id(), first.order().id());
  EXPECT_EQ(Orders(), "1");
  EXPECT_EQ(wallet_.Posted(user_), 800);
}

TEST_F(OrderServiceTest, AKeyIsNotForAnotherCheckout) {
  ASSERT_THAT(Checkout("k"), IsOk());
  auto other = Request("k");
  other.mutable_shipping_address()->set_city("Paris");
  EXPECT_THAT(server_.Call<v1::CheckoutResponse>(other), HasErrorReason("IDEMPOTENCY_KEY_REUSED"));
  EXPECT_EQ(Orders(), "1");
  // Keys belong to their user.
  other.set_user_id(NewUuid());
  EXPECT_THAT(server_.Call<v1::CheckoutResponse>(other), HasErrorReason("EMPTY_CART"));
}

TEST_F(OrderServiceTest, WhatTheShopperDidNotSeeIsNotBought) {
  auto version = Request("k1");
  version.set_cart_version("99");
  EXPECT_THAT(server_.Call<v1::CheckoutResponse>(version), HasErrorReason("CART_CHANGED"));
  auto total = Request("k2");
  total.mutable_expected_total()->set_currency_code("EUR");
  total.mutable_expected_total()->set_minor_units(199);
  EXPECT_THAT(server_.Call<v1::CheckoutResponse>(total), HasErrorReason("PRICE_CHANGED"));
  cart_.SetStale(true);
  EXPECT_THAT(Checkout("k3"), HasErrorReason("DEPENDENCY_UNAVAILABLE"));
  cart_.SetStale(false);
  EXPECT_EQ(Orders(), "0");
  EXPECT_EQ(catalog_.Calls("ReserveStock"), 0);
  // Such a refusal does not use the key up.
  EXPECT_THAT(Checkout("k3"), IsOk());
}

TEST_F(OrderServiceTest, AnUnreadableCartMakesNoOrder) {
  cart_.Break("GetCart", Fault::kNoEffect);
  EXPECT_THAT(Checkout("k"), HasErrorReason("DEPENDENCY_UNAVAILABLE"));
  EXPECT_EQ(Orders(), "0");
}

TEST_F(OrderServiceTest, OutOfStockIsRefusedForEverAndTouchesNoMoney) {
  catalog_.SetStock(product_, 1);
  for (const bool replay : {false, true}) {
    const auto refused = Checkout("k");
    EXPECT_THAT(refused, HasErrorReason("OUT_OF_STOCK"));
    EXPECT_EQ(refused.status().message(), "Only 1 of 'Oak chair' are left.");
    const auto metadata = DetailsOf(refused.status()).metadata;
    EXPECT_EQ(metadata.at("productId"), product_);
    EXPECT_EQ(metadata.at("available"), "1");
    EXPECT_EQ(metadata.count("idempotentReplayed"), replay ? 1u : 0u);
    catalog_.SetStock(product_, 10);  // too late for this key
  }
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  EXPECT_EQ(wallet_.Calls("ReserveHold"), 0);
  ExpectNothingTaken(Made(Look("SELECT order_id FROM orders")));
  EXPECT_THAT(Checkout("new key"), IsOk()) << "the cart is free again";
}

TEST_F(OrderServiceTest, TooLittleMoneyGivesTheStockBack) {
  wallet_.Give(user_, -900);
  EXPECT_THAT(Checkout("k"), HasErrorReason("INSUFFICIENT_FUNDS"));
  wallet_.Give(user_, 900);
  const auto replay = Checkout("k");
  EXPECT_THAT(replay, HasErrorReason("INSUFFICIENT_FUNDS"));
  EXPECT_EQ(DetailsOf(replay.status()).metadata.at("idempotentReplayed"), "true");
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  const std::string id = DetailsOf(replay.status()).metadata.at("orderId");
  ExpectNothingTaken(Made(id));
  CW_ASSERT_OK_AND_ASSIGN(const auto order, GetOrder(id, user_));
  EXPECT_EQ(order.order().state(), v1::Order::REJECTED);
  EXPECT_EQ(order.order().failure().reason(), "INSUFFICIENT_FUNDS");
}

TEST_F(OrderServiceTest, OneCartIsNotBoughtWithTwoKeys) {
  cart_.Break("RemoveOrderedItems", Fault::kNoEffect);  // so that the cart stays as it is
  CW_ASSERT_OK_AND_ASSIGN(const auto first, Checkout("k1"));
  const auto second = Checkout("k2");
  EXPECT_THAT(second, HasErrorReason("CART_ALREADY_ORDERED"));
  EXPECT_EQ(DetailsOf(second.status()).metadata.at("orderId"), first.order().id());
  EXPECT_EQ(Orders(), "1");
}

// It gives way to other purchases of its user, but not to a second one of the same cart.
TEST_F(OrderServiceTest, ACartIsNotBoughtAgainWhileItsOrderWaitsForAPerson) {
  cart_.Break("RemoveOrderedItems", Fault::kNoEffect);
  CW_ASSERT_OK_AND_ASSIGN(const auto first, Checkout("k1"));
  const auto dead = store_.MarkDead(connection(), {.order_id = first.order().id(), .epoch = 1},
                                    std::nullopt, "a bug");
  ASSERT_THAT(dead, IsOk());
  ASSERT_TRUE(*dead);
  const auto second = Checkout("k2");
  EXPECT_THAT(second, HasErrorReason("CART_ALREADY_ORDERED"));
  EXPECT_EQ(DetailsOf(second.status()).metadata.at("orderId"), first.order().id());
  EXPECT_EQ(Orders(), "1");
}

// What was bought stays in the cart until the cart service is told; added to, the cart has another
// version, and what is in it must still not be bought again.
TEST_F(OrderServiceTest, WhatIsBoughtAlreadyIsNotBoughtWithTheRestOfTheCart) {
  cart_.Break("RemoveOrderedItems", Fault::kNoEffect);
  CW_ASSERT_OK_AND_ASSIGN(const auto first, Checkout("k1"));
  const OrderLine more{NewUuid(), "Oak stool", 50, 1};
  catalog_.SetStock(more.product_id, 10);
  cart_.Add(user_, more);
  const auto early = Checkout("k2");
  EXPECT_THAT(early, HasErrorReason("ORDER_IN_PROGRESS"));
  EXPECT_EQ(DetailsOf(early.status()).metadata.at("orderId"), first.order().id());
  cart_.Heal();
  recovery_.Start();
  ASSERT_TRUE(Eventually([this] { return Settled(); }));
  CW_ASSERT_OK_AND_ASSIGN(const auto second, Checkout("k2"));
  EXPECT_EQ(second.order().total().minor_units(), 50);
  ASSERT_TRUE(Eventually([this] { return Settled(); }));
  EXPECT_EQ(wallet_.Posted(user_), 1000 - 200 - 50);
}

// Calls with one key at once are one order; their answers are 201 or 202, never an error.
TEST_F(OrderServiceTest, ConcurrentCallsWithOneKeyGetTheOneOrder) {
  std::mutex mutex;
  std::set<std::string> ids;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      const auto request = Request("k");
      const auto response = server_.Await(server_.client().Call<v1::CheckoutResponse>(
          rpc::Call::Background(absl::Seconds(30)), request));
      ASSERT_THAT(response, IsOk());
      const std::lock_guard lock(mutex);
      ids.insert(response->order().id());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ids.size(), 1u);
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectBoughtOnce(Made(*ids.begin()));
}

TEST_F(OrderServiceTest, OrdersOfOthersAreNotThere) {
  CW_ASSERT_OK_AND_ASSIGN(const auto mine, Checkout("k"));
  EXPECT_THAT(GetOrder(mine.order().id(), NewUuid()), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(GetOrder(NewUuid(), user_), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(GetOrder("not an id", user_), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(GetOrder(mine.order().id(), user_), IsOk());
}

TEST_F(OrderServiceTest, OnlyTheGatewayMayOrder) {
  EXPECT_THAT(server_.Call<v1::CheckoutResponse>(Request("k"), "wallet"),
              HasErrorReason("CALLER_NOT_ALLOWED"));
  EXPECT_THAT(Checkout(""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(Orders(), "0");
}

// A participant that is down leaves the order pending, and it resolves once that is back.
class OutageTest : public OrderServiceTest, public ::testing::WithParamInterface<const char*> {
 protected:
  Participant& Of(const std::string& rpc) {
    if (rpc == "ReserveStock") return catalog_;
    return wallet_;
  }
};

TEST_P(OutageTest, AnOrderWaitsForAParticipantAndIsThenConfirmed) {
  Of(GetParam()).Break(GetParam(), Fault::kNoEffect);
  CW_ASSERT_OK_AND_ASSIGN(const auto pending, Checkout("k"));
  EXPECT_EQ(pending.order().state(), v1::Order::PENDING);
  CW_ASSERT_OK_AND_ASSIGN(const auto replay, Checkout("k"));
  EXPECT_EQ(replay.order().id(), pending.order().id());
  EXPECT_EQ(replay.order().state(), v1::Order::PENDING);
  Of(GetParam()).Heal();
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectBoughtOnce(Made(pending.order().id()));
  EXPECT_EQ(Checkout("k")->order().state(), v1::Order::CONFIRMED);
}
INSTANTIATE_TEST_SUITE_P(Reserves, OutageTest, ::testing::Values("ReserveStock", "ReserveHold"));

// The effect is there, the answer is lost: the call is made again and has one effect.
class LostReplyTest : public OutageTest {};

TEST_P(LostReplyTest, ALostReplyHasOneEffect) {
  recovery_.Start();
  const std::string rpc = GetParam();
  Participant& participant = rpc == "RemoveOrderedItems" ? cart_
                             : rpc == "BatchCommitStock" ? static_cast<Participant&>(catalog_)
                                                         : Of(rpc);
  participant.Break(rpc, Fault::kLostReply, 1);
  CW_ASSERT_OK_AND_ASSIGN(const auto response, Checkout("k"));
  EXPECT_EQ(response.order().state(), v1::Order::CONFIRMED);
  ASSERT_TRUE(Eventually([&] {
    Look(
        "UPDATE saga SET lease_until = clock_timestamp() - interval '1 second'"
        " WHERE state = 'CONFIRMED' AND NOT cart_cleared RETURNING 1");
    return Settled();
  }));
  ExpectBoughtOnce(Made(response.order().id()));
  EXPECT_GE(participant.Calls(rpc), 2);
}
INSTANTIATE_TEST_SUITE_P(All, LostReplyTest,
                         ::testing::Values("ReserveStock", "ReserveHold", "BatchCaptureHolds",
                                           "BatchCommitStock", "RemoveOrderedItems"));

// Only an enum in an OK answer is a "no"; every error leaves the effect open.
TEST_F(OrderServiceTest, AnErrorIsNeverReadAsARefusal) {
  for (const auto code :
       {absl::StatusCode::kUnavailable, absl::StatusCode::kInternal,
        absl::StatusCode::kResourceExhausted, absl::StatusCode::kFailedPrecondition}) {
    wallet_.Break("ReserveHold", Fault::kNoEffect, 1, code);
    catalog_.Break("ReserveStock", Fault::kNoEffect, 1, code);
    cart_.Add(user_, wanted_.lines[0]);
    CW_ASSERT_OK_AND_ASSIGN(const auto response, Checkout(absl::StatusCodeToString(code)));
    EXPECT_EQ(response.order().state(), v1::Order::CONFIRMED) << code;
    ASSERT_TRUE(Eventually([&] { return Settled(); }));
    catalog_.SetStock(product_, 10);
    wallet_.Give(user_, 1000);
  }
}

TEST_F(OrderServiceTest, OrdersArePagedNewestFirstAndTokensBelongToTheirUser) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    Order order = NewOrder(user_, "v" + std::to_string(i));
    ASSERT_THAT(store_.PlaceOrder(connection(), order, std::to_string(i)), IsOk());
    // The order before must be over before there can be another one.
    ASSERT_THAT(store_.Decide(connection(), {.order_id = order.order_id, .epoch = 1}, std::nullopt),
                IsOk());
    ASSERT_THAT(store_.Confirm(connection(), {order.order_id}, {}), IsOk());
    ids.push_back(order.order_id);
  }
  std::sort(ids.rbegin(), ids.rend());
  v1::ListOrdersRequest request;
  request.set_user_id(user_);
  request.set_page_size(2);
  std::vector<std::string> listed;
  for (int page = 0; page < 3; ++page) {
    CW_ASSERT_OK_AND_ASSIGN(const auto response, server_.Call<v1::ListOrdersResponse>(request));
    for (const auto& order : response.orders()) listed.push_back(order.id());
    EXPECT_EQ(response.next_page_token().empty(), page == 2);
    if (page == 0) {
      auto foreign = request;
      foreign.set_user_id(NewUuid());
      foreign.set_page_token(response.next_page_token());
      EXPECT_THAT(server_.Call<v1::ListOrdersResponse>(foreign),
                  HasErrorReason("PAGE_TOKEN_INVALID"));
    }
    request.set_page_token(response.next_page_token());
  }
  EXPECT_EQ(listed, ids);
}

}  // namespace
}  // namespace cartwright::order
