#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "boost/asio/awaitable.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/ssl/context.hpp"
#include "boost/asio/ssl/stream.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/asio/write.hpp"

namespace cartwright::gateway {

// The bytes from and to a client, over TCP or over TLS on top of it. What is done with the socket
// itself (cancel, close, options) is done with it in both cases. Of one event loop.
class ClientStream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

  // Without a context, plain TCP.
  ClientStream(Socket socket, TlsContext context)
      : socket_(std::move(socket)), context_(std::move(context)) {
    if (context_ != nullptr) tls_.emplace(socket_, *context_);
  }
  ClientStream(const ClientStream&) = delete;

  Socket& socket() { return socket_; }
  bool is_tls() const { return tls_.has_value(); }

  // No coroutines of their own: a plain request shall not pay for TLS.
  template <typename Buffer>
  boost::asio::awaitable<size_t> Read(const Buffer& buffer, boost::system::error_code& error) {
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, error);
    return is_tls() ? tls_->async_read_some(buffer, token) : socket_.async_read_some(buffer, token);
  }

  template <typename Buffers>
  boost::asio::awaitable<size_t> Write(const Buffers& buffers, boost::system::error_code& error) {
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, error);
    return is_tls() ? boost::asio::async_write(*tls_, buffers, token)
                    : boost::asio::async_write(socket_, buffers, token);
  }

  // The server's side of a TLS handshake, and a TLS connection's orderly end. REQUIRES: is_tls().
  boost::asio::awaitable<void> Handshake(boost::system::error_code& error) {
    return tls_->async_handshake(boost::asio::ssl::stream_base::server,
                                 boost::asio::redirect_error(boost::asio::use_awaitable, error));
  }
  boost::asio::awaitable<void> Shutdown(boost::system::error_code& error) {
    return tls_->async_shutdown(boost::asio::redirect_error(boost::asio::use_awaitable, error));
  }

 private:
  Socket socket_;
  TlsContext context_;
  std::optional<boost::asio::ssl::stream<Socket&>> tls_;
};

}  // namespace cartwright::gateway
