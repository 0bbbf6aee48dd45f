#pragma once

#include <chrono>
#include <functional>

#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "shared/db/workers.h"

namespace cartwright::kit {

// Lays the chain of hashes over a schema's audit log (its migration NNNN_add_audit_log.sql), a
// moment behind whoever writes it, so that no writer waits for another; of all replicas one at a
// time. In a schema without such a log it does nothing. Runs on the event loop and, for its
// statements, on a database worker.
//
// cartwright_audit_log_unsealed is the number of rows that no hash protects yet, and
// cartwright_audit_log_unsealed_seconds the age of the oldest: rows of transactions that run are
// waited for, so one that hangs shows here.
class Sealer {
 public:
  // `ready`: whether the schema is there.
  Sealer(boost::asio::io_context& io, db::Workers& workers, std::function<bool()> ready);

  // Seals now, and then `period` after each round, for as long as the process lives.
  void Start(std::chrono::milliseconds period);

 private:
  boost::asio::awaitable<void> Run(std::chrono::milliseconds period);
  boost::asio::awaitable<bool> HasLog();
  boost::asio::awaitable<void> Round();

  boost::asio::io_context& io_;
  db::Workers& workers_;
  const std::function<bool()> ready_;
  bool failing_ = false;  // the last round failed, which was logged
};

}  // namespace cartwright::kit
