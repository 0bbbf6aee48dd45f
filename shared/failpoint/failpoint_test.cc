#include "shared/failpoint/failpoint.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "gtest/gtest.h"
#include "shared/failpoint/armed_points.h"

namespace cartwright::failpoint {
namespace {

class FailpointTest : public ::testing::Test {
 protected:
  ArmedPoints points_;
};

TEST_F(FailpointTest, WhatIsNotArmedHasNoEffect) {
  EXPECT_EQ(Pass("order.send.ReserveHold.before").effect, Effect::kNone);
}

TEST_F(FailpointTest, AnArmedPointFiresOnce) {
  points_.Arm("p", "error");
  EXPECT_EQ(Pass("other").effect, Effect::kNone);
  EXPECT_EQ(Pass("p").effect, Effect::kError);
  EXPECT_FALSE(points_.IsArmed("p"));
  EXPECT_EQ(Pass("p").effect, Effect::kNone);
}

TEST_F(FailpointTest, TheNthHitFires) {
  points_.Arm("p", "drop_reply 3");
  EXPECT_EQ(Pass("p").effect, Effect::kNone);
  EXPECT_EQ(Pass("p").effect, Effect::kNone);
  EXPECT_EQ(Pass("p").effect, Effect::kDropReply);
  EXPECT_FALSE(points_.IsArmed("p"));
}

TEST_F(FailpointTest, ATimeIsInMilliseconds) {
  points_.Arm("p", "sleep 2 250\n");
  EXPECT_EQ(Pass("p").effect, Effect::kNone);
  const Hit hit = Pass("p");
  EXPECT_EQ(hit.effect, Effect::kSleep);
  EXPECT_EQ(hit.delay, absl::Milliseconds(250));
  points_.Arm("p", "duplicate 1 40");
  EXPECT_EQ(Pass("p").effect, Effect::kDuplicate);
}

TEST_F(FailpointTest, AnActionThatIsNoneIsTakenAwayWithoutEffect) {
  points_.Arm("p", "explode");
  EXPECT_EQ(Pass("p").effect, Effect::kNone);
  EXPECT_FALSE(points_.IsArmed("p"));
}

TEST_F(FailpointTest, KillIsTheSignalThatNobodyCatches) {
  points_.Arm("p", "kill");
  EXPECT_EXIT(Pass("p"), ::testing::KilledBySignal(SIGKILL), "");
  EXPECT_FALSE(points_.IsArmed("p"));
}

TEST_F(FailpointTest, StopLastsUntilItIsContinued) {
  points_.Arm("p", "stop");
  const pid_t child = fork();
  if (child == 0) {
    _exit(Pass("p").effect == Effect::kNone ? 7 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, WUNTRACED), child);
  ASSERT_TRUE(WIFSTOPPED(status));
  kill(child, SIGCONT);
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

// Goal: of many processes that pass an armed point, exactly one fires it, at the hit that counts.
// Method: 8 processes pass it 25 times each; the 100th hit fires.
TEST_F(FailpointTest, ProcessesCountTogetherAndOneFires) {
  points_.Arm("p", "error 100");
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    children.push_back(fork());
    if (children.back() == 0) {
      int fired = 0;
      for (int hit = 0; hit < 25; ++hit) fired += Pass("p").effect == Effect::kError ? 1 : 0;
      _exit(fired);
    }
  }
  int fired = 0;
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    fired += WEXITSTATUS(status);
  }
  EXPECT_EQ(fired, 1);
  EXPECT_FALSE(points_.IsArmed("p"));
}

TEST_F(FailpointTest, PointsThatArePassedAreListedWhereAskedFor) {
  Pass("unseen");
  std::filesystem::create_directory(points_.directory() / "seen");
  Pass("p");
  EXPECT_TRUE(points_.IsArmed("seen/p"));
  EXPECT_FALSE(points_.IsArmed("seen/unseen"));
}

}  // namespace
}  // namespace cartwright::failpoint
