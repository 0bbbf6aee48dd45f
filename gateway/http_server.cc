#include "gateway/http_server.h"

#include <chrono>
#include <list>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "shared/rpc/call.h"
#include "shared/telemetry/log.h"

namespace cartwright::gateway {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto kSweepPeriod = std::chrono::milliseconds(250);
constexpr auto kAcceptPause = std::chrono::milliseconds(50);
constexpr int kMaxRequests = 1000;  // per connection, so that balancers can rebalance
constexpr int kClientGone = 499;
constexpr auto kMaxAge = std::chrono::minutes(10);

absl::StatusOr<tcp::endpoint> ParseEndpoint(const std::string& address) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  error_code error;
  const bool has_port = colon != std::string::npos &&
                        absl::SimpleAtoi(address.substr(colon + 1), &port) && port <= 65535;
  const auto host = asio::ip::make_address(address.substr(0, colon), error);
  if (!has_port || error) {
    return absl::InvalidArgumentError(absl::StrCat(address, " is not address:port"));
  }
  return tcp::endpoint(host, static_cast<uint16_t>(port));
}

// The request that was read last, with its ids, and its client when a proxy passed it on.
Request NamedRequest(HttpConnection& connection, const TrustedProxies& proxies) {
  Request request = connection.request();
  if (request.request_id.empty()) request.request_id = rpc::NewRequestId();
  if (request.traceparent.empty()) request.traceparent = rpc::NewTraceparent();
  connection.set_request_id(request.request_id);
  if (request.fields != nullptr && proxies.Has(connection.peer())) {
    request.client_ip = ClientAddress(connection.peer(), *request.fields, proxies).to_string();
  }
  return request;
}

}  // namespace

struct HttpServer::Worker {
  std::list<HttpConnection*> connections;  // of this thread only; before `io`, which ends them
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  std::thread thread;
};

HttpServer::HttpServer(Options options, RequestHandler& handler)
    : options_(std::move(options)),
      connection_options_{.timeouts = options_.timeouts, .hsts_max_age_s = options_.hsts_max_age_s},
      handler_(handler),
      connections_(options_.connections) {
  for (int i = 0; i < options_.threads; ++i) workers_.push_back(std::make_unique<Worker>());
}

HttpServer::~HttpServer() = default;

absl::StatusOr<uint16_t> HttpServer::Start() {
  const auto endpoint = ParseEndpoint(options_.address);
  if (!endpoint.ok()) return endpoint.status();
  acceptor_ = std::make_unique<tcp::acceptor>(workers_[0]->io);
  error_code error;
  acceptor_->open(endpoint->protocol(), error);
  if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_->bind(*endpoint, error);
  if (!error) acceptor_->listen(tcp::acceptor::max_listen_connections, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", options_.address, ": ", error.message()));
  }
  const uint16_t port = acceptor_->local_endpoint().port();
  asio::co_spawn(workers_[0]->io, Accept(), asio::detached);
  for (const auto& worker : workers_) {
    asio::co_spawn(worker->io, Sweep(*worker), asio::detached);
    worker->thread = std::thread([this, &worker = *worker] { RunLoop(worker); });
  }
  return port;
}

// What escapes a handler of the loop ends that handler, not the process.
void HttpServer::RunLoop(Worker& worker) {
  while (!worker.io.stopped()) {
    try {
      worker.io.run();
    } catch (const std::exception& error) {
      log::Error("http.loop_failed", error.what());
    }
  }
}

asio::awaitable<void> HttpServer::Accept() {
  asio::steady_timer pause(acceptor_->get_executor());
  size_t next = 0;
  while (!draining_) {
    Worker& worker = *workers_[next++ % workers_.size()];
    error_code error;
    tcp::socket socket = co_await acceptor_->async_accept(
        worker.io, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors, most likely; without a pause this would be a busy loop.
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    const asio::ip::address peer = socket.remote_endpoint(error).address();
    const bool is_proxy = options_.proxies.Has(Unmapped(peer));
    // Gone already, or one too many: closed before anything is read.
    if (error || !connections_.Add(peer, is_proxy)) continue;
    asio::co_spawn(worker.io, Serve(worker, std::move(socket)),
                   [this, peer, is_proxy](const std::exception_ptr& failure) {
                     if (failure) log::Error("http.connection_failed", "A connection was dropped.");
                     connections_.Remove(peer, is_proxy);
                   });
  }
}

asio::awaitable<void> HttpServer::Serve(Worker& worker, tcp::socket socket) {
  HttpConnection connection(std::move(socket),
                            options_.tls != nullptr ? options_.tls->Get() : nullptr,
                            connection_options_);
  // Out of the list whatever happens: the sweep looks at all that is in it.
  struct Entry {
    std::list<HttpConnection*>& list;
    std::list<HttpConnection*>::iterator at;
    ~Entry() { list.erase(at); }
  };
  worker.connections.push_front(&connection);
  const Entry entry{worker.connections, worker.connections.begin()};
  const auto last_time = HttpConnection::Clock::now() + kMaxAge;
  bool open = co_await connection.Handshake();
  for (int served = 1; open; ++served) {
    const absl::StatusOr<bool> head = co_await connection.ReadHead();
    if (head.ok() && !*head) break;
    const Request request = NamedRequest(connection, options_.proxies);
    if (!head.ok()) {
      const Response refusal = handler_.Refuse(request, head.status());
      co_await connection.Write(refusal, false);
      break;
    }
    const Response response = co_await handler_.Handle(request, connection);
    if (response.status == kClientGone) break;
    const bool keep_alive =
        served < kMaxRequests && !sending_away_ && HttpConnection::Clock::now() < last_time;
    open = co_await connection.Write(response, keep_alive);
  }
  co_await connection.Close();
}

asio::awaitable<void> HttpServer::Sweep(Worker& worker) {
  asio::steady_timer timer(worker.io);
  while (true) {
    timer.expires_after(kSweepPeriod);
    error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto now = HttpConnection::Clock::now();
    for (HttpConnection* connection : worker.connections) {
      const bool unwanted = draining_ && connection->IsIdle();
      connection->WatchClient(draining_);
      if (unwanted || connection->deadline() <= now) connection->Expire();
    }
  }
}

void HttpServer::Drain(absl::Duration timeout) {
  SendAway();
  draining_ = true;
  if (acceptor_ != nullptr) {
    asio::post(acceptor_->get_executor(), [this] {
      error_code ignored;
      acceptor_->close(ignored);
    });
  }
  connections_.AwaitNone(timeout);
  for (const auto& worker : workers_) worker->io.stop();
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

}  // namespace cartwright::gateway
