#include "shared/testing/service_fixture.h"

#include <mutex>
#include <vector>

#include "boost/asio/co_spawn.hpp"
#include "boost/asio/use_future.hpp"
#include "grpcpp/server_builder.h"

namespace cartwright::testing {
namespace {

// Never destroyed: the thread of gRPC that called back holds a work guard of the loop for a
// moment more. In the memory of the next test's loop it would count that one's work down, and end
// it.
boost::asio::io_context& NewLoop() {
  static std::mutex mutex;
  static auto* kept = new std::vector<std::unique_ptr<boost::asio::io_context>>;
  const std::lock_guard lock(mutex);
  return *kept->emplace_back(std::make_unique<boost::asio::io_context>());
}

}  // namespace

ServiceFixture::ServiceFixture(db::Workers* workers)
    : io_(NewLoop()),
      work_(boost::asio::make_work_guard(io_)),
      rpc_(workers, io_.get_executor(),
           [this](const auto&) {
             const std::lock_guard lock(mutex_);
             return peer_;
           }),
      thread_([this] { io_.run(); }) {}

ServiceFixture::~ServiceFixture() {
  if (server_ != nullptr) server_->Shutdown();
  server_.reset();
  work_.reset();
  io_.stop();
  thread_.join();
}

void ServiceFixture::Start() {
  grpc::ServerBuilder builder;
  rpc_.AddTo(builder);
  server_ = builder.BuildAndStart();
  // Never destroyed: when the last user of gRPC 1.51's callback queue goes, a thread of that
  // queue can touch it after its end and abort ("ref_counted.h: prior > 0").
  static auto* kept = new std::vector<std::unique_ptr<rpc::Client>>;
  channel_ = server_->InProcessChannel({});
  client_ = kept->emplace_back(new rpc::Client(channel_)).get();
}

void ServiceFixture::set_peer(std::string peer) {
  const std::lock_guard lock(mutex_);
  peer_ = std::move(peer);
}

void ServiceFixture::Await(boost::asio::awaitable<void> coroutine) {
  boost::asio::co_spawn(io_, std::move(coroutine), boost::asio::use_future).get();
}

}  // namespace cartwright::testing
