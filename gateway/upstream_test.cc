#include "gateway/upstream.h"

#include <deque>
#include <future>
#include <mutex>

#include "boost/asio/co_spawn.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/use_future.hpp"
#include "gateway/test_api.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/base/status.h"
#include "shared/rpc/grpc_status.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::gateway {
namespace {

using testing::FakeBackend;
using ::testing::HasSubstr;
using testing::TestRoute;

const grpc::Status kGone(grpc::StatusCode::UNAVAILABLE, "connection refused");

// UNAVAILABLE of a service that is there.
grpc::Status Busy() {
  return rpc::ToGrpc(Error(absl::StatusCode::kUnavailable, api::v1::DEPENDENCY_UNAVAILABLE, "x"));
}

// Goal: calls are repeated, refused and cancelled as they should be. The service follows a script;
// the clock is the test's.
class UpstreamTest : public ::testing::Test {
 protected:
  using Result = absl::StatusOr<grpc::Slice>;

  UpstreamTest()
      : backend_([this](const FakeBackend::Call&) {
          const std::lock_guard lock(mutex_);
          if (script_.empty()) return FakeBackend::Answer{.response = "fine"};
          FakeBackend::Answer answer = script_.front();
          script_.pop_front();
          asked_.set_value();
          asked_ = {};
          return answer;
        }),
        backends_(*Backends::Make(
            "test=anywhere:1", [this](const auto&, const auto&) { return backend_.channel(); })) {
    Make({});
  }

  // The options of most tests, and these.
  void Make(const LoadShedder::Options& load, const RetryBudget::Options& retries = {},
            std::chrono::microseconds backoff = std::chrono::microseconds(0)) {
    upstream_ =
        std::make_unique<Upstream>(backends_, Upstream::Options{.load = load,
                                                                .retries = retries,
                                                                .min_backoff = backoff,
                                                                .max_backoff = backoff,
                                                                .now = [this] { return now_; }});
  }

  void Answer(const grpc::Status& status, int times = 1) {
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < times; ++i) script_.push_back({.status = status});
  }
  std::shared_ptr<FakeBackend::Feed> Hang() {
    auto feed = FakeBackend::MakeFeed();
    const std::lock_guard lock(mutex_);
    script_.push_back({.feed = feed});
    return feed;
  }
  // Ready when the service has got the next call.
  std::future<void> NextCall() {
    const std::lock_guard lock(mutex_);
    return asked_.get_future();
  }
  void AwaitCall(std::future<void> call) {
    while (call.wait_for(std::chrono::seconds(0)) != std::future_status::ready) io_.poll();
    io_.restart();
  }

  std::future<Result> Start(absl::string_view rpc, ClientPresence* client = nullptr) {
    const rpc::Call call = rpc::Call::Background(absl::Seconds(30));
    return boost::asio::co_spawn(
        io_,
        [this, call, route = &TestRoute(rpc), client]() -> boost::asio::awaitable<Result> {
          facts_ = {.keyed = keyed_};
          co_return co_await upstream_->Call(*route, call, "request", client, facts_);
        },
        boost::asio::use_future);
  }
  absl::Status End(std::future<Result> result) {
    io_.run();
    io_.restart();
    return result.get().status();
  }
  absl::Status Call(absl::string_view rpc) { return End(Start(rpc)); }
  size_t Calls() const { return backend_.calls().size(); }

  void OpenCircuit() {
    Answer(kGone, 5);
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(absl::IsUnavailable(Call("Echo")));
  }

  std::mutex mutex_;
  std::deque<FakeBackend::Answer> script_;
  std::promise<void> asked_;
  absl::Time now_ = absl::UnixEpoch();
  bool keyed_ = false;
  CallFacts facts_;
  boost::asio::io_context io_;
  FakeBackend backend_;
  const Backends backends_;
  std::unique_ptr<Upstream> upstream_;
};

TEST_F(UpstreamTest, AReadThatFindsNobodyIsMadeAgain) {
  Answer(kGone);
  EXPECT_TRUE(Call("GetThing").ok());
  EXPECT_EQ(Calls(), 2u);
  EXPECT_EQ(facts_.attempts, 2);
  EXPECT_EQ(facts_.backend, "test");
  EXPECT_EQ(facts_.grpc_status, absl::StatusCode::kOk);
}

TEST_F(UpstreamTest, AWriteIsMadeAgainOnlyWithAKey) {
  Answer(kGone);
  EXPECT_TRUE(absl::IsUnavailable(Call("Echo")));
  EXPECT_EQ(Calls(), 1u);
  EXPECT_EQ(facts_.grpc_status, absl::StatusCode::kUnavailable);
  keyed_ = true;
  Answer(kGone);
  EXPECT_TRUE(Call("Pay").ok());
  EXPECT_EQ(Calls(), 3u);
}

TEST_F(UpstreamTest, TwoAttemptsAreTheMost) {
  Answer(kGone, 3);
  EXPECT_TRUE(absl::IsUnavailable(Call("GetThing")));
  EXPECT_EQ(Calls(), 2u);
}

TEST_F(UpstreamTest, OtherErrorsAreNotTriedAgain) {
  for (const auto code :
       {grpc::StatusCode::INTERNAL, grpc::StatusCode::UNKNOWN, grpc::StatusCode::DEADLINE_EXCEEDED,
        grpc::StatusCode::RESOURCE_EXHAUSTED, grpc::StatusCode::ABORTED,
        grpc::StatusCode::NOT_FOUND, grpc::StatusCode::CANCELLED}) {
    const size_t before = Calls();
    Answer({code, "x"});
    EXPECT_FALSE(Call("GetThing").ok());
    EXPECT_EQ(Calls(), before + 1) << code;
  }
}

TEST_F(UpstreamTest, ARetryThatWouldBeTooLateIsNotMade) {
  Make({}, {}, std::chrono::hours(1));
  Answer(kGone);
  EXPECT_TRUE(absl::IsUnavailable(Call("GetThing")));
  EXPECT_EQ(Calls(), 1u);
}

TEST_F(UpstreamTest, ThePauseBeforeARetryIsARandomPartOfItsSpan) {
  double random = 0;
  upstream_ = std::make_unique<Upstream>(backends_,
                                         Upstream::Options{.min_backoff = std::chrono::seconds(0),
                                                           .max_backoff = std::chrono::hours(1),
                                                           .random = [&] { return random; }});
  Answer(kGone);
  EXPECT_TRUE(Call("GetThing").ok()) << "no pause at all";
  random = 0.5;
  Answer(kGone);
  EXPECT_TRUE(absl::IsUnavailable(Call("GetThing"))) << "half an hour is too late";
}

TEST_F(UpstreamTest, RetriesAreBoundedByTheirBudget) {
  Make({}, {.ratio = 0.1, .floor_per_s = 0, .most_saved = 10, .saved_at_start = 0});
  int failed = 0;
  for (int i = 0; i < 100; ++i) {
    Answer(kGone);
    if (Call("GetThing").ok()) continue;
    ++failed;
    // Keeps the circuit closed.
    EXPECT_TRUE(Call("GetThing").ok());
  }
  // A tenth of all calls were made twice, also of those in between.
  EXPECT_GE(failed, 80);
  EXPECT_LE(failed, 84);
}

// It may have begun: a commit that is in doubt would be answered as one that is safe.
TEST_F(UpstreamTest, WhatAServiceCallsUnavailableIsNotAskedForAgain) {
  Answer(Busy());
  EXPECT_TRUE(absl::IsUnavailable(Call("GetThing")));
  EXPECT_EQ(Calls(), 1u);
}

TEST_F(UpstreamTest, FiveFailuresOpenTheCircuitForFiveSeconds) {
  OpenCircuit();
  EXPECT_THAT(metrics::Render(), HasSubstr("cartwright_breaker_open{peer=\"test\"} 1"));
  now_ += absl::Milliseconds(4900);
  const absl::Status refused = Call("GetThing");
  EXPECT_TRUE(HasReason(refused, "CIRCUIT_OPEN")) << refused;
  EXPECT_EQ(facts_.attempts, 0);
  EXPECT_EQ(Calls(), 5u);
  now_ += absl::Milliseconds(100);
  Answer(kGone);
  EXPECT_FALSE(HasReason(Call("Echo"), "CIRCUIT_OPEN"));
  EXPECT_EQ(Calls(), 6u) << "one probe";
  EXPECT_TRUE(HasReason(Call("Echo"), "CIRCUIT_OPEN"));
  now_ += absl::Seconds(5);
  EXPECT_TRUE(Call("Echo").ok());
  EXPECT_TRUE(Call("Echo").ok());
  EXPECT_THAT(metrics::Render(), HasSubstr("cartwright_breaker_open{peer=\"test\"} 0"));
}

TEST_F(UpstreamTest, AFailedProbeIsNotTriedAgain) {
  OpenCircuit();
  now_ += absl::Seconds(5);
  Answer(kGone);
  const absl::Status status = Call("GetThing");
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_FALSE(HasReason(status, "CIRCUIT_OPEN")) << "what was found says more";
  EXPECT_EQ(Calls(), 6u);
}

TEST_F(UpstreamTest, OnlyNobodyOpensTheCircuit) {
  for (const auto& status : {Busy(), grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "slow"),
                             grpc::Status(grpc::StatusCode::INTERNAL, "x"),
                             grpc::Status(grpc::StatusCode::CANCELLED, "x")}) {
    Answer(status, 10);
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(HasReason(Call("Echo"), "CIRCUIT_OPEN"));
  }
}

TEST_F(UpstreamTest, OneProbeAtATime) {
  OpenCircuit();
  now_ += absl::Seconds(5);
  const auto feed = Hang();
  auto asked = NextCall();
  auto probe = Start("Echo");
  AwaitCall(std::move(asked));
  auto second = Start("Echo");
  while (second.wait_for(std::chrono::seconds(0)) != std::future_status::ready) io_.poll();
  EXPECT_TRUE(HasReason(second.get().status(), "CIRCUIT_OPEN"));
  feed->Write("fine");
  feed->End(grpc::Status::OK);
  EXPECT_TRUE(End(std::move(probe)).ok());
  EXPECT_TRUE(Call("Echo").ok());
}

TEST_F(UpstreamTest, AClientThatGoesCancelsItsCall) {
  const auto feed = Hang();
  auto asked = NextCall();
  ClientPresence client;
  auto call = Start("GetThing", &client);
  AwaitCall(std::move(asked));
  client.Leave();
  EXPECT_TRUE(absl::IsCancelled(End(std::move(call))));
  EXPECT_TRUE(feed->AwaitCancelled());
  EXPECT_FALSE(client.watched());
  EXPECT_TRUE(absl::IsCancelled(End(Start("GetThing", &client)))) << "gone before it began";
  EXPECT_EQ(Calls(), 1u);
}

// A client that goes just then must not keep everybody out for ever.
TEST_F(UpstreamTest, AProbeWhoseClientGoesLeavesTheNextOneToTell) {
  OpenCircuit();
  now_ += absl::Seconds(5);
  const auto feed = Hang();
  auto asked = NextCall();
  ClientPresence client;
  auto probe = Start("Echo", &client);
  AwaitCall(std::move(asked));
  client.Leave();
  EXPECT_TRUE(absl::IsCancelled(End(std::move(probe))));
  EXPECT_TRUE(Call("Echo").ok());
}

TEST_F(UpstreamTest, ACallThatTheServiceCancelledIsUnavailable) {
  Answer({grpc::StatusCode::CANCELLED, "x"});
  const absl::Status status = Call("Echo");
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_TRUE(HasReason(status, "DEPENDENCY_UNAVAILABLE"));
}

TEST_F(UpstreamTest, TooManyCallsAreRefused) {
  Make({.total = 10, .per_backend = 1});
  const auto feed = Hang();
  auto asked = NextCall();
  auto first = Start("Echo");
  AwaitCall(std::move(asked));
  auto second = Start("Echo");
  while (second.wait_for(std::chrono::seconds(0)) != std::future_status::ready) io_.poll();
  EXPECT_TRUE(HasReason(second.get().status(), "OVERLOADED"));
  EXPECT_THAT(metrics::Render(), HasSubstr("cartwright_gateway_in_flight{backend=\"test\"} 1"));
  feed->Write("fine");
  feed->End(grpc::Status::OK);
  EXPECT_TRUE(End(std::move(first)).ok());
  EXPECT_TRUE(Call("Echo").ok());
}

}  // namespace
}  // namespace cartwright::gateway
