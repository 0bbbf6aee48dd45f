#include "gateway/rate_limiter.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

constexpr RateLimit kTenPerSecond = {.interval = absl::Milliseconds(100), .burst = 3};
const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

TEST(RateLimiterTest, ABurstPassesAndTheNextCallWaits) {
  RateLimiter limiter;
  for (int remaining : {2, 1, 0}) {
    const RateVerdict verdict = limiter.Take("ada", kTenPerSecond, kNow);
    EXPECT_TRUE(verdict.allowed);
    EXPECT_EQ(verdict.remaining, remaining);
    EXPECT_EQ(verdict.reset, absl::Milliseconds(100) * (3 - remaining));
    EXPECT_EQ(verdict.retry_after, absl::ZeroDuration());
  }
  const RateVerdict refused = limiter.Take("ada", kTenPerSecond, kNow + absl::Milliseconds(40));
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.remaining, 0);
  EXPECT_EQ(refused.retry_after, absl::Milliseconds(60));
  EXPECT_EQ(refused.reset, absl::Milliseconds(260));
  EXPECT_TRUE(limiter.Take("eve", kTenPerSecond, kNow).allowed) << "others are not concerned";
}

TEST(RateLimiterTest, ARefusedCallDoesNotCount) {
  RateLimiter limiter;
  for (int i = 0; i < 100; ++i) limiter.Take("ada", kTenPerSecond, kNow);
  EXPECT_TRUE(limiter.Take("ada", kTenPerSecond, kNow + absl::Milliseconds(100)).allowed);
  EXPECT_FALSE(limiter.Take("ada", kTenPerSecond, kNow + absl::Milliseconds(100)).allowed);
}

TEST(RateLimiterTest, OverTimeTheRateIsWhatItSays) {
  RateLimiter limiter;
  int allowed = 0;
  for (int ms = 0; ms < 10'000; ms += 7) {
    allowed += limiter.Take("ada", kTenPerSecond, kNow + absl::Milliseconds(ms)).allowed ? 1 : 0;
  }
  EXPECT_GE(allowed, 100 + 2);
  EXPECT_LE(allowed, 100 + 3);
}

TEST(RateLimiterTest, AClockThatIsSetBackLocksNobodyOut) {
  RateLimiter limiter;
  for (int i = 0; i < 3; ++i) limiter.Take("ada", kTenPerSecond, kNow);
  const absl::Time before = kNow - absl::Hours(1);
  EXPECT_LE(limiter.Take("ada", kTenPerSecond, before).retry_after, absl::Milliseconds(100));
  EXPECT_TRUE(limiter.Take("ada", kTenPerSecond, before + absl::Milliseconds(300)).allowed);
}

TEST(RateLimiterTest, MemoryIsBoundedAndThoseWhoCallStayCounted) {
  RateLimiter limiter(1024);
  int allowed = 0;
  for (int i = 0; i < 20'000; ++i) {
    limiter.Take(absl::StrCat("stranger-", i), kTenPerSecond, kNow);
    if (i % 10 == 0) allowed += limiter.Take("ada", kTenPerSecond, kNow).allowed ? 1 : 0;
    ASSERT_LE(limiter.size(), 1024u);
  }
  EXPECT_EQ(allowed, 3);
}

TEST(RateLimiterTest, FullBucketsAreForgotten) {
  RateLimiter limiter;
  for (int i = 0; i < 1000; ++i) limiter.Take(absl::StrCat(i), kTenPerSecond, kNow);
  EXPECT_EQ(limiter.size(), 1000u);
  // Two refills later, every shard having been used in between.
  for (int pass = 1; pass <= 2; ++pass) {
    for (int i = 0; i < 1000; ++i) {
      limiter.Take(absl::StrCat("other-", i), kTenPerSecond, kNow + pass * absl::Seconds(1));
    }
  }
  EXPECT_EQ(limiter.size(), 1000u);
}

TEST(RateLimiterTest, ALongLimitIsNotForgottenForTheSakeOfAShortOne) {
  constexpr RateLimit kPerMinute = {.interval = absl::Seconds(12), .burst = 5};
  RateLimiter limiter;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limiter.Take("login", kPerMinute, kNow).allowed);
  for (int s = 1; s < 12; ++s) {
    for (int i = 0; i < 200; ++i) {
      limiter.Take(absl::StrCat("short-", i), kTenPerSecond, kNow + absl::Seconds(s));
    }
    EXPECT_FALSE(limiter.Take("login", kPerMinute, kNow + absl::Seconds(s)).allowed) << s;
  }
  EXPECT_TRUE(limiter.Take("login", kPerMinute, kNow + absl::Seconds(12)).allowed);
}

TEST(RateLimiterTest, ThreadsShareOneBurst) {
  constexpr RateLimit kHundred = {.interval = absl::Seconds(36), .burst = 100};
  RateLimiter limiter;
  std::atomic<int> allowed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) allowed += limiter.Take("ada", kHundred, kNow).allowed ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowed, 100);
}

}  // namespace
}  // namespace cartwright::gateway
