#include "shared/db/audit.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "gtest/gtest.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::db {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

class AuditRulesTest : public ::testing::Test {
 protected:
  AuditRulesTest() { directory_ = mkdtemp(directory_.data()); }
  ~AuditRulesTest() override { std::filesystem::remove_all(directory_); }

  void Write(const std::string& name, const std::string& content) {
    std::ofstream(directory_ + "/" + name) << content;
  }
  void ExpectRefused(const std::string& why) {
    const auto rules = LoadAuditRules(directory_);
    EXPECT_THAT(rules, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(std::string(rules.status().message()), HasSubstr(why));
  }

  std::string directory_ = ::testing::TempDir() + "/audit.XXXXXX";
};

TEST_F(AuditRulesTest, ARuleIsReadWithItsSentence) {
  Write("X2_second.sql", "-- X2: the second.\nSELECT 2;\n");
  Write("X1_first.sql", "-- X1: the first,\n-- on two lines.\nSELECT 1;\n");
  CW_ASSERT_OK_AND_ASSIGN(const auto rules, LoadAuditRules(directory_));
  ASSERT_EQ(rules.size(), 2);
  EXPECT_EQ(rules[0].id, "X1");
  EXPECT_EQ(rules[0].sentence, "the first, on two lines.");
  EXPECT_EQ(rules[1].id, "X2");
}

TEST_F(AuditRulesTest, ADirectoryThatIsNoAuditIsRefused) {
  ExpectRefused("has no rules");
  Write("X1_first.sql", "-- X2: another.\nSELECT 1;\n");
  ExpectRefused("X1_first.sql does not begin with \"-- X1: \"");
  Write("X1_first.sql", "-- X1: the first.\nSELECT 1;\n");
  Write("X1_again.sql", "-- X1: the first.\nSELECT 1;\n");
  ExpectRefused("has two rules X1");
  Write("README.md", "");
  ExpectRefused("README.md is not named ID_words.sql");
}

class AuditTest : public testing::PostgresFixture {
 protected:
  AuditTest() : PostgresFixture("wallet", "wallet") {}

  std::vector<AuditFinding> findings_;
};

TEST_F(AuditTest, RowsAreCountedAndTheFirstAreTold) {
  const std::vector<AuditRule> rules = {
      {"X1", "", "SELECT n AS order_id, NULL AS state FROM generate_series(1, 12) n;"},
      {"X2", "", "SELECT 1 WHERE false"},
      {"X3", "", "SELECT n FROM generate_series(1, 5000) n"}};
  ASSERT_THAT(Audit(connection(), rules, findings_), IsOk());
  ASSERT_EQ(findings_.size(), 3);
  EXPECT_EQ(findings_[0].rows, 12);
  ASSERT_EQ(findings_[0].first.size(), 10);
  EXPECT_EQ(findings_[0].first[1], "order_id=2 state=null");
  EXPECT_EQ(findings_[1].rows, 0);
  EXPECT_EQ(findings_[2].rows, 1000);
}

TEST_F(AuditTest, ARuleThatCannotBeAskedHidesNoOther) {
  const std::vector<AuditRule> rules = {{"X1", "", "SELECT 1 WHERE 1 / (now() < now())::int = 1"},
                                        {"X2", "", "SELECT 7 AS order_id"}};
  const absl::Status status = Audit(connection(), rules, findings_);
  EXPECT_THAT(std::string(status.message()), HasSubstr("X1: "));
  ASSERT_EQ(findings_.size(), 1);
  EXPECT_EQ(findings_[0].rule->id, "X2");
}

TEST_F(AuditTest, AllRulesSeeOneSnapshotAndCannotWrite) {
  const std::vector<AuditRule> rules = {
      {"X1", "", "SELECT current_setting('transaction_isolation') AS isolation"},
      {"X2", "", "SELECT nextval('journal_journal_id_seq')"}};
  const absl::Status status = Audit(superuser(), rules, findings_);
  EXPECT_THAT(std::string(status.message()), HasSubstr("read-only transaction"));
  ASSERT_EQ(findings_.size(), 1);  // what was found before the error is kept
  EXPECT_THAT(findings_[0].first, ElementsAre("isolation=repeatable read"));
}

// Two that audit without a pause: while one does, a rule of it looks for the other one at work.
TEST_F(AuditTest, TwoNeverAuditTogether) {
  const std::vector<AuditRule> rules = {
      {"X1", "", "SELECT /*at work*/ n FROM generate_series(1, 20000) n WHERE n < 0"},
      {"X2", "",
       "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state = 'active'"
       " AND datname = current_database() AND query LIKE '%/*at work*/%'"},
      {"X3", "", "SELECT /*at work*/ n FROM generate_series(1, 20000) n WHERE n < 0"}};
  std::atomic<int> rounds{0};
  std::atomic<int> together{0};
  const auto audit = [&] {
    Connection mine(AppUrl());
    for (int done = 0; done < 20 && rounds < 200;) {
      std::vector<AuditFinding> findings;
      const absl::Status status = Audit(mine, rules, findings);
      if (status.ok()) ++done;
      if (!absl::IsFailedPrecondition(status)) {
        EXPECT_THAT(status, IsOk());
      }
      ++rounds;
      for (const AuditFinding& finding : findings) together += finding.rows;
    }
  };
  std::thread other(audit);
  audit();
  other.join();
  EXPECT_EQ(together, 0);
}

TEST_F(AuditTest, OneAtATimeAudits) {
  const std::vector<AuditRule> rules = {{"X1", "", "SELECT 1 AS one"}};
  Connection other(AppUrl());
  const auto while_the_other_audits = [&](Connection& transaction) {
    // What Audit takes, for as long as this transaction lasts.
    static constexpr Statement kLock = {
        "test.lock",
        "SELECT pg_advisory_xact_lock(hashtext('audit:' || current_schema())) IS NULL"};
    EXPECT_THAT(transaction.Execute(kLock), IsOk());
    EXPECT_THAT(Audit(connection(), rules, findings_),
                StatusIs(absl::StatusCode::kFailedPrecondition));
    return absl::OkStatus();
  };
  ASSERT_THAT(other.InTransaction(while_the_other_audits), IsOk());
  EXPECT_TRUE(findings_.empty());
  ASSERT_THAT(Audit(connection(), rules, findings_), IsOk());
  EXPECT_EQ(findings_.size(), 1);
}

}  // namespace
}  // namespace cartwright::db
