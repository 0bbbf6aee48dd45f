#include "shared/rpc/stream.h"

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "boost/asio/post.hpp"
#include "boost/asio/this_coro.hpp"
#include "cartwright/order/v1/order.pb.h"
#include "gtest/gtest.h"
#include "shared/base/uuid.h"
#include "shared/rpc/grpc_status.h"
#include "shared/testing/service_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::rpc {
namespace {

using testing::HasErrorReason;
using testing::StatusIs;
namespace v1 = order::v1;
using Out = Writer<v1::OrderEvent>;

// An order service whose stream does what a test says.
class FakeOrders {
 public:
  using Handler = std::function<boost::asio::awaitable<absl::Status>(const Call&, Out&)>;
  Handler watch;
  std::promise<absl::Status> ended;  // what the handler returned

  boost::asio::awaitable<absl::Status> WatchOrder(const Call& call, const v1::WatchOrderRequest&,
                                                  Out& out) {
    const absl::Status status = co_await watch(call, out);
    ended.set_value(status);
    co_return status;
  }

  // The rest of the service.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Other(db::Connection&, const Request&) {
    return Response();
  }
};

v1::OrderEvent Event(const std::string& id) {
  v1::OrderEvent event;
  event.set_id(id);
  return event;
}

// Waits for the end, as a handler that has nothing to say.
boost::asio::awaitable<absl::Status> Idle(Out& out) {
  absl::Status status;
  while (status.ok()) status = co_await out.Wait();
  co_return status;
}

class StreamTest : public ::testing::Test {
 protected:
  using S = FakeOrders;
  struct Watch {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<v1::OrderEvent>> reader;

    bool Next(v1::OrderEvent& event) { return reader->Read(&event); }
    absl::Status Finish() { return FromGrpc(reader->Finish()); }
  };

  StreamTest() : workers_({.url = "", .threads = 1, .queue_limit = 1}), server_(&workers_) {
    server_.Serve(orders_, &S::Other<v1::CheckoutRequest, v1::CheckoutResponse>,
                  &S::Other<v1::ListOrdersRequest, v1::ListOrdersResponse>,
                  &S::Other<v1::GetOrderRequest, v1::GetOrderResponse>,
                  &S::Other<v1::CancelOrderRequest, v1::CancelOrderResponse>,
                  &S::Other<v1::ResolveOrderRequest, v1::ResolveOrderResponse>, &S::WatchOrder);
    server_.Start();
  }

  std::unique_ptr<Watch> Open(const std::string& user = NewUuid()) {
    v1::WatchOrderRequest request;
    request.set_user_id(user);
    request.set_id(NewUuid());
    auto watch = std::make_unique<Watch>();
    watch->reader = server_.Open<v1::OrderEvent>(watch->context, request);
    return watch;
  }

  FakeOrders orders_;
  db::Workers workers_;
  testing::ServiceFixture server_;
};

TEST_F(StreamTest, MessagesArriveInTheirOrder) {
  orders_.watch = [](const Call& call, Out& out) -> boost::asio::awaitable<absl::Status> {
    for (int i = 0; i < 1000; ++i) {
      const v1::OrderEvent event = Event(call.peer + std::to_string(i));
      if (absl::Status status = co_await out.Write(event); !status.ok()) co_return status;
    }
    co_return absl::OkStatus();
  };
  const auto watch = Open();
  v1::OrderEvent event;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(watch->Next(event)) << i;
    ASSERT_EQ(event.id(), "gateway" + std::to_string(i));
  }
  EXPECT_FALSE(watch->Next(event));
  EXPECT_THAT(watch->Finish(), testing::IsOk());
}

// Nobody reads: far less than is written may wait in memory.
TEST_F(StreamTest, ASlowClientSlowsTheHandler) {
  std::atomic<int> written{0};
  orders_.watch = [&](const Call&, Out& out) -> boost::asio::awaitable<absl::Status> {
    const v1::OrderEvent event = Event(std::string(64 << 10, 'x'));
    absl::Status status;
    for (; status.ok(); ++written) status = co_await out.Write(event);
    co_return status;
  };
  const auto watch = Open();
  v1::OrderEvent event;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(watch->Next(event));
  watch->context.TryCancel();
  EXPECT_THAT(orders_.ended.get_future().get(), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_LT(written, 1000);
}

TEST_F(StreamTest, AClientThatGoesEndsTheHandler) {
  orders_.watch = [](const Call&, Out& out) { return Idle(out); };
  const auto watch = Open();
  watch->context.TryCancel();
  EXPECT_THAT(orders_.ended.get_future().get(), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(StreamTest, ADrainEndsStreamsAndRefusesNewOnes) {
  orders_.watch = [](const Call&, Out& out) -> boost::asio::awaitable<absl::Status> {
    const v1::OrderEvent event = Event("1");
    if (absl::Status status = co_await out.Write(event); !status.ok()) co_return status;
    co_return co_await Idle(out);
  };
  const auto watch = Open();
  v1::OrderEvent event;
  ASSERT_TRUE(watch->Next(event));
  server_.EndStreams();
  EXPECT_FALSE(watch->Next(event));
  EXPECT_THAT(watch->Finish(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Open()->Finish(), StatusIs(absl::StatusCode::kUnavailable));
}

// The client sets no deadline, so the bound is the method's; the test does not wait for that.
TEST_F(StreamTest, TimeEndsAStream) {
  orders_.watch = [](const Call& call, Out& out) -> boost::asio::awaitable<absl::Status> {
    EXPECT_LE(call.deadline, absl::Now() + absl::Seconds(900));
    out.Begin(absl::Now() + absl::Milliseconds(20));
    co_return co_await Idle(out);
  };
  EXPECT_THAT(Open()->Finish(), StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(StreamTest, WhatIsRefusedHasNoMessage) {
  orders_.watch = [](const Call&, Out&) -> boost::asio::awaitable<absl::Status> {
    ADD_FAILURE() << "reached the handler";
    co_return absl::OkStatus();
  };
  v1::OrderEvent event;
  const auto invalid = Open("nobody");
  EXPECT_FALSE(invalid->Next(event));
  EXPECT_THAT(invalid->Finish(), HasErrorReason("RESOURCE_NOT_FOUND"));
  server_.set_peer("catalog");
  EXPECT_THAT(Open()->Finish(), HasErrorReason("CALLER_NOT_ALLOWED"));
}

TEST_F(StreamTest, WhatAHandlerThrowsIsInternalAndStaysHere) {
  orders_.watch = [](const Call&, Out&) -> boost::asio::awaitable<absl::Status> {
    throw std::runtime_error("table orders.secret");
    co_return absl::OkStatus();
  };
  const absl::Status status = Open()->Finish();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(status.ToString().find("secret"), std::string::npos);
}

TEST_F(StreamTest, TheHandlersErrorIsTheStreams) {
  orders_.watch = [](const Call&, Out& out) -> boost::asio::awaitable<absl::Status> {
    const v1::OrderEvent event = Event("1");
    if (absl::Status status = co_await out.Write(event); !status.ok()) co_return status;
    co_return NotFound("order");
  };
  const auto watch = Open();
  v1::OrderEvent event;
  EXPECT_TRUE(watch->Next(event));
  EXPECT_FALSE(watch->Next(event));
  EXPECT_THAT(watch->Finish(), HasErrorReason("RESOURCE_NOT_FOUND"));
}

// A stream is woken by whoever has news for it; news before the wait are not lost.
TEST_F(StreamTest, AWakeEndsAWait) {
  orders_.watch = [](const Call&, Out& out) -> boost::asio::awaitable<absl::Status> {
    out.Wake();
    if (absl::Status status = co_await out.Wait(); !status.ok()) co_return status;
    boost::asio::post(co_await boost::asio::this_coro::executor, [&out] { out.Wake(); });
    co_return co_await out.Wait();
  };
  EXPECT_THAT(Open()->Finish(), testing::IsOk());
}

TEST_F(StreamTest, TooManyStreamsAreRefused) {
  struct Silent : Stream {
    using Stream::Stream;
    void Abort() override {}
  };
  Streams streams;
  std::vector<std::shared_ptr<Stream>> open;
  for (size_t i = 0; i < Streams::kMaxStreams; ++i) {
    open.push_back(std::make_shared<Silent>(server_.io().get_executor()));
    ASSERT_THAT(streams.Add(open.back()), testing::IsOk());
  }
  const auto late = std::make_shared<Silent>(server_.io().get_executor());
  EXPECT_THAT(streams.Add(late), HasErrorReason("OVERLOADED"));
  streams.Remove(open.back());
  EXPECT_THAT(streams.Add(late), testing::IsOk());
}

}  // namespace
}  // namespace cartwright::rpc
