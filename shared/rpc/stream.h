#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/steady_timer.hpp"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "shared/base/async_result.h"

namespace cartwright::rpc {

// A server stream under way, but for the type of its messages. Its handler uses it on the event
// loop only; what gRPC and the drain report comes there by itself.
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  explicit Stream(const boost::asio::any_io_executor& executor);
  virtual ~Stream() = default;

  // OK while somebody listens. Then CANCELLED: the client is gone; DEADLINE_EXCEEDED: its time is
  // up; UNAVAILABLE: the process drains, and the client shall go on elsewhere.
  const absl::Status& status() const { return status_; }

  // Waits until Wake is called, or returns at once when it was since the last wait, or when the
  // stream is over; then status().
  boost::asio::awaitable<absl::Status> Wait();
  void Wake();

  // Makes `status` that of the stream, if it has none yet. From any thread.
  void End(absl::Status status);

  // For the server, around the handler.
  void Begin(absl::Time deadline);
  void Close();

 private:
  // Gives up on a write that no client takes.
  virtual void Abort() = 0;
  void Arm(absl::Duration timeout);

  boost::asio::steady_timer bell_;
  boost::asio::steady_timer limit_;
  bool rung_ = false;
  bool closed_ = false;
  absl::Status status_;
};

// The streams that a server has under way: so many and no more, and none once it drains.
// Thread-safe.
class Streams {
 public:
  // Errors: RESOURCE_EXHAUSTED (OVERLOADED); UNAVAILABLE while the process drains.
  absl::Status Add(std::shared_ptr<Stream> stream);
  void Remove(const std::shared_ptr<Stream>& stream);

  // Ends all streams, and refuses those to come.
  void Drain();

  static constexpr size_t kMaxStreams = 512;

 private:
  std::mutex mutex_;
  std::set<std::shared_ptr<Stream>> streams_;
  bool draining_ = false;
};

// Where the handler of a server stream writes its messages.
template <typename Response>
class Writer : public Stream {
 public:
  using Stream::Stream;

  // Sends `message`, which must live until then. Returns when gRPC has passed it on, so that no
  // more than one waits for a slow client; status() when the stream is over.
  virtual boost::asio::awaitable<absl::Status> Write(const Response& message) = 0;
};

// A stream as gRPC sees it. It lives until gRPC, the handler and its timers have let go of it.
template <typename Response>
class StreamReactor final : public Writer<Response>, public grpc::ServerWriteReactor<Response> {
 public:
  static std::shared_ptr<StreamReactor> Make(const boost::asio::any_io_executor& executor,
                                             grpc::CallbackServerContext& context) {
    std::shared_ptr<StreamReactor> reactor(new StreamReactor(executor, context));
    reactor->self_ = reactor;
    return reactor;
  }

  boost::asio::awaitable<absl::Status> Write(const Response& message) override {
    if (!this->status().ok()) co_return this->status();
    auto start = [this, &message](auto done) {
      written_ = std::move(done);
      this->StartWrite(&message);
    };
    if (co_await AsyncResult<bool>(std::move(start))) co_return absl::OkStatus();
    // OnCancel tells the same in a moment.
    co_return this->status().ok() ? Gone() : this->status();
  }

 private:
  StreamReactor(const boost::asio::any_io_executor& executor, grpc::CallbackServerContext& context)
      : Writer<Response>(executor), context_(context) {}

  static absl::Status Gone() { return absl::CancelledError("the client is gone"); }

  void OnWriteDone(bool ok) override { std::exchange(written_, nullptr)(ok); }
  void OnCancel() override { this->End(Gone()); }
  void OnDone() override { self_.reset(); }
  void Abort() override { context_.TryCancel(); }

  grpc::CallbackServerContext& context_;
  std::shared_ptr<StreamReactor> self_;
  std::function<void(bool)> written_;
};

}  // namespace cartwright::rpc
