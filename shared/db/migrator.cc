#include "shared/db/migrator.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"
#include "shared/telemetry/log.h"

namespace cartwright::db {
namespace {

// The key is that of the schema, so that the services do not wait for each other.
constexpr Statement kLock = {
    "migrations.lock", "SELECT pg_advisory_xact_lock(hashtext('migrate:' || current_schema()))"};
constexpr Statement kApplied = {"migrations.applied",
                                "SELECT version, checksum FROM schema_migrations"};
constexpr Statement kRecord = {
    "migrations.record",
    "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)"};
constexpr const char* kCreateTable = R"sql(
  CREATE TABLE IF NOT EXISTS schema_migrations (
    version    int PRIMARY KEY,
    name       text NOT NULL,
    checksum   text NOT NULL,
    apply_time timestamptz NOT NULL DEFAULT clock_timestamp());
  GRANT SELECT ON schema_migrations TO PUBLIC;
)sql";

absl::StatusOr<std::map<int, std::string>> Applied(Connection& connection) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, connection.Execute(kApplied));
  std::map<int, std::string> applied;
  for (const auto& row : rows) applied[row[0].as<int>()] = row[1].as<std::string>();
  return applied;
}

// The migrations that `applied` lacks, or an error when one of those that it has was edited.
absl::StatusOr<std::vector<Migration>> Missing(const std::vector<Migration>& migrations,
                                               const std::map<int, std::string>& applied) {
  std::vector<Migration> missing;
  for (const Migration& migration : migrations) {
    const auto found = applied.find(migration.version);
    if (found == applied.end()) {
      missing.push_back(migration);
    } else if (found->second != migration.checksum) {
      return absl::FailedPreconditionError(
          absl::StrCat("migration ", migration.name, " was changed after it had been applied"));
    }
  }
  return missing;
}

// Applies the first missing migration; false when there was none.
absl::StatusOr<bool> ApplyNext(Connection& connection, const std::vector<Migration>& migrations) {
  bool done = false;
  CW_RETURN_IF_ERROR(connection.InTransaction([&](Connection& c) -> absl::Status {
    CW_RETURN_IF_ERROR(c.Execute(kLock).status());
    CW_RETURN_IF_ERROR(c.Script(kCreateTable));
    CW_ASSIGN_OR_RETURN(const auto applied, Applied(c));
    CW_ASSIGN_OR_RETURN(const auto missing, Missing(migrations, applied));
    done = missing.empty();
    if (done) return absl::OkStatus();
    const Migration& next = missing.front();
    if (absl::Status status = c.Script(next.sql); !status.ok()) {
      return absl::Status(status.code(), absl::StrCat(next.name, ": ", status.message()));
    }
    CW_RETURN_IF_ERROR(c.Execute(kRecord, {next.version, next.name, next.checksum}).status());
    log::Info("migration.applied", "A migration was applied.", {{"migration", next.name}});
    return absl::OkStatus();
  }));
  return !done;
}

}  // namespace

absl::StatusOr<std::vector<Migration>> LoadMigrations(const std::string& directory) {
  static const RE2 kName("(\\d{4})_[a-z0-9_]+\\.sql");
  static const RE2 kRewritten("^-- Stands for ([0-9a-f]{64})\n");
  std::vector<Migration> migrations;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; it != end; ++it) {
    Migration migration{.name = it->path().filename().string()};
    if (!RE2::FullMatch(migration.name, kName, &migration.version)) {
      return absl::InvalidArgumentError(
          absl::StrCat(it->path().string(), " is not named NNNN_verb_noun.sql"));
    }
    CW_ASSIGN_OR_RETURN(migration.sql, ReadFile(it->path().string()));
    migration.checksum = absl::BytesToHexString(Sha256(migration.sql));
    RE2::PartialMatch(migration.sql, kRewritten, &migration.checksum);  // else it stays
    migrations.push_back(std::move(migration));
  }
  if (error) return absl::InvalidArgumentError(absl::StrCat("cannot list ", directory));
  std::sort(migrations.begin(), migrations.end(),
            [](const Migration& a, const Migration& b) { return a.version < b.version; });
  for (size_t i = 1; i < migrations.size(); ++i) {
    if (migrations[i].version == migrations[i - 1].version) {
      return absl::InvalidArgumentError(
          absl::StrCat(migrations[i].name, " and ", migrations[i - 1].name, " share a number"));
    }
  }
  return migrations;
}

absl::Status Migrate(Connection& connection, const std::vector<Migration>& migrations) {
  while (true) {
    CW_ASSIGN_OR_RETURN(const bool applied, ApplyNext(connection, migrations));
    if (!applied) return absl::OkStatus();
  }
}

absl::Status CheckMigrated(Connection& connection, const std::vector<Migration>& migrations) {
  CW_ASSIGN_OR_RETURN(const auto applied, Applied(connection));
  CW_ASSIGN_OR_RETURN(const auto missing, Missing(migrations, applied));
  if (missing.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("migration ", missing.front().name, " is not applied yet"));
}

}  // namespace cartwright::db
