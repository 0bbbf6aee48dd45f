#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/use_future.hpp"
#include "gateway/gateway_fixture.h"
#include "gateway/revocation_source.h"
#include "gateway/wire.h"
#include "gmock/gmock.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::gateway {
namespace {

using cartwright::testing::HasErrorReason;
using cartwright::testing::IsOk;
using cartwright::testing::StatusIs;
using testing::FakeBackend;

// An answer of ListRevoked: this session has ended, none when empty.
std::string Ended(absl::string_view id) {
  std::string answer;
  if (!id.empty()) {
    std::string time;
    AppendTag(1, WireType::kVarint, time);
    AppendVarint(static_cast<uint64_t>(absl::ToUnixSeconds(absl::Now() + absl::Hours(1))), time);
    std::string session;
    AppendBytes(1, id, session);
    AppendBytes(2, time, session);
    AppendBytes(1, session, answer);
  }
  AppendBytes(2, "cursor", answer);
  return answer;
}

// Goal: it is decided by an answer to a question that began after the check did. Each question is
// held until the test answers it, and the loop runs when the test says so: who waits for which
// question is known.
class LiveSessionTest : public ::testing::Test {
 protected:
  using Check = std::future<absl::Status>;

  LiveSessionTest()
      : backend_([this](const FakeBackend::Call&) {
          const std::lock_guard lock(mutex_);
          return FakeBackend::Answer{.feed = questions_.emplace_back(FakeBackend::MakeFeed())};
        }),
        backends_(*Backends::Make("test=anywhere:1",
                                  [this](const auto&, const auto&) { return backend_.channel(); })),
        source_(Source({.period = absl::Hours(1)})) {}

  std::unique_ptr<RevocationSource> Source(const RevocationSource::Options& options) {
    const auto* method =
        testing::TestCatalog().FindMethod("cartwright.test.v1.TestService/ListRevoked");
    return *RevocationSource::Make(io_, backends_, method, revoked_, options);
  }

  // Runs the loop until `done`.
  void RunUntil(const std::function<bool()>& done) {
    auto work = boost::asio::make_work_guard(io_);
    io_.restart();
    for (int i = 0; i < 3000 && !done(); ++i) io_.run_one_for(std::chrono::milliseconds(10));
    ASSERT_TRUE(done());
    io_.poll();
  }

  size_t asked() {
    const std::lock_guard lock(mutex_);
    return questions_.size();
  }

  // Waits for the question of this number, from 1, and answers it.
  void Answer(size_t number, absl::string_view ended, const grpc::Status& status = {}) {
    RunUntil([&] { return asked() >= number; });
    const std::lock_guard lock(mutex_);
    if (questions_.size() < number) return;
    if (status.ok()) questions_[number - 1]->Write(Ended(ended));
    questions_[number - 1]->End(status);
  }

  // One who asks now.
  Check Begin(const std::string& session, absl::Duration patience = absl::Minutes(5)) {
    sessions_.push_back(std::make_unique<std::string>(session));
    auto check =
        boost::asio::co_spawn(io_, source_->CheckLive(*sessions_.back(), absl::Now() + patience),
                              boost::asio::use_future);
    io_.restart();
    io_.poll();
    return check;
  }

  static bool IsReady(const Check& check) {
    return check.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }
  absl::Status Finish(Check& check) {
    RunUntil([&] { return IsReady(check); });
    return IsReady(check) ? check.get() : absl::InternalError("it is not over");
  }

  // A start: one question, which is answered.
  void Start() {
    source_->Start();
    Answer(1, "");
    RunUntil([&] { return source_->IsLoaded(); });
  }

  static grpc::Status Away() { return {grpc::StatusCode::UNAVAILABLE, "away"}; }

  std::mutex mutex_;
  std::vector<std::shared_ptr<FakeBackend::Feed>> questions_;
  std::vector<std::unique_ptr<std::string>> sessions_;
  // A thread of gRPC may still be leaving its callback when a test is over, and the source never
  // ends: each test has a loop of its own, which outlives it.
  boost::asio::io_context& io_ = []() -> boost::asio::io_context& {
    static auto* kept = new std::vector<std::unique_ptr<boost::asio::io_context>>;
    return *kept->emplace_back(std::make_unique<boost::asio::io_context>());
  }();
  FakeBackend backend_;
  const Backends backends_;
  RevokedSessions revoked_;
  std::unique_ptr<RevocationSource> source_;
};

TEST_F(LiveSessionTest, ManyWhoAskShareOneQuestion) {
  Start();
  std::vector<Check> live;
  for (int i = 0; i < 20; ++i) live.push_back(Begin("live"));
  // The first of them has made the question begin; the others share the one after it.
  Check ended = Begin("ended");
  Answer(2, "");
  Answer(3, "ended");
  EXPECT_THAT(Finish(ended), HasErrorReason("TOKEN_INVALID"));
  for (Check& check : live) EXPECT_THAT(Finish(check), IsOk());
  EXPECT_EQ(asked(), 3u);
}

TEST_F(LiveSessionTest, AQuestionThatBeganBeforeDoesNotCount) {
  Start();
  Check early = Begin("session");
  RunUntil([&] { return asked() == 2; });
  // The answer to the question under way may have been made before the session ended.
  Check late = Begin("session");
  Answer(2, "");
  EXPECT_THAT(Finish(early), IsOk());
  RunUntil([&] { return asked() == 3; });
  EXPECT_FALSE(IsReady(late));
  Answer(3, "session");
  EXPECT_THAT(Finish(late), HasErrorReason("TOKEN_INVALID"));
}

TEST_F(LiveSessionTest, WhatWasKnownCountsWhileNobodyAnswersUntilItIsOld) {
  Start();
  Check check = Begin("session");
  Answer(2, "", Away());
  EXPECT_THAT(Finish(check), IsOk());
  // What has ended is not forgotten meanwhile.
  revoked_.Add("ended", absl::Now());
  Check ended = Begin("ended");
  Answer(3, "", Away());
  EXPECT_THAT(Finish(ended), HasErrorReason("TOKEN_INVALID"));
}

TEST_F(LiveSessionTest, WhatIsTooOldDoesNotCount) {
  source_ = Source({.period = absl::Hours(1), .max_age = absl::ZeroDuration()});
  Start();
  Check check = Begin("session");
  Answer(2, "", Away());
  EXPECT_THAT(Finish(check), HasErrorReason("DEPENDENCY_UNAVAILABLE"));
  Check again = Begin("session");
  Answer(3, "");
  EXPECT_THAT(Finish(again), IsOk());
}

TEST_F(LiveSessionTest, NothingCountsBeforeTheFirstAnswer) {
  source_->Start();
  Answer(1, "", Away());
  Check check = Begin("session");
  Answer(2, "", Away());
  EXPECT_THAT(Finish(check), HasErrorReason("DEPENDENCY_UNAVAILABLE"));
}

TEST_F(LiveSessionTest, WhoGivesNoTimeDoesNotGetByOnWhatWasKnown) {
  Start();
  Check hasty = Begin("session", absl::Milliseconds(1));
  EXPECT_THAT(Finish(hasty), StatusIs(absl::StatusCode::kDeadlineExceeded));
  Answer(2, "");
}

TEST_F(LiveSessionTest, ATokenWithoutASessionIsRefused) {
  Start();
  Check check = Begin("");
  Answer(2, "");
  EXPECT_THAT(Finish(check), HasErrorReason("TOKEN_INVALID"));
}

// Goal: the gateway asks for the routes that say so, and for no other, whenever it asked last.
class LiveRouteTest : public testing::GatewayFixture {
 protected:
  LiveRouteTest()
      : GatewayFixture([this](const FakeBackend::Call& call) { return Respond(call); }, {}, {},
                       {.sessions_end = true}) {}

  void SetUp() override {
    revocations_->Start();
    const std::string nobody = "nobody";
    auto loaded =
        boost::asio::co_spawn(io_, revocations_->CheckLive(nobody, absl::Now() + absl::Minutes(1)),
                              boost::asio::use_future);
    ASSERT_THAT(loaded.get(), IsOk());
  }

  FakeBackend::Answer Respond(const FakeBackend::Call& call) {
    const std::lock_guard lock(service_mutex_);
    if (call.method != absl::StrCat("/", kRevokedMethod)) return {};
    ++asked_;
    if (away_) return {.status = {grpc::StatusCode::UNAVAILABLE, "away"}};
    return {.response = Ended(ended_)};
  }

  Reply Pay() {
    Headers headers = Bearer(UserToken());
    headers.emplace_back("Idempotency-Key", "key");
    return Ask("POST", "/api/pay", headers, R"({"amount":"5","pieces":1,"reference":"a"})");
  }

  // Calls of the service that are no question.
  size_t paid() {
    const auto calls = backend_.calls();
    return std::count_if(calls.begin(), calls.end(),
                         [](const auto& call) { return absl::EndsWith(call.method, "/Pay"); });
  }

  std::mutex service_mutex_;
  std::atomic<int> asked_ = 0;
  bool away_ = false;
  std::string ended_;
};

TEST_F(LiveRouteTest, APaymentOfASessionThatEndedJustNowReachesNobody) {
  EXPECT_EQ(Pay().result_int(), 201u);
  {
    const std::lock_guard lock(service_mutex_);
    ended_ = "session-1";
  }
  const Reply refused = Pay();
  EXPECT_EQ(refused.result_int(), 401u);
  EXPECT_EQ(ReasonOf(refused), "TOKEN_INVALID");
  EXPECT_THAT(std::string(refused["WWW-Authenticate"]), ::testing::HasSubstr("invalid_token"));
  EXPECT_EQ(paid(), 1u);
}

TEST_F(LiveRouteTest, OtherRoutesAndBadRequestsAskNothing) {
  const int before = asked_;
  EXPECT_EQ(Ask("PUT", "/api/things/1", Bearer(UserToken()), "{}").result_int(), 200u);
  Headers headers = Bearer(UserToken());
  headers.emplace_back("Idempotency-Key", "key");
  EXPECT_EQ(Ask("POST", "/api/pay", headers, R"({"amount":"x"})").result_int(), 400u);
  EXPECT_EQ(asked_, before);
  EXPECT_EQ(Pay().result_int(), 201u);
  EXPECT_EQ(asked_, before + 1);
}

TEST_F(LiveRouteTest, WhileNobodyAnswersThePaymentGoesOn) {
  {
    const std::lock_guard lock(service_mutex_);
    away_ = true;
  }
  EXPECT_EQ(Pay().result_int(), 201u);
  EXPECT_EQ(paid(), 1u);
}

}  // namespace
}  // namespace cartwright::gateway
