#include "shared/kit/flags.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::kit {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

// Flags and environment are as before after each test.
class FlagsTest : public ::testing::Test {
 protected:
  ~FlagsTest() override {
    for (const std::string& name : set_) unsetenv(name.c_str());
  }

  void SetEnvironment(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    set_.push_back(name);
  }

  static absl::Status Parse(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "wallet");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    return ParseFlags(static_cast<int>(argv.size()), argv.data());
  }

  // The error names what is wrong.
  static void ExpectRefused(const std::string& argument, const std::string& named) {
    const absl::FlagSaver saver;
    const absl::Status status = Parse({argument});
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument)) << argument;
    EXPECT_THAT(std::string(status.message()), HasSubstr(named)) << argument;
  }

 private:
  const absl::FlagSaver saver_;
  std::vector<std::string> set_;
};

TEST_F(FlagsTest, TheEnvironmentSetsAFlag) {
  SetEnvironment("CARTWRIGHT_DATABASE_WORKERS", "9");
  SetEnvironment("CARTWRIGHT_CURRENCY", "USD");
  EXPECT_THAT(Parse({}), IsOk());
  EXPECT_EQ(absl::GetFlag(FLAGS_database_workers), 9);
  EXPECT_EQ(absl::GetFlag(FLAGS_currency), "USD");
}

TEST_F(FlagsTest, TheCommandLineWins) {
  SetEnvironment("CARTWRIGHT_DATABASE_WORKERS", "9");
  EXPECT_THAT(Parse({"--database_workers=3"}), IsOk());
  EXPECT_EQ(absl::GetFlag(FLAGS_database_workers), 3);
}

TEST_F(FlagsTest, OtherVariablesAreLeftAlone) {
  SetEnvironment("CARTWRIGHT_NO_SUCH_FLAG", "x");
  SetEnvironment("XCARTWRIGHT_DATABASE_WORKERS", "9");
  EXPECT_THAT(Parse({}), IsOk());
  EXPECT_EQ(absl::GetFlag(FLAGS_database_workers), 4);
}

TEST_F(FlagsTest, ABadValueNamesItsVariable) {
  SetEnvironment("CARTWRIGHT_DATABASE_WORKERS", "many");
  const absl::Status status = Parse({});
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(status.message()), HasSubstr("CARTWRIGHT_DATABASE_WORKERS"));
}

TEST_F(FlagsTest, RangesFromTheEnvironmentAreCheckedToo) {
  SetEnvironment("CARTWRIGHT_DATABASE_WORKERS", "65");
  EXPECT_THAT(Parse({}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(FlagsTest, WhatIsOutOfRangeNamesItsFlag) {
  for (const char* argument :
       {"--database_workers=0", "--database_workers=65", "--database_queue=0",
        "--database_queue=65537", "--drain_notice_s=-1", "--drain_notice_s=61",
        "--drain_timeout_s=0", "--drain_timeout_s=301"}) {
    const std::string text = argument;
    ExpectRefused(text, text.substr(0, text.find('=')));
  }
  for (const char* argument :
       {"--database_workers=1", "--database_workers=64", "--database_queue=65536",
        "--drain_notice_s=0", "--drain_notice_s=60", "--drain_timeout_s=300"}) {
    EXPECT_THAT(Parse({argument}), IsOk()) << argument;
  }
}

TEST_F(FlagsTest, ACurrencyIsThreeCapitalLetters) {
  for (const char* value : {"", "eur", "EURO", "EU", "E1R", " EUR", "EUR\n"}) {
    ExpectRefused(absl::StrCat("--currency=", value), "--currency");
  }
  EXPECT_THAT(Parse({"--currency=JPY"}), IsOk());
}

TEST_F(FlagsTest, AddressesAreHostAndPort) {
  for (const char* flag : {"--listen", "--ops_listen"}) {
    for (const char* value :
         {"", "localhost", ":80", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "::1:80"}) {
      ExpectRefused(absl::StrCat(flag, "=", value), absl::StrCat(flag, " "));
    }
    for (const char* value : {"127.0.0.1:0", "localhost:65535", "[::1]:80", "0.0.0.0:9000"}) {
      EXPECT_THAT(Parse({absl::StrCat(flag, "=", value)}), IsOk()) << value;
    }
  }
}

TEST_F(FlagsTest, EveryPeerHasANameAndAnAddress) {
  for (const char* value : {"wallet", "wallet=", "=wallet:1", "wallet=host", "wallet=host:port",
                            "cart=a:1,wallet", "wallet=a:1+b:1", "wallet=127.0.0.1:1+"}) {
    ExpectRefused(absl::StrCat("--peers=", value), "--peers");
  }
  for (const char* value : {"", "wallet=localhost:1", "cart=a.b-c:1,wallet=[::1]:2",
                            "cart=a:1,wallet=127.0.0.1:85+127.0.0.1:105"}) {
    EXPECT_THAT(Parse({absl::StrCat("--peers=", value)}), IsOk()) << value;
  }
}

TEST_F(FlagsTest, AnArgumentThatIsNoFlagIsRefused) { ExpectRefused("migrate", "migrate"); }

// A directory of its own for each test.
class FilesOfFlagsTest : public ::testing::Test {
 protected:
  FilesOfFlagsTest() {
    std::string pattern = ::testing::TempDir() + "/flags_test.XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~FilesOfFlagsTest() override { std::filesystem::remove_all(directory_); }

  std::string Write(const std::string& name, const std::string& content) const {
    const std::string path = absl::StrCat(directory_, "/", name);
    std::ofstream(path) << content;
    return path;
  }

  const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
};

TEST_F(FilesOfFlagsTest, AFileIsReadWithoutTheSpaceAtItsEnd) {
  const auto content = ReadFileOf("some_file", Write("url", "postgresql://x\n"));
  EXPECT_THAT(content, IsOk());
  EXPECT_EQ(*content, "postgresql://x");
}

TEST_F(FilesOfFlagsTest, AMissingFileNamesItsFlag) {
  for (const std::string& path : {std::string(), directory() + "/none", Write("empty", "\n")}) {
    const auto content = ReadFileOf("some_file", path);
    EXPECT_FALSE(content.ok()) << path;
    EXPECT_THAT(std::string(content.status().message()), HasSubstr("--some_file")) << path;
  }
}

TEST_F(FilesOfFlagsTest, AKeyIs64HexDigits) {
  const auto key = ReadKeyFileOf("some_key", Write("key", std::string(64, 'a') + "\n"));
  EXPECT_THAT(key, IsOk());
  EXPECT_EQ(*key, std::string(32, '\xaa'));
  for (const std::string& path : {std::string(), directory() + "/none", Write("empty", ""),
                                  Write("short", "aa"), Write("other", std::string(64, 'g'))}) {
    const auto wrong = ReadKeyFileOf("some_key", path);
    EXPECT_FALSE(wrong.ok()) << path;
    EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("--some_key")) << path;
  }
}

TEST_F(FilesOfFlagsTest, ADirectoryWithoutMigrationsIsRefused) {
  const absl::FlagSaver saver;
  for (const std::string& path : {std::string(), directory() + "/none", directory()}) {
    absl::SetFlag(&FLAGS_migrations_dir, path);
    const auto migrations = ReadMigrations();
    EXPECT_FALSE(migrations.ok()) << path;
    EXPECT_THAT(std::string(migrations.status().message()), HasSubstr("--migrations_dir")) << path;
  }
  Write("0001_create_tables.sql", "SELECT 1");
  absl::SetFlag(&FLAGS_migrations_dir, directory());
  EXPECT_THAT(ReadMigrations(), IsOk());
}

}  // namespace
}  // namespace cartwright::kit
