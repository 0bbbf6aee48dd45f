#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <pqxx/connection>
#include <pqxx/result>
#include <pqxx/transaction_base>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cartwright::db {

// A statement with $1.. parameters, prepared once per connection. `name` is also the summary
// under which its duration is measured, for example "wallet.deposit".
struct Statement {
  const char* name;
  const char* sql;
};

// One parameter, in Postgres' text format. Implicit, so that a call reads as a list of values.
class Param {
 public:
  Param(absl::string_view text) : text_(text) {}          // NOLINT(google-explicit-constructor)
  Param(const std::string& text) : text_(text) {}         // NOLINT(google-explicit-constructor)
  Param(const char* text) : text_(text) {}                // NOLINT(google-explicit-constructor)
  Param(int64_t value) : text_(std::to_string(value)) {}  // NOLINT(google-explicit-constructor)
  Param(int value) : text_(std::to_string(value)) {}      // NOLINT(google-explicit-constructor)
  Param(bool value) : text_(value ? "t" : "f") {}         // NOLINT(google-explicit-constructor)
  Param(std::nullopt_t) {}                                // NOLINT(google-explicit-constructor)
  template <typename T>
  Param(const std::optional<T>& value) {  // NOLINT(google-explicit-constructor)
    if (value) *this = Param(*value);
  }

  // Null, or the text.
  const std::optional<std::string>& text() const { return text_; }

 private:
  std::optional<std::string> text_;
};

using Params = std::vector<Param>;

// A bytea parameter.
Param Bytes(absl::string_view bytes);

// An array parameter; the statement casts it ($1::uuid[]).
Param Array(const std::vector<std::string>& items);
Param Array(const std::vector<int64_t>& items);

// The bytes of a bytea column. REQUIRES: the field is a bytea and not null.
std::string FromBytes(const pqxx::field& field);

// One connection to the primary, owned by one thread; a standby is refused, since a decision must
// never rest on what a replica says. Reconnects by itself before the next call after it broke, also
// when it broke while nobody called, so that no call fails of a server that was away in between.
// Calls block for at most the role's statement_timeout while the server lives; the URL's
// tcp_user_timeout and keepalives bound the wait for one that vanished.
class Connection {
 public:
  // `url_file`, when not empty, has the URL that a new connection is made with, read each time: a
  // password is changed without a restart. While the server refuses what it says, the URL that was
  // good before is tried, so that file and role need not change in one instant.
  explicit Connection(std::string url, std::string url_file = {});
  ~Connection();

  // Runs one statement that commits by itself: one round trip, one commit. After UNAVAILABLE
  // its effect is unknown, see sql_error.h.
  absl::StatusOr<pqxx::result> Execute(const Statement& statement, const Params& params = {});

  // Who it is that the next statements are for, as the audit log shall name them: the process that
  // called, or empty for this one.
  void set_actor(std::string actor) { actor_ = std::move(actor); }
  const std::string& actor() const { return actor_; }

  // OK when the database answers; one round trip.
  absl::Status Ping();

  // Runs `body` in one READ COMMITTED transaction and commits when it returns OK; any other
  // status rolls back. Deadlocks and serialization failures are retried, up to 3 times, so
  // `body` has no effect outside the database.
  absl::Status InTransaction(const std::function<absl::Status(Connection&)>& body);

  // Runs a script of several statements; for migrations and tests.
  absl::Status Script(const std::string& sql);

  // Whether the last call had an answer of the server, if only an error: one that broke has not.
  bool IsOpen() const;

 private:
  class CommitDoubt;

  absl::Status Connect();
  absl::Status ConnectTo(const std::string& url);
  void CheckReplicated() const;
  pqxx::result Run(pqxx::transaction_base& transaction, const Statement& statement,
                   const Params& params);
  absl::StatusOr<pqxx::result> TryStatement(const Statement& statement, const Params& params);
  absl::Status TryTransaction(const std::function<absl::Status(Connection&)>& body);
  absl::Status Failed(const std::exception& error);

  std::string url_;  // the one that was good last
  const std::string url_file_;
  std::string actor_;
  std::unique_ptr<pqxx::connection> connection_;
  std::unique_ptr<CommitDoubt> doubt_;  // listens to connection_
  absl::flat_hash_set<std::string> prepared_;
  pqxx::transaction_base* open_ = nullptr;  // the transaction of InTransaction
};

}  // namespace cartwright::db
