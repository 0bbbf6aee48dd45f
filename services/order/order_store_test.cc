#include "services/order/order_store.h"

#include <algorithm>
#include <latch>
#include <random>
#include <set>
#include <thread>

#include "gtest/gtest.h"
#include "services/order/order_fixture.h"

namespace cartwright::order {
namespace {

using testing::IsOk;
using testing::StatusIs;
using testing::ViolatesConstraint;

class OrderStoreTest : public OrderDatabase {
 protected:
  // T1 with a key of its own, by the first process; its lease.
  Lease Place(const Order& order) {
    const auto placed = store_.PlaceOrder(connection(), order, NewUuid());
    EXPECT_THAT(placed, IsOk());
    return {.order_id = order.order_id, .epoch = 1};
  }
  bool Decide(const Lease& lease, const std::optional<Failure>& failure = std::nullopt) {
    const auto time = store_.Decide(connection(), lease, failure);
    EXPECT_THAT(time, IsOk());
    return time.ok() && time->has_value();
  }
  std::vector<Lease> Claim(int limit = 10) { return other_.Claim(connection(), limit).value(); }

  // The states that the events of an order tell, in order.
  std::string Events(const std::string& order_id) {
    return Look(
        "SELECT string_agg(state || '@' || lease_epoch, ' ' ORDER BY saga_event_id)"
        " FROM saga_event WHERE order_id = $1",
        {order_id});
  }

  OrderStore store_{"order:one"};
  OrderStore other_{"order:two"};
  const std::string user_ = NewUuid();
  const Order order_ = NewOrder(user_);
};

TEST_F(OrderStoreTest, AnOrderIsReadAsItWasPlaced) {
  Order order = order_;
  order.lines.push_back({NewUuid(), "Table \"x\", {y} \\ é", 300, 1});
  order.total += 300;
  order.address.set_line1("Str. 1\nback");
  CW_ASSERT_OK_AND_ASSIGN(const auto placed, store_.PlaceOrder(connection(), order, "k"));
  EXPECT_EQ(placed.order_id, order.order_id);
  EXPECT_FALSE(placed.mismatch);
  CW_ASSERT_OK_AND_ASSIGN(const Order read, store_.GetOrder(connection(), order.order_id, user_));
  EXPECT_EQ(read.user_id, user_);
  EXPECT_EQ(read.hold_id, order.hold_id);
  EXPECT_EQ(read.cart_version, "1");
  EXPECT_EQ(read.currency, "EUR");
  EXPECT_EQ(read.total, 500);
  EXPECT_EQ(read.fingerprint, "print");
  EXPECT_EQ(read.state, SagaState::kReserving);
  EXPECT_EQ(read.create_time_us, placed.create_time_us);
  EXPECT_EQ(read.address.line1(), "Str. 1\nback");
  ASSERT_EQ(read.lines.size(), 2u);
  EXPECT_EQ(read.lines[1].name, "Table \"x\", {y} \\ é");
  EXPECT_EQ(read.lines[1].unit_price, 300);
  EXPECT_EQ(read.lines[0].quantity, 2);
}

TEST_F(OrderStoreTest, AKeyHasOneOrder) {
  ASSERT_THAT(store_.PlaceOrder(connection(), order_, "k"), IsOk());
  Order again = NewOrder(user_, "2");
  CW_ASSERT_OK_AND_ASSIGN(const auto replay, other_.PlaceOrder(connection(), again, "k"));
  EXPECT_EQ(replay.order_id, order_.order_id);
  EXPECT_FALSE(replay.mismatch);
  again.fingerprint = "another";
  CW_ASSERT_OK_AND_ASSIGN(const auto other, other_.PlaceOrder(connection(), again, "k"));
  EXPECT_TRUE(other.mismatch);
  EXPECT_EQ(Look("SELECT count(*) FROM orders"), "1");
  CW_ASSERT_OK_AND_ASSIGN(const auto found, store_.FindByKey(connection(), user_, "k"));
  EXPECT_EQ(found->order_id, order_.order_id);
  CW_ASSERT_OK_AND_ASSIGN(const auto foreign, store_.FindByKey(connection(), NewUuid(), "k"));
  EXPECT_FALSE(foreign.has_value());
}

TEST_F(OrderStoreTest, AVersionOfACartIsBoughtOnceUntilItsOrderIsCalledOff) {
  const Lease lease = Place(order_);
  const Order second = NewOrder(user_);
  EXPECT_THAT(store_.PlaceOrder(connection(), second, "k2"), ViolatesConstraint("saga_cart_once"));
  EXPECT_EQ(Look("SELECT count(*) FROM orders"), "1") << "T1 is all or nothing";
  EXPECT_THAT(store_.PlaceOrder(connection(), NewOrder(NewUuid()), "k2"), IsOk())
      << "another user's cart";
  ASSERT_TRUE(Decide(lease, Failure{.reason = v1::OUT_OF_STOCK}));
  EXPECT_THAT(store_.PlaceOrder(connection(), second, "k2"), IsOk());
}

TEST_F(OrderStoreTest, OrdersBelongToTheirUser) {
  Place(order_);
  EXPECT_THAT(store_.GetOrder(connection(), order_.order_id, NewUuid()),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store_.GetOrder(connection(), NewUuid()), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store_.GetOrder(connection(), order_.order_id), IsOk());
}

TEST_F(OrderStoreTest, AUserHasOneOrderWhoseItemsAreInTheCart) {
  const auto open = [this] { return store_.FindLast(connection(), user_).value().open; };
  EXPECT_FALSE(open());
  const Lease lease = Place(order_);
  EXPECT_EQ(open()->order_id, order_.order_id);
  const Order next = NewOrder(user_, "2");
  const auto refused = [&] { return store_.PlaceOrder(connection(), next, "k2"); };
  EXPECT_THAT(refused(), ViolatesConstraint("saga_open_once"));
  ASSERT_TRUE(Decide(lease));
  EXPECT_THAT(refused(), ViolatesConstraint("saga_open_once"));
  ASSERT_THAT(store_.Confirm(connection(), {}, {order_.order_id}), IsOk());
  EXPECT_THAT(refused(), ViolatesConstraint("saga_open_once"));
  ASSERT_THAT(store_.Confirm(connection(), {order_.order_id}, {}), IsOk());
  EXPECT_FALSE(open());
  Place(next);
}

TEST_F(OrderStoreTest, ListsAreNewestFirstAndContinueAfterAnOrder) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    const Order order = NewOrder(user_, std::to_string(i));
    ASSERT_TRUE(Decide(Place(order)));
    ASSERT_THAT(store_.Confirm(connection(), {order.order_id}, {}), IsOk());
    ids.push_back(order.order_id);
  }
  Place(NewOrder(NewUuid()));
  std::sort(ids.rbegin(), ids.rend());
  const std::string newest = "ffffffff-ffff-ffff-ffff-ffffffffffff";
  CW_ASSERT_OK_AND_ASSIGN(const auto page, store_.ListOrders(connection(), user_, newest, 3));
  ASSERT_EQ(page.size(), 3u);
  CW_ASSERT_OK_AND_ASSIGN(const auto rest,
                          store_.ListOrders(connection(), user_, page.back().order_id, 10));
  ASSERT_EQ(rest.size(), 2u);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(i < 3 ? page[i].order_id : rest[i - 3].order_id, ids[i]);
  }
}

TEST_F(OrderStoreTest, ADecisionIsMadeOnce) {
  const Lease lease = Place(order_);
  EXPECT_TRUE(Decide(lease));
  EXPECT_FALSE(Decide(lease));
  EXPECT_FALSE(Decide(lease, Failure{.reason = v1::CHECKOUT_TIMED_OUT}));
  EXPECT_EQ(StateOf(order_.order_id), "COMMITTING");
}

TEST_F(OrderStoreTest, AFailureIsReadAsItWasDecided) {
  const Lease lease = Place(order_);
  ASSERT_TRUE(Decide(lease, Failure{.reason = v1::OUT_OF_STOCK,
                                    .metadata = {{"productName", "\"x\" é"}, {"available", "1"}}}));
  CW_ASSERT_OK_AND_ASSIGN(const Order read, store_.GetOrder(connection(), order_.order_id));
  EXPECT_EQ(read.state, SagaState::kAborting);
  EXPECT_EQ(read.failure->reason, v1::OUT_OF_STOCK);
  EXPECT_EQ(read.failure->metadata.at("productName"), "\"x\" é");
}

TEST_F(OrderStoreTest, AFailureThatNobodyCanReadIsAnErrorAndNoCrash) {
  Place(order_);
  for (const char* failure : {"{\"available\": 1}", "[1]"}) {
    Order order = NewOrder(NewUuid(), failure);
    Place(order);
    Look(
        "UPDATE saga SET state = 'ABORTING', reason = 'OUT_OF_STOCK', failure = $2::jsonb"
        " WHERE order_id = $1 RETURNING 1",
        {order.order_id, failure});
    EXPECT_THAT(store_.GetOrder(connection(), order.order_id),
                StatusIs(absl::StatusCode::kInternal));
  }
}

TEST_F(OrderStoreTest, WhoeverLostTheLeaseDecidesNothing) {
  const Lease stale = Place(order_);
  RunOutLease(order_.order_id);
  const auto claimed = Claim();
  ASSERT_EQ(claimed.size(), 1u);
  EXPECT_EQ(claimed[0].epoch, 2);
  EXPECT_FALSE(Decide(stale));
  EXPECT_FALSE(Decide(stale, Failure{.reason = v1::CHECKOUT_TIMED_OUT}));
  EXPECT_THAT(store_.MarkDead(connection(), stale, std::nullopt, "stale"), IsOk());
  EXPECT_FALSE(IsDead(order_.order_id));
  EXPECT_THAT(store_.Park(connection(), {stale}), IsOk());
  EXPECT_TRUE(Claim().empty()) << "the lease of the other process stands";
  EXPECT_TRUE(Decide(claimed[0]));
}

TEST_F(OrderStoreTest, ADecisionCannotBeTakenBackByAnybody) {
  const Lease lease = Place(order_);
  ASSERT_TRUE(Decide(lease));
  for (const char* sql : {
           "UPDATE saga SET state = 'RESERVING'",
           "UPDATE saga SET state = 'ABORTING', reason = 'OUT_OF_STOCK'",
           "UPDATE saga SET state = 'CANCELLED', reason = 'OUT_OF_STOCK'",
           "UPDATE saga SET cart_version = '9'",
           "UPDATE saga SET user_id = order_id",
           "UPDATE saga SET lease_epoch = 0",
           "DELETE FROM saga",
           "TRUNCATE saga CASCADE",
           "DELETE FROM saga_event",
           "UPDATE saga_event SET state = 'ABORTING'",
           "UPDATE orders SET total = 1",
           "DELETE FROM orders",
           "UPDATE order_line SET quantity = 1",
           "DELETE FROM order_line",
           "INSERT INTO order_line SELECT order_id, 90, gen_random_uuid(), 'x', 0, 1 FROM orders",
       }) {
    EXPECT_FALSE(superuser().Script(sql).ok()) << sql;
  }
  const Order aborted = NewOrder(NewUuid(), "2");
  ASSERT_TRUE(Decide(Place(aborted), Failure{.reason = v1::OUT_OF_STOCK}));
  EXPECT_FALSE(superuser()
                   .Script("UPDATE saga SET reason = 'INSUFFICIENT_FUNDS'"
                           " WHERE state = 'ABORTING'")
                   .ok());
}

TEST_F(OrderStoreTest, TheRoleThatServesHasNoOtherWayToMakeAnOrder) {
  Place(order_);
  for (const char* sql : {
           "UPDATE orders SET total = 1",
           "DELETE FROM orders",
           "UPDATE order_line SET unit_price = 1",
           "DELETE FROM saga",
           "UPDATE saga SET cart_version = '9'",
           "UPDATE saga SET create_time = now()",
           "UPDATE saga SET state = 'COMMITTING'",
           "UPDATE saga SET lease_epoch = lease_epoch + 1",
           "UPDATE saga SET dead = true, dead_reason = 'x'",
           "INSERT INTO orders SELECT o.* FROM orders o",
           "INSERT INTO order_line SELECT l.* FROM order_line l",
           "INSERT INTO saga (order_id, user_id, cart_version, lease_owner, lease_until)"
           " SELECT order_id, user_id, '9', 'x', now() FROM orders",
           "INSERT INTO saga (order_id, user_id, cart_version, lease_owner, lease_until, state)"
           " SELECT order_id, user_id, '9', 'x', now(), 'CONFIRMED' FROM orders",
           "INSERT INTO saga_event (order_id, state, lease_owner, lease_epoch)"
           " SELECT order_id, 'CONFIRMED', 'x', 1 FROM orders",
           "UPDATE saga_event SET state = 'CONFIRMED'",
       }) {
    const auto status = connection().Script(sql);
    EXPECT_NE(status.message().find("permission denied"), std::string::npos) << sql << status;
  }
}

TEST_F(OrderStoreTest, AnOrderCostsWhatItsLinesCost) {
  Order wrong = order_;
  wrong.total += 1;
  EXPECT_THAT(store_.PlaceOrder(connection(), wrong, "k"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  wrong.lines.clear();
  EXPECT_FALSE(store_.PlaceOrder(connection(), wrong, "k").ok()) << "no lines";
  EXPECT_EQ(Look("SELECT count(*) FROM orders"), "0");
  Place(order_);
  EXPECT_FALSE(superuser()
                   .Script("INSERT INTO order_line SELECT order_id, 9, gen_random_uuid(), 'late',"
                           " 5, 1 FROM orders")
                   .ok());
}

TEST_F(OrderStoreTest, ClaimTakesOnlyWhatIsDue) {
  const Order fresh = NewOrder(NewUuid(), "fresh"), free = NewOrder(NewUuid(), "free");
  const Order parked = NewOrder(NewUuid(), "parked"), dead = NewOrder(NewUuid(), "dead");
  const Order done = NewOrder(NewUuid(), "done"), cart_left = NewOrder(NewUuid(), "cart left");
  for (const Order* order : {&fresh, &free, &parked, &dead, &done, &cart_left}) Place(*order);
  ASSERT_TRUE(Decide({.order_id = done.order_id, .epoch = 1}));
  ASSERT_TRUE(Decide({.order_id = cart_left.order_id, .epoch = 1}));
  ASSERT_THAT(store_.Confirm(connection(), {done.order_id}, {cart_left.order_id}), IsOk());
  ASSERT_THAT(
      store_.MarkDead(connection(), {.order_id = dead.order_id, .epoch = 1}, std::nullopt, "x"),
      IsOk());
  for (const Order* order : {&free, &parked, &dead, &done, &cart_left}) {
    RunOutLease(order->order_id);
  }
  Look(
      "UPDATE saga SET next_attempt = clock_timestamp() + CASE order_id WHEN $1 THEN"
      " interval '1 hour' ELSE interval '0' END RETURNING 1",
      {parked.order_id});
  std::set<std::string> claimed;
  for (const Lease& lease : Claim()) claimed.insert(lease.order_id);
  EXPECT_EQ(claimed, (std::set<std::string>{free.order_id, cart_left.order_id}));
  EXPECT_EQ(Look("SELECT lease_owner FROM saga WHERE order_id = $1", {free.order_id}), "order:two");
  EXPECT_TRUE(Claim().empty()) << "what is leased is not claimed again";
}

TEST_F(OrderStoreTest, WhatIsDueLongestIsClaimedFirst) {
  std::vector<std::string> due;
  for (const char* minutes : {"2", "3", "1"}) {
    const Order order = NewOrder(NewUuid());
    Place(order);
    RunOutLease(order.order_id);
    due.push_back(
        Look("UPDATE saga SET next_attempt = clock_timestamp() - $2::float8 * interval '1 minute'"
             " WHERE order_id = $1 RETURNING order_id",
             {order.order_id, minutes}));
  }
  std::vector<std::string> claimed;
  for (int i = 0; i < 3; ++i) claimed.push_back(Claim(1).at(0).order_id);
  EXPECT_EQ(claimed, (std::vector<std::string>{due[1], due[0], due[2]}));
}

// Two versions run at once while a new one is rolled out.
TEST_F(OrderStoreTest, AStateThatOnlyANewerVersionKnowsIsLeftToIt) {
  Place(order_);
  RunOutLease(order_.order_id);
  ASSERT_THAT(superuser().Script("ALTER TABLE saga DROP CONSTRAINT saga_state_known;"
                                 "SET session_replication_role = replica;"
                                 "UPDATE saga SET state = 'PACKING'"),
              IsOk());
  EXPECT_TRUE(Claim().empty());
  ASSERT_THAT(superuser().Script("UPDATE saga SET state = 'RESERVING'"), IsOk());
  EXPECT_EQ(Claim().size(), 1u);
}

TEST_F(OrderStoreTest, AnUndecidedSagaIsOverdueAfterItsTime) {
  Place(order_);
  RunOutLease(order_.order_id);
  EXPECT_FALSE(Claim().at(0).overdue);
  RunOutLease(order_.order_id);
  Look("UPDATE saga SET create_time = create_time - interval '31 seconds' RETURNING 1");
  const Lease lease = Claim().at(0);
  EXPECT_TRUE(lease.overdue);
  EXPECT_EQ(lease.epoch, 3);
  EXPECT_EQ(lease.crash_count, 2);
}

TEST_F(OrderStoreTest, ParkGivesBackAndCountsNoCrash) {
  Place(order_);
  RunOutLease(order_.order_id);
  const auto claimed = Claim();
  ASSERT_THAT(other_.Park(connection(), claimed), IsOk());
  EXPECT_EQ(Look("SELECT crash_count || ' ' || retry_count FROM saga"), "0 1");
  EXPECT_EQ(Look("SELECT 1 FROM saga WHERE lease_until <= clock_timestamp()"
                 " AND next_attempt <= clock_timestamp() + interval '0.1 second'"),
            "1");
  EXPECT_TRUE(Eventually([&] { return !Claim().empty(); }));
}

TEST_F(OrderStoreTest, TheDeadKeepTheirDirection) {
  const Lease lease = Place(order_);
  ASSERT_TRUE(Decide(lease));
  ASSERT_THAT(store_.MarkDead(connection(), lease, std::nullopt, "the hold is gone"), IsOk());
  ASSERT_THAT(store_.MarkDead(connection(), lease, std::nullopt, "again"), IsOk());
  EXPECT_EQ(StateOf(order_.order_id), "COMMITTING");
  EXPECT_EQ(Look("SELECT dead_reason FROM saga WHERE dead"), "the hold is gone");
}

TEST_F(OrderStoreTest, EveryStepLeavesItsEvent) {
  const Lease lease = Place(order_);
  ASSERT_TRUE(Decide(lease));
  ASSERT_THAT(store_.Confirm(connection(), {}, {order_.order_id}), IsOk());
  EXPECT_EQ(Look("SELECT cart_cleared FROM saga"), "f");
  ASSERT_THAT(store_.Confirm(connection(), {order_.order_id}, {}), IsOk());
  EXPECT_EQ(Look("SELECT cart_cleared FROM saga"), "t");
  ASSERT_THAT(store_.Confirm(connection(), {}, {order_.order_id}), IsOk());
  EXPECT_EQ(Look("SELECT cart_cleared FROM saga"), "t") << "what is cleared stays so";
  EXPECT_EQ(Events(order_.order_id), "RESERVING@1 COMMITTING@1 CONFIRMED@1");

  const Order aborted = NewOrder(NewUuid(), "2");
  Place(aborted);
  RunOutLease(aborted.order_id);
  ASSERT_TRUE(Decide(Claim().at(0), Failure{.reason = v1::INSUFFICIENT_FUNDS}));
  ASSERT_THAT(store_.Cancel(connection(), aborted.order_id), IsOk());
  ASSERT_THAT(store_.Cancel(connection(), aborted.order_id), IsOk());
  EXPECT_EQ(Events(aborted.order_id), "RESERVING@1 ABORTING@2 CANCELLED@2");
}

TEST_F(OrderStoreTest, AnUndecidedSagaCanNeitherBeConfirmedNorCancelled) {
  Place(order_);
  ASSERT_THAT(store_.Confirm(connection(), {order_.order_id}, {}), IsOk());
  ASSERT_THAT(store_.Cancel(connection(), order_.order_id), IsOk());
  EXPECT_EQ(StateOf(order_.order_id), "RESERVING");
}

}  // namespace
}  // namespace cartwright::order
