#include "gateway/external_tokens.h"

#include <atomic>
#include <future>

#include "boost/asio/co_spawn.hpp"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/use_future.hpp"
#include "gateway/test_api.h"
#include "gateway/wire.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/auth/jwt.h"
#include "shared/rpc/grpc_status.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::gateway {
namespace {

using cartwright::testing::HasErrorReason;
using cartwright::testing::IsOk;
using cartwright::testing::StatusIs;
using ::testing::ElementsAre;
using testing::FakeBackend;

class ExternalTokensTest : public ::testing::Test {
 protected:
  ExternalTokensTest()
      : backend_([this](const FakeBackend::Call& call) { return Answer(call); }),
        backends_(*Backends::Make("test=anywhere:1",
                                  [this](const auto&, const auto&) { return backend_.channel(); })),
        tokens_(*ExternalTokens::Make(backends_, Method("CheckToken"), revoked_)) {}

  static const google::protobuf::MethodDescriptor* Method(const std::string& name) {
    return testing::TestCatalog().FindMethod("cartwright.test.v1.TestService/" + name);
  }

  FakeBackend::Answer Answer(const FakeBackend::Call& call) {
    ++asked_;
    if (!error_.ok()) return {.status = rpc::ToGrpc(error_)};
    WireReader reader(call.request);
    FakeBackend::Answer answer;
    std::string token;
    for (WireField field; reader.Next(field);) {
      if (field.number == 1) token = std::string(field.bytes);
      if (field.number == 2) client_ip_ = std::string(field.bytes);
    }
    AppendBytes(1, absl::StrCat("user of ", token), answer.response);
    AppendBytes(2, "shopper", answer.response);
    std::string time;
    AppendTag(1, WireType::kVarint, time);
    AppendVarint(static_cast<uint64_t>(absl::ToUnixSeconds(expires_)), time);
    AppendBytes(3, time, answer.response);
    AppendBytes(4, absl::StrCat("session of ", token), answer.response);
    return answer;
  }

  absl::StatusOr<std::shared_ptr<const Principal>> Check(const std::string& token, absl::Time now) {
    auto result = boost::asio::co_spawn(io_, tokens_->Check(token, address_, call_, now),
                                        boost::asio::use_future);
    io_.restart();
    auto work = boost::asio::make_work_guard(io_);
    while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) io_.run_one();
    return result.get();
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  const absl::Time expires_ = now_ + absl::Minutes(15);
  const rpc::Call call_ = rpc::Call::Background(absl::Seconds(30));
  const std::string address_ = "192.0.2.1";
  absl::Status error_;
  std::atomic<int> asked_{0};
  std::string client_ip_;
  RevokedSessions revoked_;
  // A thread of gRPC may still be leaving its callback when a test is over: the loop outlives it.
  boost::asio::io_context& io_ = []() -> boost::asio::io_context& {
    static auto* io = new boost::asio::io_context;
    return *io;
  }();
  FakeBackend backend_;
  const Backends backends_;
  std::unique_ptr<ExternalTokens> tokens_;
};

TEST_F(ExternalTokensTest, ATokenIsAskedForOnceAMinute) {
  const auto principal = Check("one", now_);
  ASSERT_THAT(principal, IsOk());
  EXPECT_EQ((*principal)->subject, "user of one");
  EXPECT_EQ((*principal)->session, "session of one");
  EXPECT_EQ(client_ip_, "192.0.2.1");
  EXPECT_THAT((*principal)->roles, ElementsAre("shopper"));
  EXPECT_EQ((*principal)->expires, expires_);
  EXPECT_THAT(Check("one", now_ + absl::Seconds(59)), IsOk());
  EXPECT_EQ(asked_, 1);
  EXPECT_THAT(Check("one", now_ + absl::Seconds(60)), IsOk());
  EXPECT_EQ(asked_, 2);
  EXPECT_EQ((*Check("two", now_))->subject, "user of two");
}

// The end of a session is known for eleven minutes: an answer from before it is not used for
// longer.
TEST_F(ExternalTokensTest, WhatWasGoodIsForTenMinutesWhileTheServiceIsAwayAndNoLongerThanItLives) {
  ASSERT_THAT(Check("one", now_), IsOk());
  ASSERT_THAT(Check("one", now_ + absl::Minutes(7)), IsOk());
  ASSERT_THAT(Check("two", now_), IsOk());
  error_ = absl::UnavailableError("away");
  EXPECT_THAT(Check("two", now_ + absl::Minutes(9)), IsOk());
  EXPECT_THAT(Check("two", now_ + absl::Minutes(10)), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Check("one", expires_ - absl::Seconds(1)), IsOk());
  EXPECT_THAT(Check("one", expires_), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Check("three", now_), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ExternalTokensTest, ATokenEndsWithItsSessionAlsoWhereItWasLetInAMomentAgo) {
  ASSERT_THAT(Check("one", now_), IsOk());
  revoked_.Add("session of one", now_ + absl::Minutes(11));
  EXPECT_THAT(Check("one", now_), HasErrorReason("TOKEN_INVALID"));
  EXPECT_EQ(asked_, 1);
  error_ = absl::UnavailableError("away");
  EXPECT_THAT(Check("one", now_ + absl::Minutes(9)), HasErrorReason("TOKEN_INVALID"));
  EXPECT_THAT(Check("two", now_), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ExternalTokensTest, ARefusalCountsAndIsNotRemembered) {
  ASSERT_THAT(Check("one", now_), IsOk());
  error_ = InvalidToken();
  EXPECT_THAT(Check("one", now_ + absl::Minutes(2)), HasErrorReason("TOKEN_INVALID"));
  EXPECT_THAT(Check("two", now_), HasErrorReason("TOKEN_INVALID"));
  error_ = absl::OkStatus();
  EXPECT_THAT(Check("two", now_), IsOk());
}

TEST_F(ExternalTokensTest, ARpcOfAnotherShapeIsRefused) {
  const auto refusal = [&](const google::protobuf::MethodDescriptor* method) {
    return std::string(ExternalTokens::Make(backends_, method, revoked_).status().message());
  };
  EXPECT_EQ(refusal(Method("Nothing")), "there is no such RPC");
  EXPECT_EQ(refusal(Method("GetKeys")),
            "cartwright.test.v1.GetKeysRequest has no field \"token\" of the type that is needed");
}

}  // namespace
}  // namespace cartwright::gateway
