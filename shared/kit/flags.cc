#include "shared/kit/flags.h"

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"
#include "shared/rpc/targets.h"

ABSL_FLAG(std::string, listen, "127.0.0.1:0", "Address of the gRPC port, host:port.");
ABSL_FLAG(std::string, ops_listen, "127.0.0.1:0",
          "Address of the plain HTTP port with /livez, /readyz and /metrics, host:port.");
ABSL_FLAG(std::string, log_level, "info", "trace, debug, info, warn or error.");
ABSL_FLAG(std::string, database_url_file, "", "File with the libpq URI of the database.");
ABSL_FLAG(int, database_workers, 4, "Database connections, 1..64; each has a thread.");
ABSL_FLAG(int, database_queue, 256, "Calls that may wait for a database worker, 1..65536.");
ABSL_FLAG(std::string, migrations_dir, "", "Directory of the service's migrations.");
ABSL_FLAG(bool, migrate_only, false, "Apply the migrations as the schema's owner and exit.");
ABSL_FLAG(std::string, audit_dir, "", "Directory of the service's audit rules; empty: no audit.");
ABSL_FLAG(int, audit_period_ms, 60000, "Milliseconds between two audits, 200..3600000.");
ABSL_FLAG(int, audit_seal_ms, 1000,
          "Milliseconds between two rounds that seal the audit log, 100..60000.");
ABSL_FLAG(std::string, tls_cert_file, "", "This process' certificate, PEM.");
ABSL_FLAG(std::string, tls_key_file, "", "The key of the certificate, PEM.");
ABSL_FLAG(std::string, tls_ca_file, "", "The authority that signs our certificates, PEM.");
ABSL_FLAG(std::string, peers, "",
          "Services that this one calls: name=host:port, comma between; + between replicas.");
ABSL_FLAG(std::string, currency, "EUR", "The shop's one currency, ISO 4217.");
ABSL_FLAG(std::string, page_token_key_file, "",
          "File of 64 hex digits, the key that signs page tokens; the same for all replicas.");
ABSL_FLAG(int, drain_notice_s, 5,
          "Seconds to go on serving after SIGTERM, while balancers notice, 0..60.");
ABSL_FLAG(int, drain_timeout_s, 30, "Seconds that running calls have to end, 1..300.");
ABSL_FLAG(
    int, connection_age_s, 60,
    "Seconds after which clients are asked to connect again, and so find new replicas and have the "
    "certificates of the day, 1..3600.");
ABSL_FLAG(bool, probe, false,
          "Ask the process at --ops_listen whether it is ready and exit: 0 when it is.");

extern char** environ;

namespace cartwright::kit {
namespace {

absl::Status SetFromEnvironment(absl::string_view entry) {
  constexpr absl::string_view kPrefix = "CARTWRIGHT_";
  if (!absl::ConsumePrefix(&entry, kPrefix)) return absl::OkStatus();
  const size_t equals = entry.find('=');
  const std::string name = absl::AsciiStrToLower(entry.substr(0, equals));
  absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  // The launcher and the tests have variables of their own.
  if (flag == nullptr || equals == absl::string_view::npos) return absl::OkStatus();
  std::string error;
  if (flag->ParseFrom(entry.substr(equals + 1), &error)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(kPrefix, entry.substr(0, equals), ": ", error));
}

absl::Status CheckAddress(absl::string_view name, absl::string_view value) {
  if (rpc::IsAddress(value)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", name, " must be host:port, not \"", value, "\""));
}

absl::Status CheckCurrency(const std::string& currency) {
  if (RE2::FullMatch(currency, "[A-Z]{3}")) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--currency must be three capital letters (ISO 4217), not \"", currency, "\""));
}

// The same error, and the flag that it is about.
absl::Status Name(absl::string_view flag, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat("--", flag, ": ", status.message()));
}

}  // namespace

absl::Status CheckRange(absl::string_view name, int value, int min, int max) {
  if (value >= min && value <= max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", name, " must be between ", min, " and ", max, ", not ", value));
}

absl::Status CheckSet(absl::string_view name, absl::string_view value) {
  if (!value.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--", name, " must be set"));
}

absl::StatusOr<std::string> ReadFileOf(absl::string_view name, const std::string& path) {
  CW_RETURN_IF_ERROR(CheckSet(name, path));
  absl::StatusOr<std::string> content = ReadFile(path);
  if (!content.ok()) return Name(name, content.status());
  if (content->empty()) return Name(name, absl::InvalidArgumentError(path + " is empty"));
  return content;
}

absl::StatusOr<std::string> ReadKeyFileOf(absl::string_view name, const std::string& path) {
  CW_RETURN_IF_ERROR(CheckSet(name, path));
  absl::StatusOr<std::string> key = ReadKeyFile(path);
  return key.ok() ? key : Name(name, key.status());
}

absl::StatusOr<std::vector<db::Migration>> ReadMigrations() {
  constexpr absl::string_view kName = "migrations_dir";
  const std::string directory = absl::GetFlag(FLAGS_migrations_dir);
  CW_RETURN_IF_ERROR(CheckSet(kName, directory));
  absl::StatusOr<std::vector<db::Migration>> migrations = db::LoadMigrations(directory);
  if (!migrations.ok()) return Name(kName, migrations.status());
  if (migrations->empty()) {
    return Name(kName, absl::InvalidArgumentError(directory + " has no migrations"));
  }
  return migrations;
}

absl::StatusOr<std::string> ReadDatabaseUrl() {
  return ReadFileOf("database_url_file", absl::GetFlag(FLAGS_database_url_file));
}

absl::StatusOr<std::vector<db::AuditRule>> ReadAuditRules() {
  auto rules = db::LoadAuditRules(absl::GetFlag(FLAGS_audit_dir));
  return rules.ok() ? rules : Name("audit_dir", rules.status());
}

absl::Status ParseFlags(int argc, char** argv) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (absl::Status status = SetFromEnvironment(*entry); !status.ok()) return status;
  }
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat("unexpected argument: ", rest[1]));
  }
  for (const absl::Status& status :
       {CheckRange("database_workers", absl::GetFlag(FLAGS_database_workers), 1, 64),
        CheckRange("database_queue", absl::GetFlag(FLAGS_database_queue), 1, 65536),
        CheckRange("audit_period_ms", absl::GetFlag(FLAGS_audit_period_ms), 200, 3600000),
        CheckRange("audit_seal_ms", absl::GetFlag(FLAGS_audit_seal_ms), 100, 60000),
        CheckRange("drain_notice_s", absl::GetFlag(FLAGS_drain_notice_s), 0, 60),
        CheckRange("drain_timeout_s", absl::GetFlag(FLAGS_drain_timeout_s), 1, 300),
        CheckRange("connection_age_s", absl::GetFlag(FLAGS_connection_age_s), 1, 3600),
        CheckAddress("listen", absl::GetFlag(FLAGS_listen)),
        CheckAddress("ops_listen", absl::GetFlag(FLAGS_ops_listen)),
        Name("peers", rpc::ParseTargets(absl::GetFlag(FLAGS_peers)).status()),
        CheckCurrency(absl::GetFlag(FLAGS_currency))}) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace cartwright::kit
