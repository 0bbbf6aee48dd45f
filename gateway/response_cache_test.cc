#include "gateway/response_cache.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
const CacheRule kRule = {.max_age = absl::Seconds(10), .stale_while_revalidate = absl::Seconds(60)};

std::shared_ptr<const CachedAnswer> Answer(size_t size = 10, absl::Time fetched = kStart,
                                           uint64_t generation = 0) {
  return std::make_shared<const CachedAnswer>(
      Response{.content_type = "application/json", .body = std::string(size, 'a')}, fetched,
      generation);
}

TEST(ResponseCacheTest, AnAnswerAges) {
  ResponseCache cache({.stale_if_error = absl::Minutes(5)});
  EXPECT_EQ(cache.Find("k", kRule, kStart).state, CacheState::kMiss);
  const auto answer = Answer();
  ASSERT_TRUE(cache.Insert("k", answer));
  const auto state = [&](int seconds) {
    return cache.Find("k", kRule, kStart + absl::Seconds(seconds)).state;
  };
  EXPECT_EQ(cache.Find("k", kRule, kStart).answer, answer);
  EXPECT_EQ(state(9), CacheState::kFresh);
  EXPECT_EQ(state(10), CacheState::kRevalidate);
  EXPECT_EQ(state(69), CacheState::kRevalidate);
  EXPECT_EQ(state(70), CacheState::kStale);
  EXPECT_EQ(state(309), CacheState::kStale);
  EXPECT_EQ(state(310), CacheState::kMiss);
  EXPECT_EQ(cache.Find("k", kRule, kStart + absl::Hours(1)).answer, nullptr);
}

TEST(ResponseCacheTest, AChangeEndsFreshnessAtOnce) {
  ResponseCache cache({});
  ChangeGroup group;
  const CacheRule rule = {
      .max_age = absl::Seconds(10), .stale_while_revalidate = absl::Seconds(60), .group = &group};
  // Before anything was heard, nothing is known to be current.
  cache.Insert("k", Answer(10, kStart, group.generation()));
  EXPECT_EQ(cache.Find("k", rule, kStart).state, CacheState::kStale);
  group.Hear(kStart, "1");
  cache.Insert("k", Answer(10, kStart, group.generation()));
  EXPECT_EQ(cache.Find("k", rule, kStart).state, CacheState::kFresh);
  group.Hear(kStart + absl::Seconds(1), "1");
  EXPECT_EQ(cache.Find("k", rule, kStart + absl::Seconds(1)).state, CacheState::kFresh);
  group.Hear(kStart + absl::Seconds(2), "2");
  EXPECT_EQ(cache.Find("k", rule, kStart + absl::Seconds(2)).state, CacheState::kStale);
}

TEST(ResponseCacheTest, NothingIsFreshWhenTheServiceIsSilent) {
  ResponseCache cache({});
  ChangeGroup group;
  const CacheRule rule = {.max_age = absl::Seconds(10), .group = &group};
  group.Hear(kStart, "1");
  cache.Insert("k", Answer(10, kStart, group.generation()));
  EXPECT_EQ(cache.Find("k", rule, kStart + ChangeGroup::kTrustTime).state, CacheState::kFresh);
  const absl::Time later = kStart + ChangeGroup::kTrustTime + absl::Milliseconds(1);
  EXPECT_EQ(cache.Find("k", rule, later).state, CacheState::kStale);
  group.Hear(later, "1");
  EXPECT_EQ(cache.Find("k", rule, later).state, CacheState::kFresh);
}

TEST(ResponseCacheTest, BytesAreBoundedAndTheOldestGoFirst) {
  constexpr size_t kMax = 1 << 20;
  ResponseCache cache({.max_bytes = kMax});
  for (int i = 0; i < 3000; ++i) {
    cache.Insert(absl::StrCat("key-", i), Answer(1000));
    // In use all the time.
    cache.Insert("often", Answer(1000));
    EXPECT_LE(cache.bytes(), kMax);
  }
  EXPECT_GT(cache.entries(), 100u);
  EXPECT_LT(cache.entries(), 1000u);
  EXPECT_NE(cache.Find("often", kRule, kStart).answer, nullptr);
  EXPECT_EQ(cache.Find("key-0", kRule, kStart).answer, nullptr);
  EXPECT_NE(cache.Find("key-2999", kRule, kStart).answer, nullptr);
}

TEST(ResponseCacheTest, AUseCountsAsNew) {
  ResponseCache cache({.max_bytes = 1 << 20});
  cache.Insert("used", Answer(1000));
  for (int i = 0; i < 3000; ++i) {
    cache.Insert(absl::StrCat("key-", i), Answer(1000));
    ASSERT_NE(cache.Find("used", kRule, kStart).answer, nullptr) << i;
  }
}

TEST(ResponseCacheTest, WhatIsTooLargeIsNotKept) {
  ResponseCache cache({.max_bytes = 1 << 20, .max_entry_bytes = 20'000});
  EXPECT_TRUE(cache.Insert("k", Answer(10'000)));
  EXPECT_FALSE(cache.Insert("k", Answer(20'000)));
  // Nor what it would have replaced.
  EXPECT_EQ(cache.Find("k", kRule, kStart).state, CacheState::kMiss);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(ResponseCacheTest, CompressedFormsCount) {
  ResponseCache cache({});
  const auto answer = Answer(10'000);
  cache.Insert("k", answer);
  const size_t before = cache.bytes();
  const auto& form = cache.FormOf("k", *answer, Coding::kGzip);
  EXPECT_EQ(cache.bytes(), before + form.bytes->size());
  cache.FormOf("k", *answer, Coding::kGzip);
  EXPECT_EQ(cache.bytes(), before + form.bytes->size());
  // Of an answer that was replaced meanwhile, nothing is counted.
  cache.Insert("k", Answer(10'000));
  cache.FormOf("k", *answer, Coding::kBrotli);
  EXPECT_EQ(cache.bytes(), before);
}

}  // namespace
}  // namespace cartwright::gateway
