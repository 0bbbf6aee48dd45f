#include "shared/db/migrator.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "shared/testing/paths.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::db {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

// A directory for migrations, and an empty schema to apply them to.
class MigratorTest : public testing::PostgresFixture {
 protected:
  MigratorTest() : PostgresFixture("wallet", "wallet") {
    std::string pattern = ::testing::TempDir() + "/migrator_test.XXXXXX";
    directory_ = mkdtemp(pattern.data());
    EXPECT_THAT(superuser().Script("CREATE SCHEMA fresh; SET search_path TO fresh"), IsOk());
  }
  ~MigratorTest() override { std::filesystem::remove_all(directory_); }

  void Write(const std::string& name, const std::string& sql) const {
    std::ofstream(absl::StrCat(directory_, "/", name)) << sql;
  }

  std::vector<Migration> Load() const {
    auto migrations = LoadMigrations(directory_);
    EXPECT_THAT(migrations, IsOk());
    return migrations.ok() ? *migrations : std::vector<Migration>();
  }

  // Writes two migrations that each leave a row, and fail when applied twice.
  void WriteTwo() const {
    Write("0001_create_log.sql", "CREATE TABLE log (entry text); INSERT INTO log VALUES ('one');");
    Write("0002_add_entry.sql", "CREATE TABLE second (); INSERT INTO log VALUES ('two');");
  }

  int Count(const std::string& query) {
    const std::string sql = "SELECT count(*) FROM " + query;
    const Statement statement = {"test.count", sql.c_str()};
    Connection connection(SuperuserUrl());
    EXPECT_THAT(connection.Script("SET search_path TO fresh"), IsOk());
    const auto rows = connection.Execute(statement);
    EXPECT_THAT(rows, IsOk());
    return rows.ok() ? (*rows)[0][0].as<int>() : -1;
  }

  void ExpectNotLoaded(const std::string& named) const {
    const auto migrations = LoadMigrations(directory_);
    EXPECT_THAT(migrations, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(std::string(migrations.status().message()), HasSubstr(named));
  }

  const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
};

TEST_F(MigratorTest, FilesAreOrderedByNumber) {
  Write("0010_c.sql", "");
  Write("0002_b.sql", "");
  Write("0001_a.sql", "");
  const auto migrations = Load();
  ASSERT_EQ(migrations.size(), 3u);
  EXPECT_EQ(migrations[0].name, "0001_a.sql");
  EXPECT_EQ(migrations[1].version, 2);
  EXPECT_EQ(migrations[2].version, 10);
}

TEST_F(MigratorTest, EachIsAppliedOnce) {
  WriteTwo();
  EXPECT_THAT(Migrate(superuser(), Load()), IsOk());
  EXPECT_THAT(Migrate(superuser(), Load()), IsOk());
  EXPECT_EQ(Count("log"), 2);
  EXPECT_EQ(Count("schema_migrations"), 2);
}

TEST_F(MigratorTest, OnlyWhatIsMissingIsApplied) {
  WriteTwo();
  ASSERT_THAT(Migrate(superuser(), Load()), IsOk());
  Write("0003_add_entry.sql", "INSERT INTO log VALUES ('three')");
  EXPECT_THAT(Migrate(superuser(), Load()), IsOk());
  EXPECT_EQ(Count("log"), 3);
}

TEST_F(MigratorTest, AnEditedFileIsRefused) {
  WriteTwo();
  ASSERT_THAT(Migrate(superuser(), Load()), IsOk());
  Write("0001_create_log.sql", "CREATE TABLE log (entry text, more text)");
  Write("0003_add_entry.sql", "INSERT INTO log VALUES ('three')");
  for (const absl::Status& status :
       {Migrate(superuser(), Load()), CheckMigrated(superuser(), Load())}) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(std::string(status.message()), HasSubstr("0001_create_log.sql"));
  }
  EXPECT_EQ(Count("log"), 2);
}

// To databases that have the first text, and to binaries that know no other, it is the same one.
TEST_F(MigratorTest, ARewrittenFileIsTheOneThatItStandsFor) {
  WriteTwo();
  const std::vector<Migration> before = Load();
  ASSERT_THAT(Migrate(superuser(), before), IsOk());
  Write("0001_create_log.sql", absl::StrCat("-- Stands for ", before[0].checksum,
                                            "\nCREATE TABLE log (entry varchar);"
                                            "INSERT INTO log VALUES ('one');"));
  EXPECT_THAT(Migrate(superuser(), Load()), IsOk());
  EXPECT_EQ(Count("log"), 2);
  ASSERT_THAT(superuser().Script("DROP TABLE log, second, schema_migrations"), IsOk());
  ASSERT_THAT(Migrate(superuser(), Load()), IsOk());
  EXPECT_EQ(Count("log"), 2);
  EXPECT_THAT(CheckMigrated(superuser(), before), IsOk());
}

TEST_F(MigratorTest, AFileThatFailsLeavesNothingAndIsNamed) {
  WriteTwo();
  Write("0003_break.sql", "INSERT INTO log VALUES ('three'); SELECT nonsense;");
  Write("0004_never.sql", "INSERT INTO log VALUES ('four')");
  const absl::Status status = Migrate(superuser(), Load());
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("0003_break.sql"));
  EXPECT_EQ(Count("log"), 2);
  EXPECT_EQ(Count("schema_migrations"), 2);
}

// All have begun before the first one may go on: one holds the migrator's lock and waits for this
// test, the others wait for it.
TEST_F(MigratorTest, ManyAtOnceApplyEachOnce) {
  constexpr int kProcesses = 4;
  constexpr const char* kWaiting =
      "pg_locks WHERE locktype = 'advisory' AND NOT granted"
      " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
  WriteTwo();
  Write("0001_create_log.sql",
        "SELECT pg_advisory_xact_lock(1); CREATE TABLE log (entry text);"
        "INSERT INTO log VALUES ('one');");
  Connection gate(SuperuserUrl());
  ASSERT_THAT(gate.Script("SELECT pg_advisory_lock(1)"), IsOk());
  std::vector<absl::Status> results(kProcesses);
  std::vector<std::thread> processes;
  for (int i = 0; i < kProcesses; ++i) {
    processes.emplace_back([&, i] {
      Connection connection(SuperuserUrl());
      results[i] = connection.Script("SET search_path TO fresh");
      if (results[i].ok()) results[i] = Migrate(connection, Load());
    });
  }
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  int waiting = 0;
  while (waiting < kProcesses && absl::Now() < deadline) waiting = Count(kWaiting);
  EXPECT_EQ(waiting, kProcesses);
  EXPECT_THAT(gate.Script("SELECT pg_advisory_unlock(1)"), IsOk());
  for (std::thread& process : processes) process.join();
  for (const absl::Status& result : results) EXPECT_THAT(result, IsOk());
  EXPECT_EQ(Count("log"), 2);
  EXPECT_EQ(Count("schema_migrations"), 2);
}

TEST_F(MigratorTest, FilesThatShareANumberAreRefused) {
  Write("0001_create_a.sql", "");
  Write("0001_create_b.sql", "");
  ExpectNotLoaded("share a number");
}

TEST_F(MigratorTest, FilesOfAnotherNameAreRefused) {
  for (const char* name : {"1_create.sql", "0001-create.sql", "0001_create.txt", "0001_Create.sql",
                           "0001_create.sql~", "README.md"}) {
    Write(name, "");
    ExpectNotLoaded(name);
    std::filesystem::remove(absl::StrCat(directory(), "/", name));
  }
}

TEST_F(MigratorTest, AMissingDirectoryIsRefused) {
  EXPECT_THAT(LoadMigrations(directory() + "/none"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(MigratorTest, ADatabaseIsMigratedOnceAllIsApplied) {
  WriteTwo();
  EXPECT_FALSE(CheckMigrated(superuser(), Load()).ok());
  ASSERT_THAT(Migrate(superuser(), {Load()[0]}), IsOk());
  const absl::Status status = CheckMigrated(superuser(), Load());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(status.message()), HasSubstr("0002_add_entry.sql"));
  ASSERT_THAT(Migrate(superuser(), Load()), IsOk());
  EXPECT_THAT(CheckMigrated(superuser(), Load()), IsOk());
}

TEST_F(MigratorTest, NewerOnesInTheDatabaseAreNoError) {
  WriteTwo();
  ASSERT_THAT(Migrate(superuser(), Load()), IsOk());
  EXPECT_THAT(CheckMigrated(superuser(), {Load()[0]}), IsOk());
  EXPECT_THAT(Migrate(superuser(), {Load()[0]}), IsOk());
}

TEST_F(MigratorTest, TheAppRoleMayCheck) {
  const auto migrations = LoadMigrations(testing::SourcePath("services/wallet/migrations"));
  ASSERT_THAT(migrations, IsOk());
  EXPECT_THAT(CheckMigrated(connection(), *migrations), IsOk());
  EXPECT_FALSE(Migrate(connection(), *migrations).ok());
}

}  // namespace
}  // namespace cartwright::db
