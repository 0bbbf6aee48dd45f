#include "shared/rpc/breaker.h"

#include "gtest/gtest.h"

namespace cartwright::rpc {
namespace {

const absl::Status kGone = absl::UnavailableError("gone");

// A circuit and a clock that the test turns.
class CircuitTest : public ::testing::Test {
 protected:
  // One call that ends with `status`; false when it was refused.
  bool Call(const absl::Status& status) {
    if (!circuit_.Admit(now_)) return false;
    circuit_.Report(now_, status);
    return true;
  }
  void Open() {
    for (int i = 0; i < Circuit::kTolerated; ++i) ASSERT_TRUE(Call(kGone));
  }

  absl::Time now_ = absl::UnixEpoch();
  Circuit circuit_;
};

TEST_F(CircuitTest, FiveFailuresInARowOpenIt) {
  for (int i = 0; i < Circuit::kTolerated - 1; ++i) EXPECT_TRUE(Call(kGone));
  EXPECT_TRUE(Call(absl::OkStatus()));
  for (int i = 0; i < Circuit::kTolerated - 1; ++i) EXPECT_TRUE(Call(kGone));
  EXPECT_FALSE(circuit_.open()) << "a success in between starts anew";
  EXPECT_TRUE(Call(absl::DeadlineExceededError("slow")));
  EXPECT_TRUE(circuit_.open());
}

TEST_F(CircuitTest, APeerThatAnswersWithAnErrorIsThere) {
  for (const absl::Status& status :
       {absl::InvalidArgumentError("x"), absl::InternalError("x"), absl::NotFoundError("x"),
        absl::FailedPreconditionError("x")}) {
    for (int i = 0; i < 2 * Circuit::kTolerated; ++i) EXPECT_TRUE(Call(status));
    EXPECT_FALSE(circuit_.open()) << status;
  }
}

TEST_F(CircuitTest, AfterThePauseOneProbeGoesAheadAndItsSuccessCloses) {
  Open();
  now_ += Circuit::kMaxPause;
  EXPECT_TRUE(circuit_.Admit(now_));
  EXPECT_FALSE(circuit_.Admit(now_)) << "one probe at a time";
  EXPECT_TRUE(circuit_.Refuses(now_));
  circuit_.Report(now_, absl::OkStatus());
  EXPECT_FALSE(circuit_.open());
  EXPECT_TRUE(circuit_.Admit(now_));
  EXPECT_TRUE(circuit_.Admit(now_));
}

TEST_F(CircuitTest, AFixedPauseIsWaitedForExactly) {
  circuit_ = Circuit({.first = absl::Seconds(5), .max = absl::Seconds(5), .jitter = false});
  Open();
  EXPECT_EQ(circuit_.PauseLeft(now_), absl::Seconds(5));
  now_ += absl::Seconds(5) - absl::Nanoseconds(1);
  EXPECT_FALSE(circuit_.Admit(now_));
  now_ += absl::Nanoseconds(1);
  EXPECT_TRUE(Call(kGone));
  EXPECT_EQ(circuit_.PauseLeft(now_), absl::Seconds(5)) << "it does not grow";
}

TEST_F(CircuitTest, AProbeThatSaysNothingMakesRoomForAnother) {
  Open();
  now_ += Circuit::kMaxPause;
  EXPECT_TRUE(circuit_.Admit(now_));
  circuit_.Abandon();
  EXPECT_TRUE(circuit_.open());
  EXPECT_TRUE(circuit_.Admit(now_));
  EXPECT_FALSE(circuit_.Admit(now_));
}

TEST_F(CircuitTest, AClockThatIsSetBackKeepsNobodyOut) {
  now_ += absl::Hours(2);
  Open();
  now_ -= absl::Hours(1);
  EXPECT_FALSE(circuit_.Refuses(now_));
}

TEST_F(CircuitTest, AProbeThatFailsOpensItAgain) {
  Open();
  now_ += Circuit::kMaxPause;
  EXPECT_TRUE(Call(kGone));
  EXPECT_TRUE(circuit_.open());
  now_ += Circuit::kMaxPause;
  EXPECT_TRUE(Call(absl::OkStatus()));
  EXPECT_FALSE(circuit_.open());
}

// Goal: pauses grow, stay random, and end. Method: many circuits, since each throws its dice; the
// chance that a thousand throws all miss the upper half is nil.
TEST_F(CircuitTest, PausesGrowUpToTheirCap) {
  absl::Duration longest[2] = {};
  for (int i = 0; i < 1000; ++i) {
    circuit_ = Circuit();
    Open();
    for (const int failures : {0, 20}) {
      for (int n = 0; n < failures; ++n) {
        now_ += Circuit::kMaxPause;
        ASSERT_TRUE(Call(kGone)) << "no pause is longer than the cap";
      }
      absl::Duration pause;
      while (circuit_.Refuses(now_ + pause)) pause += absl::Milliseconds(1);
      longest[failures > 0] = std::max(longest[failures > 0], pause);
    }
  }
  EXPECT_LE(longest[0], absl::Milliseconds(101));
  EXPECT_GT(longest[0], absl::Milliseconds(50));
  EXPECT_GT(longest[1], Circuit::kMaxPause / 2);
}

// Calls that were under way when the circuit opened end later, and must not leave a probe behind.
TEST_F(CircuitTest, LateEndsOfEarlierCallsDoNotJamIt) {
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(circuit_.Admit(now_));
  for (int i = 0; i < 8; ++i) circuit_.Report(now_, kGone);
  EXPECT_TRUE(circuit_.open());
  now_ += Circuit::kMaxPause;
  EXPECT_TRUE(Call(absl::OkStatus()));
  EXPECT_FALSE(circuit_.open());
}

}  // namespace
}  // namespace cartwright::rpc
