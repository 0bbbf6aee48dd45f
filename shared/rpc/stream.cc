#include "shared/rpc/stream.h"

#include "absl/time/clock.h"
#include "boost/asio/post.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "shared/base/status.h"

namespace cartwright::rpc {

namespace asio = boost::asio;

namespace {

// How long the write under way has, when a stream ends.
constexpr absl::Duration kLastWrite = absl::Seconds(1);

absl::Status Draining() { return absl::UnavailableError("the process drains"); }

}  // namespace

Stream::Stream(const asio::any_io_executor& executor) : bell_(executor), limit_(executor) {}

asio::awaitable<absl::Status> Stream::Wait() {
  if (status_.ok() && !rung_) {
    bell_.expires_at(asio::steady_timer::time_point::max());
    boost::system::error_code ignored;
    co_await bell_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  rung_ = false;
  co_return status_;
}

void Stream::Wake() {
  rung_ = true;
  bell_.cancel();
}

void Stream::End(absl::Status status) {
  asio::post(bell_.get_executor(), [this, self = shared_from_this(), status = std::move(status)] {
    if (closed_ || !status_.ok()) return;
    status_ = status;
    Wake();
    Arm(kLastWrite);
  });
}

void Stream::Begin(absl::Time deadline) {
  if (status_.ok()) Arm(deadline - absl::Now());
}

void Stream::Close() {
  closed_ = true;
  limit_.cancel();
}

// First the stream's time, then that of its last write.
void Stream::Arm(absl::Duration timeout) {
  limit_.expires_after(absl::ToChronoNanoseconds(timeout));
  limit_.async_wait([this, self = shared_from_this()](const boost::system::error_code& error) {
    if (error || closed_) return;
    if (!status_.ok()) return Abort();
    End(absl::DeadlineExceededError("the stream's time is up"));
  });
}

absl::Status Streams::Add(std::shared_ptr<Stream> stream) {
  const std::lock_guard lock(mutex_);
  if (draining_) return Draining();
  if (streams_.size() >= kMaxStreams) {
    return Error(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED,
                 "The service has too many streams; try again.");
  }
  streams_.insert(std::move(stream));
  return absl::OkStatus();
}

void Streams::Remove(const std::shared_ptr<Stream>& stream) {
  const std::lock_guard lock(mutex_);
  streams_.erase(stream);
}

void Streams::Drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
  for (const auto& stream : streams_) stream->End(Draining());
}

}  // namespace cartwright::rpc
