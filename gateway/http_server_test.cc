#include "gateway/http_server.h"

#include <future>

#include "absl/strings/str_cat.h"
#include "gateway/gateway_fixture.h"
#include "gmock/gmock.h"

namespace cartwright::gateway {
namespace {

using ::testing::ElementsAre;
using testing::FakeBackend;
using testing::RawClient;

// The bytes on the wire: framing, limits, connections. The service gives back what it gets.
class HttpServerTest : public testing::GatewayFixture {
 protected:
  HttpServerTest()
      : GatewayFixture([](const FakeBackend::Call& call) {
          return FakeBackend::Answer{.response = call.request};
        }) {}
};

constexpr absl::string_view kJson = R"({"text":"hello","numbers":[1,2,3]})";

std::string Chunked(absl::string_view chunks, absl::string_view extra = "") {
  return absl::StrCat(
      "POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n",
      extra, "\r\n", chunks);
}

TEST_F(HttpServerTest, AnswersARequestHoweverItIsSplit) {
  const std::string request = Format("POST", "/api/echo", {{"X-Request-Id", "split-test"}}, kJson);
  RawClient client(port_);
  for (size_t at = 1; at < request.size(); ++at) {
    client.Send(absl::string_view(request).substr(0, at));
    client.Send(absl::string_view(request).substr(at));
    const Reply reply = client.Receive();
    ASSERT_EQ(reply.result_int(), 200u) << at << reply.body();
    ASSERT_EQ(boost::json::parse(reply.body()).at("text"), "hello") << at;
    ASSERT_EQ(reply["X-Request-Id"], "split-test");
  }
}

TEST_F(HttpServerTest, AnswersAChunkedRequestHoweverItIsSplit) {
  const std::string request = Chunked("9\r\n{\"text\":\"\r\n7;x=y\r\nhello\"}\r\n0\r\n\r\n");
  RawClient client(port_);
  for (size_t at = 1; at < request.size(); ++at) {
    client.Send(absl::string_view(request).substr(0, at));
    client.Send(absl::string_view(request).substr(at));
    const Reply reply = client.Receive();
    ASSERT_EQ(reply.result_int(), 200u) << at << reply.body();
    ASSERT_EQ(boost::json::parse(reply.body()).at("text"), "hello") << at;
  }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInTheirOrder) {
  std::string requests;
  for (int i = 0; i < 20; ++i) {
    absl::StrAppend(&requests, Format("POST", "/api/echo", {}, absl::StrCat("{\"i32\":", i, "}")));
    absl::StrAppend(&requests, Format("GET", "/healthz"));
  }
  RawClient client(port_);
  client.Send(requests);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(boost::json::parse(client.Receive().body()).at("i32"), i);
    EXPECT_EQ(client.Receive().body(), "ok\n");
  }
}

TEST_F(HttpServerTest, RefusesMalformedRequestsAndCloses) {
  const std::string host = "Host: a\r\n";
  const struct {
    std::string bytes;
    unsigned status;
  } kRows[] = {
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: a\n\n", 400},
      {"GET  / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"G(T / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "A : b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "A b: c\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + " folded: b\r\n\r\n", 400},
      {absl::StrCat("GET / HTTP/1.1\r\n", host, "A: b", std::string(1, '\0'), "\r\n\r\n"), 400},
      {"GET / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400},
      {"GET / HTTP/1.1\r\n" + host + "Content-Length: 1, 1\r\n\r\nx", 400},
      {"GET / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "Content-Length: 18446744073709551616\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: identity\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, chunked\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
       400},
      {"GET / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n", 400},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"GET / HTTP/1.1\r\n" + host + "Expect: magic\r\n\r\n", 417},
      {absl::StrCat("GET /", std::string(5000, 'a'), " HTTP/1.1\r\n", host, "\r\n"), 414},
      {absl::StrCat("GET / HTTP/1.1\r\n", host, "A: ", std::string(9000, 'a'), "\r\n\r\n"), 431},
      {absl::StrCat("GET / HTTP/1.1\r\n", host, "A: ", std::string(7000, 'a'), "\r\nB: ",
                    std::string(7000, 'a'), "\r\nC: ", std::string(7000, 'a'), "\r\n\r\n"),
       431},
      {"\x16\x03\x01\x02\n", 400},
      {"\r\n\r\n\r\n", 400},
  };
  for (const auto& row : kRows) {
    RawClient client(port_);
    client.Send(row.bytes);
    const Reply reply = client.Receive();
    EXPECT_EQ(reply.result_int(), row.status) << row.bytes;
    EXPECT_EQ(reply["Connection"], "close") << row.bytes;
    EXPECT_EQ(reply["Content-Type"], "application/problem+json") << row.bytes;
    EXPECT_FALSE(reply["X-Request-Id"].empty());
    EXPECT_TRUE(client.IsClosed()) << row.bytes;
  }
  EXPECT_EQ(Ask("GET", "/healthz").result_int(), 200u);
}

TEST_F(HttpServerTest, RefusesMalformedBodies) {
  const std::string big(70000, 'x');
  std::string many_extensions;
  for (int i = 0; i < 30; ++i) {
    absl::StrAppend(&many_extensions, "1;", std::string(200, 'x'), "\r\n \r\n");
  }
  const struct {
    std::string bytes;
    unsigned status;
  } kRows[] = {
      {Chunked("x\r\n"), 400},
      {Chunked("-1\r\n"), 400},
      {Chunked("2\r\n{}x\r\n0\r\n\r\n"), 400},
      {Chunked("fffffffffffffffff\r\n"), 400},
      // Trailer fields: small ones, ones that pass for a header field, and the size that ends
      // Beast's parser with an exception.
      {Chunked("2\r\n{}\r\n0\r\nA: b\r\n\r\n"), 400},
      {Chunked("2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n"), 400},
      {Chunked(absl::StrCat("2\r\n{}\r\n0\r\nA: ", big, "\r\n\r\n")), 400},
      // A chunk extension without an end.
      {Chunked(absl::StrCat("2;", big, "\r\n{}\r\n0\r\n\r\n")), 400},
      {Chunked(absl::StrCat("2;", std::string(300, 'x'), "\r\n{}\r\n0\r\n\r\n")), 400},
      {Chunked(absl::StrCat(many_extensions, "0\r\n\r\n")), 400},
      {Chunked("2\r\n{}\r\n0\r\n\n"), 400},
      {Chunked(absl::StrCat("11170\r\n", big, "\r\n0\r\n\r\n")), 413},
      {Format("POST", "/api/echo", {}, big), 413},
  };
  for (const auto& row : kRows) {
    RawClient client(port_);
    client.Send(row.bytes);
    const Reply reply = client.Receive();
    EXPECT_EQ(reply.result_int(), row.status) << row.bytes.substr(0, 200);
    EXPECT_EQ(reply["Connection"], "close") << row.bytes.substr(0, 200);
    EXPECT_TRUE(client.IsClosed()) << row.bytes.substr(0, 200);
  }
  EXPECT_EQ(Ask("GET", "/healthz").result_int(), 200u);
}

TEST_F(HttpServerTest, TakesABodyOfExactlyTheLimit) {
  const std::string open = R"({"words":[")";
  const std::string close = R"("]})";
  const std::string piece(16000, 'x');
  std::string body = open + piece + "\",\"" + piece + "\",\"" + piece + "\",\"" + piece + "\",\"";
  body += std::string(65536 - body.size() - close.size(), 'y') + close;
  ASSERT_EQ(body.size(), 65536u);
  EXPECT_EQ(Ask("POST", "/api/echo", {}, body).result_int(), 200u);
}

TEST_F(HttpServerTest, KeepsTheConnectionAfterARefusalWhenItCan) {
  RawClient client(port_);
  // Refused before its body was read: the body must not be taken for the next request.
  client.Send(Format("PUT", "/api/things/1", {}, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(client.Receive().result_int(), 401u);
  client.Send(Format("GET", "/healthz"));
  EXPECT_EQ(client.Receive().body(), "ok\n");
}

TEST_F(HttpServerTest, ConnectionsEndAsAsked) {
  RawClient close(port_);
  close.Send(Format("GET", "/healthz", {{"Connection", "close"}}));
  EXPECT_EQ(close.Receive()["Connection"], "close");
  EXPECT_TRUE(close.IsClosed());
  RawClient old(port_);
  old.Send("GET /healthz HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.Receive()["Connection"], "close");
  EXPECT_TRUE(old.IsClosed());
  RawClient kept(port_);
  for (int i = 0; i < 2; ++i) {
    kept.Send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(kept.Receive()["Connection"], "keep-alive");
  }
  RawClient half(port_);
  half.Send(Format("GET", "/healthz"));
  half.HalfClose();
  EXPECT_EQ(half.Receive().body(), "ok\n");
  EXPECT_TRUE(half.IsClosed());
}

TEST_F(HttpServerTest, AsksForABodyThatWaits) {
  RawClient client(port_);
  client.Send(
      absl::StrCat("POST /api/echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                   "Content-Type: application/json\r\nContent-Length: ",
                   kJson.size(), "\r\n\r\n"));
  EXPECT_EQ(client.Receive(true).result_int(), 100u);
  client.Send(kJson);
  EXPECT_EQ(client.Receive().result_int(), 200u);
  // Not for one that will be refused.
  RawClient refused(port_);
  refused.Send(
      "PUT /api/things/1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n");
  EXPECT_EQ(refused.Receive().result_int(), 401u);
  EXPECT_TRUE(refused.IsClosed());
}

TEST_F(HttpServerTest, AHeadHasTheHeadersOfItsGet) {
  const Reply get = Ask("GET", "/openapi.json");
  RawClient client(port_);
  client.Send(Format("HEAD", "/openapi.json"));
  const Reply head = client.Receive(true);
  EXPECT_EQ(head.result_int(), 200u);
  EXPECT_EQ(head["Content-Length"], get["Content-Length"]);
  EXPECT_EQ(head["ETag"], get["ETag"]);
  client.Send(Format("GET", "/healthz"));
  EXPECT_EQ(client.Receive().body(), "ok\n");
}

TEST_F(HttpServerTest, OneEmptyLineBeforeARequestIsForgiven) {
  EXPECT_EQ(Raw("\r\n" + Format("GET", "/healthz")).body(), "ok\n");
}

TEST_F(HttpServerTest, ServesManyConnectionsAtOnce) {
  std::vector<std::future<int>> clients;
  for (int c = 0; c < 16; ++c) {
    clients.push_back(std::async(std::launch::async, [this, c] {
      RawClient client(port_);
      int good = 0;
      for (int i = 0; i < 50; ++i) {
        client.Send(Format("POST", "/api/echo", {}, absl::StrCat("{\"i32\":", c * 1000 + i, "}")));
        const Reply reply = client.Receive();
        good += boost::json::parse(reply.body()).at("i32") == c * 1000 + i ? 1 : 0;
      }
      return good;
    }));
  }
  for (auto& client : clients) EXPECT_EQ(client.get(), 50);
}

TEST_F(HttpServerTest, ADrainClosesIdleConnections) {
  RawClient idle(port_);
  idle.Send(Format("GET", "/healthz"));
  EXPECT_EQ(idle.Receive().result_int(), 200u);
  server_->Drain(absl::Seconds(5));
  EXPECT_TRUE(idle.IsClosed());
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket(io);
  boost::system::error_code error;
  socket.connect({boost::asio::ip::make_address_v4("127.0.0.1"), port_}, error);
  EXPECT_TRUE(error);
}

TEST_F(HttpServerTest, AServerEndsBeforeItsConnections) {
  HttpServer server({.address = "127.0.0.1:0", .threads = 1}, *dispatcher_);
  RawClient late(*server.Start());
  late.Send(Format("GET", "/healthz") + "GET /healthz HTTP/1.1\r\n");
  EXPECT_EQ(late.Receive().result_int(), 200u);
  server.Drain(absl::ZeroDuration());  // and then its destructor
}

TEST_F(HttpServerTest, WhoIsSentAwayHasTheAnswerFirst) {
  RawClient client(port_);
  client.Send(Format("GET", "/healthz"));
  EXPECT_TRUE(client.Receive().keep_alive());
  server_->SendAway();
  client.Send(Format("GET", "/healthz"));
  const Reply last = client.Receive();
  EXPECT_EQ(last.result_int(), 200u);
  EXPECT_FALSE(last.keep_alive());
  EXPECT_TRUE(client.IsClosed());
  // Whoever has not heard of it yet is still served.
  RawClient next(port_);
  next.Send(Format("GET", "/healthz"));
  EXPECT_EQ(next.Receive().result_int(), 200u);
}

// A server with room for two connections of a client.
TEST_F(HttpServerTest, AClientHasOnlySoManyConnections) {
  HttpServer small({.address = "127.0.0.1:0", .threads = 1, .connections = {.per_client = 2}},
                   *dispatcher_);
  const uint16_t port = *small.Start();
  const auto ask = [](RawClient& client) {
    client.Send(Format("GET", "/healthz"));
    return client.Receive().result_int();
  };
  RawClient first(port);
  EXPECT_EQ(ask(first), 200u);
  {
    RawClient second(port);
    EXPECT_EQ(ask(second), 200u);
    RawClient third(port);
    EXPECT_TRUE(third.IsClosed());
    second.HalfClose();
    EXPECT_TRUE(second.IsClosed());
  }
  EXPECT_EQ(ask(first), 200u);
  small.Drain(absl::Seconds(5));
}

TEST(HttpServerAddressTest, SaysWhichAddressIsWrong) {
  struct Nothing : RequestHandler {
    boost::asio::awaitable<Response> Handle(const Request&, BodySource&) override {
      co_return Response{};
    }
    Response Refuse(const Request&, const absl::Status&) override { return {}; }
  } nothing;
  for (const char* address : {"", "nowhere", "localhost:x", "127.0.0.1:99999", "300.0.0.1:1"}) {
    EXPECT_FALSE(HttpServer({.address = address}, nothing).Start().ok()) << address;
  }
}

// Clients that are late; the sweep that looks for them comes every quarter of a second.
class LateClientTest : public testing::GatewayFixture {
 protected:
  LateClientTest()
      : GatewayFixture(
            [](const FakeBackend::Call& call) {
              return FakeBackend::Answer{.response = call.request};
            },
            {.first = std::chrono::milliseconds(1),
             .idle = std::chrono::milliseconds(1),
             .head = std::chrono::milliseconds(1),
             .body = std::chrono::milliseconds(1),
             .slow_body = std::chrono::milliseconds(1),
             .write = std::chrono::milliseconds(1)}) {}
};

TEST_F(LateClientTest, AnIdleConnectionIsClosed) {
  RawClient client(port_);
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(LateClientTest, ALateHeaderBlockIsAnsweredAndClosed) {
  RawClient client(port_);
  client.Send("GET /healthz HTTP/1.1\r\nHost: a\r\n");
  const Reply reply = client.Receive();
  EXPECT_EQ(reply.result_int(), 408u);
  EXPECT_EQ(ReasonOf(reply), "REQUEST_TIMEOUT");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(LateClientTest, ALateBodyIsAnsweredAndClosed) {
  RawClient client(port_);
  client.Send(
      "POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Content-Length: 10\r\n\r\n{");
  const Reply reply = client.Receive();
  EXPECT_EQ(reply.result_int(), 408u);
  EXPECT_EQ(ReasonOf(reply), "REQUEST_TIMEOUT");
  EXPECT_TRUE(client.IsClosed());
}

// A client that asks and asks but never reads must not hold its connection for ever.
TEST_F(LateClientTest, AClientThatDoesNotReadIsCutOff) {
  RawClient client(port_);
  const std::string request = Format("GET", "/openapi.json");
  // Until the kernel's buffers are full in both directions and the server gave up.
  while (client.Send(request)) {
  }
}

// A drain waits for the answer of a request that is under way.
class SlowServiceTest : public testing::GatewayFixture {
 protected:
  SlowServiceTest()
      : GatewayFixture([this](const FakeBackend::Call& call) {
          asked_.set_value();
          go_on_.get_future().wait();
          return FakeBackend::Answer{.response = call.request};
        }) {}

  std::promise<void> asked_;
  std::promise<void> go_on_;
};

TEST_F(SlowServiceTest, ADrainWaitsForRequestsUnderWay) {
  RawClient client(port_);
  client.Send(Format("POST", "/api/echo", {}, kJson));
  asked_.get_future().wait();
  auto drained = std::async(std::launch::async, [this] { server_->Drain(absl::Seconds(20)); });
  go_on_.set_value();
  const Reply reply = client.Receive();
  EXPECT_EQ(reply.result_int(), 200u);
  EXPECT_TRUE(client.IsClosed());
  drained.wait();
}

}  // namespace
}  // namespace cartwright::gateway
