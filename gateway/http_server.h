#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "boost/asio/ip/tcp.hpp"
#include "gateway/client_address.h"
#include "gateway/connection_limits.h"
#include "gateway/http_connection.h"
#include "gateway/http_message.h"
#include "gateway/tls_certificate.h"

namespace cartwright::gateway {

// An HTTP/1.1 server. Each thread has an event loop and connections of its own, which nothing
// moves between threads; new connections go round. Once a quarter of a second each thread looks
// for connections whose time is up, so that a request sets no timer.
class HttpServer {
 public:
  struct Options {
    std::string address;  // host:port; port 0 picks one
    int threads = 2;
    ConnectionLimits::Options connections = {};
    TrustedProxies proxies = {};  // the per_client limit does not hold for them
    HttpTimeouts timeouts = {};
    const TlsVersions* tls = nullptr;  // null: plain HTTP
    int hsts_max_age_s = 0;            // with TLS; 0: browsers are told nothing
  };

  // `handler` must outlive the server.
  HttpServer(Options options, RequestHandler& handler);
  // REQUIRES: drained, or never started.
  ~HttpServer();

  // Binds and serves; returns the bound port. Errors: UNAVAILABLE naming the address.
  absl::StatusOr<uint16_t> Start();

  // From now on every answer is the last of its connection, so that clients go elsewhere before
  // Drain closes what is idle: a request that is just being sent then would be lost. Thread-safe.
  void SendAway() { sending_away_ = true; }

  // Takes no new connections, closes idle ones, and waits until every request under way has its
  // answer or `timeout` is over. Ends the threads.
  void Drain(absl::Duration timeout);

 private:
  struct Worker;

  boost::asio::awaitable<void> Accept();
  boost::asio::awaitable<void> Serve(Worker& worker, boost::asio::ip::tcp::socket socket);
  boost::asio::awaitable<void> Sweep(Worker& worker);
  void RunLoop(Worker& worker);

  const Options options_;
  const HttpConnection::Options connection_options_;
  RequestHandler& handler_;
  ConnectionLimits connections_;  // before the workers, whose end ends what counts here
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<boost::asio::ip::tcp::acceptor> acceptor_;
  std::atomic<bool> sending_away_{false};
  std::atomic<bool> draining_{false};
};

}  // namespace cartwright::gateway
