#include "shared/db/connection.h"

#include <atomic>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "shared/db/sql_error.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::db {
namespace {

using testing::IsOk;
using testing::StatusIs;

class ConnectionTest : public testing::PostgresFixture {
 protected:
  ConnectionTest() : PostgresFixture("wallet", "wallet") {}
};

// The server of the tests commits without waiting (synchronous_commit = off), so a standby that
// does not exist holds up only the session that asks for it.
class SynchronousReplicationTest : public ConnectionTest {
 protected:
  SynchronousReplicationTest() { Require("nobody"); }
  ~SynchronousReplicationTest() override { Require(""); }

 private:
  void Require(const std::string& standby) {
    const std::string setting =
        absl::StrCat("ALTER SYSTEM SET synchronous_standby_names = '", standby, "'");
    EXPECT_THAT(superuser().Script(setting), IsOk());
    EXPECT_THAT(superuser().Script("SELECT pg_reload_conf()"), IsOk());
  }
};

constexpr Statement kMakeTable = {"test.make_table", "CREATE TABLE public.doubtful ()"};
constexpr Statement kInsert = {"test.insert", "INSERT INTO public.doubtful DEFAULT VALUES"};
constexpr Statement kCancelWaiting = {
    "test.cancel_waiting",
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
    " WHERE wait_event = 'SyncRep' AND datname = current_database()"};

// The server begins to wait a moment after the setting changed, so this commits until it is not OK.
TEST_F(SynchronousReplicationTest, ACommitThatNobodyReplicatedIsInDoubt) {
  Connection waiting(SuperuserUrl());
  ASSERT_THAT(waiting.Script("SET synchronous_commit = on"), IsOk());
  ASSERT_THAT(waiting.Execute(kMakeTable).status(), IsOk());
  absl::Status status;
  std::atomic<bool> over = false;
  std::thread commits([&] {
    const absl::Time until = absl::Now() + absl::Seconds(60);
    while (status.ok() && absl::Now() < until) status = waiting.Execute(kInsert).status();
    over = true;
  });
  while (!over) EXPECT_THAT(superuser().Execute(kCancelWaiting).status(), IsOk());
  commits.join();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(IsBroken(status)) << status;
  EXPECT_THAT(waiting.Ping(), IsOk()) << "on a new connection";
}

struct NotOfTheStandardLibrary {};

TEST_F(ConnectionTest, AnythingThrownEndsTheTransaction) {
  EXPECT_THROW((void)connection().InTransaction(
                   [](Connection&) -> absl::Status { throw NotOfTheStandardLibrary(); }),
               NotOfTheStandardLibrary);
  EXPECT_THAT(connection().Ping(), IsOk());
}

}  // namespace
}  // namespace cartwright::db
