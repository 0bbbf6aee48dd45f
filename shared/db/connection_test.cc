#include "shared/db/connection.h"

#include "gtest/gtest.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::db {
namespace {

using testing::IsOk;

class ConnectionTest : public testing::PostgresFixture {
 protected:
  ConnectionTest() : PostgresFixture("wallet", "wallet") {}
};

struct NotOfTheStandardLibrary {};

TEST_F(ConnectionTest, AnythingThrownEndsTheTransaction) {
  EXPECT_THROW((void)connection().InTransaction(
                   [](Connection&) -> absl::Status { throw NotOfTheStandardLibrary(); }),
               NotOfTheStandardLibrary);
  EXPECT_THAT(connection().Ping(), IsOk());
}

}  // namespace
}  // namespace cartwright::db
