#pragma once

#include <chrono>
#include <limits>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "boost/beast/core/flat_buffer.hpp"
#include "boost/beast/http/parser.hpp"
#include "boost/beast/http/string_body.hpp"
#include "gateway/client_stream.h"
#include "gateway/http_framing.h"
#include "gateway/http_message.h"

namespace cartwright::gateway {

// How long a client may take for each part.
struct HttpTimeouts {
  std::chrono::milliseconds handshake = std::chrono::seconds(5);  // of TLS
  std::chrono::milliseconds first = std::chrono::seconds(10);     // until the first request begins
  std::chrono::milliseconds idle = std::chrono::seconds(60);      // until another one begins
  std::chrono::milliseconds head = std::chrono::seconds(5);       // from its first byte
  std::chrono::milliseconds body = std::chrono::seconds(10);
  // A body that is slower than 1 KiB a second is late when this time is over, too.
  std::chrono::milliseconds slow_body = std::chrono::seconds(5);
  std::chrono::milliseconds write = std::chrono::seconds(15);
};

// One client connection: reads requests one after the other, writes answers. Of one thread. What
// is slow is cancelled by Expire, which the owner calls when the deadline has passed.
class HttpConnection : public BodySource {
 public:
  using Clock = std::chrono::steady_clock;

  // What every connection does in the same way.
  struct Options {
    HttpTimeouts timeouts = {};
    int hsts_max_age_s = 0;  // what a TLS connection tells browsers; 0: nothing
  };

  // With a context of TLS, Handshake comes before everything else. `options` must outlive this.
  HttpConnection(boost::asio::ip::tcp::socket socket, ClientStream::TlsContext context,
                 const Options& options);

  // True at once for plain TCP; false when the client cannot be talked to.
  boost::asio::awaitable<bool> Handshake();

  // Waits for the next request and reads its header block into request(). False when the client
  // closed the connection, or stayed idle, between requests. Errors are those of HeadScanner and
  // CheckFraming, and REQUEST_TIMEOUT; request() then has what could be read of it.
  boost::asio::awaitable<absl::StatusOr<bool>> ReadHead();

  // BodySource.
  boost::asio::awaitable<absl::StatusOr<std::string>> Read(size_t limit) override;

  // Writes `response` to the request that was read last; without its content for a HEAD. False
  // when the connection is to be closed: the client is gone or asked for it, `keep_alive` is
  // false, or what is left of the request cannot be skipped.
  boost::asio::awaitable<bool> Write(const Response& response, bool keep_alive);

  // Stops the work for a client that is gone, and streams also when everything drains.
  void WatchClient(bool draining);

  // Ends the connection so that the client can still read the last answer.
  boost::asio::awaitable<void> Close();

  const Request& request() const { return request_; }
  // The other end of the connection: a client, or a proxy. Unspecified when it was gone at once.
  const boost::asio::ip::address& peer() const { return peer_; }
  // The id that the answer names, for a request that has none.
  void set_request_id(const std::string& id) { request_.request_id = id; }

  // When the operation under way must be over; the far future while none is.
  Clock::time_point deadline() const { return deadline_; }
  // True while the connection waits for a request and none has begun.
  bool IsIdle() const { return idle_; }
  // Ends the operation under way. No effect on a connection that waits for an answer.
  void Expire();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  enum class Body { kNone, kUnread, kRead, kBroken };

  boost::asio::awaitable<boost::system::error_code> Receive();
  boost::asio::awaitable<boost::system::error_code> Send(absl::string_view head,
                                                         absl::string_view content);
  boost::asio::awaitable<bool> WriteStream(const Response& response);
  // How the client's side of the connection looks to the kernel.
  enum class Side { kOpen, kClosed, kReset };
  Side ClientSide();
  bool HasClientLeft();
  absl::Status ParseHead(size_t size);
  boost::asio::awaitable<absl::Status> ReadBody(size_t limit);
  boost::asio::awaitable<absl::Status> ReceiveBody(Clock::time_point start, size_t& received);
  absl::string_view Received() const;
  bool CanSkipBody() const;
  int HstsMaxAge() const { return is_encrypted_ ? options_.hsts_max_age_s : 0; }
  void SetDeadline(Clock::duration timeout) {
    expired_ = false;
    deadline_ = Clock::now() + timeout;
  }
  void ClearDeadline() { deadline_ = Clock::time_point::max(); }

  const Options& options_;
  ClientStream client_stream_;
  boost::asio::ip::address peer_;
  bool is_encrypted_ = false;  // the handshake of TLS is done
  ClientPresence client_;
  int closed_sweeps_ = 0;  // in a row, in which the client's side was closed
  boost::beast::flat_buffer in_;
  std::optional<Parser> parser_;
  Request request_;
  ContentStream* stream_ = nullptr;  // while it is written
  Body body_ = Body::kNone;
  bool expects_continue_ = false;
  bool client_keeps_alive_ = false;
  bool is_http_1_0_ = false;
  bool idle_ = false;
  bool is_first_ = true;
  bool expired_ = false;
  Clock::time_point deadline_ = Clock::time_point::max();
};

}  // namespace cartwright::gateway
