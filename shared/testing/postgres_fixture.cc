#include "shared/testing/postgres_fixture.h"

#include <unistd.h>
#include <atomic>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"
#include "shared/db/audit.h"
#include "shared/db/migrator.h"
#include "shared/testing/paths.h"

namespace cartwright::testing {
namespace {

// Roles, schema and extensions as deploy/local makes them, without passwords.
constexpr const char* kPrepare = R"sql(
  CREATE SCHEMA extensions;
  CREATE EXTENSION pg_trgm SCHEMA extensions;
  GRANT USAGE ON SCHEMA extensions TO PUBLIC;
  REVOKE ALL ON SCHEMA public FROM PUBLIC;
  CREATE SCHEMA $schema AUTHORIZATION $service_owner;
  GRANT USAGE ON SCHEMA $schema TO $service_app;
)sql";
constexpr const char* kRole = R"sql(
  DO $$ BEGIN
    CREATE ROLE $role LOGIN;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END $$;
)sql";

std::string ServerUrl() {
  const char* url = std::getenv("CARTWRIGHT_TEST_POSTGRES");
  if (url == nullptr) {
    ADD_FAILURE() << "CARTWRIGHT_TEST_POSTGRES is not set; run ./cartwright test";
    std::exit(1);
  }
  return url;
}

// `url` with another user, database and search path.
std::string With(const std::string& url, const std::string& user, const std::string& database,
                 const std::string& schema) {
  // postgresql://user@host:port/database
  const size_t at = url.find('@');
  const size_t slash = url.find('/', at);
  return absl::StrCat("postgresql://", user, url.substr(at, slash - at), "/", database,
                      "?options=-csearch_path%3D", schema, "%2Cextensions");
}

void MustOk(const absl::Status& status) {
  if (status.ok()) return;
  ADD_FAILURE() << status;
  std::exit(1);
}

// Makes the template database if no process has made it yet; its name.
std::string Template(const std::string& service, const std::string& schema) {
  auto migrations =
      db::LoadMigrations(SourcePath(absl::StrCat("services/", service, "/migrations")));
  MustOk(migrations.status());
  std::string checksums;
  for (const auto& migration : *migrations) checksums += migration.checksum;
  const std::string name =
      absl::StrCat("template_", service, "_",
                   absl::BytesToHexString(Sha256(checksums + kPrepare)).substr(0, 12));
  db::Connection server(ServerUrl());
  MustOk(server.Script("SELECT pg_advisory_lock(20261124)"));
  const db::Statement exists = {"exists", "SELECT 1 FROM pg_database WHERE datname = $1"};
  auto found = server.Execute(exists, {name});
  MustOk(found.status());
  if (found->empty()) {
    // Under another name until it is whole, so that a process that dies here leaves no half.
    const std::string draft = name + "_draft";
    for (const char* suffix : {"_owner", "_app"}) {
      MustOk(server.Script(absl::StrReplaceAll(kRole, {{"$role", service + suffix}})));
    }
    MustOk(server.Script(absl::StrCat("DROP DATABASE IF EXISTS ", draft)));
    MustOk(server.Script(absl::StrCat("CREATE DATABASE ", draft)));
    {
      db::Connection superuser(With(ServerUrl(), "postgres", draft, "public"));
      MustOk(superuser.Script(
          absl::StrReplaceAll(kPrepare, {{"$schema", schema}, {"$service", service}})));
      db::Connection owner(With(ServerUrl(), service + "_owner", draft, schema));
      MustOk(db::Migrate(owner, *migrations));
    }
    MustOk(server.Script(absl::StrCat("ALTER DATABASE ", draft, " RENAME TO ", name)));
  }
  MustOk(server.Script("SELECT pg_advisory_unlock(20261124)"));
  return name;
}

std::vector<db::AuditRule> RulesOf(const std::string& service) {
  auto rules = db::LoadAuditRules(SourcePath(absl::StrCat("services/", service, "/audit")));
  MustOk(rules.status());
  return *std::move(rules);
}

}  // namespace

PostgresFixture::PostgresFixture(std::string service, std::string schema)
    : service_(std::move(service)), schema_(std::move(schema)) {
  static const std::string template_name = Template(service_, schema_);
  static std::atomic<int> count{0};
  database_ = absl::StrCat("test_", service_, "_", getpid(), "_", count++);
  db::Connection server(ServerUrl());
  MustOk(server.Script(absl::StrCat("CREATE DATABASE ", database_, " TEMPLATE ", template_name)));
}

PostgresFixture::~PostgresFixture() {
  connection_.reset();
  superuser_.reset();
  db::Connection server(ServerUrl());
  MustOk(server.Script(absl::StrCat("DROP DATABASE ", database_, " WITH (FORCE)")));
}

std::string PostgresFixture::AppUrl() const {
  return With(ServerUrl(), service_ + "_app", database_, schema_);
}

std::string PostgresFixture::SuperuserUrl() const {
  return With(ServerUrl(), "postgres", database_, schema_);
}

db::Connection& PostgresFixture::connection() {
  if (connection_ == nullptr) connection_ = std::make_unique<db::Connection>(AppUrl());
  return *connection_;
}

db::Connection& PostgresFixture::superuser() {
  if (superuser_ == nullptr) superuser_ = std::make_unique<db::Connection>(SuperuserUrl());
  return *superuser_;
}

std::string PostgresFixture::LoggedActions(const std::string& where) {
  const std::string sql =
      "SELECT coalesce(string_agg(action || ' ' || result, ', ' ORDER BY audit_event_id), '')"
      " FROM audit_event WHERE " +
      where;
  const auto rows = superuser().Execute({"logged_actions", sql.c_str()});
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.ok() ? (*rows)[0][0].c_str() : "";
}

std::string PostgresFixture::AuditFindings() {
  const auto rules = RulesOf(service_);
  std::vector<db::AuditFinding> findings;
  db::Connection auditor(AppUrl());  // one that no test has broken
  MustOk(db::Audit(auditor, rules, findings));
  EXPECT_EQ(findings.size(), rules.size());
  std::string text;
  for (const auto& finding : findings) {
    for (const auto& row : finding.first) absl::StrAppend(&text, finding.rule->id, " ", row, "\n");
  }
  return text;
}

std::string PostgresFixture::RulesBrokenBy(const std::string& plant) {
  const auto rules = RulesOf(service_);
  std::string broken;
  const auto look = [&](db::Connection& transaction) -> absl::Status {
    CW_RETURN_IF_ERROR(transaction.Script("SET LOCAL session_replication_role = replica"));
    CW_RETURN_IF_ERROR(transaction.Script(plant));
    for (const auto& rule : rules) {
      CW_ASSIGN_OR_RETURN(const auto finding, db::CheckRule(transaction, rule));
      if (finding.rows > 0) absl::StrAppend(&broken, broken.empty() ? "" : " ", rule.id);
    }
    return absl::CancelledError();  // rolls back
  };
  const absl::Status status = superuser().InTransaction(look);
  EXPECT_TRUE(absl::IsCancelled(status)) << status << " after " << plant;
  return broken;
}

void PostgresFixture::ExpectEachRuleFires(const std::map<std::string, std::string>& plants) {
  const auto rules = RulesOf(service_);
  EXPECT_EQ(plants.size(), rules.size());
  for (const auto& rule : rules) {
    const auto plant = plants.find(rule.id);
    ASSERT_NE(plant, plants.end()) << rule.id << " has no negative control";
    EXPECT_EQ(RulesBrokenBy(plant->second), rule.id) << "after " << plant->second;
  }
}

}  // namespace cartwright::testing
