#include "gateway/usage_plans.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "shared/base/secret.h"

namespace cartwright::gateway {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);  // 2027-01-15T08:00:00Z

std::string HashOf(absl::string_view key) { return absl::BytesToHexString(Sha256(key)); }

std::string Good() {
  return absl::StrReplaceAll(R"json({
    "plans": [{"name": "gold", "rate": "100/s", "burst": 200, "dailyQuota": 3},
              {"name": "free", "rate": "60/min", "burst": 1}],
    "keys": [{"sha256": "GOLD", "plan": "gold"},
             {"sha256": "OLD", "plan": "gold", "expireTime": "2027-01-15T08:00:00Z"},
             {"sha256": "FREE", "plan": "free", "expireTime": "2027-01-15T10:00:01+02:00"}]
  })json",
                             {{"GOLD", HashOf("gold-key")},
                              {"OLD", HashOf("old-key")},
                              {"FREE", absl::AsciiStrToUpper(HashOf("free-key"))}});
}

TEST(UsagePlansTest, FindsThePartnerOfAKey) {
  UsagePlans plans;
  ASSERT_TRUE(plans.Load(Good()).ok()) << plans.Load(Good());
  const auto gold = plans.Find("gold-key", kNow);
  ASSERT_NE(gold, nullptr);
  EXPECT_EQ(gold->plan->name, "gold");
  EXPECT_EQ(gold->plan->limit.interval, absl::Milliseconds(10));
  EXPECT_EQ(gold->plan->limit.burst, 200);
  EXPECT_EQ(gold->plan->daily_quota, 3);
  const auto free = plans.Find("free-key", kNow);
  ASSERT_NE(free, nullptr);
  EXPECT_EQ(free->plan->daily_quota, 0);
  EXPECT_EQ(plans.Find("free-key", kNow + absl::Seconds(1)), nullptr) << "expired";
  EXPECT_EQ(plans.Find("old-key", kNow), nullptr) << "expired";
  EXPECT_EQ(plans.Find("", kNow), nullptr);
  EXPECT_EQ(plans.Find("GOLD-KEY", kNow), nullptr);
  EXPECT_EQ(plans.Find(HashOf("gold-key"), kNow), nullptr) << "what the file has is not the key";
}

TEST(UsagePlansTest, AQuotaIsOfADayAndOutlivesAReload) {
  UsagePlans plans;
  ASSERT_TRUE(plans.Load(Good()).ok());
  const auto gold = plans.Find("gold-key", kNow);
  EXPECT_EQ(plans.Take(*gold, kNow).remaining, 2);
  EXPECT_EQ(plans.Take(*gold, kNow).remaining, 1);
  ASSERT_TRUE(plans.Load(Good()).ok());
  EXPECT_EQ(plans.Take(*gold, kNow).remaining, 0);
  const auto refused = plans.Take(*gold, kNow);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.reset, absl::Hours(16));
  const absl::Time midnight = kNow + absl::Hours(16);
  EXPECT_FALSE(plans.Take(*gold, midnight - absl::Milliseconds(1)).allowed);
  EXPECT_TRUE(plans.Take(*gold, midnight).allowed);
}

TEST(UsagePlansTest, AMistakeNamesItsEntryAndChangesNothing) {
  UsagePlans plans;
  ASSERT_TRUE(plans.Load(Good()).ok());
  const struct {
    const char* from;
    const char* to;
    const char* message;
  } kRows[] = {
      {"\"plans\"", "\"plan\"", "the file: it lacks \"plans\""},
      {"\"keys\": [", "\"more\": [], \"keys\": [", "the file: there is no \"more\" in it"},
      {"\"100/s\"", "\"100\"", "plans[0]: a rate is"},
      {"\"100/s\"", "100", "plans[0]: \"rate\" is not a string"},
      {"\"burst\": 200", "\"burst\": 0", "plans[0]: a burst is"},
      {"\"burst\": 200", "\"burst\": 2.5", "plans[0]: \"burst\" is not a whole number"},
      {"\"burst\": 200", "\"bust\": 200", "plans[0]: it lacks \"burst\""},
      {"\"dailyQuota\": 3", "\"dailyQuota\": 0", "plans[0]: \"dailyQuota\" is not 1"},
      {"\"dailyQuota\": 3", "\"dailyquota\": 3", "plans[0]: there is no \"dailyquota\" in it"},
      {"\"name\": \"gold\"", "\"name\": \"\"", "plans[0]: \"name\" is not 1 to"},
      {"\"name\": \"free\"", "\"name\": \"gold\"", "plans[1]: the plan \"gold\" is there twice"},
      {"\"plan\": \"free\"", "\"plan\": \"iron\"", "keys[2]: there is no plan \"iron\""},
      {"2027-01-15T08:00:00Z", "tomorrow", "keys[1]: \"expireTime\" is not a time"},
      {"\"sha256\": \"", "\"sha256\": \"0", "keys[0]: \"sha256\" is not 64 hex digits"},
  };
  for (const auto& row : kRows) {
    const std::string bad = absl::StrReplaceAll(Good(), {{row.from, row.to}});
    ASSERT_NE(bad, Good()) << row.message;
    const absl::Status status = plans.Load(bad);
    EXPECT_NE(status.message().find(row.message), absl::string_view::npos) << status;
  }
  const std::string twice = absl::StrReplaceAll(Good(), {{HashOf("old-key"), HashOf("gold-key")}});
  EXPECT_EQ(plans.Load(twice).message(), "keys[1]: the key is there twice");
  for (const char* bad :
       {"", "[]", "{", "{\"plans\":{},\"keys\":[]}", "{\"plans\":[1],\"keys\":[]}"}) {
    EXPECT_FALSE(plans.Load(bad).ok()) << bad;
  }
  EXPECT_NE(plans.Find("gold-key", kNow), nullptr);
}

}  // namespace
}  // namespace cartwright::gateway
