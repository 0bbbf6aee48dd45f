#include "gateway/load_shedder.h"

#include <thread>
#include <vector>

#include "gateway/test_api.h"
#include "gtest/gtest.h"
#include "shared/base/status.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::gateway {
namespace {

using Permit = LoadShedder::Permit;

// What is admitted while this many calls of others are under way.
bool IsAdmitted(Priority priority, int others) {
  LoadShedder shedder({.total = 100, .per_backend = 1000});
  LoadShedder::Backend backend("shedder-test");
  std::vector<absl::StatusOr<Permit>> held;
  for (int i = 0; i < others; ++i) held.push_back(shedder.Admit(Priority::kAuth, backend));
  return shedder.Admit(priority, backend).ok();
}

TEST(LoadShedderTest, EachPriorityHasItsLimit) {
  const struct {
    Priority priority;
    int most;
  } kRows[] = {{Priority::kRead, 80},
               {Priority::kWrite, 90},
               {Priority::kPayment, 95},
               {Priority::kAuth, 100}};
  for (const auto& row : kRows) {
    EXPECT_TRUE(IsAdmitted(row.priority, row.most - 1)) << row.most;
    EXPECT_FALSE(IsAdmitted(row.priority, row.most)) << row.most;
  }
}

TEST(LoadShedderTest, OneServiceCannotHaveAll) {
  LoadShedder shedder({.total = 100, .per_backend = 2});
  LoadShedder::Backend slow("slow");
  LoadShedder::Backend other("other");
  const auto first = shedder.Admit(Priority::kRead, slow);
  auto second = shedder.Admit(Priority::kAuth, slow);
  const auto third = shedder.Admit(Priority::kAuth, slow);
  EXPECT_TRUE(HasReason(third.status(), "OVERLOADED")) << third.status();
  EXPECT_TRUE(shedder.Admit(Priority::kRead, other).ok());
  second = absl::UnknownError("the call is over");
  EXPECT_TRUE(shedder.Admit(Priority::kRead, slow).ok());
}

TEST(LoadShedderTest, CountsExactlyWhenManyCallAtOnce) {
  LoadShedder shedder({.total = 1000, .per_backend = 1000});
  LoadShedder::Backend backend("busy");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        auto permit = shedder.Admit(Priority::kRead, backend);
        if (permit.ok()) Permit moved = *std::move(permit);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_NE(metrics::Render().find("cartwright_gateway_in_flight{backend=\"busy\"} 0"),
            std::string::npos);
  std::vector<Permit> held;
  for (int i = 0; i < 1000; ++i) held.push_back(*shedder.Admit(Priority::kAuth, backend));
  EXPECT_FALSE(shedder.Admit(Priority::kAuth, backend).ok());
}

TEST(LoadShedderTest, ThePriorityIsInThePolicy) {
  EXPECT_EQ(PriorityOf(testing::TestRoute("GetThing")), Priority::kRead);
  EXPECT_EQ(PriorityOf(testing::TestRoute("PutThing")), Priority::kWrite);
  EXPECT_EQ(PriorityOf(testing::TestRoute("Pay")), Priority::kPayment);
  EXPECT_EQ(PriorityOf(testing::TestRoute("Login")), Priority::kAuth);
}

}  // namespace
}  // namespace cartwright::gateway
