#include "gateway/shared_reads.h"

#include <atomic>
#include <condition_variable>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/gateway_fixture.h"
#include "gateway/wire.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/rpc/grpc_status.h"

namespace cartwright::gateway {
namespace {

using testing::FakeBackend;
using ::testing::HasSubstr;
using testing::RawClient;
using testing::TestRoute;

// Goal: clients see what RFC 9111, 5861 and 9211 promise, and the service sees few of them. The
// service answers with a shelf whose text is `text_`, and counts.
class SharedReadsTest : public testing::GatewayFixture {
 protected:
  SharedReadsTest()
      : GatewayFixture([this](const FakeBackend::Call&) {
          std::unique_lock lock(answer_mutex_);
          open_.wait(lock, [this] { return is_open_; });
          std::string shelf;
          AppendBytes(1, "x", shelf);
          AppendBytes(2, text_, shelf);
          return FakeBackend::Answer{.status = status_, .response = shelf};
        }) {}

  void Say(const std::string& text, const grpc::Status& status = grpc::Status::OK) {
    const std::lock_guard lock(answer_mutex_);
    text_ = text;
    status_ = status;
  }
  void Hold() {
    const std::lock_guard lock(answer_mutex_);
    is_open_ = false;
  }
  void Release() {
    const std::lock_guard lock(answer_mutex_);
    is_open_ = true;
    open_.notify_all();
  }
  static grpc::Status Away() { return {grpc::StatusCode::UNAVAILABLE, "away"}; }

  static std::string TextOf(const Reply& reply) {
    if (reply.result_int() != 200) return absl::StrCat(reply.result_int());
    return std::string(boost::json::parse(reply.body()).at("text").as_string());
  }
  static std::string CacheStatus(const Reply& reply) { return std::string(reply["Cache-Status"]); }
  size_t Calls() const { return backend_.calls().size(); }

  // Looks again until `done`; a test that waits in vain fails.
  static void Await(const std::function<bool()>& done) {
    const absl::Time deadline = absl::Now() + absl::Seconds(60);
    while (!done()) {
      ASSERT_LT(absl::Now(), deadline);
      std::this_thread::yield();
    }
  }

  std::mutex answer_mutex_;
  std::condition_variable open_;
  bool is_open_ = true;
  std::string text_ = "one";
  grpc::Status status_;
};

TEST_F(SharedReadsTest, TheSecondReadComesFromTheCache) {
  const absl::Time asked = absl::Now();
  const Reply first = Ask("GET", "/api/shelf/x");
  const absl::Duration took = absl::Now() - asked;
  EXPECT_EQ(TextOf(first), "one");
  EXPECT_THAT(CacheStatus(first), HasSubstr("cartwright; fwd=miss; stored"));
  EXPECT_EQ(first["Cache-Control"], "public, max-age=30, stale-while-revalidate=60");
  // Not older than the question, however long that took.
  int age = -1;
  ASSERT_TRUE(absl::SimpleAtoi(std::string(first["Age"]), &age)) << first["Age"];
  EXPECT_GE(age, 0);
  EXPECT_LE(absl::Seconds(age), took);
  Say("two");
  const Reply second = Ask("GET", "/api/shelf/x");
  EXPECT_EQ(TextOf(second), "one");
  EXPECT_THAT(CacheStatus(second), HasSubstr("cartwright; hit; ttl="));
  EXPECT_EQ(second["ETag"], first["ETag"]);
  EXPECT_EQ(Calls(), 1u);
}

TEST_F(SharedReadsTest, WhatTheClientKnowsIsNotSentAgain) {
  const Reply first = Ask("GET", "/api/shelf/x");
  const Reply again = Ask("GET", "/api/shelf/x",
                          {{"If-None-Match", absl::StrCat("W/", std::string(first["ETag"]))}});
  EXPECT_EQ(again.result_int(), 304u);
  EXPECT_EQ(again["ETag"], first["ETag"]);
  EXPECT_EQ(again["Cache-Control"], first["Cache-Control"]);
  EXPECT_EQ(again.count("Content-Type"), 0u);
  EXPECT_EQ(Calls(), 1u);
}

TEST_F(SharedReadsTest, HeadIsServedFromIt) {
  const Reply get = Ask("GET", "/api/shelf/x");
  const Reply head = Ask("HEAD", "/api/shelf/x");
  EXPECT_EQ(head.result_int(), 200u);
  EXPECT_EQ(head["Content-Length"], get["Content-Length"]);
  EXPECT_EQ(Calls(), 1u);
}

TEST_F(SharedReadsTest, OnePlaceHasOneKeyHoweverItIsWritten) {
  Ask("GET", "/api/shelf/a?q=b%20c&n=1&tag=s&tag=t");
  for (const char* same :
       {"/api/shelf/%61?n=1&q=b+c&tag=s&tag=t", "/api/shelf/a?tag=s&q=b%20c&n=1&tag=t",
        "/api/shelf/a?tag=s&tag=t&q=b%20c&n=1&"}) {
    EXPECT_EQ(Ask("GET", same).result_int(), 200u) << same;
  }
  EXPECT_EQ(Calls(), 1u);
  for (const char* other : {"/api/shelf/a?q=b%20c&n=1&tag=t&tag=s", "/api/shelf/b?q=b%20c&n=1",
                            "/api/shelf/a?q=b%20c&n=11", "/api/shelf/aq?", "/api/shelf/a"}) {
    Ask("GET", other);
  }
  EXPECT_EQ(Calls(), 6u);
}

TEST_F(SharedReadsTest, WhoIsSignedInIsNeitherServedFromItNorKept) {
  const Reply first = Ask("GET", "/api/shelf/x", Bearer(UserToken()));
  EXPECT_EQ(CacheStatus(first), "cartwright; fwd=bypass");
  EXPECT_EQ(cache_.entries(), 0u);
  Ask("GET", "/api/shelf/x");
  Ask("GET", "/api/shelf/x", {{"Authorization", "Basic eDp5"}});
  EXPECT_EQ(Calls(), 3u);
  EXPECT_EQ(Ask("PUT", "/api/things/1", Bearer(UserToken()), "{}")["Cache-Control"],
            "private, no-store");
}

TEST_F(SharedReadsTest, AnonymousNoCacheChangesNothing) {
  Ask("GET", "/api/shelf/x");
  Ask("GET", "/api/shelf/x", {{"Cache-Control", "no-cache"}, {"Pragma", "no-cache"}});
  EXPECT_EQ(Calls(), 1u);
}

TEST_F(SharedReadsTest, ErrorsAreNotKept) {
  Say("", {grpc::StatusCode::NOT_FOUND, "none"});
  EXPECT_EQ(TextOf(Ask("GET", "/api/shelf/x")), "404");
  Say("", Away());
  const Reply away = Ask("GET", "/api/shelf/x");
  EXPECT_EQ(away.result_int(), 503u);
  EXPECT_EQ(away["Cache-Control"], "private, no-store");
  Say("two");
  EXPECT_EQ(TextOf(Ask("GET", "/api/shelf/x")), "two");
  EXPECT_EQ(Ask("GET", "/api/shelf/x?nonsense=1").result_int(), 400u);
  EXPECT_EQ(Ask("GET", "/api/shelf/x", {}, "{}").result_int(), 400u);
}

TEST_F(SharedReadsTest, ConcurrentMissesMakeOneCall) {
  constexpr size_t kClients = 8;
  Hold();
  std::atomic<size_t> right{0};
  std::atomic<size_t> collapsed{0};
  std::vector<std::thread> clients;
  for (size_t i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      const Reply reply = Ask("GET", "/api/shelf/x");
      if (TextOf(reply) == "one") ++right;
      if (absl::StrContains(CacheStatus(reply), "collapsed")) ++collapsed;
    });
  }
  Await([&] { return shared_reads_->waiting() == kClients - 1; });
  Release();
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, kClients);
  EXPECT_EQ(collapsed, kClients - 1);
  EXPECT_EQ(Calls(), 1u);
}

TEST_F(SharedReadsTest, ALeaderWhoseClientIsGoneStillAnswersTheOthers) {
  Hold();
  auto leader = std::make_unique<RawClient>(port_);
  leader->Send(Format("GET", "/api/shelf/x"));
  Await([&] { return Calls() == 1; });
  std::string text;
  std::thread waiter([&] { text = TextOf(Ask("GET", "/api/shelf/x")); });
  Await([&] { return shared_reads_->waiting() == 1; });
  leader.reset();
  Release();
  waiter.join();
  EXPECT_EQ(text, "one");
  EXPECT_EQ(Calls(), 1u);
}

TEST_F(SharedReadsTest, AStaleAnswerIsServedWhileItIsRenewed) {
  EXPECT_EQ(TextOf(Ask("GET", "/api/old/x")), "one");
  Hold();
  Say("two");
  for (int i = 0; i < 3; ++i) {
    const Reply stale = Ask("GET", "/api/old/x");
    EXPECT_EQ(TextOf(stale), "one");
    EXPECT_THAT(CacheStatus(stale), HasSubstr("hit"));
  }
  Await([&] { return Calls() == 2; });
  Release();
  Await([&] { return TextOf(Ask("GET", "/api/old/x")) == "two"; });
}

TEST_F(SharedReadsTest, AStaleAnswerIsBetterThanAnError) {
  EXPECT_EQ(TextOf(Ask("GET", "/api/ancient/x")), "one");
  Say("", Away());
  const Reply stale = Ask("GET", "/api/ancient/x");
  EXPECT_EQ(TextOf(stale), "one");
  EXPECT_THAT(CacheStatus(stale), HasSubstr("fwd=stale; fwd-status=503"));
  const size_t calls = Calls();
  EXPECT_EQ(TextOf(Ask("GET", "/api/ancient/x")), "one");
  EXPECT_EQ(Calls(), calls) << "it is not asked again at once";
}

TEST_F(SharedReadsTest, ARefusalIsNoReasonForAStaleAnswer) {
  EXPECT_EQ(TextOf(Ask("GET", "/api/ancient/x")), "one");
  Say("", {grpc::StatusCode::NOT_FOUND, "gone"});
  EXPECT_EQ(TextOf(Ask("GET", "/api/ancient/x")), "404");
}

TEST_F(SharedReadsTest, AChangeEndsWhatItMakesOld) {
  ChangeGroup& group = *changes_.Add(TestRoute("GetPrice"));
  // Heard in the future, so that a slow machine does not make it old.
  const absl::Time heard = absl::Now() + absl::Hours(1);
  group.Hear(heard, "1");
  EXPECT_EQ(TextOf(Ask("GET", "/api/prices/x")), "one");
  Say("two");
  group.Hear(heard, "1");
  EXPECT_EQ(TextOf(Ask("GET", "/api/prices/x")), "one");
  group.Hear(heard, "2");
  EXPECT_EQ(TextOf(Ask("GET", "/api/prices/x")), "two");
  group.Hear(heard, "3");
  Say("", Away());
  EXPECT_EQ(TextOf(Ask("GET", "/api/prices/x")), "two");
}

TEST_F(SharedReadsTest, AChangeDuringTheCallMakesItsAnswerOld) {
  ChangeGroup& group = *changes_.Add(TestRoute("GetPrice"));
  const absl::Time heard = absl::Now() + absl::Hours(1);
  group.Hear(heard, "1");
  Hold();
  std::thread client([&] { EXPECT_EQ(TextOf(Ask("GET", "/api/prices/x")), "one"); });
  Await([&] { return Calls() == 1; });
  group.Hear(heard, "2");
  Release();
  client.join();
  Say("two");
  EXPECT_EQ(TextOf(Ask("GET", "/api/prices/x")), "two");
}

}  // namespace
}  // namespace cartwright::gateway
