#include "gateway/backend_stream.h"

#include <utility>

#include "boost/asio/post.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "grpcpp/generic/generic_stub.h"
#include "shared/base/status.h"
#include "shared/rpc/grpc_status.h"

namespace cartwright::gateway {

namespace asio = boost::asio;

absl::Status BackendError(const grpc::Status& status) {
  if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
      status.error_details().empty()) {
    return Error(absl::StatusCode::kInternal, api::v1::UPSTREAM_INVALID, status.error_message());
  }
  return rpc::FromGrpc(status);
}

std::shared_ptr<BackendStream> BackendStream::Open(const asio::any_io_executor& executor,
                                                   const std::shared_ptr<grpc::Channel>& channel,
                                                   const std::string& path, const rpc::Call& call,
                                                   const std::string& request) {
  std::shared_ptr<BackendStream> stream(new BackendStream(executor));
  stream->self_ = stream;
  const grpc::Slice bytes(request);
  stream->request_ = grpc::ByteBuffer(&bytes, 1);
  rpc::WriteCall(call, absl::InfiniteDuration(), stream->context_);
  grpc::GenericStub stub(channel);
  stub.PrepareBidiStreamingCall(&stream->context_, path, {}, stream.get());
  stream->StartWriteLast(&stream->request_, {});
  stream->AddHold();  // reads are started by whoever wants a message
  stream->StartCall();
  return stream;
}

asio::awaitable<BackendStream::Found> BackendStream::Next(Clock::time_point until) {
  if (held_ && !reading_ && !arrived_) {
    reading_ = true;
    StartRead(&message_);
  }
  if (!arrived_ && !done_ && !woken_) co_await Wait(until);
  woken_ = false;
  if (std::exchange(arrived_, false)) co_return Found::kMessage;
  co_return done_ ? Found::kEnd : Found::kNothing;
}

asio::awaitable<void> BackendStream::Wait(Clock::time_point until) {
  bell_.expires_at(until);
  boost::system::error_code ignored;
  co_await bell_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void BackendStream::Wake() {
  woken_ = true;
  bell_.cancel();
}

std::string BackendStream::TakeMessage() {
  grpc::Slice slice;
  if (!message_.TrySingleSlice(&slice).ok() && !message_.DumpToSingleSlice(&slice).ok()) return {};
  message_.Clear();
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

asio::awaitable<void> BackendStream::Close() {
  closing_ = true;
  if (!done_) context_.TryCancel();
  if (!reading_) LetGo();
  while (!done_) co_await Wait(Clock::time_point::max());
}

// No read will be started any more.
void BackendStream::LetGo() {
  if (std::exchange(held_, false)) RemoveHold();
}

void BackendStream::OnReadDone(bool ok) {
  asio::post(bell_.get_executor(), [this, self = shared_from_this(), ok] {
    reading_ = false;
    arrived_ = ok;
    if (!ok || closing_) LetGo();
    if (ok) bell_.cancel();
  });
}

void BackendStream::OnDone(const grpc::Status& status) {
  asio::post(bell_.get_executor(), [this, self = std::move(self_), status] {
    done_ = true;
    status_ = BackendError(status);
    bell_.cancel();
  });
}

}  // namespace cartwright::gateway
