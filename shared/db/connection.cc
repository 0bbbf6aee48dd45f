#include "shared/db/connection.h"

#include <poll.h>

#include <chrono>
#include <mutex>
#include <pqxx/binarystring>
#include <pqxx/errorhandler>
#include <pqxx/except>
#include <pqxx/nontransaction>
#include <pqxx/prepared_statement>
#include <pqxx/transaction>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"
#include "shared/db/sql_error.h"
#include "shared/failpoint/failpoint.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::db {
namespace {

constexpr int kMaxAttempts = 3;

// Measures one statement, from the call until its rows are here.
class Timer {
 public:
  explicit Timer(const char* summary) : start_(std::chrono::steady_clock::now()) {
    static auto& family = metrics::HistogramFamily("db_client_operation_duration_seconds",
                                                   "Duration of database statements.");
    // Summaries are string literals: their address is their identity.
    thread_local absl::flat_hash_map<const char*, prometheus::Histogram*> cache;
    prometheus::Histogram*& histogram = cache[summary];
    if (histogram == nullptr) {
      histogram = &family.Add({{"db_query_summary", summary}}, metrics::DurationBuckets());
    }
    histogram_ = histogram;
  }
  ~Timer() {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    histogram_->Observe(elapsed.count());
  }

 private:
  std::chrono::steady_clock::time_point start_;
  prometheus::Histogram* histogram_;
};

// Whether the server has ended an idle connection: what there is to read is its farewell. (A notice
// or a changed parameter looks the same, and costs a connection.)
bool HungUp(const pqxx::connection& connection) {
  pollfd socket{.fd = connection.sock(), .events = POLLIN, .revents = 0};
  return poll(&socket, 1, 0) != 0;
}

}  // namespace

Param Bytes(absl::string_view bytes) {
  return Param(absl::StrCat("\\x", absl::BytesToHexString(bytes)));
}

Param Array(const std::vector<std::string>& items) {
  std::string text = "{";
  for (const std::string& item : items) {
    absl::StrAppend(&text, text.size() == 1 ? "\"" : ",\"");
    for (char c : item) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return Param(text + "}");
}

Param Array(const std::vector<int64_t>& items) {
  return Param(absl::StrCat("{", absl::StrJoin(items, ","), "}"));
}

std::string FromBytes(const pqxx::field& field) {
  return absl::HexStringToBytes(
      absl::string_view(field.c_str() + 2, field.size() - 2));  // skips \x
}

// Hears the warning that a commit is only local: Postgres answers success when the wait for a
// synchronous standby is cancelled, by a timeout too, and a failover would lose that commit.
class Connection::CommitDoubt : public pqxx::errorhandler {
 public:
  explicit CommitDoubt(pqxx::connection& connection) : pqxx::errorhandler(connection) {}

  bool operator()(const char message[]) noexcept override {
    if (absl::StrContains(message, "canceling wait for synchronous replication")) heard_ = true;
    return true;  // other handlers may listen, too
  }

  bool heard() const { return heard_; }

 private:
  bool heard_ = false;
};

Connection::Connection(std::string url, std::string url_file)
    : url_(std::move(url)), url_file_(std::move(url_file)) {}
Connection::~Connection() = default;

bool Connection::IsOpen() const { return connection_ != nullptr && connection_->is_open(); }

absl::Status Connection::Connect() {
  if (IsOpen() && !HungUp(*connection_)) return absl::OkStatus();
  if (url_file_.empty()) return ConnectTo(url_);
  const absl::StatusOr<std::string> url = ReadFile(url_file_);
  if (!url.ok() || *url == url_) return ConnectTo(url_);
  const absl::Status status = ConnectTo(*url);
  if (status.ok()) {
    url_ = *url;
    return status;
  }
  return ConnectTo(url_).ok() ? absl::OkStatus() : status;
}

absl::Status Connection::ConnectTo(const std::string& url) {
  doubt_.reset();
  connection_.reset();
  prepared_.clear();
  try {
    connection_ = std::make_unique<pqxx::connection>(url);
    doubt_ = std::make_unique<CommitDoubt>(*connection_);
    static constexpr Statement kStandby = {"db.is_standby", "SELECT pg_is_in_recovery()"};
    pqxx::nontransaction transaction(*connection_);
    if (Run(transaction, kStandby, {})[0][0].as<bool>()) {
      throw pqxx::broken_connection("the server is a standby");
    }
    return absl::OkStatus();
  } catch (const std::exception& error) {
    return Failed(error);
  }
}

absl::Status Connection::Failed(const std::exception& error) {
  absl::Status status = ToStatus(error);
  if (IsBroken(status)) {
    doubt_.reset();
    connection_.reset();
    prepared_.clear();
  }
  return status;
}

pqxx::result Connection::Run(pqxx::transaction_base& transaction, const Statement& statement,
                             const Params& params) {
  const Timer timer(statement.name);
  if (prepared_.insert(statement.name).second) {
    connection_->prepare(statement.name, statement.sql);
  }
  std::vector<const char*> values;
  values.reserve(params.size());
  for (const Param& param : params) {
    values.push_back(param.text() ? param.text()->c_str() : nullptr);
  }
  pqxx::result rows =
      transaction.exec_prepared(statement.name, pqxx::prepare::make_dynamic_params(values));
  CheckReplicated();
  return rows;
}

// Throws when the last commit may be lost in a failover: its effect is in doubt, and the same call
// on a new connection finds out.
void Connection::CheckReplicated() const {
  if (doubt_->heard()) throw pqxx::in_doubt_error("the commit may not have been replicated");
}

absl::StatusOr<pqxx::result> Connection::Execute(const Statement& statement, const Params& params) {
  if constexpr (failpoint::kEnabled) {
    return failpoint::AroundCommit(statement.name, [&] { return TryStatement(statement, params); });
  }
  return TryStatement(statement, params);
}

absl::StatusOr<pqxx::result> Connection::TryStatement(const Statement& statement,
                                                      const Params& params) {
  try {
    if (open_ != nullptr) return Run(*open_, statement, params);
    CW_RETURN_IF_ERROR(Connect());
    pqxx::nontransaction transaction(*connection_);
    return Run(transaction, statement, params);
  } catch (const std::exception& error) {
    // Inside InTransaction the connection is not dropped here: its transaction still stands on
    // it. TryTransaction drops it.
    return open_ != nullptr ? ToStatus(error) : Failed(error);
  }
}

absl::Status Connection::TryTransaction(const std::function<absl::Status(Connection&)>& body) {
  CW_RETURN_IF_ERROR(Connect());
  try {
    pqxx::work transaction(*connection_);
    absl::Status status;
    {
      open_ = &transaction;
      const absl::Cleanup close = [this] { open_ = nullptr; };
      status = body(*this);
    }
    if (!status.ok()) {
      transaction.abort();
      return status;
    }
    transaction.commit();
    CheckReplicated();
    return absl::OkStatus();
  } catch (const std::exception& error) {
    return Failed(error);
  }
}

absl::Status Connection::Ping() {
  static constexpr Statement kPing = {"db.ping", "SELECT 1"};
  return Execute(kPing).status();
}

absl::Status Connection::InTransaction(const std::function<absl::Status(Connection&)>& body) {
  absl::Status status;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    status = TryTransaction(body);
    if (!IsRetryable(status)) break;
  }
  return status;
}

absl::Status Connection::Script(const std::string& sql) {
  try {
    if (open_ != nullptr) {
      open_->exec(sql);
      return absl::OkStatus();
    }
    CW_RETURN_IF_ERROR(Connect());
    pqxx::nontransaction transaction(*connection_);
    transaction.exec(sql);
    return absl::OkStatus();
  } catch (const std::exception& error) {
    return open_ != nullptr ? ToStatus(error) : Failed(error);
  }
}

}  // namespace cartwright::db
