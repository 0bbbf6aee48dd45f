#include "services/identity/https_client.h"

#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/as_tuple.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/ssl/context.hpp"
#include "boost/asio/ssl/host_name_verification.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/beast/core/flat_buffer.hpp"
#include "boost/beast/core/tcp_stream.hpp"
#include "boost/beast/http.hpp"
#include "boost/beast/ssl/ssl_stream.hpp"
#include "boost/url/encode.hpp"
#include "boost/url/parse.hpp"
#include "boost/url/rfc/unreserved_chars.hpp"
#include "shared/base/status_macros.h"

namespace cartwright::identity {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
namespace urls = boost::urls;
using boost::system::error_code;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr size_t kMaxBody = 256 << 10;
constexpr size_t kMaxHeader = 16 << 10;

using Stream = beast::ssl_stream<beast::tcp_stream>;

absl::Status Failed(const char* what, const error_code& error) {
  return absl::UnavailableError(absl::StrCat(what, ": ", error.message()));
}

absl::Status Trust(const std::string& ca_file, ssl::context& context) {
  error_code error;
  if (ca_file.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(ca_file, error);
  }
  if (error) return Failed("whom to trust", error);
  context.set_verify_mode(ssl::verify_peer, error);
  return error ? Failed("verify mode", error) : absl::OkStatus();
}

http::request<http::string_body> MessageOf(const HttpsRequest& request, urls::url_view url) {
  http::request<http::string_body> message;
  message.version(11);
  message.method(request.form.empty() ? http::verb::get : http::verb::post);
  const std::string target(url.encoded_target());
  message.target(target.empty() ? "/" : target);
  message.set(http::field::host, std::string(url.encoded_host_and_port()));
  message.set(http::field::accept, "application/json");
  message.set(http::field::user_agent, "cartwright-identity");
  message.set(http::field::connection, "close");
  if (!request.authorization.empty()) {
    message.set(http::field::authorization, request.authorization);
  }
  if (!request.form.empty()) {
    message.set(http::field::content_type, "application/x-www-form-urlencoded");
    message.body() = request.form;
  }
  message.prepare_payload();
  return message;
}

asio::awaitable<absl::Status> Open(Stream& stream, urls::url_view url) {
  const std::string host(url.host_address());
  const std::string port = url.has_port() ? std::string(url.port()) : "443";
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto [lost, places] = co_await resolver.async_resolve(host, port, kTuple);
  if (lost) co_return Failed("resolve", lost);
  const auto [refused, place] =
      co_await beast::get_lowest_layer(stream).async_connect(places, kTuple);
  if (refused) co_return Failed("connect", refused);
  error_code error;
  stream.set_verify_callback(ssl::host_name_verification(host), error);
  if (error) co_return Failed("verify", error);
  // An address has no name to send.
  if (url.host_type() == urls::host_type::name) {
    SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
  }
  const auto [untrusted] = co_await stream.async_handshake(ssl::stream_base::client, kTuple);
  co_return untrusted ? Failed("TLS", untrusted) : absl::OkStatus();
}

}  // namespace

bool IsHttpsUrl(const std::string& url) {
  const auto parsed = urls::parse_uri(url);
  return parsed && parsed->scheme_id() == urls::scheme::https && !parsed->encoded_host().empty() &&
         !parsed->has_userinfo() && !parsed->has_fragment();
}

std::string FormOf(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    absl::StrAppend(&form, form.empty() ? "" : "&", name, "=",
                    urls::encode(value, urls::unreserved_chars));
  }
  return form;
}

asio::awaitable<absl::StatusOr<HttpsAnswer>> Exchange(const HttpsRequest& request,
                                                      absl::Time deadline) {
  if (!IsHttpsUrl(request.url)) {
    co_return absl::InvalidArgumentError(absl::StrCat(request.url, " is not an https URL"));
  }
  const urls::url_view url = *urls::parse_uri(request.url);
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  CW_CO_RETURN_IF_ERROR(Trust(request.ca_file, context));
  Stream stream(co_await asio::this_coro::executor, context);
  auto& socket = beast::get_lowest_layer(stream);
  socket.expires_after(absl::ToChronoNanoseconds(deadline - absl::Now()));
  CW_CO_RETURN_IF_ERROR(co_await Open(stream, url));
  const auto message = MessageOf(request, url);
  const auto [unsent, sent] = co_await http::async_write(stream, message, kTuple);
  if (unsent) co_return Failed("send", unsent);
  http::response_parser<http::string_body> parser;
  parser.body_limit(kMaxBody);
  parser.header_limit(kMaxHeader);
  beast::flat_buffer buffer;
  const auto [unread, read] = co_await http::async_read(stream, buffer, parser, kTuple);
  if (unread) co_return Failed("receive", unread);
  auto answer = parser.release();
  // The length was said and read: an end of TLS in good order would tell nothing more.
  co_return HttpsAnswer{.status = static_cast<int>(answer.result_int()),
                        .body = std::move(answer.body())};
}

}  // namespace cartwright::identity
