#pragma once

#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "shared/db/audit.h"
#include "shared/db/migrator.h"

// Flags that every process has. A flag can also be set by the environment variable
// CARTWRIGHT_<FLAG>; the command line wins. Secrets are never flags: a flag names the file.
ABSL_DECLARE_FLAG(std::string, listen);
ABSL_DECLARE_FLAG(std::string, ops_listen);
ABSL_DECLARE_FLAG(std::string, log_level);
ABSL_DECLARE_FLAG(std::string, database_url_file);
ABSL_DECLARE_FLAG(int, database_workers);
ABSL_DECLARE_FLAG(int, database_queue);
ABSL_DECLARE_FLAG(std::string, migrations_dir);
ABSL_DECLARE_FLAG(bool, migrate_only);
ABSL_DECLARE_FLAG(std::string, audit_dir);
ABSL_DECLARE_FLAG(int, audit_period_ms);
ABSL_DECLARE_FLAG(int, audit_seal_ms);
ABSL_DECLARE_FLAG(std::string, tls_cert_file);
ABSL_DECLARE_FLAG(std::string, tls_key_file);
ABSL_DECLARE_FLAG(std::string, tls_ca_file);
ABSL_DECLARE_FLAG(std::string, peers);
ABSL_DECLARE_FLAG(std::string, currency);
ABSL_DECLARE_FLAG(std::string, page_token_key_file);
ABSL_DECLARE_FLAG(int, drain_notice_s);
ABSL_DECLARE_FLAG(int, drain_timeout_s);
ABSL_DECLARE_FLAG(int, connection_age_s);
ABSL_DECLARE_FLAG(bool, probe);

namespace cartwright::kit {

// Sets flags from the environment, then from the command line. INVALID_ARGUMENT names the
// setting and what is wrong with it.
absl::Status ParseFlags(int argc, char** argv);

// The checks below are for flags of one service, and for those that not every process needs.
// `name` is the flag, without dashes; each error names it.

// INVALID_ARGUMENT unless min <= value <= max.
absl::Status CheckRange(absl::string_view name, int value, int min, int max);

// INVALID_ARGUMENT when `value` is empty.
absl::Status CheckSet(absl::string_view name, absl::string_view value);

// The content of the file that a flag names, without trailing white space. Errors: NOT_FOUND,
// INVALID_ARGUMENT for an empty file.
absl::StatusOr<std::string> ReadFileOf(absl::string_view name, const std::string& path);

// The 32 bytes in the key file that a flag names. Errors: NOT_FOUND, INVALID_ARGUMENT.
absl::StatusOr<std::string> ReadKeyFileOf(absl::string_view name, const std::string& path);

// What --migrations_dir holds, at least one, and what --database_url_file holds. Errors as above.
absl::StatusOr<std::vector<db::Migration>> ReadMigrations();
absl::StatusOr<std::string> ReadDatabaseUrl();

// The rules in --audit_dir. INVALID_ARGUMENT names the flag.
absl::StatusOr<std::vector<db::AuditRule>> ReadAuditRules();

}  // namespace cartwright::kit
