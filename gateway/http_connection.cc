#include "gateway/http_connection.h"

#include <poll.h>

#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/buffer.hpp"
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
constexpr int kClosedSweeps = 3;  // of the server, four a second

// A header block and what a client sends ahead; also the most that one chunk header or trailer
// may make us hold.
constexpr size_t kMaxReceived = 32 << 10;
constexpr size_t kReceiveSize = 4 << 10;
constexpr size_t kMinBodyRate = 1 << 10;  // bytes per second
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

HttpConnection::HttpConnection(asio::ip::tcp::socket socket, ClientStream::TlsContext context,
                               const Options& options)
    : options_(options), client_stream_(std::move(socket), std::move(context)), in_(kMaxReceived) {
  error_code ignored;
  client_stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  peer_ = Unmapped(client_stream_.socket().remote_endpoint(ignored).address());
  request_.client_ip = peer_.to_string();
  request_.client = &client_;
}

asio::awaitable<bool> HttpConnection::Handshake() {
  if (!client_stream_.is_tls()) co_return true;
  SetDeadline(options_.timeouts.handshake);
  error_code error;
  co_await client_stream_.Handshake(error);
  ClearDeadline();
  is_encrypted_ = !error;
  co_return is_encrypted_;
}

void HttpConnection::Expire() {
  expired_ = true;
  ClearDeadline();
  error_code ignored;
  client_stream_.socket().cancel(ignored);
}

absl::string_view HttpConnection::Received() const {
  return {static_cast<const char*>(in_.data().data()), in_.size()};
}

asio::awaitable<error_code> HttpConnection::Receive() {
  const size_t space = std::min(kReceiveSize, in_.max_size() - in_.size());
  if (space == 0) co_return http::make_error_code(http::error::buffer_overflow);
  const auto buffer = in_.prepare(space);
  error_code error;
  const size_t size = co_await client_stream_.Read(buffer, error);
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
  const auto wait =
      std::exchange(is_first_, false) ? options_.timeouts.first : options_.timeouts.idle;
  SetDeadline(idle_ ? wait : options_.timeouts.head);
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
    if (std::exchange(idle_, false)) SetDeadline(options_.timeouts.head);
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
  // First, so that a refusal names it.
  const absl::string_view id = request_.Header("X-Request-Id");
  if (IsRequestId(id) && request_.Count("X-Request-Id") == 1) request_.request_id = std::string(id);
  const absl::string_view trace = request_.Header("traceparent");
  if (rpc::IsTraceparent(trace)) request_.traceparent = std::string(trace);
  CW_RETURN_IF_ERROR(CheckFraming(message, is_http_1_0_));
  client_keeps_alive_ = KeepsAlive(message, is_http_1_0_);
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
  SetDeadline(options_.timeouts.body);
  if (std::exchange(expects_continue_, false) && in_.size() == 0) {
    const error_code error = co_await Send("HTTP/1.1 100 Continue\r\n\r\n", "");
    if (error) co_return absl::CancelledError("the client is gone");
    SetDeadline(options_.timeouts.body);
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
  size_t extensions = 0;
  auto check_chunk = [&](uint64_t, boost::beast::string_view extension, error_code& error) {
    extensions += extension.size();
    const bool ok = extension.size() <= kMaxChunkExtension && extensions <= kMaxChunkExtensions;
    if (!ok) error = http::make_error_code(http::error::bad_chunk_extension);
  };
  parser_->on_chunk_header(check_chunk);
  parser_->eager(true);
  const auto start = Clock::now();
  size_t received = in_.size();
  while (true) {
    error_code error;
    const size_t used = parser_->put(in_.data(), error);
    in_.consume(used);
    if (error == http::error::body_limit) co_return TooLargeBody(limit);
    if (error && error != http::error::need_more) co_return Malformed("The body is not HTTP.");
    if (parser_->is_done()) break;
    if (used > 0 && in_.size() > 0 && !error) continue;
    if (parser_->chunked()) CW_CO_RETURN_IF_ERROR(CheckChunkHeader(Received()));
    CW_CO_RETURN_IF_ERROR(co_await ReceiveBody(start, received));
  }
  // Beast adds them to the header fields, where they could pass for those.
  if (field_count() != fields_before) co_return Malformed("Trailer fields are not taken.");
  co_return absl::OkStatus();
}

// The next bytes of a body of which `received` bytes have come since `start`.
asio::awaitable<absl::Status> HttpConnection::ReceiveBody(Clock::time_point start,
                                                          size_t& received) {
  const Clock::duration earned = std::chrono::seconds(received / kMinBodyRate);
  deadline_ = start + std::min<Clock::duration>(options_.timeouts.body,
                                                options_.timeouts.slow_body + earned);
  const size_t before = in_.size();
  const error_code error = co_await Receive();
  received += in_.size() - before;
  if (error == http::error::buffer_overflow) co_return Malformed("A chunk has no end.");
  if (error && expired_) co_return TooLate();
  if (error) co_return absl::CancelledError("the client is gone");
  co_return absl::OkStatus();
}

bool HttpConnection::CanSkipBody() const {
  return body_ == Body::kUnread && !expects_continue_ &&
         parser_->content_length().value_or(kMaxSkipped + 1) <= kMaxSkipped;
}

asio::awaitable<error_code> HttpConnection::Send(absl::string_view head,
                                                 absl::string_view content) {
  SetDeadline(options_.timeouts.write);
  const std::array<asio::const_buffer, 2> buffers = {
      asio::const_buffer(head.data(), head.size()),
      asio::const_buffer(content.data(), content.size())};
  error_code error;
  co_await client_stream_.Write(buffers, error);
  ClearDeadline();
  co_return error;
}

asio::awaitable<bool> HttpConnection::Write(const Response& response, bool keep_alive) {
  if (response.stream != nullptr) co_return co_await WriteStream(response);
  const bool skip = CanSkipBody();
  const bool whole = body_ == Body::kNone || body_ == Body::kRead;
  keep_alive = keep_alive && client_keeps_alive_ && (whole || skip);
  const std::string head = ResponseHead(response, {.request_id = request_.request_id,
                                                   .keep_alive = keep_alive,
                                                   .is_http_1_0 = is_http_1_0_,
                                                   .hsts_max_age_s = HstsMaxAge()});
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
                                                           .is_http_1_0 = is_http_1_0_,
                                                           .hsts_max_age_s = HstsMaxAge()}),
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
HttpConnection::Side HttpConnection::ClientSide() {
  pollfd state{.fd = client_stream_.socket().native_handle(), .events = POLLRDHUP};
  if (poll(&state, 1, 0) <= 0) return Side::kOpen;
  return (state.revents & (POLLHUP | POLLERR)) != 0 ? Side::kReset : Side::kClosed;
}

// One that went away and one that has nothing more to ask look the same; the second one shall have
// its answer, if that does not take long.
bool HttpConnection::HasClientLeft() {
  const Side side = ClientSide();
  closed_sweeps_ = side == Side::kClosed ? closed_sweeps_ + 1 : 0;
  return side == Side::kReset || closed_sweeps_ >= kClosedSweeps;
}

void HttpConnection::WatchClient(bool draining) {
  if (client_.watched() && HasClientLeft()) client_.Leave();
  if (stream_ == nullptr) return;
  if (draining) return stream_->Stop(ContentStream::StopCause::kDraining);
  if (ClientSide() != Side::kOpen) stream_->Stop(ContentStream::StopCause::kClientGone);
}

// Closing while bytes of the client are unread makes the kernel send a reset, which can take the
// answer back before the client has read it. So: say that we are done, and read on for a moment.
asio::awaitable<void> HttpConnection::Close() {
  error_code ignored;
  if (is_encrypted_) {
    // Both sides say that there is no more, or a truncation could not be told from an end.
    SetDeadline(kCloseTimeout);
    co_await client_stream_.Shutdown(ignored);
    ClearDeadline();
  }
  asio::ip::tcp::socket& socket = client_stream_.socket();
  socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  const bool more_may_come =
      body_ == Body::kUnread || body_ == Body::kBroken || request_.fields == nullptr;
  if (more_may_come && !client_stream_.is_tls()) {
    SetDeadline(kCloseTimeout);
    constexpr int kMaxReads = 64;
    for (int i = 0; i < kMaxReads && !expired_; ++i) {
      in_.consume(in_.size());
      const error_code error = co_await Receive();
      if (error) break;
    }
  }
  ClearDeadline();
  socket.close(ignored);
}

}  // namespace cartwright::gateway
