#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/steady_timer.hpp"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/client_callback.h"
#include "shared/rpc/call.h"

namespace cartwright::gateway {

// What a failed call of a service is to us. A status that the gRPC library made has no details:
// our services always send some. What it says about sizes is not the client's fault.
absl::Status BackendError(const grpc::Status& status);

// A server stream of a service, read one message at a time, from bytes: the next one is asked for
// when somebody wants it. Used on one event loop; it lives until gRPC has let go of it.
class BackendStream final : public std::enable_shared_from_this<BackendStream>,
                            public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Found { kMessage, kEnd, kNothing };

  // Starts the call of `path` with the deadline and the ids of `call`.
  static std::shared_ptr<BackendStream> Open(const boost::asio::any_io_executor& executor,
                                             const std::shared_ptr<grpc::Channel>& channel,
                                             const std::string& path, const rpc::Call& call,
                                             const std::string& request);

  // Waits for the next message, which TakeMessage has then; kEnd: there is none any more, see
  // status(); kNothing: not until `until`, or Wake was called.
  boost::asio::awaitable<Found> Next(Clock::time_point until);
  void Wake();
  std::string TakeMessage();
  const absl::Status& status() const { return status_; }

  // Cancels the call, if it is under way, and returns when it is over.
  boost::asio::awaitable<void> Close();

 private:
  explicit BackendStream(const boost::asio::any_io_executor& executor) : bell_(executor) {}

  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;
  boost::asio::awaitable<void> Wait(Clock::time_point until);
  void LetGo();

  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer message_;
  std::shared_ptr<BackendStream> self_;
  boost::asio::steady_timer bell_;
  bool reading_ = false;  // a read is under way
  bool arrived_ = false;  // message_ is there
  bool woken_ = false;
  bool closing_ = false;
  bool held_ = true;  // more reads may come
  bool done_ = false;
  absl::Status status_;
};

}  // namespace cartwright::gateway
