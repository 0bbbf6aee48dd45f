#include "shared/db/async.h"

#include <stdexcept>
#include <string>

#include "boost/asio/co_spawn.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/use_future.hpp"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/telemetry/metrics.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::db {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;

// Runs `body` as a service's coroutine does.
template <typename Body>
auto Await(Workers& workers, Body body, absl::Time deadline = absl::InfiniteFuture()) {
  boost::asio::io_context io;
  auto result =
      boost::asio::co_spawn(io, Run(workers, deadline, std::move(body)), boost::asio::use_future);
  io.run();
  return result.get();
}

absl::Status Nothing(Connection&) { return absl::OkStatus(); }

// The one worker must be there for the next task after each of these. None needs a database.
class RunTest : public ::testing::Test {
 protected:
  Workers workers_{{.url = "", .threads = 1, .queue_limit = 8}};
};

TEST_F(RunTest, AnExceptionIsInternalAndTheWorkerLivesOn) {
  const auto body = [](Connection&) -> absl::Status { throw std::runtime_error("a bug"); };
  const absl::Status status = Await(workers_, body);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(status.message(), "a bug");
  EXPECT_THAT(Await(workers_, Nothing), IsOk());
}

TEST_F(RunTest, AnyOtherThrownValueIsInternalToo) {
  const auto body = [](Connection&) -> absl::StatusOr<int> { throw 7; };
  EXPECT_THAT(Await(workers_, body), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(Await(workers_, Nothing), IsOk());
}

TEST_F(RunTest, AnExpiredTaskDoesNotRun) {
  bool ran = false;
  const auto body = [&](Connection&) -> absl::Status {
    ran = true;
    return absl::OkStatus();
  };
  EXPECT_THAT(Await(workers_, body, absl::InfinitePast()),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_FALSE(ran);
}

TEST(RunOverloadTest, AFullQueueIsOverloaded) {
  Workers workers({.url = "", .threads = 1, .queue_limit = 0});
  const absl::Status status = Await(workers, Nothing);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(status, HasErrorReason("OVERLOADED"));
}

TEST(QueueDepthTest, TheGaugeCountsWhatWaits) {
  const auto says = [](const std::string& depth) {
    return ::testing::HasSubstr("\ncartwright_db_queue_depth " + depth + "\n");
  };
  {
    Workers nobody({.url = "", .threads = 0, .queue_limit = 8});
    EXPECT_THAT(metrics::Render(), says("0"));
    Workers::Task task{.run = [](Connection&) {}, .expire = [](absl::Status) {}};
    ASSERT_TRUE(nobody.Submit(task));
    EXPECT_THAT(metrics::Render(), says("1"));
  }
  EXPECT_THAT(metrics::Render(), says("0"));
  Workers workers({.url = "", .threads = 1, .queue_limit = 8});
  EXPECT_THAT(Await(workers, Nothing), IsOk());
  EXPECT_THAT(metrics::Render(), says("0"));
}

class RunDatabaseTest : public testing::PostgresFixture {
 protected:
  RunDatabaseTest() : PostgresFixture("wallet", "wallet") {}
};

// What a store does wrong when a column has another type than it believes.
TEST_F(RunDatabaseTest, AValueThatDoesNotConvertIsInternalAndTheConnectionLivesOn) {
  static constexpr Statement kWord = {"test.word", "SELECT 'many', 5"};
  Workers workers({.url = AppUrl(), .threads = 1, .queue_limit = 8});
  const auto column = [](int index) {
    return [index](Connection& connection) -> absl::StatusOr<int> {
      const auto rows = connection.Execute(kWord);
      if (!rows.ok()) return rows.status();
      return (*rows)[0][index].as<int>();
    };
  };
  EXPECT_THAT(Await(workers, column(0)), StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(Await(workers, column(1)).value_or(0), 5);
}

}  // namespace
}  // namespace cartwright::db
