#pragma once

#include <map>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "shared/db/connection.h"

namespace cartwright::testing {

// A fresh database with the migrated schema of one service, for each test. The server is the one
// that CARTWRIGHT_TEST_POSTGRES names (a libpq URI of a superuser); `./cartwright test` starts
// one. Databases are copies of a template that is made once per set of migrations, so a test
// pays about 50 ms.
class PostgresFixture : public ::testing::Test {
 protected:
  // `service`: folder of services/, whose migrations to apply. `schema`: its schema.
  PostgresFixture(std::string service, std::string schema);
  ~PostgresFixture() override;

  // URI of the service's own role, with the rights that it has in production.
  std::string AppUrl() const;

  // URI of a superuser on the same database, to look where the app role must not.
  std::string SuperuserUrl() const;

  // A connection of the app role, made at the first call.
  db::Connection& connection();

  // A connection of the superuser, made at the first call.
  db::Connection& superuser();

  // "action result" of the rows of the audit log for which `where` holds, an SQL condition, in the
  // order in which they were written: "user.register OK, session.login FAILED".
  std::string LoggedActions(const std::string& where = "true");

  // What the audit of the service finds now, as the app role: a line per row that breaks a rule.
  std::string AuditFindings();

  // The ids of the rules that are broken after `plant`, a script that a superuser runs past all
  // triggers and foreign keys: "W1 W2". Nothing of it stays.
  std::string RulesBrokenBy(const std::string& plant);

  // The negative control of an audit: every rule has a plant, under its id, which breaks that rule
  // and no other.
  void ExpectEachRuleFires(const std::map<std::string, std::string>& plants);

 private:
  const std::string service_;
  const std::string schema_;
  std::string database_;
  std::unique_ptr<db::Connection> connection_;
  std::unique_ptr<db::Connection> superuser_;
};

}  // namespace cartwright::testing
