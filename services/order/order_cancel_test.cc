#include <thread>

#include "gtest/gtest.h"
#include "services/order/order_fixture.h"
#include "shared/base/secret.h"

namespace cartwright::order {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;
using Fault = Participant::Fault;

// A shopper who bought two chairs of ten for 200 of 1000, and thinks again.
class CancelTest : public OrderProcess {
 protected:
  CancelTest() { Furnish(order_); }

  // An order of the shopper whose saga stands at `state`, as a process that died left it.
  void Reach(const std::string& state) {
    ASSERT_THAT(dead_.PlaceOrder(connection(), order_, "k"), IsOk());
    if (state == "RESERVING") return;
    catalog_.Reserve(order_);
    wallet_.Reserve(order_);
    ASSERT_THAT(dead_.Decide(connection(), lease_, std::nullopt), IsOk());
    if (state == "COMMITTING") return;
    wallet_.Capture(order_);
    catalog_.Commit(order_.order_id);
    cart_.Remove(order_);
    ASSERT_THAT(dead_.Confirm(connection(), {order_.order_id}, {}), IsOk());
  }
  void Reject() {
    ASSERT_THAT(dead_.PlaceOrder(connection(), order_, "k"), IsOk());
    ASSERT_THAT(dead_.Decide(connection(), lease_, Failure{.reason = v1::OUT_OF_STOCK}), IsOk());
  }

  absl::StatusOr<v1::CancelOrderResponse> Cancel(const std::string& key, std::string reason = "",
                                                 std::string user = "") {
    v1::CancelOrderRequest request;
    request.set_user_id(user.empty() ? order_.user_id : user);
    request.set_idempotency_key(key);
    request.set_id(order_.order_id);
    if (!reason.empty()) request.set_reason(reason);
    server_.set_peer("gateway");
    return server_.Await(server_.client().Call<v1::CancelOrderResponse>(
        rpc::Call::Background(absl::Seconds(30)), request));
  }
  absl::StatusOr<v1::ResolveOrderResponse> Resolve(const std::string& order_id) {
    v1::ResolveOrderRequest request;
    request.set_order_id(order_id);
    return server_.Call<v1::ResolveOrderResponse>(request, "wallet");
  }
  std::string Cancellations() { return Look("SELECT count(*) FROM cancellation WHERE effective"); }

  // Everything is back where it was; bought and paid back, so the cart stays empty.
  void ExpectPaidBack() {
    EXPECT_EQ(StateOf(order_.order_id), "REFUNDED");
    EXPECT_FALSE(IsDead(order_.order_id));
    EXPECT_EQ(wallet_.Posted(order_.user_id), 1000);
    EXPECT_EQ(wallet_.Held(order_.user_id), 0);
    EXPECT_EQ(catalog_.State(order_.order_id), catalog::v1::RETURNED);
    EXPECT_EQ(catalog_.OnHand(order_.lines[0].product_id), 10);
    EXPECT_EQ(cart_.Pieces(order_.user_id), 0);
  }

  OrderStore dead_{"order:dead"};
  const Order order_ = NewOrder(NewUuid());
  const Lease lease_{.order_id = order_.order_id, .epoch = 1};
};

TEST_F(CancelTest, AConfirmedOrderIsPaidBackAndItsGoodsReturn) {
  Reach("CONFIRMED");
  EXPECT_EQ(wallet_.Posted(order_.user_id), 800);
  CW_ASSERT_OK_AND_ASSIGN(const auto response, Cancel("c", "too big"));
  EXPECT_EQ(response.order().state(), v1::Order::CANCELLED);
  EXPECT_TRUE(response.order().settled());
  EXPECT_FALSE(response.replayed());
  ExpectPaidBack();
  EXPECT_EQ(Look("SELECT reason FROM cancellation"), "too big");
  EXPECT_EQ(Look("SELECT string_agg(state || '@' || lease_epoch, ' ' ORDER BY saga_event_id)"
                 " FROM saga_event"),
            "RESERVING@1 COMMITTING@1 CONFIRMED@1 REFUNDING@2 REFUNDED@2");
}

TEST_F(CancelTest, CancellingAgainChangesNothing) {
  Reach("CONFIRMED");
  ASSERT_THAT(Cancel("c", "why"), IsOk());
  CW_ASSERT_OK_AND_ASSIGN(const auto replay, Cancel("c", "why"));
  EXPECT_TRUE(replay.replayed());
  EXPECT_EQ(replay.order().state(), v1::Order::CANCELLED);
  CW_ASSERT_OK_AND_ASSIGN(const auto again, Cancel("another key"));
  EXPECT_FALSE(again.replayed());
  EXPECT_EQ(again.order().state(), v1::Order::CANCELLED);
  EXPECT_THAT(Cancel("c", "another reason"), HasErrorReason("IDEMPOTENCY_KEY_REUSED"));
  EXPECT_EQ(wallet_.Calls("RefundHold"), 1);
  EXPECT_EQ(Cancellations(), "1");
  ExpectPaidBack();
}

TEST_F(CancelTest, AKeyIsNotForAnotherOrder) {
  Reach("CONFIRMED");
  ASSERT_THAT(Cancel("c"), IsOk());
  Order second = NewOrder(order_.user_id, "2");
  ASSERT_THAT(dead_.PlaceOrder(connection(), second, "k2"), IsOk());
  v1::CancelOrderRequest request;
  request.set_user_id(order_.user_id);
  request.set_idempotency_key("c");
  request.set_id(second.order_id);
  EXPECT_THAT(server_.Call<v1::CancelOrderResponse>(request),
              HasErrorReason("IDEMPOTENCY_KEY_REUSED"));
  EXPECT_EQ(StateOf(second.order_id), "RESERVING");
}

// It was answered, so it stands for that answer, although another call had done it before.
TEST_F(CancelTest, NorIsAKeyThatCameTooLate) {
  Reach("CONFIRMED");
  ASSERT_THAT(Cancel("c"), IsOk());
  ASSERT_THAT(Cancel("late", "too big"), IsOk());
  CW_ASSERT_OK_AND_ASSIGN(const auto replay, Cancel("late", "too big"));
  EXPECT_TRUE(replay.replayed());
  EXPECT_THAT(Cancel("late", "another reason"), HasErrorReason("IDEMPOTENCY_KEY_REUSED"));
  Order second = NewOrder(order_.user_id, "2");
  ASSERT_THAT(dead_.PlaceOrder(connection(), second, "k2"), IsOk());
  v1::CancelOrderRequest request;
  request.set_user_id(order_.user_id);
  request.set_idempotency_key("late");
  request.set_reason("too big");
  request.set_id(second.order_id);
  EXPECT_THAT(server_.Call<v1::CancelOrderResponse>(request),
              HasErrorReason("IDEMPOTENCY_KEY_REUSED"));
  EXPECT_EQ(StateOf(second.order_id), "RESERVING");
  EXPECT_EQ(Cancellations(), "1");
}

TEST_F(CancelTest, OrdersOfOthersAreNotThere) {
  Reach("CONFIRMED");
  EXPECT_THAT(Cancel("c", "", NewUuid()), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_EQ(StateOf(order_.order_id), "CONFIRMED");
  EXPECT_EQ(Cancellations(), "0");
}

TEST_F(CancelTest, ARejectedOrderCannotBeCancelled) {
  Reject();
  EXPECT_THAT(Cancel("c"), HasErrorReason("ORDER_NOT_CANCELLABLE"));
  ASSERT_THAT(dead_.Cancel(connection(), order_.order_id), IsOk());
  EXPECT_THAT(Cancel("c"), HasErrorReason("ORDER_NOT_CANCELLABLE"));
  EXPECT_EQ(Cancellations(), "0");
}

// A contradiction is evidence: nothing moves before a person has looked.
TEST_F(CancelTest, ADeadSagaCannotBeCancelled) {
  Reach("COMMITTING");
  ASSERT_THAT(dead_.MarkDead(connection(), lease_, std::nullopt, "x"), IsOk());
  EXPECT_THAT(Cancel("c"), HasErrorReason("ORDER_NOT_CANCELLABLE"));
  EXPECT_EQ(StateOf(order_.order_id), "COMMITTING");
}

TEST_F(CancelTest, AnOrderThatIsBeingConfirmedIsWaitedFor) {
  Reach("COMMITTING");
  EXPECT_THAT(Cancel("c"), HasErrorReason("ORDER_IN_PROGRESS"));
  EXPECT_EQ(Cancellations(), "0") << "nothing was recorded";
  RunOutLease(order_.order_id);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Cancel("c").ok(); }));
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectPaidBack();
}

TEST_F(CancelTest, AnUndecidedOrderIsCalledOffAndItsDriverFollows) {
  Reach("RESERVING");
  catalog_.Reserve(order_);
  CW_ASSERT_OK_AND_ASSIGN(const auto response, Cancel("c"));
  EXPECT_EQ(response.order().state(), v1::Order::CANCELLED);
  EXPECT_FALSE(response.order().has_failure());
  CW_ASSERT_OK_AND_ASSIGN(const auto late, dead_.Decide(connection(), lease_, std::nullopt));
  EXPECT_FALSE(late.has_value());
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectNothingTaken(order_);
  EXPECT_EQ(wallet_.Reserve(order_), wallet::v1::ABORTED);
}

// Goal: the checkout that waits says what became of its order. Method: the wallet is down, so the
// order is still undecided when it is cancelled.
TEST_F(CancelTest, TheCheckoutOfACancelledOrderIsRefused) {
  wallet_.Break("ReserveHold", Fault::kNoEffect);
  v1::CheckoutRequest request;
  request.set_user_id(order_.user_id);
  request.set_idempotency_key("k");
  auto& address = *request.mutable_shipping_address();
  address.set_full_name("Ada");
  address.set_line1("1 Street");
  address.set_city("London");
  address.set_postal_code("E1");
  address.set_country_code("GB");
  CW_ASSERT_OK_AND_ASSIGN(const auto pending, server_.Call<v1::CheckoutResponse>(request));
  ASSERT_EQ(pending.order().state(), v1::Order::PENDING);
  v1::CancelOrderRequest cancel;
  cancel.set_user_id(order_.user_id);
  cancel.set_idempotency_key("c");
  cancel.set_id(pending.order().id());
  ASSERT_THAT(server_.Call<v1::CancelOrderResponse>(cancel), IsOk());
  const auto replay = server_.Call<v1::CheckoutResponse>(request);
  EXPECT_THAT(replay, HasErrorReason("ORDER_CANCELLED"));
  EXPECT_EQ(DetailsOf(replay.status()).metadata.at("orderId"), pending.order().id());
  wallet_.Heal();
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  EXPECT_EQ(wallet_.Posted(order_.user_id), 1000);
  EXPECT_EQ(catalog_.OnHand(order_.lines[0].product_id), 10);
}

// The decision stands whatever the participants do, and what they lose is asked for again.
class RefundFaultTest : public CancelTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(RefundFaultTest, ARefundOutlastsAnOutageAndALostReply) {
  Reach("CONFIRMED");
  Participant& participant = std::string(GetParam()) == "RefundHold"
                                 ? static_cast<Participant&>(wallet_)
                                 : static_cast<Participant&>(catalog_);
  participant.Break(GetParam(), Fault::kNoEffect);
  CW_ASSERT_OK_AND_ASSIGN(const auto response, Cancel("c"));
  EXPECT_EQ(response.order().state(), v1::Order::CANCELLED);
  EXPECT_FALSE(response.order().settled());
  participant.Break(GetParam(), Fault::kLostReply, 2);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectPaidBack();
  EXPECT_GE(participant.Calls(GetParam()), 3);
}
INSTANTIATE_TEST_SUITE_P(Both, RefundFaultTest, ::testing::Values("RefundHold", "ReturnStock"));

// What the process had done of a refund when it was killed.
class RefundKillTest : public CancelTest, public ::testing::WithParamInterface<int> {};

TEST_P(RefundKillTest, ARefundIsCarriedToItsEndWithOneEffect) {
  Reach("CONFIRMED");
  CW_ASSERT_OK_AND_ASSIGN(
      const auto cancelled,
      dead_.CancelOrder(connection(), {order_.order_id, order_.user_id, "c", "print", "why"}));
  ASSERT_EQ(cancelled.outcome, OrderStore::Cancelled::kDone);
  if (GetParam() & 1) wallet_.Refund(order_);
  if (GetParam() & 2) catalog_.Return(order_.order_id);
  RunOutLease(order_.order_id);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectPaidBack();
  EXPECT_EQ(Look("SELECT crash_count FROM saga"), "0");
}
INSTANTIATE_TEST_SUITE_P(Everywhere, RefundKillTest, ::testing::Values(0, 1, 2, 3));

TEST_F(CancelTest, AContradictedRefundKeepsItsDirection) {
  ASSERT_THAT(dead_.PlaceOrder(connection(), order_, "k"), IsOk());
  ASSERT_THAT(dead_.Decide(connection(), lease_, std::nullopt), IsOk());
  ASSERT_THAT(dead_.Confirm(connection(), {order_.order_id}, {}), IsOk());
  ASSERT_THAT(Cancel("c"), IsOk());
  EXPECT_TRUE(IsDead(order_.order_id));
  EXPECT_EQ(StateOf(order_.order_id), "REFUNDING");
}

// Goal: a cancellation whose answer this process lost is driven at once. Method: the same call was
// made before, by this process, and nothing recovers.
TEST_F(CancelTest, ALostAnswerIsNotWaitedFor) {
  Reach("CONFIRMED");
  v1::CancelOrderRequest request;
  request.set_id(order_.order_id);
  const std::string print = Sha256(request.SerializeAsString());
  const auto first =
      store_.CancelOrder(connection(), {order_.order_id, order_.user_id, "c", print, std::nullopt});
  ASSERT_THAT(first, IsOk());
  CW_ASSERT_OK_AND_ASSIGN(const auto response, Cancel("c"));
  EXPECT_TRUE(response.replayed());
  EXPECT_TRUE(response.order().settled());
  ExpectPaidBack();
}

// An order that is cancelled before its items left the cart still takes them out, and its user can
// order again only then.
TEST_F(CancelTest, TheCartIsStillCleared) {
  Reach("COMMITTING");
  wallet_.Capture(order_);
  catalog_.Commit(order_.order_id);
  ASSERT_THAT(dead_.Confirm(connection(), {}, {order_.order_id}), IsOk());
  cart_.Break("RemoveOrderedItems", Fault::kNoEffect);
  ASSERT_THAT(Cancel("c"), IsOk());
  EXPECT_EQ(StateOf(order_.order_id), "REFUNDED");
  EXPECT_EQ(dead_.FindLast(connection(), order_.user_id)->open->order_id, order_.order_id);
  EXPECT_FALSE(dead_.PlaceOrder(connection(), NewOrder(order_.user_id, "2"), "k2").ok());
  cart_.Heal();
  RunOutLease(order_.order_id);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectPaidBack();
}

TEST_F(CancelTest, AVersionOfACartStaysBought) {
  Reach("CONFIRMED");
  ASSERT_THAT(Cancel("c"), IsOk());
  EXPECT_THAT(dead_.PlaceOrder(connection(), NewOrder(order_.user_id), "k2"),
              testing::ViolatesConstraint("saga_cart_once"));
}

TEST_F(CancelTest, ACancellationCannotBeTakenBackByAnybody) {
  Reach("CONFIRMED");
  ASSERT_THAT(Cancel("c"), IsOk());
  for (const char* sql :
       {"UPDATE saga SET state = 'CONFIRMED'", "UPDATE saga SET state = 'REFUNDING'",
        "UPDATE saga SET state = 'CANCELLED', reason = 'OUT_OF_STOCK'",
        "UPDATE cancellation SET reason = 'x'", "DELETE FROM cancellation",
        "TRUNCATE cancellation"}) {
    EXPECT_FALSE(superuser().Script(sql).ok()) << sql;
  }
  for (const char* sql : {"INSERT INTO cancellation SELECT c.* FROM cancellation c",
                          "INSERT INTO order_tombstone SELECT order_id FROM orders"}) {
    EXPECT_NE(connection().Script(sql).message().find("permission denied"), std::string::npos);
  }
}

TEST_F(CancelTest, AnUndecidedOrderIsResolvedByAnAbort) {
  Reach("RESERVING");
  CW_ASSERT_OK_AND_ASSIGN(const auto answer, Resolve(order_.order_id));
  EXPECT_EQ(answer.decision(), v1::ABORT);
  EXPECT_EQ(StateOf(order_.order_id), "ABORTING");
  EXPECT_EQ(Look("SELECT reason FROM saga"), "CHECKOUT_TIMED_OUT");
  EXPECT_FALSE(dead_.Decide(connection(), lease_, std::nullopt)->has_value());
  EXPECT_EQ(Resolve(order_.order_id)->decision(), v1::ABORT);
}

TEST_F(CancelTest, ADecidedOrderIsResolvedByWhatWasDecidedAndWoken) {
  Reach("COMMITTING");
  RunOutLease(order_.order_id);
  Look("UPDATE saga SET next_attempt = clock_timestamp() + interval '1 hour' RETURNING 1");
  EXPECT_EQ(Resolve(order_.order_id)->decision(), v1::COMMIT);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  EXPECT_EQ(Resolve(order_.order_id)->decision(), v1::COMMIT);
  ASSERT_THAT(Cancel("c"), IsOk());
  EXPECT_EQ(Resolve(order_.order_id)->decision(), v1::COMMIT);
}

TEST_F(CancelTest, ADeadUndecidedOrderStaysUndecided) {
  Reach("RESERVING");
  ASSERT_THAT(dead_.MarkDead(connection(), lease_, std::nullopt, "x"), IsOk());
  EXPECT_EQ(Resolve(order_.order_id)->decision(), v1::UNDECIDED);
  EXPECT_EQ(StateOf(order_.order_id), "RESERVING");
}

TEST_F(CancelTest, ADeadSagaThatWasCalledOffKeepsWhatItHoldsUntilAPersonHasDecided) {
  Reject();
  ASSERT_THAT(dead_.MarkDead(connection(), lease_, std::nullopt, "x"), IsOk());
  EXPECT_EQ(Resolve(order_.order_id)->decision(), v1::UNDECIDED);
  EXPECT_EQ(StateOf(order_.order_id), "ABORTING");
}

TEST_F(CancelTest, AnOrderThatNobodyHasHeardOfCanNeverCome) {
  EXPECT_EQ(Resolve(order_.order_id)->decision(), v1::ABORT);
  EXPECT_EQ(Resolve(order_.order_id)->decision(), v1::ABORT);
  EXPECT_THAT(dead_.PlaceOrder(connection(), order_, "k"),
              testing::ViolatesConstraint("order_tombstone_stays"));
  EXPECT_EQ(Look("SELECT count(*) FROM orders"), "0");
}

TEST_F(CancelTest, OnlyParticipantsResolve) {
  v1::ResolveOrderRequest request;
  request.set_order_id(order_.order_id);
  EXPECT_THAT(server_.Call<v1::ResolveOrderResponse>(request, "gateway"),
              HasErrorReason("CALLER_NOT_ALLOWED"));
}

}  // namespace
}  // namespace cartwright::order
