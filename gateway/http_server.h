#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "boost/asio/ip/tcp.hpp"
#include "gateway/client_address.h"
#include "gateway/http_connection.h"
#include "gateway/http_message.h"

namespace cartwright::gateway {

// An HTTP/1.1 server. Each thread has an event loop and connections of its own, which nothing
// moves between threads; new connections go round. Once a quarter of a second each thread looks
// for connections whose time is up, so that a request sets no timer.
class HttpServer {
 public:
  struct Options {
    std::string address;  // host:port; port 0 picks one
    int threads = 2;
    size_t max_connections = 10'000;
    size_t max_connections_per_network = 100;  // see NetworkOf; those of proxies are not counted
    TrustedProxies proxies = {};
    HttpTimeouts timeouts = {};
  };

  // `handler` must outlive the server.
  HttpServer(Options options, RequestHandler& handler);
  // REQUIRES: drained, or never started.
  ~HttpServer();

  // Binds and serves; returns the bound port. Errors: UNAVAILABLE naming the address.
  absl::StatusOr<uint16_t> Start();

  // Takes no new connections, closes idle ones, and waits until every request under way has its
  // answer or `timeout` is over. Ends the threads.
  void Drain(absl::Duration timeout);

 private:
  struct Worker;

  boost::asio::awaitable<void> Accept();
  boost::asio::awaitable<void> Serve(Worker& worker, boost::asio::ip::tcp::socket socket);
  boost::asio::awaitable<void> Sweep(Worker& worker);
  void RunLoop(Worker& worker);
  // Counts a connection from `network` (empty: a proxy's); false when it is one too many.
  bool Enter(const std::string& network);
  void Leave(const std::string& network);

  const Options options_;
  RequestHandler& handler_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<boost::asio::ip::tcp::acceptor> acceptor_;
  std::atomic<bool> draining_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t connections_ = 0;
  absl::flat_hash_map<std::string, size_t> connections_of_;  // by network, none with 0
};

}  // namespace cartwright::gateway
