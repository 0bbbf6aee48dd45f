#include "shared/kit/ops_server.h"

#include <chrono>
#include <iterator>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/beast/core.hpp"
#include "boost/beast/http.hpp"
#include "shared/base/status_macros.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::kit {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto kProbeTimeout = std::chrono::seconds(2);

http::response<http::string_body> Answer(const http::request<http::empty_body>& request,
                                         const std::function<std::string()>& unready) {
  http::response<http::string_body> response;
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.keep_alive(request.keep_alive());
  if (request.target() == "/livez") {
    response.body() = "ok\n";
  } else if (request.target() == "/readyz") {
    const std::string missing = unready();
    response.result(missing.empty() ? http::status::ok : http::status::service_unavailable);
    response.body() = missing.empty() ? "ok\n" : missing + "\n";
  } else if (request.target() == "/metrics") {
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    response.body() = metrics::Render();
  } else {
    response.result(http::status::not_found);
  }
  response.prepare_payload();
  return response;
}

asio::awaitable<void> Session(tcp::socket socket, std::function<std::string()> unready) {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer(8192);
  boost::system::error_code error;
  while (true) {
    stream.expires_after(std::chrono::seconds(30));
    http::request<http::empty_body> request;
    co_await http::async_read(stream, buffer, request,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    auto response = Answer(request, unready);
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
    if (error || !response.keep_alive()) co_return;
  }
}

asio::awaitable<void> Listen(std::shared_ptr<tcp::acceptor> acceptor,
                             std::function<std::string()> unready) {
  while (acceptor->is_open()) {
    boost::system::error_code error;
    tcp::socket socket =
        co_await acceptor->async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error) continue;
    asio::co_spawn(acceptor->get_executor(), Session(std::move(socket), unready), asio::detached);
  }
}

absl::StatusOr<tcp::endpoint> ParseAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  boost::system::error_code error;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("--ops_listen: ", address, " is not host:port"));
  }
  absl::string_view text = absl::string_view(address).substr(0, colon);
  if (absl::ConsumePrefix(&text, "[")) absl::ConsumeSuffix(&text, "]");
  const auto host = asio::ip::make_address(std::string(text), error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("--ops_listen: ", address, " must begin with an IP address"));
  }
  return tcp::endpoint(host, static_cast<uint16_t>(port));
}

}  // namespace

absl::StatusOr<uint16_t> OpsServer::Start(asio::io_context& io) const {
  CW_ASSIGN_OR_RETURN(const tcp::endpoint endpoint, ParseAddress(address));
  auto acceptor = std::make_shared<tcp::acceptor>(io);
  boost::system::error_code error;
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(tcp::acceptor::max_listen_connections, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("--ops_listen: cannot listen on ", address, ": ", error.message()));
  }
  asio::co_spawn(io, Listen(acceptor, unready), asio::detached);
  return acceptor->local_endpoint().port();
}

absl::Status AskReady(const std::string& address) {
  CW_ASSIGN_OR_RETURN(const tcp::endpoint endpoint, ParseAddress(address));
  tcp::iostream stream;
  stream.expires_after(kProbeTimeout);
  // An address that stands for all of this machine's is connected to as this machine.
  stream.connect(endpoint);
  stream << "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" << std::flush;
  std::string version;
  int status = 0;
  stream >> version >> status;
  if (status == 200) return absl::OkStatus();
  const std::string rest(std::istreambuf_iterator<char>(stream), {});
  const size_t body = rest.find("\r\n\r\n");
  if (status == 0 || body == std::string::npos) {
    return absl::UnavailableError(absl::StrCat("nobody answers at ", address));
  }
  return absl::UnavailableError(
      absl::StrCat("not ready: ", absl::StripSuffix(rest.substr(body + 4), "\n")));
}

}  // namespace cartwright::kit
