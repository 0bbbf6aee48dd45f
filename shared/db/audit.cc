#include "shared/db/audit.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"

namespace cartwright::db {
namespace {

constexpr int kMaxRows = 1000;
constexpr int kShownRows = 10;

// One snapshot for all rules. A rule may take longer than anything that a shopper waits for, and
// reads whole tables, which a service's own role is kept from; but it never takes a second core.
constexpr const char* kBegin = R"sql(
  SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL statement_timeout = '30s';
  SET LOCAL enable_seqscan = on;
  SET LOCAL max_parallel_workers_per_gather = 0;
)sql";
// The key is that of the schema: services do not wait for each other. Gone with the transaction.
constexpr Statement kTurn = {
    "audit.turn",
    "SELECT pg_try_advisory_xact_lock(hashtext('audit:' || current_schema())),"
    " pg_is_in_recovery()"};

absl::Status TakeTurn(Connection& connection) {
  CW_RETURN_IF_ERROR(connection.Script(kBegin));
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, connection.Execute(kTurn));
  if (rows[0][1].as<bool>()) return absl::FailedPreconditionError("the database is a standby");
  if (rows[0][0].as<bool>()) return absl::OkStatus();
  return absl::FailedPreconditionError("another process audits now");
}

std::string TextOf(const pqxx::row& row) {
  std::string text;
  for (const pqxx::field& field : row) {
    absl::StrAppend(&text, text.empty() ? "" : " ", field.name(), "=",
                    field.is_null() ? "null" : field.c_str());
  }
  return text;
}

// A statement is known by the address of its name, for as long as its thread lives.
const char* KeptName(const std::string& id) {
  static std::mutex mutex;
  static auto* kept = new std::set<std::string>;
  const std::lock_guard lock(mutex);
  return kept->insert("audit." + id).first->c_str();
}

absl::StatusOr<AuditRule> ReadRule(const std::filesystem::path& path) {
  static const RE2 kName(R"(([A-Z]{1,2}\d{1,2})_[a-z0-9_]+\.sql)");
  static const RE2 kRule(R"(-- (\w+): ([^\n]+(?:\n-- [^\n]+)*)\n)");
  AuditRule rule;
  if (!RE2::FullMatch(path.filename().string(), kName, &rule.id)) {
    return absl::InvalidArgumentError(absl::StrCat(path.string(), " is not named ID_words.sql"));
  }
  CW_ASSIGN_OR_RETURN(rule.sql, ReadFile(path.string()));
  std::string id;
  re2::StringPiece rest(rule.sql);
  if (!RE2::Consume(&rest, kRule, &id, &rule.sentence) || id != rule.id) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), " does not begin with \"-- ", rule.id, ": \" and its rule"));
  }
  RE2::GlobalReplace(&rule.sentence, "\n-- ", " ");
  return rule;
}

}  // namespace

absl::StatusOr<std::vector<AuditRule>> LoadAuditRules(const std::string& directory) {
  std::error_code error;
  std::set<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    paths.insert(entry.path());
  }
  if (paths.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(directory, " has no rules"));
  }
  std::vector<AuditRule> rules;
  for (const auto& path : paths) {
    CW_ASSIGN_OR_RETURN(AuditRule rule, ReadRule(path));
    if (std::any_of(rules.begin(), rules.end(), [&](const auto& r) { return r.id == rule.id; })) {
      return absl::InvalidArgumentError(absl::StrCat(directory, " has two rules ", rule.id));
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

absl::StatusOr<AuditFinding> CheckRule(Connection& connection, const AuditRule& rule) {
  absl::string_view query = absl::StripTrailingAsciiWhitespace(rule.sql);
  absl::ConsumeSuffix(&query, ";");
  const std::string sql = absl::StrCat("SELECT found.* FROM (", query, ") found LIMIT ", kMaxRows);
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      connection.Execute({KeptName(rule.id), sql.c_str()}));
  AuditFinding finding{.rule = &rule, .rows = static_cast<int>(rows.size())};
  for (int i = 0; i < std::min(finding.rows, kShownRows); ++i) {
    finding.first.push_back(TextOf(rows[i]));
  }
  return finding;
}

absl::Status Audit(Connection& connection, const std::vector<AuditRule>& rules,
                   std::vector<AuditFinding>& findings) {
  const size_t before = findings.size();
  return connection.InTransaction([&](Connection& transaction) -> absl::Status {
    findings.resize(before);  // of an attempt that could not be serialized
    CW_RETURN_IF_ERROR(TakeTurn(transaction));
    absl::Status first_error;
    for (const AuditRule& rule : rules) {
      // One rule that cannot be checked, as when it takes too long, must not hide the others.
      CW_RETURN_IF_ERROR(transaction.Script("SAVEPOINT rule"));
      absl::StatusOr<AuditFinding> finding = CheckRule(transaction, rule);
      if (finding.ok()) {
        findings.push_back(*std::move(finding));
      } else {
        first_error.Update(absl::Status(finding.status().code(),
                                        absl::StrCat(rule.id, ": ", finding.status().message())));
        CW_RETURN_IF_ERROR(transaction.Script("ROLLBACK TO SAVEPOINT rule"));
      }
    }
    return first_error;
  });
}

}  // namespace cartwright::db
