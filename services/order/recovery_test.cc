#include "services/order/recovery.h"

#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "services/order/order_fixture.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::order {
namespace {

using testing::IsOk;
using Fault = Participant::Fault;

// Sagas as a process that died would have left them: made through its store and by its calls,
// with a lease that has run out.
class RecoveryTest : public OrderProcess {
 protected:
  // A furnished order after T1 of the dead process.
  Order Abandon(const std::string& cart_version = "1") {
    Order order = NewOrder(NewUuid(), cart_version);
    Furnish(order);
    EXPECT_THAT(dead_store_.PlaceOrder(connection(), order, "k"), IsOk());
    RunOutLease(order.order_id);
    return order;
  }
  void Reserve(const Order& order) {
    EXPECT_EQ(catalog_.Reserve(order), catalog::v1::RESERVED);
    EXPECT_EQ(wallet_.Reserve(order), wallet::v1::RESERVED);
  }
  void Decide(const Order& order, const std::optional<Failure>& failure = std::nullopt) {
    const auto decided = dead_store_.Decide(connection(), FirstLease(order), failure);
    ASSERT_THAT(decided, IsOk());
    EXPECT_TRUE(decided->has_value());
  }
  static Lease FirstLease(const Order& order) { return {.order_id = order.order_id, .epoch = 1}; }

  // A second process on the same database, until it is stopped.
  Recovery& StartPeer(testing::ServiceFixture& loop) {
    const Participants peers(cart_.client(), catalog_.client(), wallet_.client());
    auto& completion = Own<Completion>(loop.io(), workers_, peer_store_, peers);
    auto& saga = Own<Checkout>(loop.io(), workers_, peer_store_, peers, completion);
    auto& recovery = Own<Recovery>(loop.io(), workers_, peer_store_, saga, completion);
    completion.Start();
    recovery.Start();
    return recovery;
  }

  OrderStore dead_store_{"order:dead"};
  OrderStore peer_store_{"order:peer"};
};

// The runbook begins with these two.
TEST_F(RecoveryTest, SagasThatWaitAreMeasured) {
  const Order left = Abandon(), stuck = Abandon();
  ASSERT_THAT(dead_store_.MarkDead(connection(), FirstLease(left), std::nullopt, "a bug"), IsOk());
  const auto before = store_.Measure(connection());
  ASSERT_THAT(before, IsOk());
  EXPECT_EQ(before->dead, 1);
  EXPECT_GT(before->oldest_step, absl::ZeroDuration()) << stuck.order_id;
  recovery_.Start();
  ASSERT_TRUE(Eventually([] {
    return absl::StrContains(metrics::Render(), "\ncartwright_sagas_dead 1\n");
  })) << metrics::Render();
  // A dead saga has no age: with the other one at its end, nothing has.
  ASSERT_TRUE(Eventually([&] {
    const auto after = store_.Measure(connection());
    return after.ok() && after->oldest_step == absl::ZeroDuration();
  }));
  EXPECT_EQ(StateOf(stuck.order_id), "CONFIRMED");
}

// What the process had done when it was killed.
enum class Kill {
  kAfterT1,
  kAfterStock,
  kAfterHold,
  kAfterT2,
  kAfterCapture,
  kAfterCommit,
  kBeforeT3,
};

class KillTest : public RecoveryTest, public ::testing::WithParamInterface<Kill> {};

TEST_P(KillTest, ASagaIsCarriedToItsEndWithOneEffect) {
  const Order order = Abandon();
  if (GetParam() >= Kill::kAfterStock) catalog_.Reserve(order);
  if (GetParam() >= Kill::kAfterHold) wallet_.Reserve(order);
  if (GetParam() >= Kill::kAfterT2) Decide(order);
  if (GetParam() >= Kill::kAfterCapture) wallet_.Capture(order);
  if (GetParam() >= Kill::kAfterCommit) catalog_.Commit(order.order_id);
  if (GetParam() >= Kill::kBeforeT3) cart_.Remove(order);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectBoughtOnce(order);
  EXPECT_EQ(Look("SELECT crash_count FROM saga"), "0");
}
INSTANTIATE_TEST_SUITE_P(Everywhere, KillTest,
                         ::testing::Values(Kill::kAfterT1, Kill::kAfterStock, Kill::kAfterHold,
                                           Kill::kAfterT2, Kill::kAfterCapture, Kill::kAfterCommit,
                                           Kill::kBeforeT3));

TEST_F(RecoveryTest, AnOverdueSagaIsCalledOff) {
  const Order nothing_reserved = Abandon(), all_reserved = Abandon();
  Reserve(all_reserved);
  Look("UPDATE saga SET create_time = create_time - interval '1 minute' RETURNING 1");
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  for (const Order& order : {nothing_reserved, all_reserved}) {
    ExpectNothingTaken(order);
    EXPECT_EQ(Look("SELECT reason FROM saga WHERE order_id = $1", {order.order_id}),
              "CHECKOUT_TIMED_OUT");
    // What the dead process had sent arrives only now.
    EXPECT_EQ(catalog_.Reserve(order), catalog::v1::ABORTED);
    EXPECT_EQ(wallet_.Reserve(order), wallet::v1::ABORTED);
  }
}

TEST_F(RecoveryTest, AnAbortIsResumed) {
  const Order order = Abandon(), half = Abandon();
  Reserve(order);
  Reserve(half);
  for (const Order& aborted : {order, half}) Decide(aborted, Failure{.reason = v1::OUT_OF_STOCK});
  catalog_.Release(half.order_id);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectNothingTaken(order);
  ExpectNothingTaken(half);
}

TEST_F(RecoveryTest, AnAbortOutlastsAnOutageAndALostReply) {
  const Order order = Abandon();
  Reserve(order);
  Decide(order, Failure{.reason = v1::OUT_OF_STOCK});
  wallet_.Break("ReleaseHold", Fault::kNoEffect, 6);
  catalog_.Break("ReleaseStock", Fault::kLostReply, 2);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectNothingTaken(order);
}

TEST_F(RecoveryTest, ACompletionOutlastsAnOutage) {
  const Order order = Abandon();
  Reserve(order);
  Decide(order);
  wallet_.Break("BatchCaptureHolds", Fault::kNoEffect, 3);
  catalog_.Break("BatchCommitStock", Fault::kLostReply, 2);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectBoughtOnce(order);
}

TEST_F(RecoveryTest, ACartThatIsDownDoesNotHoldUpMoney) {
  const Order order = Abandon();
  Reserve(order);
  Decide(order);
  cart_.Break("RemoveOrderedItems", Fault::kNoEffect);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return StateOf(order.order_id) == "CONFIRMED"; }));
  EXPECT_EQ(wallet_.State(order.hold_id), wallet::v1::CAPTURED);
  cart_.Heal();
  RunOutLease(order.order_id);
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectBoughtOnce(order);
}

// Each contradiction goes to a person, keeps its direction, and does not hold up the others.
TEST_F(RecoveryTest, AContradictionIsLeftToAPerson) {
  const Order captured = Abandon(), committed = Abandon(), released = Abandon(), gone = Abandon();
  const Order good = Abandon();
  for (const Order& order : {captured, committed, released, good}) Reserve(order);
  wallet_.Capture(captured);
  catalog_.Commit(committed.order_id);
  for (const Order& order : {captured, committed}) {
    Decide(order, Failure{.reason = v1::CHECKOUT_TIMED_OUT});
  }
  wallet_.Release(released.hold_id);
  for (const Order& order : {released, gone, good}) Decide(order);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] {
    return Look("SELECT count(*) FROM saga WHERE dead") == "4" &&
           StateOf(good.order_id) == "CONFIRMED";
  }));
  for (const Order& order : {captured, committed}) EXPECT_EQ(StateOf(order.order_id), "ABORTING");
  for (const Order& order : {released, gone}) EXPECT_EQ(StateOf(order.order_id), "COMMITTING");
  EXPECT_EQ(wallet_.State(committed.hold_id), wallet::v1::RESERVED) << "evidence stays";
  EXPECT_EQ(wallet_.Posted(gone.user_id), 1000);
  EXPECT_EQ(wallet_.Posted(good.user_id), 800);
}

// Goal: a process that slept through the takeover does no harm. Method: it goes on with its old
// lease and its old view after another one has bought everything; each reserve then answers with
// the end, which would be a contradiction for whoever has the lease.
TEST_F(RecoveryTest, AProcessThatLostItsLeaseHarmsNothing) {
  const Order order = Abandon();
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  DriveToTheirEnd({{.lease = FirstLease(order), .order = std::make_shared<Order>(order)}});
  ExpectBoughtOnce(order);
}

// A process so slow that it claims again what it drives itself has one drive, not two.
TEST_F(RecoveryTest, ADriveGoesOnWithANewerLease) {
  const Order order = Abandon();
  CW_ASSERT_OK_AND_ASSIGN(const auto claimed, store_.Claim(connection(), 1));
  DriveToTheirEnd({{.lease = FirstLease(order), .order = std::make_shared<Order>(order)},
                   {.lease = claimed.at(0), .order = std::make_shared<Order>(order)}});
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectBoughtOnce(order);
  EXPECT_EQ(catalog_.Calls("ReserveStock"), 1);
}

TEST_F(RecoveryTest, AProcessThatLostItsLeaseFollowsAnAbort) {
  const Order order = Abandon();
  Look("UPDATE saga SET create_time = create_time - interval '1 minute' RETURNING 1");
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  DriveToTheirEnd({{.lease = FirstLease(order), .order = std::make_shared<Order>(order)}});
  ExpectNothingTaken(order);
}

TEST_F(RecoveryTest, ASagaThatKillsEveryProcessIsLeftToAPerson) {
  const Order deadly = Abandon(), good = Abandon();
  Look("UPDATE saga SET crash_count = 4 WHERE order_id = $1 RETURNING 1", {deadly.order_id});
  recovery_.Start();
  ASSERT_TRUE(
      Eventually([&] { return IsDead(deadly.order_id) && StateOf(good.order_id) == "CONFIRMED"; }));
  EXPECT_EQ(StateOf(deadly.order_id), "RESERVING");
  EXPECT_EQ(catalog_.State(deadly.order_id), catalog::v1::UNKNOWN);
}

TEST_F(RecoveryTest, ARowThatNobodyCanReadDoesNotStallOthers) {
  const Order unreadable = Abandon(), good = Abandon();
  Look(
      "UPDATE saga SET state = 'ABORTING', reason = 'OUT_OF_STOCK', failure = '[]'"
      " WHERE order_id = $1 RETURNING 1",
      {unreadable.order_id});
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return StateOf(good.order_id) == "CONFIRMED"; }));
  ASSERT_TRUE(Eventually([&] {
    RunOutLease(unreadable.order_id);
    return IsDead(unreadable.order_id);
  }));
  EXPECT_EQ(StateOf(unreadable.order_id), "ABORTING");
}

TEST_F(RecoveryTest, APoisonedItemDoesNotStallItsBatch) {
  std::vector<Order> orders;
  for (int i = 0; i < 7; ++i) {
    orders.push_back(Abandon());
    Reserve(orders.back());
    Decide(orders.back());
  }
  const Order& bad = orders[3];
  wallet_.Poison(bad.hold_id);
  recovery_.Start();
  ASSERT_TRUE(Eventually(
      [&] { return Look("SELECT count(*) FROM saga WHERE state = 'CONFIRMED'") == "6"; }));
  EXPECT_EQ(StateOf(bad.order_id), "COMMITTING");
  EXPECT_FALSE(IsDead(bad.order_id)) << "an error is no answer";
  EXPECT_EQ(Look("SELECT max(retry_count) FROM saga WHERE state = 'CONFIRMED'"), "0")
      << "the others were not put off";
  EXPECT_EQ(wallet_.Posted(bad.user_id), 1000);
  wallet_.Poison("");
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  for (const Order& order : orders) ExpectBoughtOnce(order);
}

// Goal: each saga has one effect, whichever process gets it. Method: two loops over more sagas
// than one claim takes.
TEST_F(RecoveryTest, TwoProcessesShareTheWork) {
  std::vector<Order> orders;
  for (int i = 0; i < 100; ++i) {
    orders.push_back(Abandon());
    if (i % 2 == 0) Reserve(orders.back());
    if (i % 4 == 0) Decide(orders.back());
  }
  testing::ServiceFixture loop(nullptr);
  Recovery& peer = StartPeer(loop);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  peer.Stop();
  for (const Order& order : orders) ExpectBoughtOnce(order);
}

// Goal: an outage costs no tries and ends for everybody when it ends. Method: more sagas than one
// claim takes, and the wallet is away until its circuit is open.
TEST_F(RecoveryTest, AfterAnOutageEverySagaGoesOn) {
  std::vector<Order> orders;
  for (int i = 0; i < 80; ++i) orders.push_back(Abandon());
  wallet_.Break("ReserveHold", Fault::kNoEffect);
  recovery_.Start();
  ASSERT_TRUE(
      Eventually([&] { return wallet_.Calls("ReserveHold") > 2 * rpc::Circuit::kTolerated; }));
  wallet_.Heal();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  for (const Order& order : orders) ExpectBoughtOnce(order);
}

TEST_F(RecoveryTest, AProcessThatStopsGivesBackWhatItHolds) {
  const Order order = Abandon();
  catalog_.Break("ReserveStock", Fault::kNoEffect);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return catalog_.Calls("ReserveStock") > 0; }));
  recovery_.Stop();
  EXPECT_EQ(Look("SELECT 1 FROM saga WHERE lease_until <= clock_timestamp() AND crash_count = 0"),
            "1");
  EXPECT_EQ(StateOf(order.order_id), "RESERVING");
}

// Goal: any replica takes over what a crash left, once its lease is out. Method: a real lease,
// short, of a process that is not there, and two that look.
TEST_F(RecoveryTest, AnotherProcessTakesOverWhenALeaseIsOut) {
  OrderStore dead("order:dead", {.lease = absl::Milliseconds(1000)});
  const Order order = NewOrder(NewUuid());
  Furnish(order);
  ASSERT_THAT(dead.PlaceOrder(connection(), order, "k"), IsOk());
  testing::ServiceFixture loop(nullptr);
  Recovery& peer = StartPeer(loop);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  peer.Stop();
  ExpectBoughtOnce(order);
  EXPECT_EQ(Look("SELECT lease_epoch FROM saga"), "2") << "one of them took it";
  EXPECT_EQ(Look("SELECT 1 FROM saga_event WHERE state = 'COMMITTING' AND lease_owner IN"
                 " ('order:test', 'order:peer')"),
            "1");
  // The default, plus a period of the loop, is what "within ten seconds" means.
  EXPECT_LE(SagaTimes().lease, absl::Seconds(9));
}

// Goal: what cannot be given back at once is given back later. Method: the function that does it
// fails until it was called twice; a sequence counts, since nothing rolls it back.
TEST_F(RecoveryTest, ASagaIsGivenBackAgainUntilItIsTaken) {
  const Order order = Abandon();
  catalog_.Break("ReserveStock", Fault::kNoEffect);
  const std::string whole = Look("SELECT pg_get_functiondef('park_sagas'::regproc)");
  ASSERT_THAT(superuser().Script(R"sql(
    CREATE SEQUENCE park_tries;
    CREATE OR REPLACE FUNCTION park_sagas(ids uuid[], epochs bigint[], within interval) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      PERFORM nextval('orders.park_tries');
      RAISE EXCEPTION 'not now';
    END $$;
    GRANT USAGE ON SEQUENCE park_tries TO PUBLIC)sql"),
              IsOk());
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Look("SELECT last_value >= 2 FROM park_tries") == "t"; }));
  EXPECT_EQ(Look("SELECT crash_count FROM saga"), "1") << "it is not given back yet";
  ASSERT_THAT(superuser().Script(whole), IsOk());
  ASSERT_TRUE(Eventually([&] { return Look("SELECT crash_count FROM saga") == "0"; }));
  EXPECT_EQ(StateOf(order.order_id), "RESERVING");
}

// Goal: a database that does not answer does not keep a process that stops. Method: the table is
// locked; that Stop comes back at all, while it is, is the point.
TEST_F(RecoveryTest, StoppingDoesNotWaitForADatabaseThatDoesNotAnswer) {
  const Order order = Abandon();
  catalog_.Break("ReserveStock", Fault::kNoEffect);
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return catalog_.Calls("ReserveStock") > 0; }));
  db::Connection blocker(SuperuserUrl());
  ASSERT_THAT(blocker.Script("BEGIN"), IsOk());
  ASSERT_THAT(blocker.Script("LOCK TABLE saga IN EXCLUSIVE MODE"), IsOk());
  recovery_.Stop();
  ASSERT_THAT(blocker.Script("ROLLBACK"), IsOk());
}

}  // namespace
}  // namespace cartwright::order
