#include <future>

#include "absl/strings/str_cat.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/use_future.hpp"
#include "gateway/gateway_fixture.h"
#include "gateway/revocation_source.h"
#include "gateway/revoked_sessions.h"
#include "gateway/wire.h"
#include "gmock/gmock.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::gateway {
namespace {

using cartwright::testing::HasErrorReason;
using cartwright::testing::IsOk;
using ::testing::ElementsAre;
using testing::FakeBackend;
using testing::TestSigner;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

TEST(RevokedSessionsTest, ASessionIsRefusedUntilItsTokensHaveExpired) {
  RevokedSessions revoked;
  EXPECT_FALSE(revoked.Has("one", kNow));
  EXPECT_TRUE(revoked.Add("one", kNow));
  EXPECT_TRUE(revoked.Has("one", kNow + absl::Seconds(59)));
  EXPECT_FALSE(revoked.Has("one", kNow + absl::Seconds(60)));
  EXPECT_FALSE(revoked.Has("two", kNow));
  EXPECT_FALSE(revoked.Has("", kNow));
  EXPECT_TRUE(revoked.Add("one", kNow - absl::Hours(1))) << "an older word shortens nothing";
  EXPECT_TRUE(revoked.Has("one", kNow));
  EXPECT_EQ(revoked.size(), 1u);
}

TEST(RevokedSessionsTest, WhatIsOverIsDroppedAndWhatIsTooMuchIsRefused) {
  RevokedSessions revoked(100);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(revoked.Add(absl::StrCat(i), kNow + absl::Seconds(i)));
  }
  EXPECT_FALSE(revoked.Add("more", kNow));
  EXPECT_EQ(revoked.size(), 100u);
  revoked.Prune(kNow + absl::Seconds(60 + 49));
  EXPECT_EQ(revoked.size(), 50u);
  EXPECT_FALSE(revoked.Has("49", kNow));
  EXPECT_TRUE(revoked.Has("50", kNow));
  EXPECT_TRUE(revoked.Add("more", kNow));
}

TEST(RevokedSessionsTest, AVerifiedTokenEndsWithItsSession) {
  const TestSigner signer;
  RevokedSessions revoked;
  TokenVerifier verifier(
      {.issuer = TestSigner::kIssuer, .audience = "cartwright", .revoked = &revoked});
  verifier.SetKeys(std::make_shared<const KeySet>(*KeySet::Parse(signer.Jwks())));
  const std::string token = signer.Token("ada", "[]", kNow);
  std::string unknown;
  EXPECT_THAT(verifier.Verify(token, kNow, unknown), IsOk());
  revoked.Add("session-1", kNow + absl::Minutes(10));
  EXPECT_THAT(verifier.Verify(token, kNow, unknown), HasErrorReason("TOKEN_INVALID"));
}

// The service: pages of ended sessions, by cursor.
class RevocationSourceTest : public ::testing::Test {
 protected:
  RevocationSourceTest()
      : backend_([this](const FakeBackend::Call& call) { return Answer(call); }),
        backends_(*Backends::Make("test=anywhere:1",
                                  [this](const auto&, const auto&) { return backend_.channel(); })),
        source_(*RevocationSource::Make(io_, backends_, Method("ListRevoked"), revoked_, {})) {}

  static const google::protobuf::MethodDescriptor* Method(const std::string& name) {
    return testing::TestCatalog().FindMethod("cartwright.test.v1.TestService/" + name);
  }

  struct Page {
    std::vector<std::string> sessions;
    std::string next_cursor;
    bool more = false;
  };

  FakeBackend::Answer Answer(const FakeBackend::Call& call) {
    WireReader reader(call.request);
    std::string cursor;
    for (WireField field; reader.Next(field);) cursor = std::string(field.bytes);
    cursors_.push_back(cursor);
    if (pages_.empty()) return {.status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "away")};
    const Page page = pages_.front();
    pages_.erase(pages_.begin());
    FakeBackend::Answer answer;
    for (const std::string& id : page.sessions) {
      std::string time;
      AppendTag(1, WireType::kVarint, time);
      AppendVarint(static_cast<uint64_t>(absl::ToUnixSeconds(until_)), time);
      std::string session;
      AppendBytes(1, id, session);
      AppendBytes(2, time, session);
      AppendBytes(1, session, answer.response);
    }
    AppendBytes(2, page.next_cursor, answer.response);
    AppendTag(3, WireType::kVarint, answer.response);
    AppendVarint(page.more ? 1 : 0, answer.response);
    return answer;
  }

  absl::Status Poll() {
    auto result = boost::asio::co_spawn(io_, source_->Poll(), boost::asio::use_future);
    io_.restart();
    auto work = boost::asio::make_work_guard(io_);
    while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) io_.run_one();
    return result.get();
  }

  const absl::Time until_ =
      absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())) + absl::Minutes(11);
  std::vector<Page> pages_;
  std::vector<std::string> cursors_;
  // A thread of gRPC may still be leaving its callback when a test is over: the loop outlives it.
  boost::asio::io_context& io_ = []() -> boost::asio::io_context& {
    static auto* io = new boost::asio::io_context;
    return *io;
  }();
  FakeBackend backend_;
  const Backends backends_;
  RevokedSessions revoked_;
  std::unique_ptr<RevocationSource> source_;
};

TEST_F(RevocationSourceTest, ReadsAllThereIsAndGoesOnFromThere) {
  pages_ = {{{"a", "b"}, "1", true}, {{"c"}, "2", false}};
  ASSERT_THAT(Poll(), IsOk());
  for (const char* id : {"a", "b", "c"}) EXPECT_TRUE(revoked_.Has(id, until_)) << id;
  EXPECT_FALSE(revoked_.Has("a", until_ + absl::Minutes(1)));
  EXPECT_TRUE(source_->IsLoaded());
  pages_ = {{{"c", "d"}, "3", false}};
  ASSERT_THAT(Poll(), IsOk());
  EXPECT_EQ(revoked_.size(), 4u);
  EXPECT_THAT(cursors_, ElementsAre("", "1", "2"));
}

TEST_F(RevocationSourceTest, AServiceThatIsAwayChangesNothing) {
  EXPECT_FALSE(Poll().ok());
  EXPECT_FALSE(source_->IsLoaded());
  pages_ = {{{"a"}, "1", true}};
  EXPECT_FALSE(Poll().ok());
  EXPECT_FALSE(source_->IsLoaded()) << "there was more";
  EXPECT_TRUE(revoked_.Has("a", until_));
  pages_ = {{{}, "2", false}};
  ASSERT_THAT(Poll(), IsOk());
  EXPECT_TRUE(source_->IsLoaded());
  EXPECT_THAT(cursors_, ElementsAre("", "", "1", "1"));
  EXPECT_TRUE(revoked_.Has("a", until_));
}

TEST_F(RevocationSourceTest, ARpcOfAnotherShapeIsRefused) {
  const auto refusal = [&](const google::protobuf::MethodDescriptor* method) {
    return std::string(
        RevocationSource::Make(io_, backends_, method, revoked_, {}).status().message());
  };
  EXPECT_EQ(refusal(Method("Nothing")), "there is no such RPC");
  EXPECT_EQ(refusal(Method("GetKeys")),
            "cartwright.test.v1.GetKeysRequest has no field \"cursor\" of the type that is needed");
}

}  // namespace
}  // namespace cartwright::gateway
