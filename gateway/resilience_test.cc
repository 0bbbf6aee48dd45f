#include <future>

#include "absl/strings/str_cat.h"
#include "gateway/gateway_fixture.h"
#include "gateway/log_capture.h"
#include "gmock/gmock.h"

namespace cartwright::gateway {
namespace {

using testing::FakeBackend;
using ::testing::HasSubstr;
using testing::LogCapture;
using testing::RawClient;

// Goal: what a client sees of services that are slow, away or too busy, and what a service sees of
// clients that do not wait. The test is the service.
class ResilienceTest : public testing::GatewayFixture {
 protected:
  ResilienceTest()
      : GatewayFixture(
            [this](const FakeBackend::Call& call) {
              const std::lock_guard lock(answer_mutex_);
              if (!asked_.empty()) asked_.back().set_value();
              asked_.clear();
              FakeBackend::Answer answer = answer_;
              if (answer.response.empty()) answer.response = call.request;
              if (fail_once_) answer.status = {grpc::StatusCode::UNAVAILABLE, "gone"};
              fail_once_ = false;
              return answer;
            },
            {}, {}, {}, /*access_log=*/true) {
    LogCapture::Get();
  }

  void Answer(FakeBackend::Answer answer) {
    const std::lock_guard lock(answer_mutex_);
    answer_ = std::move(answer);
  }
  std::shared_ptr<FakeBackend::Feed> Hang() {
    auto feed = FakeBackend::MakeFeed();
    Answer({.feed = feed});
    return feed;
  }
  std::future<void> NextCall() {
    const std::lock_guard lock(answer_mutex_);
    return asked_.emplace_back().get_future();
  }

  std::mutex answer_mutex_;
  FakeBackend::Answer answer_;
  bool fail_once_ = false;
  std::vector<std::promise<void>> asked_;
};

TEST_F(ResilienceTest, AClientMayShortenTheDeadline) {
  Ask("POST", "/api/echo", {}, "{}");
  EXPECT_GT(backend_.calls().back().timeout, absl::Seconds(31));
  Ask("POST", "/api/echo", {{"Request-Timeout", "30000"}}, "{}");
  EXPECT_LE(backend_.calls().back().timeout, absl::Seconds(31));  // the wire rounds up
  Ask("POST", "/api/echo", {{"grpc-timeout", "30S"}}, "{}");
  EXPECT_LE(backend_.calls().back().timeout, absl::Seconds(31));
  Ask("POST", "/api/echo", {{"grpc-timeout", "1H"}}, "{}");
  EXPECT_LE(backend_.calls().back().timeout, absl::Seconds(61));
}

TEST_F(ResilienceTest, ADeadlineThatPassesIsA504) {
  Hang();
  const Reply reply =
      Ask("POST", "/api/echo", {{"Request-Timeout", "30"}, {"X-Request-Id", "too-slow-1"}}, "{}");
  EXPECT_EQ(reply.result_int(), 504u);
  EXPECT_EQ(ReasonOf(reply), "DEADLINE_EXCEEDED");
  const auto line = LogCapture::Get().Await("http.request", "too-slow-1");
  EXPECT_EQ(line.at("rpc.grpc.status"), "DEADLINE_EXCEEDED");
  EXPECT_EQ(line.at("flags"), "deadline");
  EXPECT_GT(line.at("upstream_ms").as_double(), 0.0);
}

TEST_F(ResilienceTest, ADeadlineThatIsNoneIsNamed) {
  for (const char* header : {"Request-Timeout", "grpc-timeout"}) {
    const Reply reply = Ask("POST", "/api/echo", {{header, "soon"}}, "{}");
    EXPECT_EQ(reply.result_int(), 400u);
    EXPECT_EQ(ReasonOf(reply), "INVALID_FIELD");
    EXPECT_THAT(reply.body(), HasSubstr(header));
    // Nobody is told what else is wrong before it is known who asks.
    EXPECT_EQ(Ask("PUT", "/api/things/1", {{header, "soon"}}, "{}").result_int(), 401u);
  }
  EXPECT_TRUE(backend_.calls().empty());
}

TEST_F(ResilienceTest, AClientThatGoesCancelsItsCall) {
  const auto feed = Hang();
  auto asked = NextCall();
  {
    RawClient client(port_);
    client.Send(Format("POST", "/api/echo", {{"X-Request-Id", "gone-away-1"}}, "{}"));
    asked.wait();
  }
  EXPECT_TRUE(feed->AwaitCancelled());
  const auto line = LogCapture::Get().Await("http.request", "gone-away-1");
  ASSERT_FALSE(line.empty());
  EXPECT_EQ(line.at("http.response.status_code"), 499);
  EXPECT_EQ(line.at("flags"), "client_gone");
  EXPECT_EQ(line.at("rpc.grpc.status"), "CANCELLED");
}

// A closed side of the connection is no proof that nobody listens.
TEST_F(ResilienceTest, AClientThatOnlyStopsTalkingGetsItsAnswer) {
  const auto feed = Hang();
  auto asked = NextCall();
  RawClient client(port_);
  client.Send(Format("POST", "/api/echo", {}, "{}"));
  client.HalfClose();
  asked.wait();
  feed->Write("");
  feed->End(grpc::Status::OK);
  EXPECT_EQ(client.Receive().result_int(), 200u);
}

TEST_F(ResilienceTest, AReadIsMadeAgainAndAWriteIsNot) {
  fail_once_ = true;
  Answer({.response = std::string("\x0a\x03\x0a\x01x", 5)});
  EXPECT_EQ(Ask("GET", "/api/things/x", {{"X-Request-Id", "made-again-1"}}).result_int(), 200u);
  EXPECT_EQ(backend_.calls().size(), 2u);
  const auto line = LogCapture::Get().Await("http.request", "made-again-1");
  EXPECT_EQ(line.at("attempts"), 2);
  EXPECT_EQ(line.at("flags"), "retried");
  fail_once_ = true;
  EXPECT_EQ(Ask("PUT", "/api/things/x", Bearer(UserToken()), "{}").result_int(), 503u);
}

TEST_F(ResilienceTest, AKeyedWriteIsMadeAgain) {
  Ask("PUT", "/api/things/x", Bearer(UserToken()), "{}");  // so that the keys are there
  const size_t before = backend_.calls().size();
  Answer({.response = std::string("\x0a\x03\x0a\x01x", 5)});
  fail_once_ = true;
  Headers headers = Bearer(UserToken());
  headers.emplace_back("Idempotency-Key", "key-1");
  EXPECT_EQ(Ask("POST", "/api/pay", headers, "{}").result_int(), 201u);
  EXPECT_EQ(backend_.calls().size(), before + 2);
}

TEST_F(ResilienceTest, AServiceThatIsAwayIsLeftAloneForAWhile) {
  Answer({.status = {grpc::StatusCode::UNAVAILABLE, "wallet:8085 refused"}});
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(ReasonOf(Ask("POST", "/api/echo", {}, "{}")), "DEPENDENCY_UNAVAILABLE");
  }
  const Reply reply = Ask("POST", "/api/echo", {{"X-Request-Id", "left-alone-1"}}, "{}");
  EXPECT_EQ(reply.result_int(), 503u);
  EXPECT_EQ(ReasonOf(reply), "CIRCUIT_OPEN");
  EXPECT_THAT(std::string(reply["Retry-After"]), ::testing::MatchesRegex("[1-5]"));
  EXPECT_EQ(backend_.calls().size(), 5u);
  EXPECT_EQ(LogCapture::Get().Await("http.request", "left-alone-1").at("flags"), "circuit_open");
  EXPECT_EQ(Ask("GET", "/healthz").result_int(), 200u);
}

TEST_F(ResilienceTest, AStreamThatFindsNobodyCountsAndIsRefusedLikeACall) {
  Ask("PUT", "/api/things/x", Bearer(UserToken()), "{}");  // so that the keys are there
  const auto feed = FakeBackend::MakeFeed();
  feed->End({grpc::StatusCode::UNAVAILABLE, "gone"});
  Answer({.feed = feed});
  for (int i = 0; i < 5; ++i) {
    const Reply reply = Ask("GET", "/api/things/7/events", Bearer(UserToken()));
    EXPECT_EQ(ReasonOf(reply), "DEPENDENCY_UNAVAILABLE");
  }
  const Reply reply = Ask("GET", "/api/things/7/events", Bearer(UserToken()));
  EXPECT_EQ(ReasonOf(reply), "CIRCUIT_OPEN");
}

}  // namespace
}  // namespace cartwright::gateway
