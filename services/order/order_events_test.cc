#include "services/order/order_events.h"

#include <memory>
#include <vector>

#include "gmock/gmock.h"
#include "services/order/order_fixture.h"

namespace cartwright::order {
namespace {

using testing::IsOk;
using ::testing::SizeIs;
using testing::StatusIs;

TEST(OrderEventTest, ShowsAnOrderAsGetOrderDoes) {
  const struct {
    const char* word;
    const char* reason;
    v1::Order::State state;
    bool settled;
  } kRows[] = {
      {"RESERVING", "", v1::Order::PENDING, false},
      {"COMMITTING", "", v1::Order::CONFIRMED, false},
      {"CONFIRMED", "", v1::Order::CONFIRMED, true},
      {"ABORTING", "OUT_OF_STOCK", v1::Order::REJECTED, false},
      {"CANCELLED", "OUT_OF_STOCK", v1::Order::REJECTED, true},
      {"ABORTING", "ORDER_CANCELLED", v1::Order::CANCELLED, false},
      {"CANCELLED", "ORDER_CANCELLED", v1::Order::CANCELLED, true},
      {"REFUNDING", "", v1::Order::CANCELLED, false},
      {"REFUNDED", "", v1::Order::CANCELLED, true},
  };
  for (const auto& row : kRows) {
    const auto event = ToProto(SagaEvent{.id = 7, .state = row.word, .reason = row.reason});
    ASSERT_THAT(event, IsOk()) << row.word;
    EXPECT_EQ(event->id(), "7");
    EXPECT_EQ(event->state(), row.state) << row.word;
    EXPECT_EQ(event->settled(), row.settled) << row.word;
    EXPECT_EQ(event->reason(), row.reason) << row.word;
  }
  EXPECT_THAT(ToProto(SagaEvent{.state = "FLYING"}).status(),
              StatusIs(absl::StatusCode::kInternal));
}

// Orders whose steps the test makes itself: no saga runs.
class OrderEventsTest : public OrderProcess {
 protected:
  // One watcher, as a client of the service.
  struct Watch {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<v1::OrderEvent>> reader;

    // The next event; false when the stream has ended.
    bool Next(v1::OrderEvent& event) { return reader->Read(&event); }
    // The saga's states that come until the end, as ids and states.
    std::vector<v1::OrderEvent> Rest() {
      std::vector<v1::OrderEvent> events;
      for (v1::OrderEvent event; Next(event);) events.push_back(event);
      return events;
    }
  };

  OrderEventsTest() { EXPECT_THAT(store_.PlaceOrder(connection(), order_, "key"), IsOk()); }

  std::unique_ptr<Watch> Open(const std::string& last_event_id = "", std::string user = "") {
    v1::WatchOrderRequest request;
    request.set_id(order_.order_id);
    request.set_user_id(user.empty() ? order_.user_id : user);
    request.set_last_event_id(last_event_id);
    auto watch = std::make_unique<Watch>();
    watch->reader = server_.Open<v1::OrderEvent>(watch->context, request);
    return watch;
  }

  void Decide(const std::optional<Failure>& failure = {}) {
    EXPECT_THAT(store_.Decide(connection(), {.order_id = order_.order_id, .epoch = 1}, failure),
                IsOk());
  }
  void Confirm() { EXPECT_THAT(store_.Confirm(connection(), {order_.order_id}, {}), IsOk()); }

  const Order order_ = NewOrder(NewUuid());
};

TEST_F(OrderEventsTest, EachStepComesOnceAndTheEndEndsTheStream) {
  const auto watch = Open();
  v1::OrderEvent event;
  ASSERT_TRUE(watch->Next(event));
  EXPECT_EQ(event.state(), v1::Order::PENDING);
  EXPECT_EQ(event.order_id(), order_.order_id);
  EXPECT_GT(event.create_time().seconds(), 0);
  Decide();
  ASSERT_TRUE(watch->Next(event));
  EXPECT_EQ(event.state(), v1::Order::CONFIRMED);
  EXPECT_FALSE(event.settled());
  Confirm();
  ASSERT_TRUE(watch->Next(event));
  EXPECT_TRUE(event.settled());
  EXPECT_FALSE(watch->Next(event));
  EXPECT_TRUE(watch->reader->Finish().ok());
}

TEST_F(OrderEventsTest, ARefusalSaysWhy) {
  const auto watch = Open();
  Decide(Failure{.reason = v1::INSUFFICIENT_FUNDS});
  EXPECT_THAT(store_.Cancel(connection(), order_.order_id), IsOk());
  const auto events = watch->Rest();
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_EQ(events[0].reason(), "");
  EXPECT_EQ(events[2].state(), v1::Order::REJECTED);
  EXPECT_EQ(events[2].reason(), "INSUFFICIENT_FUNDS");
  EXPECT_TRUE(events[2].settled());
}

TEST_F(OrderEventsTest, GoesOnAfterTheEventThatTheClientHas) {
  Decide();
  Confirm();
  const auto all = Open()->Rest();
  ASSERT_THAT(all, SizeIs(3));
  for (size_t i = 0; i < all.size(); ++i) {
    const auto rest = Open(all[i].id())->Rest();
    ASSERT_THAT(rest, SizeIs(all.size() - 1 - i));
    for (size_t j = 0; j < rest.size(); ++j) EXPECT_EQ(rest[j].id(), all[i + 1 + j].id());
  }
  // What is no event of this order starts from the beginning.
  for (const char* id : {"x", "-1", "0", "99999999999999999999", "12345678"}) {
    EXPECT_THAT(Open(id)->Rest(), SizeIs(3)) << id;
  }
}

// What is settled can be cancelled: whoever comes back then is told.
TEST_F(OrderEventsTest, ACancellationGoesOnUntilTheMoneyIsBack) {
  Decide();
  Confirm();
  const std::string last = Open()->Rest().back().id();
  EXPECT_THAT(Open(last)->Rest(), SizeIs(0));
  EXPECT_THAT(store_.CancelOrder(connection(), {.order_id = order_.order_id,
                                                .user_id = order_.user_id,
                                                .idempotency_key = "cancel",
                                                .fingerprint = "print"}),
              IsOk());
  const auto watch = Open(last);
  v1::OrderEvent event;
  ASSERT_TRUE(watch->Next(event));
  EXPECT_EQ(event.state(), v1::Order::CANCELLED);
  EXPECT_FALSE(event.settled());
  EXPECT_THAT(store_.Refund(connection(), order_.order_id), IsOk());
  const auto rest = watch->Rest();
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_EQ(rest[0].state(), v1::Order::CANCELLED);
  EXPECT_TRUE(rest[0].settled());
}

TEST_F(OrderEventsTest, WhatOperatorsDoIsNotShown) {
  const auto watch = Open();
  Look("SELECT record_operator($1, 'eve', 'RETRY', 'a note') IS NULL", {order_.order_id});
  Decide();
  Confirm();
  EXPECT_THAT(watch->Rest(), SizeIs(3));
  EXPECT_THAT(Open()->Rest(), SizeIs(3));
}

TEST_F(OrderEventsTest, NobodyWatchesTheOrdersOfOthers) {
  const auto watch = Open("", NewUuid());
  EXPECT_THAT(watch->Rest(), SizeIs(0));
  EXPECT_EQ(watch->reader->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

// Goal: however many there are and wherever they begin, each gets each event once.
TEST_F(OrderEventsTest, ManyWatchersGetTheSame) {
  std::vector<std::unique_ptr<Watch>> watches;
  for (int i = 0; i < 20; ++i) watches.push_back(Open());
  v1::OrderEvent event;
  for (const auto& watch : watches) ASSERT_TRUE(watch->Next(event));
  Decide();
  for (int i = 0; i < 20; ++i) watches.push_back(Open(event.id()));
  Confirm();
  for (const auto& watch : watches) {
    EXPECT_THAT(watch->Rest(), SizeIs(2));
    EXPECT_TRUE(watch->reader->Finish().ok());
  }
}

TEST_F(OrderEventsTest, ADrainEndsTheStream) {
  const auto watch = Open();
  v1::OrderEvent event;
  ASSERT_TRUE(watch->Next(event));
  server_.EndStreams();
  EXPECT_FALSE(watch->Next(event));
  EXPECT_EQ(watch->reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace cartwright::order
