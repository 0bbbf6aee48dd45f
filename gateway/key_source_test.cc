#include "gateway/key_source.h"

#include <future>

#include "boost/asio/use_future.hpp"
#include "gateway/gateway_fixture.h"

namespace cartwright::gateway {
namespace {

using testing::FakeBackend;
using testing::TestSigner;

// The service that publishes keys, and how often it was asked.
class KeySourceTest : public ::testing::Test {
 protected:
  KeySourceTest()
      : backend_(
            [this](const FakeBackend::Call&) { return FakeBackend::Answer{.response = Keys()}; }),
        backends_(*Backends::Make(
            "test=anywhere:1", [this](const auto&, const auto&) { return backend_.channel(); })) {}

  // The wire form of the published key set, by the descriptors.
  std::string Keys() const {
    auto value = boost::json::parse(signer_->Jwks());
    for (auto& key : value.at("keys").as_array()) {
      key.as_object().erase("use");
      key.as_object().erase("alg");
    }
    std::string wire;
    EXPECT_TRUE(AppendMessage(*testing::TestRoute("GetKeys").response, value, wire).ok());
    return wire;
  }

  std::unique_ptr<KeySource> Source(absl::Duration min_gap, absl::Duration bad_for) {
    return std::make_unique<KeySource>(io_, backends_, testing::TestRoute("GetKeys"), verifier_,
                                       min_gap, bad_for);
  }

  // What each of `kids` makes the source do, all at once.
  void Refresh(KeySource& source, const std::vector<std::string>& kids) {
    std::vector<std::future<void>> results;
    for (const std::string& kid : kids) {
      results.push_back(boost::asio::co_spawn(io_, source.Refresh(kid), boost::asio::use_future));
    }
    io_.restart();
    auto work = boost::asio::make_work_guard(io_);
    for (auto& result : results) {
      while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) io_.run_one();
    }
  }

  size_t Fetches() const { return backend_.calls().size(); }

  std::unique_ptr<TestSigner> signer_ = std::make_unique<TestSigner>("one");
  // A thread of gRPC may still be leaving its callback when a test is over: the loop outlives it.
  boost::asio::io_context& io_ = []() -> boost::asio::io_context& {
    static auto* io = new boost::asio::io_context;
    return *io;
  }();
  FakeBackend backend_;
  const Backends backends_;
  TokenVerifier verifier_{{.issuer = TestSigner::kIssuer, .audience = "cartwright"}};
};

TEST_F(KeySourceTest, UnknownKeysCauseOneFetchPerGap) {
  const auto source = Source(absl::Hours(1), absl::ZeroDuration());
  Refresh(*source, {"one"});
  EXPECT_TRUE(verifier_.HasKey("one"));
  Refresh(*source, {"made-up-1"});
  Refresh(*source, {"made-up-2"});
  EXPECT_EQ(Fetches(), 1u);
}

TEST_F(KeySourceTest, ThoseWhoWaitForAFetchShareIt) {
  const auto source = Source(absl::ZeroDuration(), absl::ZeroDuration());
  Refresh(*source, {"one", "one", "two", "three"});
  EXPECT_EQ(Fetches(), 1u);
  EXPECT_TRUE(verifier_.HasKey("one"));
}

TEST_F(KeySourceTest, AKeyThatWasNotThereIsNotAskedForAgainUntilTheKeysChange) {
  const auto source = Source(absl::ZeroDuration(), absl::Hours(1));
  Refresh(*source, {"two"});
  Refresh(*source, {"two"});
  EXPECT_EQ(Fetches(), 1u);
  signer_ = std::make_unique<TestSigner>("two");
  Refresh(*source, {"three"});
  EXPECT_EQ(Fetches(), 2u);
  EXPECT_TRUE(verifier_.HasKey("two"));
  EXPECT_FALSE(verifier_.HasKey("one")) << "what is not published is not trusted";
  signer_ = std::make_unique<TestSigner>("four");
  Refresh(*source, {"two"});
  EXPECT_EQ(Fetches(), 3u) << "the new keys brought it: it is not bad any more";
}

TEST_F(KeySourceTest, ManyMadeUpIdsDoNotGrowItsMemoryWithoutBound) {
  const auto source = Source(absl::Hours(1), absl::Hours(1));
  for (int i = 0; i < 3000; ++i) Refresh(*source, {absl::StrCat("made-up-", i)});
  EXPECT_EQ(Fetches(), 1u);
}

}  // namespace
}  // namespace cartwright::gateway
