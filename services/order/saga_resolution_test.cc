#include "services/order/saga_service.h"

#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "services/order/saga_fixture.h"

namespace cartwright::order {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;
using Fault = Participant::Fault;

using SagaResolutionTest = SagaDesk;

TEST_F(SagaResolutionTest, ASplitDecisionGoesForwardWhenTwoPeopleSaySo) {
  const Order order = Split();
  const auto proposed = Resolve(order.order_id, "ada");
  ASSERT_THAT(proposed, IsOk());
  EXPECT_FALSE(proposed->applied());
  EXPECT_EQ(proposed->saga().state(), "ABORTING");
  EXPECT_TRUE(proposed->saga().dead());
  EXPECT_THAT(Resolve(order.order_id, "ada"), HasErrorReason("SECOND_OPERATOR_NEEDED"));
  EXPECT_EQ(StateOf(order.order_id), "ABORTING");
  const auto applied = Resolve(order.order_id, "grace");
  ASSERT_THAT(applied, IsOk());
  EXPECT_TRUE(applied->applied());
  EXPECT_EQ(applied->saga().state(), "COMMITTING");
  EXPECT_EQ(applied->saga().reason(), "");
  recovery_.Start();
  ASSERT_TRUE(Eventually([&] { return Settled(); }));
  ExpectBoughtOnce(order);
  EXPECT_EQ(CommandsOf(order.order_id),
            (Commands{"PROPOSE_ROLL_FORWARD by ada: seen it", "ROLL_FORWARD by grace: seen it"}));
  EXPECT_EQ(Look("SELECT string_agg(evidence #>> '{hold,state}', ' ') FROM saga_resolution"),
            "CAPTURED CAPTURED");
}

TEST_F(SagaResolutionTest, AProposalIsOutOfDateAfterADay) {
  const Order order = Split();
  ASSERT_THAT(Resolve(order.order_id, "ada"), IsOk());
  EXPECT_THAT(superuser().Script("ALTER TABLE saga_resolution DISABLE TRIGGER ALL;"
                                 "UPDATE saga_resolution SET create_time = create_time - interval"
                                 " '25 hours'; ALTER TABLE saga_resolution ENABLE TRIGGER ALL"),
              IsOk());
  const auto second = Resolve(order.order_id, "grace");
  ASSERT_THAT(second, IsOk());
  EXPECT_FALSE(second->applied());
  EXPECT_EQ(StateOf(order.order_id), "ABORTING");
}

TEST_F(SagaResolutionTest, WhatIsNotSplitIsNotResolved) {
  const Order alive = Abandon(), committing = Abandon(), aborting = Abandon();
  Decide(committing);
  Kill(committing);
  Decide(aborting, Failure{.reason = v1::OUT_OF_STOCK});
  catalog_.Reserve(aborting);
  wallet_.Reserve(aborting);
  Kill(aborting);
  for (const Order& order : {alive, committing, aborting}) {
    EXPECT_THAT(Resolve(order.order_id, "ada"), HasErrorReason("SAGA_NOT_SPLIT"));
    EXPECT_EQ(CommandsOf(order.order_id), Commands{});
  }
  EXPECT_THAT(Resolve(nobody_, "ada"), HasErrorReason("RESOURCE_NOT_FOUND"));
  v1::ResolveSagaRequest nowhere;
  nowhere.set_order_id(aborting.order_id);
  nowhere.set_operator_("ada");
  nowhere.set_note("seen it");
  EXPECT_THAT(admin_.Call<v1::ResolveSagaResponse>(nowhere, "operator"),
              HasErrorReason("INVALID_FIELD"));
}

TEST_F(SagaResolutionTest, WhatWasLetGoDoesNotGoForward) {
  const Order order = Split();
  ASSERT_THAT(Resolve(order.order_id, "ada"), IsOk());
  catalog_.Release(order.order_id);
  EXPECT_THAT(Resolve(order.order_id, "grace"), HasErrorReason("PARTICIPANT_LET_GO"));
  catalog_.Break("GetReservation", Fault::kNoEffect);
  EXPECT_THAT(Resolve(order.order_id, "grace"), HasErrorReason("DEPENDENCY_UNAVAILABLE"));
  EXPECT_EQ(StateOf(order.order_id), "ABORTING");
}

TEST_F(SagaResolutionTest, ACartThatWasBoughtMeanwhileIsNotBoughtTwice) {
  const Order order = Split();
  ASSERT_THAT(Resolve(order.order_id, "ada"), IsOk());
  Order again = NewOrder(order.user_id, order.cart_version);
  ASSERT_THAT(store_.PlaceOrder(connection(), again, "k2"), IsOk());
  EXPECT_THAT(Resolve(order.order_id, "grace"), HasErrorReason("CART_ALREADY_ORDERED"));
  EXPECT_EQ(StateOf(order.order_id), "ABORTING");
}

// Both find the saga split; one of them proposes, and only the other one can apply.
TEST_F(SagaResolutionTest, TwoPeopleAtOnceAreTwoPeople) {
  const Order order = Split();
  std::vector<std::thread> people;
  std::atomic<int> applied{0};
  for (const char* who : {"ada", "grace", "ada", "grace"}) {
    people.emplace_back([this, &order, &applied, who] {
      v1::ResolveSagaRequest request;
      request.set_order_id(order.order_id);
      request.set_operator_(who);
      request.set_note("seen it");
      db::Connection own(AppUrl());
      const auto result = admin_store_.ResolveSaga(own, request, {"CAPTURED", "RESERVED", "{}"});
      if (result.ok() && *result) ++applied;
    });
  }
  for (std::thread& person : people) person.join();
  EXPECT_EQ(applied, 1);
  EXPECT_EQ(StateOf(order.order_id), "COMMITTING");
  EXPECT_EQ(Look("SELECT count(*) FROM saga_resolution"), "2");
}

TEST_F(SagaResolutionTest, TwoSpellingsAreOnePerson) {
  const Order order = Split();
  ASSERT_THAT(Resolve(order.order_id, "ada"), IsOk());
  for (const char* same : {" ADA ", "ada\t", "a\u200bda", "a d.a", "\uff21da"}) {
    EXPECT_THAT(Resolve(order.order_id, same), HasErrorReason("SECOND_OPERATOR_NEEDED")) << same;
  }
  EXPECT_EQ(StateOf(order.order_id), "ABORTING");
}

// In the schema: whoever can write the row cannot turn it alone, nor unsay what was said.
TEST_F(SagaResolutionTest, TheSchemaDemandsTwoPeople) {
  const Order order = Split();
  constexpr const char* kTurn =
      "UPDATE saga SET state = 'COMMITTING', reason = NULL, dead = false, dead_reason = NULL";
  EXPECT_THAT(superuser().Script(kTurn), testing::ViolatesConstraint("saga_steps"));
  ASSERT_THAT(Resolve(order.order_id, "ada"), IsOk());
  EXPECT_THAT(superuser().Script(kTurn), testing::ViolatesConstraint("saga_steps"));
  for (const char* change :
       {"UPDATE saga_resolution SET operator = 'grace'", "DELETE FROM saga_resolution",
        "UPDATE saga_event SET note = ''", "DELETE FROM saga_event"}) {
    EXPECT_THAT(superuser().Script(change), StatusIs(absl::StatusCode::kFailedPrecondition))
        << change;
  }
  for (const char* change : {"INSERT INTO saga_resolution (order_id, operator, note, hold_state,"
                             " stock_state, evidence) SELECT order_id, 'grace', '', 'CAPTURED',"
                             " 'RESERVED', '{}' FROM saga",
                             "SELECT record_operator(order_id, 'grace', 'RETRY', '') FROM saga"}) {
    EXPECT_FALSE(connection().Script(change).ok()) << change;
  }
}

}  // namespace
}  // namespace cartwright::order
