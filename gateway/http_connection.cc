#include "gateway/http_connection.h"

#include <poll.h>

#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/buffer.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/asio/write.hpp"
#include "boost/beast/http/error.hpp"
#include "gateway/client_address.h"
#include "gateway/request_headers.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/rpc/call.h"

namespace cartwright::gateway {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

using namespace std::chrono_literals;

constexpr auto kCloseTimeout = 2s;

// A header block and what a client sends ahead; also the most that one chunk header or trailer
// may make us hold.
constexpr size_t kMaxReceived = 32 << 10;
constexpr size_t kReceiveSize = 4 << 10;
// What is not worth a new connection is read and thrown away.
constexpr size_t kMaxSkipped = 64 << 10;

absl::Status Malformed(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, api::v1::MALFORMED_REQUEST, what);
}

absl::Status TooLate() {
  return Error(absl::StatusCode::kDeadlineExceeded, api::v1::REQUEST_TIMEOUT,
               "The request did not arrive in time.");
}

absl::Status TooLargeBody(size_t limit) {
  return Error(absl::StatusCode::kInvalidArgument, api::v1::PAYLOAD_TOO_LARGE,
               absl::StrCat("The body is larger than ", limit, " bytes."));
}

}  // namespace

HttpConnection::HttpConnection(asio::ip::tcp::socket socket, const HttpTimeouts& timeouts)
    : timeouts_(timeouts), socket_(std::move(socket)), in_(kMaxReceived) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  peer_ = Unmapped(socket_.remote_endpoint(ignored).address());
  request_.client_ip = peer_.to_string();
}

void HttpConnection::Expire() {
  expired_ = true;
  ClearDeadline();
  error_code ignored;
  socket_.cancel(ignored);
}

absl::string_view HttpConnection::Received() const {
  return {static_cast<const char*>(in_.data().data()), in_.size()};
}

asio::awaitable<error_code> HttpConnection::Receive() {
  const size_t space = std::min(kReceiveSize, in_.max_size() - in_.size());
  if (space == 0) co_return http::make_error_code(http::error::buffer_overflow);
  const auto buffer = in_.prepare(space);
  error_code error;
  const size_t size =
      co_await socket_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, error));
  in_.commit(size);
  co_return error;
}

asio::awaitable<absl::StatusOr<bool>> HttpConnection::ReadHead() {
  parser_.reset();
  request_.method = request_.target = {};
  request_.fields = nullptr;
  request_.has_body = false;
  request_.request_id.clear();
  request_.traceparent.clear();
  body_ = Body::kNone;
  expired_ = client_keeps_alive_ = expects_continue_ = is_http_1_0_ = false;
  idle_ = in_.size() == 0;
  SetDeadline(idle_ ? timeouts_.idle : timeouts_.head);
  HeadScanner scanner;
  while (true) {
    // One empty line before a request is a habit of old clients (RFC 9112, 2.2).
    if (absl::StartsWith(Received(), "\r\n")) in_.consume(2);
    const absl::StatusOr<size_t> size = scanner.Scan(Received());
    CW_CO_RETURN_IF_ERROR(size.status());
    if (*size != 0) {
      ClearDeadline();
      CW_CO_RETURN_IF_ERROR(ParseHead(*size));
      co_return true;
    }
    const error_code error = co_await Receive();
    if (error == http::error::buffer_overflow)
      co_return Malformed("The header block is too large.");
    if (error) {
      if (expired_ && !idle_) co_return TooLate();
      co_return false;
    }
    if (std::exchange(idle_, false)) SetDeadline(timeouts_.head);
  }
}

absl::Status HttpConnection::ParseHead(size_t size) {
  parser_.emplace();
  parser_->header_limit(kMaxReceived);
  parser_->body_limit(boost::none);  // checked by Read, which knows the limit
  error_code error;
  parser_->put(asio::buffer(in_.data(), size), error);
  in_.consume(size);
  if (error && error != http::error::need_more) return Malformed("The request is not HTTP.");
  if (!parser_->is_header_done()) return Malformed("The request is not HTTP.");
  const auto& message = parser_->get();
  request_.fields = &message;
  request_.method = {message.method_string().data(), message.method_string().size()};
  request_.target = {message.target().data(), message.target().size()};
  is_http_1_0_ = message.version() == 10;
  CW_RETURN_IF_ERROR(CheckFraming(message, is_http_1_0_));
  const absl::string_view id = request_.Header("X-Request-Id");
  if (IsRequestId(id) && request_.Count("X-Request-Id") == 1) request_.request_id = std::string(id);
  const absl::string_view trace = request_.Header("traceparent");
  if (rpc::IsTraceparent(trace)) request_.traceparent = std::string(trace);
  client_keeps_alive_ = message.keep_alive();
  expects_continue_ = !is_http_1_0_ && request_.Count("Expect") > 0;
  request_.has_body = parser_->chunked() || parser_->content_length().value_or(0) > 0;
  body_ = request_.has_body ? Body::kUnread : Body::kNone;
  return absl::OkStatus();
}

asio::awaitable<absl::StatusOr<std::string>> HttpConnection::Read(size_t limit) {
  if (body_ != Body::kUnread) co_return std::string();
  if (parser_->content_length().value_or(0) > limit) co_return TooLargeBody(limit);
  body_ = Body::kBroken;
  parser_->body_limit(limit);
  SetDeadline(timeouts_.body);
  if (std::exchange(expects_continue_, false) && in_.size() == 0) {
    const error_code error = co_await Send("HTTP/1.1 100 Continue\r\n\r\n", "");
    if (error) co_return absl::CancelledError("the client is gone");
    SetDeadline(timeouts_.body);
  }
  const absl::Status status = co_await ReadBody(limit);
  ClearDeadline();
  CW_CO_RETURN_IF_ERROR(status);
  body_ = Body::kRead;
  co_return std::move(parser_->get().body());
}

asio::awaitable<absl::Status> HttpConnection::ReadBody(size_t limit) {
  const auto field_count = [this] {
    const auto& fields = parser_->get();
    return std::distance(fields.begin(), fields.end());
  };
  const auto fields_before = field_count();
  parser_->eager(true);
  while (true) {
    error_code error;
    const size_t used = parser_->put(in_.data(), error);
    in_.consume(used);
    if (error == http::error::body_limit) co_return TooLargeBody(limit);
    if (error && error != http::error::need_more) co_return Malformed("The body is not HTTP.");
    if (parser_->is_done()) break;
    if (used > 0 && in_.size() > 0 && !error) continue;
    const error_code received = co_await Receive();
    if (received == http::error::buffer_overflow) co_return Malformed("A chunk has no end.");
    if (received && expired_) co_return TooLate();
    if (received) co_return absl::CancelledError("the client is gone");
  }
  // Beast adds them to the header fields, where they could pass for those.
  if (field_count() != fields_before) co_return Malformed("Trailer fields are not taken.");
  co_return absl::OkStatus();
}

bool HttpConnection::CanSkipBody() const {
  return body_ == Body::kUnread && !expects_continue_ &&
         parser_->content_length().value_or(kMaxSkipped + 1) <= kMaxSkipped;
}

asio::awaitable<error_code> HttpConnection::Send(absl::string_view head,
                                                 absl::string_view content) {
  SetDeadline(timeouts_.write);
  const std::array<asio::const_buffer, 2> buffers = {
      asio::const_buffer(head.data(), head.size()),
      asio::const_buffer(content.data(), content.size())};
  error_code error;
  co_await asio::async_write(socket_, buffers, asio::redirect_error(asio::use_awaitable, error));
  ClearDeadline();
  co_return error;
}

asio::awaitable<bool> HttpConnection::Write(const Response& response, bool keep_alive) {
  if (response.stream != nullptr) co_return co_await WriteStream(response);
  const bool skip = CanSkipBody();
  const bool whole = body_ == Body::kNone || body_ == Body::kRead;
  keep_alive = keep_alive && client_keeps_alive_ && (whole || skip);
  const std::string head = ResponseHead(
      response,
      {.request_id = request_.request_id, .keep_alive = keep_alive, .is_http_1_0 = is_http_1_0_});
  const absl::string_view content = request_.method == "HEAD" ? "" : response.Content();
  const error_code error = co_await Send(head, content);
  if (error || !keep_alive) co_return false;
  if (!skip) co_return true;
  const absl::StatusOr<std::string> skipped = co_await Read(kMaxSkipped);
  co_return skipped.ok();
}

// One piece at a time: the next one is made when the client has taken this one.
asio::awaitable<bool> HttpConnection::WriteStream(const Response& response) {
  ContentStream& stream = *response.stream;
  const bool is_head = request_.method == "HEAD";
  error_code error = co_await Send(ResponseHead(response, {.request_id = request_.request_id,
                                                           .keep_alive = false,
                                                           .is_http_1_0 = is_http_1_0_}),
                                   "");
  stream_ = &stream;
  while (!error && !is_head) {
    const std::string piece = co_await stream.Next();
    if (piece.empty()) {
      if (!is_http_1_0_) error = co_await Send("0\r\n\r\n", "");
      break;
    }
    if (is_http_1_0_) {
      error = co_await Send(piece, "");
    } else {
      error = co_await Send(absl::StrCat(absl::Hex(piece.size()), "\r\n"), piece + "\r\n");
    }
  }
  stream_ = nullptr;
  co_await stream.Finish();
  co_return false;
}

// A read would see it, too, but would have to be ended when the answer is: the kernel knows.
bool HttpConnection::IsClientGone() {
  pollfd state{.fd = socket_.native_handle(), .events = POLLRDHUP};
  return poll(&state, 1, 0) > 0;
}

void HttpConnection::WatchStream(bool draining) {
  if (stream_ == nullptr) return;
  if (draining) return stream_->Stop(ContentStream::StopCause::kDraining);
  if (IsClientGone()) stream_->Stop(ContentStream::StopCause::kClientGone);
}

// Closing while bytes of the client are unread makes the kernel send a reset, which can take the
// answer back before the client has read it. So: say that we are done, and read on for a moment.
asio::awaitable<void> HttpConnection::Close() {
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  if (body_ == Body::kUnread || body_ == Body::kBroken || request_.fields == nullptr) {
    SetDeadline(kCloseTimeout);
    constexpr int kMaxReads = 64;
    for (int i = 0; i < kMaxReads && !expired_; ++i) {
      in_.consume(in_.size());
      const error_code error = co_await Receive();
      if (error) break;
    }
  }
  ClearDeadline();
  socket_.close(ignored);
}

}  // namespace cartwright::gateway
