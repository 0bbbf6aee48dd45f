#include "services/order/order_state.h"

#include <functional>
#include <limits>

#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::order {
namespace {

using testing::HasErrorReason;
using testing::StatusIs;

constexpr int64_t kMost = 1'000'000'000'000;

cart::v1::Cart TwoChairsAndATable() {
  cart::v1::Cart cart;
  cart.set_version("7");
  cart.mutable_subtotal()->set_currency_code("EUR");
  cart.mutable_subtotal()->set_minor_units(500);
  const struct {
    const char* id;
    int64_t price;
    int quantity;
  } lines[] = {{"chair", 100, 2}, {"table", 300, 1}};
  for (const auto& line : lines) {
    auto* item = cart.add_items();
    item->set_product_id(line.id);
    item->set_name(line.id);
    item->mutable_unit_price()->set_currency_code("EUR");
    item->mutable_unit_price()->set_minor_units(line.price);
    item->set_quantity(line.quantity);
  }
  return cart;
}

TEST(OrderStateTest, LinesAreThoseOfTheCart) {
  CW_ASSERT_OK_AND_ASSIGN(const auto lines, LinesOf(TwoChairsAndATable(), {}));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].product_id, "chair");
  EXPECT_EQ(lines[0].unit_price, 100);
  EXPECT_EQ(lines[0].quantity, 2);
  EXPECT_EQ(lines[1].name, "table");
}

TEST(OrderStateTest, ACartThatIsNotWhatTheShopperSawIsRefused) {
  using Cart = cart::v1::Cart;
  using Request = v1::CheckoutRequest;
  const auto expect = [](Request& request, const char* currency, int64_t units) {
    request.mutable_expected_total()->set_currency_code(currency);
    request.mutable_expected_total()->set_minor_units(units);
  };
  const struct {
    const char* name;
    std::function<void(Cart&, Request&)> change;
    const char* reason;  // empty: taken
  } cases[] = {
      {"nothing said", [](Cart&, Request&) {}, ""},
      {"same version", [](Cart&, Request& r) { r.set_cart_version("7"); }, ""},
      {"same total", [&](Cart&, Request& r) { expect(r, "EUR", 500); }, ""},
      {"other version", [](Cart&, Request& r) { r.set_cart_version("6"); }, "CART_CHANGED"},
      {"empty version", [](Cart&, Request& r) { r.set_cart_version(""); }, "CART_CHANGED"},
      {"other total", [&](Cart&, Request& r) { expect(r, "EUR", 499); }, "PRICE_CHANGED"},
      {"zero total", [&](Cart&, Request& r) { expect(r, "EUR", 0); }, "PRICE_CHANGED"},
      {"other currency", [&](Cart&, Request& r) { expect(r, "USD", 500); }, "PRICE_CHANGED"},
      {"a subtotal that is not the sum of the lines",
       [&](Cart& c, Request& r) {
         c.mutable_subtotal()->set_minor_units(400);
         expect(r, "EUR", 400);
       },
       "PRICE_CHANGED"},
      {"empty", [](Cart& c, Request&) { c.clear_items(); }, "EMPTY_CART"},
      {"stale prices", [](Cart& c, Request&) { c.set_stale(true); }, "DEPENDENCY_UNAVAILABLE"},
      {"too dear",
       [](Cart& c, Request&) { c.mutable_items(0)->mutable_unit_price()->set_minor_units(kMost); },
       "ORDER_TOO_LARGE"},
  };
  for (const auto& test : cases) {
    Cart cart = TwoChairsAndATable();
    Request request;
    test.change(cart, request);
    EXPECT_THAT(LinesOf(cart, request), HasErrorReason(test.reason)) << test.name;
  }
}

TEST(OrderStateTest, ATotalNeitherOverflowsNorExceedsItsBound) {
  constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
  const struct {
    const char* name;
    std::vector<OrderLine> lines;
    int64_t total;  // 0: refused
  } cases[] = {
      {"one", {{"p", "n", 250, 1}}, 250},
      {"several", {{"p", "n", 250, 2}, {"q", "n", 1, 99}}, 599},
      {"the most", {{"p", "n", kMost, 1}}, kMost},
      {"one more", {{"p", "n", kMost, 1}, {"q", "n", 1, 1}}, 0},
      {"product overflows", {{"p", "n", kHuge, 2}}, 0},
      {"sum overflows", {{"p", "n", kMost, 1}, {"q", "n", kHuge, 1}}, 0},
  };
  for (const auto& test : cases) {
    const auto total = TotalOf(test.lines);
    EXPECT_EQ(total.value_or(0), test.total) << test.name;
    EXPECT_THAT(total, HasErrorReason(test.total == 0 ? "ORDER_TOO_LARGE" : "")) << test.name;
  }
}

TEST(OrderStateTest, AHoldIsDerivedFromItsOrder) {
  const std::string one = "01890a5d-ac96-774b-bcce-b302099a8057";
  const std::string other = "01890a5d-ac96-774b-bcce-b302099a8058";
  EXPECT_EQ(HoldIdOf(one), HoldIdOf(one));
  EXPECT_NE(HoldIdOf(one), HoldIdOf(other));
  EXPECT_NE(HoldIdOf(one), one);
}

TEST(OrderStateTest, EveryAnswerOfTheCatalogHasItsMeaning) {
  const struct {
    catalog::v1::ReservationState answer;
    Verdict on_reserve;
    Verdict on_release;
  } cases[] = {
      {catalog::v1::RESERVED, Verdict::kGranted, Verdict::kContradiction},
      {catalog::v1::COMMITTED, Verdict::kContradiction, Verdict::kContradiction},
      {catalog::v1::RELEASED, Verdict::kContradiction, Verdict::kGranted},
      {catalog::v1::REFUSED, Verdict::kRefused, Verdict::kGranted},
      {catalog::v1::ABORTED, Verdict::kRefused, Verdict::kGranted},
      {catalog::v1::MISMATCH, Verdict::kRefused, Verdict::kContradiction},
      {catalog::v1::UNKNOWN, Verdict::kContradiction, Verdict::kContradiction},
      {catalog::v1::RETURNED, Verdict::kContradiction, Verdict::kContradiction},
      {catalog::v1::EXPIRED, Verdict::kContradiction, Verdict::kGranted},
      {catalog::v1::RESERVATION_STATE_UNSPECIFIED, Verdict::kContradiction,
       Verdict::kContradiction},
  };
  EXPECT_EQ(std::size(cases), static_cast<size_t>(catalog::v1::ReservationState_ARRAYSIZE));
  for (const auto& test : cases) {
    const std::string& name = catalog::v1::ReservationState_Name(test.answer);
    EXPECT_EQ(OnReserve(test.answer), test.on_reserve) << name;
    EXPECT_EQ(OnRelease(test.answer), test.on_release) << name;
  }
}

TEST(OrderStateTest, EveryAnswerOfTheWalletHasItsMeaning) {
  const struct {
    wallet::v1::HoldState answer;
    Verdict on_reserve;
    Verdict on_release;
  } cases[] = {
      {wallet::v1::RESERVED, Verdict::kGranted, Verdict::kContradiction},
      {wallet::v1::CAPTURED, Verdict::kContradiction, Verdict::kContradiction},
      {wallet::v1::RELEASED, Verdict::kContradiction, Verdict::kGranted},
      {wallet::v1::EXPIRED, Verdict::kContradiction, Verdict::kGranted},
      {wallet::v1::REFUSED, Verdict::kRefused, Verdict::kGranted},
      {wallet::v1::ABORTED, Verdict::kRefused, Verdict::kGranted},
      {wallet::v1::MISMATCH, Verdict::kRefused, Verdict::kContradiction},
      {wallet::v1::UNKNOWN, Verdict::kContradiction, Verdict::kContradiction},
      {wallet::v1::REFUNDED, Verdict::kContradiction, Verdict::kContradiction},
      {wallet::v1::HOLD_STATE_UNSPECIFIED, Verdict::kContradiction, Verdict::kContradiction},
  };
  EXPECT_EQ(std::size(cases), static_cast<size_t>(wallet::v1::HoldState_ARRAYSIZE));
  for (const auto& test : cases) {
    const std::string& name = wallet::v1::HoldState_Name(test.answer);
    EXPECT_EQ(OnReserve(test.answer), test.on_reserve) << name;
    EXPECT_EQ(OnRelease(test.answer), test.on_release) << name;
  }
}

Order ChairOrder(SagaState state) {
  return {.order_id = "o",
          .currency = "EUR",
          .total = 200,
          .lines = {{"p", "Oak chair", 100, 2}},
          .create_time_us = 1'500'000,
          .update_time_us = 2'000'000,
          .state = state};
}

TEST(OrderStateTest, AStockFailureSaysWhatIsShort) {
  const struct {
    const char* name;
    catalog::v1::ReservationState state;
    std::optional<int64_t> available;  // of the shortage, when there is one
    v1::ErrorReason reason;
    const char* message;
  } cases[] = {
      {"some left", catalog::v1::REFUSED, 1, v1::OUT_OF_STOCK, "Only 1 of 'Oak chair' are left."},
      {"none left", catalog::v1::REFUSED, 0, v1::OUT_OF_STOCK, "'Oak chair' is sold out."},
      {"nothing said", catalog::v1::REFUSED, std::nullopt, v1::OUT_OF_STOCK,
       "Something in the cart is sold out."},
      {"released first", catalog::v1::ABORTED, std::nullopt, v1::CHECKOUT_TIMED_OUT,
       "The order could not be decided in time and was called off; nothing was taken."},
      {"mismatch", catalog::v1::MISMATCH, std::nullopt, v1::CHECKOUT_TIMED_OUT,
       "The order could not be decided in time and was called off; nothing was taken."},
  };
  for (const auto& test : cases) {
    catalog::v1::ReserveStockResponse response;
    response.set_state(test.state);
    if (test.available) {
      auto* shortage = response.add_shortages();
      shortage->set_product_id("p");
      shortage->set_available(*test.available);
    }
    Order order = ChairOrder(SagaState::kAborting);
    order.failure = StockFailure(response, order);
    EXPECT_EQ(order.failure->reason, test.reason) << test.name;
    EXPECT_EQ(ToProto(order).failure().message(), test.message) << test.name;
  }
}

TEST(OrderStateTest, TheOutsideSeesFourStates) {
  const struct {
    SagaState state;
    v1::Order::State seen;
    bool settled;
  } cases[] = {
      {SagaState::kReserving, v1::Order::PENDING, false},
      {SagaState::kCommitting, v1::Order::CONFIRMED, false},
      {SagaState::kConfirmed, v1::Order::CONFIRMED, true},
      {SagaState::kAborting, v1::Order::REJECTED, false},
      {SagaState::kCancelled, v1::Order::REJECTED, true},
      {SagaState::kRefunding, v1::Order::CANCELLED, false},
      {SagaState::kRefunded, v1::Order::CANCELLED, true},
  };
  for (const auto& test : cases) {
    const v1::Order order = ToProto(ChairOrder(test.state));
    EXPECT_EQ(order.state(), test.seen);
    EXPECT_EQ(order.settled(), test.settled) << v1::Order::State_Name(test.seen);
    EXPECT_FALSE(order.has_failure());
  }
}

TEST(OrderStateTest, AnOrderThatItsBuyerCalledOffWasNotRejected) {
  Order order = ChairOrder(SagaState::kAborting);
  order.failure = Failure{.reason = v1::ORDER_CANCELLED};
  EXPECT_EQ(ToProto(order).state(), v1::Order::CANCELLED);
  EXPECT_FALSE(ToProto(order).settled());
  EXPECT_FALSE(ToProto(order).has_failure());
  order.state = SagaState::kCancelled;
  EXPECT_EQ(ToProto(order).state(), v1::Order::CANCELLED);
  EXPECT_TRUE(ToProto(order).settled());
}

TEST(OrderStateTest, AnOrderIsShownWithItsLinesAndTimes) {
  const v1::Order order = ToProto(ChairOrder(SagaState::kConfirmed));
  EXPECT_EQ(order.items(0).line_total().minor_units(), 200);
  EXPECT_EQ(order.items(0).unit_price().currency_code(), "EUR");
  EXPECT_EQ(order.total().minor_units(), 200);
  EXPECT_EQ(order.create_time().seconds(), 1);
  EXPECT_EQ(order.create_time().nanos(), 500'000'000);
  EXPECT_EQ(order.update_time().seconds(), 2);
}

TEST(OrderStateTest, ARejectedOrderIsTheSameErrorEachTime) {
  const struct {
    v1::ErrorReason reason;
    absl::StatusCode code;
  } cases[] = {
      {v1::OUT_OF_STOCK, absl::StatusCode::kFailedPrecondition},
      {v1::INSUFFICIENT_FUNDS, absl::StatusCode::kFailedPrecondition},
      {v1::CHECKOUT_TIMED_OUT, absl::StatusCode::kFailedPrecondition},
  };
  for (const auto& test : cases) {
    Order order = ChairOrder(SagaState::kCancelled);
    order.failure = Failure{.reason = test.reason, .metadata = {{"productId", "p"}}};
    const absl::Status first = ToError(order, false);
    const absl::Status replay = ToError(order, true);
    EXPECT_THAT(first, HasErrorReason(v1::ErrorReason_Name(test.reason)));
    EXPECT_THAT(first, StatusIs(test.code));
    EXPECT_EQ(first.message(), replay.message());
    EXPECT_EQ(DetailsOf(first).metadata.at("orderId"), "o");
    EXPECT_EQ(DetailsOf(first).metadata.at("productId"), "p");
    EXPECT_EQ(DetailsOf(first).metadata.count("idempotentReplayed"), 0u);
    EXPECT_EQ(DetailsOf(replay).metadata.at("idempotentReplayed"), "true");
  }
}

TEST(OrderStateTest, AnUnknownStateIsNotGuessed) {
  EXPECT_EQ(ParseSagaState("ABORTING").value(), SagaState::kAborting);
  EXPECT_EQ(ParseSagaState("REFUNDING").value(), SagaState::kRefunding);
  EXPECT_EQ(ParseSagaState("REFUNDED").value(), SagaState::kRefunded);
  EXPECT_THAT(ParseSagaState("FROZEN"), StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace cartwright::order
