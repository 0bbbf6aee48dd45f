#include "gateway/rate_limits.h"

#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

TEST(RateLimitsTest, TheDefaultsAreThoseOfTheDocumentation) {
  const RateLimits limits = *RateLimits::Parse("");
  const struct {
    RateClass rate_class;
    const char* name;
    absl::Duration interval;
    int64_t burst;
  } kRows[] = {
      {RateClass::kAddress, "address", absl::Seconds(1) / 200, 400},
      {RateClass::kAnonymous, "anonymous", absl::Seconds(1) / 20, 40},
      {RateClass::kRead, "read", absl::Seconds(1) / 50, 100},
      {RateClass::kWrite, "write", absl::Seconds(1) / 10, 20},
      {RateClass::kAuth, "auth", absl::Minutes(1) / 5, 5},
      {RateClass::kAuthAddress, "auth_address", absl::Minutes(1) / 60, 60},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(NameOf(row.rate_class), row.name);
    EXPECT_EQ(limits.Of(row.rate_class).interval, row.interval) << row.name;
    EXPECT_EQ(limits.Of(row.rate_class).burst, row.burst) << row.name;
  }
}

TEST(RateLimitsTest, TheFlagChangesSomeAndSwitchesOff) {
  const auto limits = RateLimits::Parse("read=7/min/3, auth=off");
  ASSERT_TRUE(limits.ok()) << limits.status();
  EXPECT_EQ(limits->Of(RateClass::kRead).interval, absl::Minutes(1) / 7);
  EXPECT_EQ(limits->Of(RateClass::kRead).burst, 3);
  EXPECT_TRUE(limits->Of(RateClass::kAuth).IsOff());
  EXPECT_EQ(limits->Of(RateClass::kWrite).burst, 20);
  const auto off = RateLimits::Parse("off");
  ASSERT_TRUE(off.ok());
  for (size_t i = 0; i < kRateClasses; ++i) {
    EXPECT_TRUE(off->Of(static_cast<RateClass>(i)).IsOff()) << i;
  }
}

TEST(RateLimitsTest, ABadEntryIsNamed) {
  for (const char* bad : {"read",
                          "read=",
                          "=50/s/100",
                          "rea=50/s/100",
                          "read=50",
                          "read=50/s",
                          "read=50/100",
                          "read=50/d/100",
                          "read=0/s/100",
                          "read=-1/s/100",
                          "read=+5/s/100",
                          "read=1.5/s/1",
                          "read=50/s/0",
                          "read=50/s/-1",
                          "read=50/s/x",
                          "read=50/s/1000001",
                          "read=1000001/s/1",
                          "read=1/h/25",
                          "read=50/s/100/7",
                          "read=50/s/1e2"}) {
    const auto limits = RateLimits::Parse(bad);
    ASSERT_FALSE(limits.ok()) << bad;
    EXPECT_NE(limits.status().message().find(bad), std::string::npos) << limits.status();
  }
  EXPECT_FALSE(RateLimits::Parse("read=1/s/1,read=2/s/2").ok());
  EXPECT_FALSE(RateLimits::Parse("off,read=1/s/1").ok());
}

TEST(RateLimitsTest, EveryMethodHasAClass) {
  EXPECT_EQ(*RateClassOf("read", "POST"), RateClass::kRead);
  EXPECT_EQ(*RateClassOf("write", "GET"), RateClass::kWrite);
  EXPECT_EQ(*RateClassOf("auth", "POST"), RateClass::kAuth);
  EXPECT_EQ(*RateClassOf("", "GET"), RateClass::kRead);
  EXPECT_EQ(*RateClassOf("", "DELETE"), RateClass::kWrite);
  for (const char* unknown : {"Read", "anonymous", "address", "auth_address", "slow"}) {
    EXPECT_FALSE(RateClassOf(unknown, "GET").ok()) << unknown;
  }
}

}  // namespace
}  // namespace cartwright::gateway
