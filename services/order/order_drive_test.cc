#include <vector>

#include "gtest/gtest.h"
#include "services/order/saga_fixture.h"

namespace cartwright::order {
namespace {

using testing::IsOk;
using Fault = Participant::Fault;

// Drives that are late: another process has done more than they know.
class DriveTest : public SagaDesk {
 protected:
  Driven DrivenOf(const Order& order, int64_t epoch) {
    return {.lease = {.order_id = order.order_id, .epoch = epoch},
            .order = std::make_shared<Order>(order)};
  }
  // RESERVING, as the late process sees it; a peer has gone on.
  Order PassOn(bool confirmed) {
    Order order = Abandon();
    catalog_.Reserve(order);
    wallet_.Reserve(order);
    Decide(order);
    wallet_.Capture(order);
    catalog_.Commit(order.order_id);
    if (confirmed) {
      EXPECT_THAT(store_.Confirm(connection(), {}, {order.order_id}), IsOk());
    }
    return order;
  }
  // The saga as it stands, with the next lease.
  Driven ClaimAgain(const Order& order) {
    Look("UPDATE saga SET next_attempt = clock_timestamp() WHERE order_id = $1 RETURNING 1",
         {order.order_id});
    RunOutLease(order.order_id);
    const auto leases = store_.Claim(connection(), 1);
    EXPECT_THAT(leases, IsOk());
    EXPECT_EQ(leases->size(), 1u);
    return {
        .lease = leases->at(0),
        .order = std::make_shared<Order>(store_.GetOrder(connection(), order.order_id).value())};
  }
};

// How far a peer had come when the late process got the next lease.
class LateDriveTest : public DriveTest, public ::testing::WithParamInterface<bool> {
 protected:
  void ExpectBought(const Order& order) {
    ASSERT_TRUE(Eventually([&] { return IsDead(order.order_id) || Settled(); }));
    ExpectBoughtOnce(order);
  }
};

TEST_P(LateDriveTest, ANewerLeaseBringsWhatPeersHaveDone) {
  const Order order = PassOn(GetParam());
  const Driven newer = ClaimAgain(order);
  DriveToTheirEnd({DrivenOf(order, 1), newer});
  ExpectBought(order);
}

TEST_P(LateDriveTest, AContradictionThatIsOutOfDateIsNone) {
  const Order order = PassOn(GetParam());
  const Driven newer = ClaimAgain(order);
  DriveToTheirEnd({DrivenOf(order, newer.lease.epoch)});
  ExpectBought(order);
}
INSTANTIATE_TEST_SUITE_P(CommittingAndConfirmed, LateDriveTest, ::testing::Bool());

// With the older lease it could decide nothing.
TEST_F(DriveTest, AnOlderLeaseIsIgnored) {
  const Order order = Abandon();
  const Driven newer = ClaimAgain(order);
  DriveToTheirEnd({newer, DrivenOf(order, 1)});
  EXPECT_EQ(catalog_.Calls("ReserveStock"), 1);
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectBoughtOnce(order);
}

// What Completion sees is as late as what a drive sees.
TEST_F(DriveTest, ACompletionThatIsOutOfDateKillsNothing) {
  const Order order = PassOn(/*confirmed=*/true);
  const Driven newer = ClaimAgain(order);
  Order late = order;
  late.state = SagaState::kCommitting;
  late.hold_id = NewUuid();  // no such hold: a contradiction, if it were still COMMITTING
  DriveToTheirEnd({DrivenOf(late, newer.lease.epoch)});
  ASSERT_TRUE(Eventually([&] {
    return Look("SELECT 1 FROM saga WHERE dead OR lease_until <= clock_timestamp()") == "1";
  }));
  EXPECT_FALSE(IsDead(order.order_id)) << "it is given back";
}

// What both have is the evidence of a decision that was lost.
TEST_F(DriveTest, AnAbortAsksBeforeItLetsGo) {
  const Order order = Split();
  EXPECT_EQ(wallet_.State(order.hold_id), wallet::v1::CAPTURED);
  EXPECT_EQ(catalog_.State(order.order_id), catalog::v1::RESERVED);
  EXPECT_EQ(catalog_.Calls("ReleaseStock"), 0);
  EXPECT_EQ(Look("SELECT dead_reason FROM saga"),
            "aborting, but the hold is CAPTURED and the stock is RESERVED");
}

TEST_F(DriveTest, WhoeverCannotBeAskedIsNotReleased) {
  const Order order = Abandon();
  catalog_.Reserve(order);
  wallet_.Reserve(order);
  Decide(order, Failure{.reason = v1::CHECKOUT_TIMED_OUT});
  wallet_.Break("GetHold", Fault::kNoEffect);
  DriveToTheirEnd({ClaimAgain(order)});
  EXPECT_EQ(catalog_.Calls("ReleaseStock"), 0);
  EXPECT_EQ(StateOf(order.order_id), "ABORTING");
  EXPECT_FALSE(IsDead(order.order_id));
}

// A first drive that finds it sold out has not asked for money.
TEST_F(DriveTest, SoldOutCostsNoQuestions) {
  const Order order = NewOrder(NewUuid());
  Furnish(order, 1000, /*stock=*/1);
  ASSERT_THAT(store_.PlaceOrder(connection(), order, "k"), IsOk());
  DriveToTheirEnd({DrivenOf(order, 1)});
  EXPECT_EQ(StateOf(order.order_id), "CANCELLED");
  EXPECT_EQ(wallet_.Calls("GetHold") + catalog_.Calls("GetReservation"), 0);
}

// Whoever drove it, or still does, takes no step of what waits for a person.
TEST_F(DriveTest, NoStepOfADeadSagaIsTaken) {
  const Order undecided = Abandon(), buying = Abandon(), aborting = Abandon();
  const Order refunding = Abandon();
  for (const Order& order : {buying, refunding}) Decide(order);
  Decide(aborting, Failure{.reason = v1::CHECKOUT_TIMED_OUT});
  ASSERT_THAT(store_.Confirm(connection(), {}, {refunding.order_id}), IsOk());
  const auto cancelled = store_.CancelOrder(
      connection(), {refunding.order_id, refunding.user_id, "c", "print", std::nullopt});
  ASSERT_THAT(cancelled, IsOk());
  Look("UPDATE saga SET dead = true, dead_reason = 'x' RETURNING 1");
  const auto decided = store_.Decide(connection(), FirstLease(undecided), std::nullopt);
  ASSERT_THAT(decided, IsOk());
  EXPECT_FALSE(decided->has_value());
  EXPECT_THAT(store_.Confirm(connection(), {buying.order_id, refunding.order_id}, {}), IsOk());
  EXPECT_THAT(store_.Cancel(connection(), aborting.order_id), IsOk());
  EXPECT_EQ(Look("SELECT count(*) FROM saga WHERE cart_cleared"), "0");
  EXPECT_THAT(store_.Refund(connection(), refunding.order_id), IsOk());
  EXPECT_EQ(StateOf(undecided.order_id), "RESERVING");
  EXPECT_EQ(StateOf(buying.order_id), "COMMITTING");
  EXPECT_EQ(StateOf(aborting.order_id), "ABORTING");
  EXPECT_EQ(StateOf(refunding.order_id), "REFUNDING");
}

// An error of the database is no crash, however often it comes.
TEST_F(DriveTest, AnErrorOfTheDatabaseIsNoCrash) {
  const Order order = Abandon();
  Look("UPDATE saga SET crash_count = 3 RETURNING 1");
  ASSERT_THAT(superuser().Script("REVOKE SELECT ON order_line FROM order_app"), IsOk());
  recovery_.Start();
  ASSERT_TRUE(Eventually(
      [&] { return Look("SELECT 1 FROM saga WHERE retry_count > 1 AND crash_count < 2") == "1"; }));
  ASSERT_THAT(superuser().Script("GRANT SELECT ON order_line TO order_app"), IsOk());
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectBoughtOnce(order);
}

TEST_F(DriveTest, OnlyALeaseThatStandsIsRenewed) {
  const Order held = Abandon(), taken = Abandon(), given_back = Abandon(), run_out = Abandon();
  Look("UPDATE saga SET lease_until = clock_timestamp() + interval '1 second' RETURNING 1");
  Look("UPDATE saga SET lease_epoch = 2 WHERE order_id = $1 RETURNING 1", {taken.order_id});
  ASSERT_THAT(store_.Park(connection(), {FirstLease(given_back)}), IsOk());
  RunOutLease(run_out.order_id);
  ASSERT_THAT(store_.Renew(connection(), {FirstLease(held), FirstLease(taken),
                                          FirstLease(given_back), FirstLease(run_out)}),
              IsOk());
  EXPECT_EQ(Look("SELECT string_agg(order_id::text, ' ') FROM saga"
                 " WHERE lease_until > clock_timestamp() + interval '2 seconds'"),
            held.order_id);
}

// Goal: a drive that is slow is not taken over. Method: the catalog does not answer until the lease
// was renewed; a claim would have a new epoch, and what is given back has a shorter lease.
TEST_F(DriveTest, ASlowDriveKeepsItsLease) {
  OrderStore store("order:slow", {.lease = absl::Seconds(3)});
  auto& completion = Own<Completion>(server_.io(), workers_, store, participants_);
  auto& saga = Own<Checkout>(server_.io(), workers_, store, participants_, completion);
  auto& recovery = Own<Recovery>(server_.io(), workers_, store, saga, completion);
  completion.Start();
  const Order order = Abandon();
  {
    const auto silence = catalog_.Silence();
    recovery.Start();
    ASSERT_TRUE(Eventually([&] { return Look("SELECT lease_epoch FROM saga") == "2"; }));
    const std::string until = Look("SELECT lease_until FROM saga");
    EXPECT_TRUE(Eventually([&] {
      return Look("SELECT 1 FROM saga WHERE lease_until > $1::timestamptz", {until}) == "1";
    }));
    EXPECT_EQ(Look("SELECT lease_epoch || ' ' || crash_count FROM saga"), "2 1");
  }
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  recovery.Stop();
  ExpectBoughtOnce(order);
}

// Goal: an undecided order is called off in time, though the wallet is away and much waits for it.
// Method: all that is decided is due before it, and more than is tried in an outage.
TEST_F(DriveTest, AnOverdueSagaIsCalledOffDuringAnOutage) {
  for (int i = 0; i < 400; ++i) Decide(Abandon());  // more than one claim takes
  Look("UPDATE saga SET next_attempt = next_attempt - interval '1 hour' RETURNING 1");
  const Order overdue = Abandon();
  Look("UPDATE saga SET create_time = create_time - interval '1 minute' RETURNING 1");
  // How many still wait is counted where it is called off: a slow machine looks too late.
  ASSERT_THAT(superuser().Script(R"sql(
    CREATE TABLE waiting AS SELECT 0::bigint AS count WHERE false;
    CREATE FUNCTION count_waiting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      INSERT INTO orders.waiting
      SELECT count(*) FROM orders.saga WHERE lease_epoch = 1 AND state = 'COMMITTING';
      RETURN NULL;
    END $$;
    CREATE TRIGGER count_waiting AFTER UPDATE ON saga FOR EACH ROW
    WHEN (NEW.state = 'ABORTING' AND OLD.state <> 'ABORTING') EXECUTE FUNCTION count_waiting())sql"),
              IsOk());
  for (const char* rpc : {"ReserveHold", "GetHold", "ReleaseHold", "BatchCaptureHolds"}) {
    wallet_.Break(rpc, Fault::kNoEffect);
  }
  DriveToTheirEnd({DrivenOf(Abandon(), 1), DrivenOf(Abandon(), 1)});  // until it is known
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return StateOf(overdue.order_id) == "ABORTING"; }));
  EXPECT_NE(Look("SELECT max(count) FROM waiting"), "0") << "others were first";
}

}  // namespace
}  // namespace cartwright::order
