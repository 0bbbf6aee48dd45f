#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/use_future.hpp"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
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
  explicit ServiceFixture(db::Workers* workers)
      : work_(boost::asio::make_work_guard(io_)),
        rpc_(workers, io_.get_executor(), [this](const auto&) { return peer_; }),
        thread_([this] { io_.run(); }) {}

  ~ServiceFixture() {
    if (server_ != nullptr) server_->Shutdown();
    server_.reset();
    work_.reset();
    io_.stop();
    thread_.join();
  }

  template <typename Owner, typename... Methods>
  void Serve(Owner& owner, Methods... methods) {
    rpc_.Register(owner, methods...);
  }

  void Start() {
    grpc::ServerBuilder builder;
    rpc_.AddTo(builder);
    server_ = builder.BuildAndStart();
    // Never destroyed: when the last user of gRPC 1.51's callback queue goes, a thread of that
    // queue can touch it after its end and abort ("ref_counted.h: prior > 0").
    static auto* kept = new std::vector<std::unique_ptr<rpc::Client>>;
    channel_ = server_->InProcessChannel({});
    client_ = kept->emplace_back(new rpc::Client(channel_)).get();
  }

  // Blocks until the answer is here.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(Request request, std::string peer = "gateway") {
    peer_ = std::move(peer);
    return Await(client_->Call<Response>(rpc::Call::Background(absl::Seconds(30)), request));
  }

  // Runs a coroutine to its end.
  template <typename T>
  T Await(boost::asio::awaitable<T> coroutine) {
    return boost::asio::co_spawn(io_, std::move(coroutine), boost::asio::use_future).get();
  }

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
  // The name of whoever calls next.
  void set_peer(std::string peer) { peer_ = std::move(peer); }

 private:
  // Never destroyed: the thread of gRPC that called back holds a work guard of the loop for a
  // moment more. In the memory of the next test's loop it would count that one's work down, and end
  // it.
  static boost::asio::io_context& NewLoop() {
    static std::mutex mutex;
    static auto* kept = new std::vector<std::unique_ptr<boost::asio::io_context>>;
    const std::lock_guard lock(mutex);
    return *kept->emplace_back(std::make_unique<boost::asio::io_context>());
  }

  boost::asio::io_context& io_ = NewLoop();
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::string peer_ = "gateway";
  rpc::Server rpc_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  rpc::Client* client_ = nullptr;
  std::thread thread_;
};

}  // namespace cartwright::testing
