#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "prometheus/gauge.h"
#include "shared/db/workers.h"
#include "shared/kit/kit.h"

namespace cartwright::kit {

// Frees what was set aside for an order and is overdue, once the order's coordinator has said that
// the order is called off. Whatever else it says, or when it says nothing, the thing stays: a time
// to live is an alarm, not a right. Every replica sweeps; two that meet do no harm. Runs on the
// event loop's one thread.
class Sweeper {
 public:
  // One overdue thing; `coordinated`: the order decides, else it just ends.
  struct Overdue {
    std::string id;
    std::string order_id;
    bool coordinated;
  };

  // Whose things, and the statements that find and free them.
  struct Work {
    std::string noun;  // in names of metrics and log lines: "hold"
    // (id, order_id, coordinated) of up to $2 overdue things, after $1 of them: first those that
    // need no answer, then the oldest.
    db::Statement find;
    // Frees the one with the id $1, for good; does nothing to one that was decided since.
    db::Statement expire;
    // One row of what is set aside: (number, number overdue, age of the oldest in seconds).
    db::Statement count;
  };

  // True when it is durable that the order is called off; false when it is not.
  using Ask = std::function<boost::asio::awaitable<absl::StatusOr<bool>>(std::string order_id)>;

  Sweeper(boost::asio::io_context& io, db::Workers& workers, Ask ask, Work work);

  // Sweeps now, and then `period` after each sweep.
  void Start(std::chrono::milliseconds period);

  // Ends the sweep that runs, and starts no more. Called from another thread; blocks for a few
  // seconds at most.
  void Stop();

  // One sweep: asks for everything that is overdue, a few at a time, until the coordinator cannot
  // be reached.
  boost::asio::awaitable<void> Sweep();

 private:
  boost::asio::awaitable<void> Run(std::chrono::milliseconds period);
  boost::asio::awaitable<void> Free(const std::vector<Overdue>& page);
  boost::asio::awaitable<void> FreeSome(const std::vector<Overdue>& page, size_t& next);
  boost::asio::awaitable<bool> FreeOne(const Overdue& overdue);
  boost::asio::awaitable<void> Count();
  void Alarm();

  boost::asio::io_context& io_;
  db::Workers& workers_;
  const Ask ask_;
  const Work work_;
  boost::asio::steady_timer timer_;
  prometheus::Gauge& open_;
  prometheus::Gauge& overdue_;
  prometheus::Gauge& oldest_;
  std::future<void> ended_;
  bool stopping_ = false;
  int kept_ = 0;                 // in this sweep: overdue, and not freed
  int unasked_ = 0;              // the part of them of which nobody could be asked
  std::string unasked_example_;  // the order of one
  bool away_ = false;            // in this sweep: the coordinator could not be reached
  std::chrono::steady_clock::time_point alarmed_;
};

// Starts a Sweeper that asks the order service, every --expiry_sweep_ms, until the process drains.
// Only at start.
void SweepOverdue(Kit& kit, Sweeper::Work work);

}  // namespace cartwright::kit
