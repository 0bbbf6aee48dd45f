#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "grpcpp/server.h"
#include "grpcpp/support/sync_stream.h"
#include "shared/rpc/client.h"
#include "shared/rpc/server.h"

namespace cartwright::testing {

// A gRPC server in this process, behind the real pipeline, reached over an in-process channel:
//
//   ServiceFixture server(&workers);
//   server.Serve(service, &WalletService::GetWallet, ...);
//   server.Start();
//   auto reply = server.Call<GetWalletResponse>(request, "gateway");
//
// There are no certificates in it: the caller's name is an argument.
class ServiceFixture {
 public:
  explicit ServiceFixture(db::Workers* workers);
  ~ServiceFixture();

  template <typename Owner, typename... Methods>
  void Serve(Owner& owner, Methods... methods) {
    rpc_.Register(owner, methods...);
  }

  void Start();

  // Blocks until the answer is here.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(Request request, std::string peer = "gateway") {
    set_peer(std::move(peer));
    return Await(client_->Call<Response>(rpc::Call::Background(absl::Seconds(30)), request));
  }

  // Runs a coroutine to its end.
  template <typename T>
  T Await(boost::asio::awaitable<T> coroutine) {
    std::optional<T> result;
    // Not a co_spawn of T: each one costs every test that has it half a second of compiling.
    const auto keep = [&]() -> boost::asio::awaitable<void> {
      result = co_await std::move(coroutine);
    };
    Await(keep());
    return *std::move(result);
  }
  void Await(boost::asio::awaitable<void> coroutine);

  // Opens a server stream, which the test reads with blocking calls; both must outlive it.
  template <typename Response, typename Request>
  std::unique_ptr<grpc::ClientReader<Response>> Open(grpc::ClientContext& context,
                                                     const Request& request) {
    static const std::string path = rpc::PathOf(*rpc::MethodOf(*Request::descriptor()));
    const grpc::internal::RpcMethod method(path.c_str(),
                                           grpc::internal::RpcMethod::SERVER_STREAMING);
    return std::unique_ptr<grpc::ClientReader<Response>>(
        grpc::internal::ClientReaderFactory<Response>::Create(channel_.get(), method, &context,
                                                              request));
  }
  // What the drain of a process does.
  void EndStreams() { rpc_.EndStreams(); }

  // A client of this server, for services under test that call it.
  rpc::Client& client() { return *client_; }
  boost::asio::io_context& io() { return io_; }
  // The name of whoever calls next. Calls that run at the same time have the same.
  void set_peer(std::string peer);

 private:
  boost::asio::io_context& io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::mutex mutex_;  // of peer_
  std::string peer_ = "gateway";
  rpc::Server rpc_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  rpc::Client* client_ = nullptr;
  std::thread thread_;
};

}  // namespace cartwright::testing
