#include "shared/db/workers.h"

#include <atomic>
#include <cstdint>
#include <future>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::db {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;

// What became of one task.
struct Outcome {
  std::promise<absl::Status> promise;
  std::future<absl::Status> future = promise.get_future();
  std::atomic<int> calls{0};

  // Of this task, which must live less long.
  Workers::Task Task(absl::Time deadline = absl::InfiniteFuture()) {
    return {.run = [this](Connection&) { Set(absl::OkStatus()); },
            .expire = [this](absl::Status status) { Set(std::move(status)); },
            .deadline = deadline};
  }

  // OK when it ran, the error with which it expired otherwise.
  absl::Status Get() { return future.get(); }

 private:
  void Set(absl::Status status) {
    if (calls++ == 0) promise.set_value(std::move(status));
  }
};

// Keeps one worker busy until it is released, at the latest at the end of its scope.
class Blocker {
 public:
  explicit Blocker(Workers& workers) {
    Workers::Task task{.run =
                           [this](Connection&) {
                             started_.set_value();
                             release_.get_future().wait();
                           },
                       .expire = [](absl::Status) { ADD_FAILURE() << "the blocker expired"; }};
    EXPECT_TRUE(workers.Submit(task));
    started_.get_future().wait();
  }
  ~Blocker() {
    if (!released_) Release();
  }

  void Release() {
    released_ = true;
    release_.set_value();
  }

 private:
  std::promise<void> started_;
  std::promise<void> release_;
  bool released_ = false;
};

// Tasks that never touch their connection need no database.
Workers::Options OneWorker(size_t queue_limit) {
  return {.url = "", .threads = 1, .queue_limit = queue_limit};
}

TEST(WorkersTest, AFullQueueRefusesAtOnceAndLeavesTheTask) {
  Outcome first, second;
  Workers workers(OneWorker(1));
  Blocker blocker(workers);
  Workers::Task waiting = first.Task();
  Workers::Task refused = second.Task();
  EXPECT_TRUE(workers.Submit(waiting));
  EXPECT_EQ(workers.QueueDepth(), 1u);
  ASSERT_FALSE(workers.Submit(refused));
  EXPECT_EQ(second.calls, 0);
  blocker.Release();
  EXPECT_THAT(first.Get(), IsOk());
  // The caller still has it, whole.
  EXPECT_TRUE(workers.Submit(refused));
  EXPECT_THAT(second.Get(), IsOk());
}

TEST(WorkersTest, ATaskWhoseDeadlinePassedExpiresInsteadOfRunning) {
  Outcome late, punctual;
  Workers workers(OneWorker(8));
  Workers::Task late_task = late.Task(absl::Now() - absl::Milliseconds(1));
  Workers::Task punctual_task = punctual.Task();
  ASSERT_TRUE(workers.Submit(late_task));
  ASSERT_TRUE(workers.Submit(punctual_task));
  EXPECT_THAT(late.Get(), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(punctual.Get(), IsOk());
  EXPECT_EQ(late.calls, 1);
}

TEST(WorkersTest, TheEndExpiresWhatWaitsAndFinishesWhatRuns) {
  Outcome waiting;
  std::atomic<int> probes_run{0};
  std::atomic<int> probes_expired{0};
  auto* workers = new Workers(OneWorker(SIZE_MAX));
  Blocker blocker(*workers);
  Workers::Task task = waiting.Task();
  ASSERT_TRUE(workers->Submit(task));
  // It cannot end before the blocker does.
  std::thread end([workers] { delete workers; });
  // The workers stop once they take nothing more; only then may what runs end.
  int probes = 0;
  while (true) {
    Workers::Task probe{.run = [&](Connection&) { ++probes_run; },
                        .expire = [&](absl::Status) { ++probes_expired; }};
    if (!workers->Submit(probe)) break;
    ++probes;
    std::this_thread::yield();
  }
  blocker.Release();
  end.join();
  const absl::Status status = waiting.Get();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(status, HasErrorReason("OVERLOADED"));
  EXPECT_EQ(waiting.calls, 1);
  EXPECT_EQ(probes_run, 0);
  EXPECT_EQ(probes_expired, probes);
}

class WorkersDatabaseTest : public testing::PostgresFixture {
 protected:
  WorkersDatabaseTest() : PostgresFixture("wallet", "wallet") {}

  // The process id of the connection that the one worker has.
  static absl::StatusOr<int> ServerPid(Workers& workers) {
    static constexpr Statement kPid = {"test.pid", "SELECT pg_backend_pid()"};
    std::promise<absl::StatusOr<int>> result;
    Workers::Task task{.run =
                           [&](Connection& connection) {
                             const auto rows = connection.Execute(kPid);
                             result.set_value(rows.ok()
                                                  ? absl::StatusOr<int>((*rows)[0][0].as<int>())
                                                  : rows.status());
                           },
                       .expire = [&](absl::Status status) { result.set_value(status); }};
    EXPECT_TRUE(workers.Submit(task));
    return result.get_future().get();
  }
};

// The count is raised after a task is over: the second one proves it of the first.
TEST_F(WorkersDatabaseTest, WhatADeadDatabaseFailsIsNoAnswer) {
  Workers good({.url = AppUrl(), .threads = 1, .queue_limit = 8});
  Workers dead({.url = "postgresql://nobody@127.0.0.1:1/none", .threads = 1, .queue_limit = 8});
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(ServerPid(good), IsOk());
    EXPECT_THAT(ServerPid(dead), StatusIs(absl::StatusCode::kUnavailable));
  }
  EXPECT_GE(good.Answered(), 1u);
  EXPECT_EQ(dead.Answered(), 0u);
}

TEST_F(WorkersDatabaseTest, AConnectionThatIsEndedBetweenTwoCallsFailsNeither) {
  static constexpr Statement kEnd = {"test.end", "SELECT pg_terminate_backend($1, 10000)"};
  Workers workers({.url = AppUrl(), .threads = 1, .queue_limit = 8});
  CW_ASSERT_OK_AND_ASSIGN(const int before, ServerPid(workers));
  CW_ASSERT_OK_AND_ASSIGN(const auto ended, superuser().Execute(kEnd, {before}));
  ASSERT_TRUE(ended[0][0].as<bool>());
  CW_ASSERT_OK_AND_ASSIGN(const int after, ServerPid(workers));
  EXPECT_NE(before, after);
}

}  // namespace
}  // namespace cartwright::db
