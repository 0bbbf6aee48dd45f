#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"

namespace prometheus {
class Gauge;
}

namespace cartwright::gateway {

// Notices that files have changed, by their times, sizes and inodes; links are followed, so that
// the swap of a mounted directory is seen. Not thread-safe.
class FileWatch {
 public:
  explicit FileWatch(std::vector<std::string> paths) : paths_(std::move(paths)), seen_(Look()) {}

  // True once after each change.
  bool Changed();

 private:
  std::string Look() const;

  std::vector<std::string> paths_;
  std::string seen_;
};

// Reads what files say again when they have changed, without a restart: every five seconds it
// looks, and at a SIGHUP it reads everything. What cannot be read changes nothing but a line in the
// log and the gauge cartwright_gateway_reload_failed{what}; it is tried again when it has changed
// again. On one event loop.
class Reloader {
 public:
  explicit Reloader(boost::asio::io_context& io) : io_(io) {}

  // `load` reads and puts into place, or returns what is wrong. `watch` was made before the files
  // were read for the first time. Before Start.
  void Add(const std::string& what, FileWatch watch, std::function<absl::Status()> load);

  void Start();

  // Looks now; with `all`, reads also what seems unchanged.
  void Check(bool all);

 private:
  struct Item {
    std::string what;
    FileWatch watch;
    std::function<absl::Status()> load;
    prometheus::Gauge* failed;
  };

  boost::asio::awaitable<void> Poll();
  boost::asio::awaitable<void> AwaitSignals();

  boost::asio::io_context& io_;
  std::vector<Item> items_;
};

}  // namespace cartwright::gateway
