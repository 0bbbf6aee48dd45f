#include "shared/kit/service_main.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "shared/testing/child_process.h"
#include "shared/testing/process_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::kit {
namespace {

using testing::ChildProcess;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

class ServiceMainTest : public testing::ProcessFixture {};

TEST_F(ServiceMainTest, MigrateOnlyAppliesTheMigrationsAndEnds) {
  ASSERT_THAT(superuser().Script("DROP SCHEMA wallet CASCADE;"
                                 "CREATE SCHEMA wallet AUTHORIZATION wallet_owner"),
              IsOk());
  const std::string owner_url = absl::StrReplaceAll(AppUrl(), {{"wallet_app@", "wallet_owner@"}});
  for (int i = 0; i < 2; ++i) {
    ChildProcess process(
        Command("wallet", {"--migrate_only", "--database_url_file=" + Write("owner", owner_url)}));
    EXPECT_EQ(process.WaitForExit(), 0) << process.Output();
    EXPECT_EQ(process.CountEvents("migration.applied") > 0, i == 0) << process.Output();
  }
  EXPECT_THAT(superuser().Script("SELECT version FROM schema_migrations"), IsOk());
}

TEST_F(ServiceMainTest, MigrateOnlyWaitsForItsDatabase) {
  const auto limit = [this](int connections) {
    return superuser().Script(
        absl::StrCat("DO $$BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT ", connections,
                     "', current_database()); END$$"));
  };
  const std::string owner_url = absl::StrReplaceAll(AppUrl(), {{"wallet_app@", "wallet_owner@"}});
  ASSERT_THAT(limit(0), IsOk());
  ChildProcess process(
      Command("wallet", {"--migrate_only", "--database_url_file=" + Write("owner", owner_url)}));
  EXPECT_TRUE(process.WaitForEvent("migration.waits").has_value()) << process.Output();
  ASSERT_THAT(limit(-1), IsOk());
  EXPECT_EQ(process.WaitForExit(), 0) << process.Output();
}

TEST_F(ServiceMainTest, AMigrationThatFailsEndsWith1) {
  ASSERT_THAT(superuser().Script("UPDATE schema_migrations SET checksum = 'other'"), IsOk());
  ChildProcess process(Command("wallet", {"--migrate_only"}));
  EXPECT_EQ(process.WaitForExit(), 1);
  EXPECT_EQ(process.CountEvents("migration.failed"), 1) << process.Output();
}

// Of its own, of the kit, and not those of the library that reads them.
TEST_F(ServiceMainTest, HelpIsAboutEveryFlag) {
  std::vector<std::string> command = {"/bin/sh", "-c", "exec \"$@\" >&2", "sh"};
  for (const std::string& word : Command("wallet", {"--help"})) command.push_back(word);
  ChildProcess process(command);
  process.WaitForExit();
  const std::string help = process.Output();
  EXPECT_THAT(help, HasSubstr("--hold_ttl_s"));
  EXPECT_THAT(help, HasSubstr("--ops_listen"));
  EXPECT_THAT(help, Not(HasSubstr("--undefok")));
}

// Every wrong setting is one line that names its flag, and exit code 1.
TEST_F(ServiceMainTest, AWrongSettingNamesItsFlag) {
  const struct {
    const char* service;
    std::string argument;
    int lines = 1;
  } cases[] = {
      {"wallet", "--log_level=loud"},
      {"wallet", "--currency=euro"},
      {"wallet", "--listen=nowhere"},
      {"wallet", "--listen=192.0.2.1:1", 2},  // nobody's (RFC 5737); gRPC says so too
      {"wallet", "--ops_listen=nowhere"},
      {"wallet", "--ops_listen=localhost:0"},
      {"wallet", "--ops_listen=192.0.2.1:1"},
      {"wallet", "--peers=catalog"},
      {"wallet", "--database_workers=0"},
      {"wallet", "--connection_age_s=0"},
      {"wallet", "--migrations_dir="},
      {"wallet", "--migrations_dir=/none"},
      {"wallet", "--database_url_file="},
      {"wallet", "--database_url_file=/none"},
      {"wallet", "--tls_cert_file="},
      {"wallet", "--tls_key_file=/none"},
      {"wallet", "--tls_ca_file=/none"},
      {"wallet", "--page_token_key_file="},
      {"wallet", "--page_token_key_file=/none"},
      {"wallet", "--peers="},
      {"wallet", "--hold_ttl_s=0"},
      {"wallet", "--hold_ttl_s=2592001"},
      {"wallet", "--expiry_sweep_ms=49"},
      {"wallet", "--expiry_sweep_ms=60001"},
      {"identity", "--key_encryption_key_file="},
      {"identity", "--key_encryption_key_file=/none"},
      {"identity", "--hash_threads=0"},
      {"identity", "--hash_threads=65"},
      {"identity", "--issuer="},
  };
  for (const auto& [service, argument, lines] : cases) {
    ChildProcess process(Command(service, {argument}));
    EXPECT_EQ(process.WaitForExit(), 1) << argument;
    const std::string output = process.Output();
    EXPECT_THAT(output, HasSubstr(argument.substr(0, argument.find('=')))) << argument;
    EXPECT_EQ(std::count(output.begin(), output.end(), '\n') + 1, lines) << argument << "\n"
                                                                         << output;
  }
}

}  // namespace
}  // namespace cartwright::kit
