#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/read.hpp"
#include "boost/asio/read_until.hpp"
#include "boost/asio/write.hpp"
#include "boost/beast/core/flat_buffer.hpp"
#include "boost/beast/http.hpp"
#include "boost/json/parse.hpp"
#include "gateway/dispatcher.h"
#include "gateway/http_server.h"
#include "gateway/json_reader.h"
#include "gateway/openapi.h"
#include "gateway/revocation_source.h"
#include "gateway/test_api.h"
#include "gtest/gtest.h"

namespace cartwright::gateway::testing {

// A client's connection, blocking, one byte stream: tests write what no HTTP library would.
class RawClient {
 public:
  using Reply = boost::beast::http::response<boost::beast::http::string_body>;

  explicit RawClient(uint16_t port) : socket_(io_) {
    socket_.connect({boost::asio::ip::make_address_v4("127.0.0.1"), port});
    socket_.set_option(boost::asio::ip::tcp::no_delay(true));
  }

  // False when the server has hung up.
  bool Send(absl::string_view bytes) {
    boost::system::error_code error;
    boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()), error);
    return !error;
  }

  // The next reply; status 0 when the server closed the connection instead.
  Reply Receive(bool is_head = false) {
    boost::beast::http::response_parser<boost::beast::http::string_body> parser;
    parser.skip(is_head);
    boost::system::error_code error;
    boost::beast::http::read(socket_, buffer_, parser, error);
    if (!error) return parser.release();
    Reply closed;
    closed.result(0);
    return closed;
  }

  // What has come until `end` is there, or until the server closed.
  std::string ReceiveUntil(absl::string_view end) {
    std::string text;
    boost::system::error_code error;
    boost::asio::read_until(socket_, boost::asio::dynamic_buffer(text), std::string(end), error);
    return text;
  }

  // True when the server ended the connection and sent nothing more.
  bool IsClosed() {
    char byte = 0;
    boost::system::error_code error;
    return buffer_.size() == 0 && socket_.read_some(boost::asio::buffer(&byte, 1), error) == 0;
  }

  void HalfClose() { socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send); }

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
};

// What --rate_limits and --trusted_proxies say, and the connections that an address may have.
struct FixtureLimits {
  std::string rates = "off";
  std::string proxies;
  size_t connections = 10'000;
  bool sessions_end = false;  // as ListRevoked of the service says, once the source is started
};

// The whole gateway on a port of its own, before a fake service.
class GatewayFixture : public ::testing::Test {
 protected:
  using Reply = RawClient::Reply;
  using Headers = std::vector<std::pair<std::string, std::string>>;

  explicit GatewayFixture(FakeBackend::Respond respond, const HttpTimeouts& timeouts = {},
                          const StreamOptions& streams = {}, const FixtureLimits& limits = {},
                          bool access_log = false)
      : log_(access_log),
        backend_([this, respond = std::move(respond)](const FakeBackend::Call& call) {
          if (call.method != "/cartwright.test.v1.TestService/GetKeys") return respond(call);
          return FakeBackend::Answer{.response = Keys()};
        }),
        backends_(*Backends::Make("test=anywhere:1",
                                  [this](const auto&, const auto&) { return backend_.channel(); })),
        api_(ServedApi()),
        upstream_(backends_, FastRetries()),
        keys_(io_, backends_, TestRoute("GetKeys"), verifier_, absl::ZeroDuration(),
              absl::ZeroDuration()),
        revocations_(limits.sessions_end ? MakeRevocations() : nullptr),
        throttle_(*RateLimits::Parse(limits.rates), &plans_) {
    std::string name = (std::filesystem::temp_directory_path() / "gateway-XXXXXX").string();
    root_ = mkdtemp(name.data());
    std::filesystem::create_directories(root_ / "media");
    std::ofstream(root_ / "index.html") << "<p>home</p>";
    std::ofstream(root_ / "media/1.svg") << "<svg/>";
    site_ = std::make_unique<StaticFiles>(
        StaticFiles::Options{.directory = root_.string(),
                             .content_security_policy = std::string(StaticFiles::kPagePolicy)});
    media_ = std::make_unique<StaticFiles>(
        StaticFiles::Options{.directory = (root_ / "media").string(),
                             .content_security_policy = std::string(StaticFiles::kMediaPolicy)});
    shared_reads_ =
        std::make_unique<SharedReads>(SharedReads::Parts{.upstream = upstream_,
                                                         .cache = cache_,
                                                         .changes = changes_,
                                                         .background = io_.get_executor()});
    shared_reads_->Use(api_.Get());
    dispatcher_ =
        std::make_unique<Dispatcher>(Dispatcher::Parts{.api = api_,
                                                       .upstream = upstream_,
                                                       .verifier = verifier_,
                                                       .keys = &keys_,
                                                       .revocations = revocations_.get(),
                                                       .site = *site_,
                                                       .media = *media_,
                                                       .log = log_,
                                                       .streams = streams,
                                                       .shared_reads = shared_reads_.get(),
                                                       .throttle = &throttle_});
    server_ = std::make_unique<HttpServer>(
        HttpServer::Options{.address = "127.0.0.1:0",
                            .connections = {.per_client = limits.connections},
                            .proxies = *TrustedProxies::Parse(limits.proxies),
                            .timeouts = timeouts},
        *dispatcher_);
    const auto port = server_->Start();
    EXPECT_TRUE(port.ok()) << port.status();
    port_ = *port;
    thread_ = std::thread([this] { io_.run(); });
  }

  // Here, not in the destructor: what the service answers with is often a member of the test, and
  // those go first.
  void TearDown() override {
    server_->Drain(absl::Seconds(5));
    // Until the last answer that was renewed behind a client's back is there.
    work_.reset();
    if (revocations_ != nullptr) io_.stop();  // which else asks for ever
    thread_.join();
    // Until what a client did not wait for is over, too.
    backend_.Stop();
    std::filesystem::remove_all(root_);
  }

  static constexpr const char* kKeysMethod = "cartwright.test.v1.TestService/GetKeys";
  static constexpr const char* kRevokedMethod = "cartwright.test.v1.TestService/ListRevoked";

  // A version of the API of its own, as the gateway makes it at start.
  std::shared_ptr<const Api> ServedApi() const {
    auto api = MakeApi(TestDescriptorSet(), backends_, kKeysMethod);
    EXPECT_TRUE(api.ok()) << api.status();
    return *api;
  }

  // It asks once, at its start, and then when it must.
  std::unique_ptr<RevocationSource> MakeRevocations() {
    return *RevocationSource::Make(io_, backends_, TestCatalog().FindMethod(kRevokedMethod),
                                   revoked_, {.period = absl::Hours(1)});
  }

  // Retries come at once: no test waits for a pause.
  static Upstream::Options FastRetries() {
    return {.min_backoff = std::chrono::microseconds(0),
            .max_backoff = std::chrono::microseconds(0)};
  }

  // The signer whose key the service knows from now on.
  void Publish(const TestSigner& signer) {
    const std::lock_guard lock(mutex_);
    jwks_ = signer.Jwks();
  }

  static std::string Format(absl::string_view method, absl::string_view target,
                            const Headers& headers = {}, absl::string_view body = "") {
    std::string request = absl::StrCat(method, " ", target, " HTTP/1.1\r\nHost: shop.test\r\n");
    for (const auto& [name, value] : headers) absl::StrAppend(&request, name, ": ", value, "\r\n");
    if (!body.empty()) {
      absl::StrAppend(&request, "Content-Type: application/json\r\nContent-Length: ", body.size(),
                      "\r\n");
    }
    return absl::StrCat(request, "\r\n", body);
  }

  Reply Ask(absl::string_view method, absl::string_view target, const Headers& headers = {},
            absl::string_view body = "") {
    RawClient client(port_);
    client.Send(Format(method, target, headers, body));
    return client.Receive(method == "HEAD");
  }

  Reply Raw(absl::string_view bytes) {
    RawClient client(port_);
    client.Send(bytes);
    return client.Receive();
  }

  static std::string ReasonOf(const Reply& reply) {
    const bool is_problem = reply["Content-Type"] == "application/problem+json";
    if (!is_problem || reply.body().empty()) return "";
    return std::string(boost::json::parse(reply.body()).at("reason").as_string());
  }

  Headers Bearer(const std::string& token) const { return {{"Authorization", "Bearer " + token}}; }
  std::string UserToken(const std::string& subject = "ada") const { return signer_.Token(subject); }

  // The wire form of the key set, by the descriptors.
  std::string Keys() {
    const std::lock_guard lock(mutex_);
    const Route& route = TestRoute("GetKeys");
    std::string wire;
    auto value = boost::json::parse(jwks_);
    for (auto& key : value.at("keys").as_array()) {
      key.as_object().erase("use");
      key.as_object().erase("alg");
    }
    EXPECT_TRUE(AppendMessage(*route.response, value, wire).ok());
    return wire;
  }

  const RequestLog log_;
  std::mutex mutex_;
  const TestSigner signer_;
  std::string jwks_ = signer_.Jwks();
  std::filesystem::path root_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ =
      boost::asio::make_work_guard(io_);
  FakeBackend backend_;
  const Backends backends_;
  ApiVersions api_;
  Upstream upstream_;
  RevokedSessions revoked_;
  TokenVerifier verifier_{
      {.issuer = TestSigner::kIssuer, .audience = "cartwright", .revoked = &revoked_}};
  KeySource keys_;
  std::unique_ptr<RevocationSource> revocations_;  // null: no session ends early
  UsagePlans plans_;
  Throttle throttle_;
  std::unique_ptr<StaticFiles> site_;
  std::unique_ptr<StaticFiles> media_;
  ResponseCache cache_{{}};
  ChangeWatch changes_{io_, backends_};  // never started: tests say what is heard
  std::unique_ptr<SharedReads> shared_reads_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<HttpServer> server_;
  uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace cartwright::gateway::testing
