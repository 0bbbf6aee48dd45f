#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/db/connection.h"

namespace cartwright::db {

// One file NNNN_verb_noun.sql of a migrations directory.
struct Migration {
  int version = 0;
  std::string name;
  std::string sql;
  // SHA-256, hex; or what a first line `-- Stands for <checksum>` says. So does a migration that
  // Postgres refuses by now and that was rewritten to leave the same schema: it is the one that
  // databases have, and that binaries of the version before know.
  std::string checksum;
};

// The migrations of a directory in order. Errors: INVALID_ARGUMENT for a missing directory, a
// name of another form, or two files with one number.
absl::StatusOr<std::vector<Migration>> LoadMigrations(const std::string& directory);

// Applies what is missing, each file in a transaction of its own, under an advisory lock, so that
// any number of processes may try at once. FAILED_PRECONDITION when a file that was applied
// has changed since: migrations are never edited. REQUIRES: a connection as the schema's owner.
absl::Status Migrate(Connection& connection, const std::vector<Migration>& migrations);

// OK when all of `migrations` are applied; newer ones in the database are no error, so that a
// binary of the version before can serve. Works for the app role.
absl::Status CheckMigrated(Connection& connection, const std::vector<Migration>& migrations);

}  // namespace cartwright::db
