#include "services/identity/password_hasher.h"

#include <atomic>
#include <latch>

#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/use_future.hpp"
#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using testing::HasErrorReason;
using testing::StatusIs;

const Pepper& OnePepper() {
  static const auto* pepper = new Pepper(std::string(32, 'p'));
  return *pepper;
}

TEST(PasswordHasherTest, AHashIsOfItsPasswordOnly) {
  const Pepper& pepper = OnePepper();
  const std::string hash = HashPassword("correct horse battery", pepper);
  EXPECT_EQ(hash.rfind("$argon2id$v=19$m=19456,t=2,p=1,keyid=" + pepper.id + "$", 0), 0u) << hash;
  EXPECT_TRUE(IsPassword("correct horse battery", hash, &pepper));
  EXPECT_FALSE(IsPassword("correct horse batterx", hash, &pepper));
  EXPECT_FALSE(IsPassword("", hash, &pepper));
  EXPECT_FALSE(IsPassword("correct horse battery", "not a hash", nullptr));
}

TEST(PasswordHasherTest, WithoutThePepperAHashIsOfNoUse) {
  const std::string hash = HashPassword("correct horse battery", OnePepper());
  const Pepper other(std::string(32, 'q'));
  EXPECT_NE(other.id, OnePepper().id);
  EXPECT_FALSE(IsPassword("correct horse battery", hash, &other));
  EXPECT_THAT(PepperOf(hash, {other}), StatusIs(absl::StatusCode::kDataLoss));
  const std::vector<Pepper> both = {other, OnePepper()};
  CW_ASSERT_OK_AND_ASSIGN(const Pepper* found, PepperOf(hash, both));
  EXPECT_TRUE(IsPassword("correct horse battery", hash, found));
}

// Made with the command argon2: of "correct horse battery", with the salt "saltsaltsalt".
TEST(PasswordHasherTest, AHashFromBeforeThereWerePeppersIsGood) {
  const char* hash =
      "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$IFTPU2T57OfS1UCuRGHB/rWveuBJh10XCxhj9AvQtiM";
  CW_ASSERT_OK_AND_ASSIGN(const Pepper* none, PepperOf(hash, {OnePepper()}));
  EXPECT_EQ(none, nullptr);
  EXPECT_TRUE(IsPassword("correct horse battery", hash, none));
  EXPECT_FALSE(IsPassword("correct horse batterx", hash, none));
  EXPECT_TRUE(NeedsRehash(hash, OnePepper()));
}

TEST(PasswordHasherTest, EqualPasswordsHaveDifferentHashes) {
  EXPECT_NE(HashPassword("correct horse battery", OnePepper()),
            HashPassword("correct horse battery", OnePepper()));
}

TEST(PasswordHasherTest, OnlyAnotherCostOrPepperNeedsARehash) {
  const std::string id = ",keyid=" + OnePepper().id;
  const struct {
    std::string hash;
    bool want;
  } cases[] = {
      {"$argon2id$v=19$m=19456,t=2,p=1" + id + "$c2FsdA$aGFzaA", false},
      {"$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", true},
      {"$argon2id$v=19$m=19456,t=2,p=1,keyid=AAAAAAAA$c2FsdA$aGFzaA", true},
      {"$argon2id$v=19$m=4096,t=2,p=1" + id + "$c2FsdA$aGFzaA", true},
      {"$argon2id$v=19$m=19456,t=1,p=1" + id + "$c2FsdA$aGFzaA", true},
      {"$argon2id$v=19$m=19456,t=2,p=2" + id + "$c2FsdA$aGFzaA", true},
      {"$argon2i$v=19$m=19456,t=2,p=1" + id + "$c2FsdA$aGFzaA", true},
  };
  for (const auto& c : cases) EXPECT_EQ(NeedsRehash(c.hash, OnePepper()), c.want) << c.hash;
}

class PasswordPoolTest : public ::testing::Test {
 protected:
  template <typename T>
  T Await(boost::asio::awaitable<T> coroutine) {
    auto future = boost::asio::co_spawn(io_, std::move(coroutine), boost::asio::use_future);
    io_.restart();
    io_.run();
    return future.get();
  }

  boost::asio::io_context io_;
};

TEST_F(PasswordPoolTest, AHashOfThePoolVerifies) {
  PasswordHasher hasher(1, [] { return PasswordHasher::Peppers{OnePepper()}; });
  const auto hash = Await(hasher.Hash("correct horse battery", absl::InfiniteFuture()));
  EXPECT_TRUE(Await(hasher.Verify("correct horse battery", *hash, absl::InfiniteFuture())).value());
  EXPECT_FALSE(Await(hasher.Verify("wrong horse battery", *hash, absl::InfiniteFuture())).value());
  EXPECT_FALSE(Await(hasher.Verify("correct horse battery", "", absl::InfiniteFuture())).value());
}

TEST_F(PasswordPoolTest, WorkThatIsLateIsDropped) {
  PasswordHasher hasher(1, [] { return PasswordHasher::Peppers{OnePepper()}; });
  EXPECT_THAT(Await(hasher.Hash("correct horse battery", absl::Now() - absl::Seconds(1))),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(PasswordPoolTest, APepperIsReplacedWithoutARestart) {
  const Pepper next(std::string(32, 'q'));
  absl::StatusOr<PasswordHasher::Peppers> now = PasswordHasher::Peppers{OnePepper()};
  PasswordHasher hasher(1, [&] { return now; });
  const auto verifies = [&](const std::string& hash) {
    return Await(hasher.Verify("correct horse battery", hash, absl::InfiniteFuture()));
  };
  const auto before = Await(hasher.Hash("correct horse battery", absl::InfiniteFuture()));
  now = PasswordHasher::Peppers{next, OnePepper()};
  EXPECT_TRUE(hasher.NeedsRehash(*before));
  EXPECT_TRUE(verifies(*before).value());
  now = absl::NotFoundError("away for a moment");
  const auto after = Await(hasher.Hash("correct horse battery", absl::InfiniteFuture()));
  EXPECT_FALSE(hasher.NeedsRehash(*after)) << "what was read last goes on";
  now = PasswordHasher::Peppers{next};
  EXPECT_TRUE(verifies(*after).value());
  EXPECT_THAT(verifies(*before), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_FALSE(verifies("").value()) << "nobody is no error, under any pepper";
}

// More calls than the queue takes, all started before any can end: the rest are refused, none
// is lost.
TEST_F(PasswordPoolTest, AFloodIsRefused) {
  PasswordHasher hasher(1, [] { return PasswordHasher::Peppers{OnePepper()}; });
  constexpr int kCalls = 100;
  int done = 0, refused = 0;
  for (int i = 0; i < kCalls; ++i) {
    boost::asio::co_spawn(io_, hasher.Hash("correct horse battery", absl::InfiniteFuture()),
                          [&](std::exception_ptr, absl::StatusOr<std::string> hash) {
                            if (hash.ok()) ++done;
                            if (DetailsOf(hash.status()).reason == "OVERLOADED") ++refused;
                          });
  }
  io_.run();
  EXPECT_EQ(done + refused, kCalls);
  EXPECT_GE(done, 33);
  EXPECT_GE(refused, 50);
}

}  // namespace
}  // namespace cartwright::identity
