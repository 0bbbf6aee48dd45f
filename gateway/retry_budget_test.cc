#include "gateway/retry_budget.h"

#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

const absl::Time kStart = absl::UnixEpoch();

TEST(RetryBudgetTest, IsAPartOfTheCalls) {
  RetryBudget budget({.ratio = 0.1, .floor_per_s = 0, .most_saved = 1000, .saved_at_start = 0});
  int retries = 0;
  for (int i = 0; i < 1000; ++i) {
    budget.Deposit(kStart);
    retries += budget.Withdraw() ? 1 : 0;
  }
  EXPECT_GE(retries, 98);
  EXPECT_LE(retries, 100);
}

TEST(RetryBudgetTest, HasAFloorForAServiceWithLittleTraffic) {
  RetryBudget budget({.ratio = 0, .floor_per_s = 1, .most_saved = 20, .saved_at_start = 0});
  budget.Deposit(kStart);
  EXPECT_FALSE(budget.Withdraw());
  budget.Deposit(kStart + absl::Seconds(1));
  EXPECT_TRUE(budget.Withdraw());
  EXPECT_FALSE(budget.Withdraw());
}

TEST(RetryBudgetTest, SavesSoMuchAndNoMore) {
  RetryBudget budget({.ratio = 1, .floor_per_s = 1, .most_saved = 3, .saved_at_start = 1});
  EXPECT_TRUE(budget.Withdraw());
  EXPECT_FALSE(budget.Withdraw());
  for (int i = 0; i < 10; ++i) budget.Deposit(kStart + absl::Hours(i));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(budget.Withdraw());
  EXPECT_FALSE(budget.Withdraw());
}

TEST(RetryBudgetTest, AClockThatIsSetBackTakesNothing) {
  RetryBudget budget({.ratio = 0, .floor_per_s = 1, .most_saved = 20, .saved_at_start = 1});
  budget.Deposit(kStart);
  budget.Deposit(kStart - absl::Hours(1));
  EXPECT_TRUE(budget.Withdraw());
}

}  // namespace
}  // namespace cartwright::gateway
