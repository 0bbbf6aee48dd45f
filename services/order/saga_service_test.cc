#include "services/order/saga_service.h"

#include <vector>

#include "gtest/gtest.h"
#include "services/order/saga_fixture.h"

namespace cartwright::order {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;
using Fault = Participant::Fault;

using SagaServiceTest = SagaDesk;

TEST_F(SagaServiceTest, AListHasWhatIsNotAtItsEndOldestFirst) {
  const Order undecided = Abandon(), dead = Abandon(), aborted = Abandon(), committing = Abandon();
  Kill(dead);
  Decide(aborted, Failure{.reason = v1::OUT_OF_STOCK});
  ASSERT_THAT(store_.Cancel(connection(), aborted.order_id), IsOk());
  Decide(committing);
  using Ids = std::vector<std::string>;
  v1::ListSagasRequest request;
  EXPECT_EQ(List(request), InOrder({undecided.order_id, dead.order_id, committing.order_id}));
  request.set_state("COMMITTING");
  EXPECT_EQ(List(request), (Ids{committing.order_id}));
  request.clear_state();
  request.set_older_than_s(3600);
  EXPECT_EQ(List(request), Ids{});
  Look(
      "UPDATE saga SET create_time = create_time - interval '2 hours' WHERE order_id = $1 "
      "RETURNING 1",
      {undecided.order_id});
  EXPECT_EQ(List(request), (Ids{undecided.order_id}));
  request.clear_older_than_s();
  request.set_filter(v1::DEAD);
  EXPECT_EQ(List(request), (Ids{dead.order_id}));
  request.set_filter(v1::ALL);
  EXPECT_EQ(List(request),
            InOrder({undecided.order_id, dead.order_id, aborted.order_id, committing.order_id}));
}

TEST_F(SagaServiceTest, PagesFollowEachOther) {
  std::vector<std::string> placed, listed;
  for (int i = 0; i < 5; ++i) placed.push_back(Abandon().order_id);
  v1::ListSagasRequest request;
  request.set_page_size(2);
  do {
    const auto page = admin_.Call<v1::ListSagasResponse>(request, "gateway");
    ASSERT_THAT(page, IsOk());
    for (const v1::Saga& saga : page->sagas()) listed.push_back(saga.order_id());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, InOrder(placed));
  request.set_page_token("forged");
  EXPECT_THAT(admin_.Call<v1::ListSagasResponse>(request, "gateway"),
              HasErrorReason("PAGE_TOKEN_INVALID"));
}

TEST_F(SagaServiceTest, ASagaIsShownWithBothParticipants) {
  const Order order = Split();
  const auto shown = GetSaga(order.order_id);
  ASSERT_THAT(shown, IsOk());
  EXPECT_EQ(shown->saga().state(), "ABORTING");
  EXPECT_EQ(shown->saga().reason(), "CHECKOUT_TIMED_OUT");
  EXPECT_TRUE(shown->saga().dead());
  EXPECT_EQ(shown->saga().dead_reason(),
            "aborting, but the hold is CAPTURED and the stock is RESERVED");
  EXPECT_EQ(shown->saga().lease_owner(), "order:test");
  EXPECT_EQ(shown->total().minor_units(), order.total);
  EXPECT_EQ(shown->hold().state(), "CAPTURED");
  EXPECT_EQ(shown->hold().captured(), order.total);
  EXPECT_EQ(shown->reservation().state(), "RESERVED");
  EXPECT_EQ(shown->reservation().pieces(), 2);
  ASSERT_EQ(shown->events_size(), 3);
  EXPECT_EQ(shown->events(0).state(), "RESERVING");
  EXPECT_EQ(shown->events(1).state(), "ABORTING");
  EXPECT_EQ(shown->events(1).kind(), v1::SagaEvent::STEP);
  EXPECT_EQ(shown->events(2).kind(), v1::SagaEvent::DEAD);
  EXPECT_EQ(shown->events(2).note(), shown->saga().dead_reason());
  EXPECT_THAT(GetSaga(nobody_), HasErrorReason("RESOURCE_NOT_FOUND"));
}

TEST_F(SagaServiceTest, AParticipantThatCannotBeAskedHidesNothingElse) {
  const Order order = Abandon();
  wallet_.Break("GetHold", Fault::kNoEffect);
  const auto shown = GetSaga(order.order_id);
  ASSERT_THAT(shown, IsOk());
  EXPECT_EQ(shown->hold().state(), "");
  EXPECT_EQ(shown->hold().error(), "it did not answer (UNAVAILABLE)");
  EXPECT_EQ(shown->reservation().state(), "UNKNOWN");
}

TEST_F(SagaServiceTest, ARetriedSagaIsAliveAndGoesOn) {
  const Order order = Abandon();
  catalog_.Reserve(order);
  wallet_.Reserve(order);
  Decide(order);
  Kill(order);
  const auto retried = Retry(order.order_id);
  ASSERT_THAT(retried, IsOk());
  EXPECT_FALSE(retried->saga().dead());
  EXPECT_EQ(retried->saga().state(), "COMMITTING");
  EXPECT_EQ(retried->saga().lease_epoch(), 2);
  EXPECT_EQ(CommandsOf(order.order_id), Commands{"RETRY by ada: seen it"});
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectBoughtOnce(order);
}

TEST_F(SagaServiceTest, ARetryEndsAPauseAndFencesOffWhoeverDrives) {
  const Order order = Abandon();
  Look(
      "UPDATE saga SET next_attempt = clock_timestamp() + interval '1 hour', retry_count = 9,"
      " crash_count = 4 RETURNING 1");
  ASSERT_THAT(Retry(order.order_id), IsOk());
  EXPECT_EQ(Look("SELECT next_attempt <= clock_timestamp() AND lease_until <= clock_timestamp()"
                 " AND retry_count = 0 AND crash_count = 0 FROM saga"),
            "t");
  const auto late = store_.Decide(connection(), FirstLease(order), std::nullopt);
  ASSERT_THAT(late, IsOk());
  EXPECT_FALSE(late->has_value());
}

TEST_F(SagaServiceTest, WhatIsAtItsEndOrUnknownIsNotRetried) {
  const Order order = Abandon();
  Decide(order, Failure{.reason = v1::OUT_OF_STOCK});
  ASSERT_THAT(store_.Cancel(connection(), order.order_id), IsOk());
  EXPECT_THAT(Retry(order.order_id), HasErrorReason("SAGA_ENDED"));
  EXPECT_THAT(Retry(nobody_), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_EQ(CommandsOf(order.order_id), Commands{});
}

// A dead saga gives way to the user's next order; it can only come back when that one is through.
TEST_F(SagaServiceTest, ARetryWaitsForTheOrderThatTookItsPlace) {
  const Order dead = Abandon();
  Kill(dead);
  Order next = NewOrder(dead.user_id, "2");
  ASSERT_THAT(store_.PlaceOrder(connection(), next, "k2"), IsOk());
  EXPECT_THAT(Retry(dead.order_id), HasErrorReason("ORDER_IN_PROGRESS"));
  EXPECT_TRUE(IsDead(dead.order_id));
  EXPECT_EQ(CommandsOf(dead.order_id), Commands{});
}

TEST_F(SagaServiceTest, AnUndecidedSagaIsCalledOffDeadOrAlive) {
  const Order alive = Abandon(), dead = Abandon();
  for (const Order& order : {alive, dead}) {
    catalog_.Reserve(order);
    wallet_.Reserve(order);
  }
  Kill(dead);
  for (const Order& order : {alive, dead}) {
    const auto aborted = ForceAbort(order.order_id);
    ASSERT_THAT(aborted, IsOk());
    EXPECT_EQ(aborted->saga().state(), "ABORTING");
    EXPECT_EQ(CommandsOf(order.order_id), Commands{"FORCE_ABORT by ada: seen it"});
  }
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectNothingTaken(alive);
  ExpectNothingTaken(dead);
}

// Row 60 of the fault matrix. The refusal is the database's: the superuser gets it, too.
TEST_F(SagaServiceTest, ADecisionIsNotForcedBack) {
  const Order committing = Abandon(), dead = Abandon(), confirmed = Abandon(),
              refunding = Abandon(), aborting = Abandon(), cancelled = Abandon();
  for (const Order& order : {committing, dead, confirmed, refunding}) Decide(order);
  Kill(dead);
  ASSERT_THAT(store_.Confirm(connection(), {confirmed.order_id, refunding.order_id}, {}), IsOk());
  Look("SELECT 1 FROM cancel_order($1, $2, 'key', 'print', 'words', 'order:one', '8 s')",
       {refunding.order_id, refunding.user_id});
  for (const Order& order : {aborting, cancelled})
    Decide(order, Failure{.reason = v1::OUT_OF_STOCK});
  ASSERT_THAT(store_.Cancel(connection(), cancelled.order_id), IsOk());
  for (const Order& order : {committing, dead, confirmed, refunding, aborting, cancelled}) {
    const std::string before = StateOf(order.order_id);
    const auto refused = ForceAbort(order.order_id);
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition)) << before;
    EXPECT_THAT(refused, HasErrorReason("SAGA_DECIDED")) << before;
    EXPECT_EQ(StateOf(order.order_id), before);
    EXPECT_EQ(CommandsOf(order.order_id), Commands{});
  }
  EXPECT_TRUE(IsDead(dead.order_id));
  EXPECT_THAT(superuser().Script("UPDATE saga SET state = 'ABORTING', reason = 'OUT_OF_STOCK'"
                                 " WHERE state = 'COMMITTING'"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ForceAbort(nobody_), HasErrorReason("RESOURCE_NOT_FOUND"));
}

TEST_F(SagaServiceTest, CommandsNeedTheRightCallerANameAndANote) {
  const Order order = Abandon();
  v1::RetrySagaRequest request;
  request.set_order_id(order.order_id);
  EXPECT_THAT(admin_.Call<v1::RetrySagaResponse>(request, "operator"),
              HasErrorReason("INVALID_FIELD"));
  request.set_operator_("ada");
  EXPECT_THAT(admin_.Call<v1::RetrySagaResponse>(request, "operator"),
              HasErrorReason("INVALID_FIELD"));
  request.set_note("seen it");
  for (const char* peer : {"", "order", "wallet", "cart"}) {
    EXPECT_THAT(admin_.Call<v1::RetrySagaResponse>(request, peer),
                HasErrorReason("CALLER_NOT_ALLOWED"))
        << peer;
  }
  EXPECT_THAT(admin_.Call<v1::RetrySagaResponse>(request, "gateway"), IsOk());
}

}  // namespace
}  // namespace cartwright::order
