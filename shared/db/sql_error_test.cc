#include "shared/db/sql_error.h"

#include "gtest/gtest.h"
#include "shared/db/connection.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::db {
namespace {

using testing::IsOk;
using testing::StatusIs;

class SqlErrorTest : public testing::PostgresFixture {
 protected:
  SqlErrorTest() : PostgresFixture("wallet", "wallet") {
    EXPECT_THAT(superuser().Script(R"sql(
      CREATE TABLE parent (id int CONSTRAINT parent_pkey PRIMARY KEY);
      CREATE TABLE child (
        id     int CONSTRAINT child_parent_fkey REFERENCES parent,
        amount int CONSTRAINT child_amount_positive CHECK (amount > 0));
      INSERT INTO parent VALUES (1);
    )sql"),
                IsOk());
  }

  absl::Status Run(const std::string& sql) { return superuser().Script(sql); }
};

TEST_F(SqlErrorTest, EachKindOfErrorHasItsCode) {
  using Code = absl::StatusCode;
  const struct {
    const char* sql;
    Code code;
    const char* constraint;
  } cases[] = {
      {"INSERT INTO parent VALUES (1)", Code::kAlreadyExists, "parent_pkey"},
      {"INSERT INTO child VALUES (9, 1)", Code::kFailedPrecondition, "child_parent_fkey"},
      {"INSERT INTO child VALUES (1, 0)", Code::kFailedPrecondition, "child_amount_positive"},
      {"SET statement_timeout = 1; SELECT pg_sleep(9)", Code::kDeadlineExceeded, ""},
      {"DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$", Code::kUnavailable, ""},
      {"DO $$ BEGIN RAISE SQLSTATE '53200'; END $$", Code::kUnavailable, ""},
      {"DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", Code::kAborted, ""},
      {"DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", Code::kAborted, ""},
      {"SELECT nonsense", Code::kInternal, ""},
      {"DO $$ BEGIN RAISE SQLSTATE '42501'; END $$", Code::kInternal, ""},
  };
  for (const auto& test : cases) {
    const absl::Status status = Run(test.sql);
    EXPECT_THAT(status, StatusIs(test.code)) << test.sql;
    EXPECT_EQ(ConstraintOf(status), test.constraint) << test.sql;
    EXPECT_FALSE(IsBroken(status)) << test.sql;
    EXPECT_EQ(IsRetryable(status), test.code == Code::kAborted) << test.sql;
  }
}

TEST_F(SqlErrorTest, ACutConnectionIsBrokenAndComesBack) {
  constexpr Statement kPid = {"test.pid", "SELECT pg_backend_pid()"};
  constexpr Statement kEnd = {"test.end", "SELECT pg_terminate_backend(pg_backend_pid())"};
  CW_ASSERT_OK_AND_ASSIGN(const auto pid, connection().Execute(kPid));
  const auto cut = connection().Execute(kEnd);
  EXPECT_THAT(cut, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(IsBroken(cut.status()));
  CW_ASSERT_OK_AND_ASSIGN(const auto other, connection().Execute(kPid));
  EXPECT_STRNE(other[0][0].c_str(), pid[0][0].c_str());
}

TEST_F(SqlErrorTest, AFailedTransactionLeavesNothing) {
  const absl::Status status = superuser().InTransaction([](Connection& c) -> absl::Status {
    EXPECT_THAT(c.Script("INSERT INTO parent VALUES (2)"), IsOk());
    return absl::CancelledError("changed its mind");
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(Run("INSERT INTO parent VALUES (2)"), IsOk()) << "2 must be free";
}

TEST_F(SqlErrorTest, ADeadlockIsTriedAgain) {
  int attempts = 0;
  EXPECT_THAT(superuser().InTransaction([&](Connection& c) -> absl::Status {
    if (++attempts < 3) return c.Script("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$");
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_EQ(attempts, 3);
}

}  // namespace
}  // namespace cartwright::db
