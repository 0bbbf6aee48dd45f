#include "gateway/dispatcher.h"

#include "absl/strings/str_cat.h"
#include "gateway/gateway_fixture.h"
#include "gateway/wire.h"
#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "google/rpc/error_details.pb.h"
#include "shared/base/status.h"
#include "shared/rpc/grpc_status.h"

namespace cartwright::gateway {
namespace {

using testing::FakeBackend;
using ::testing::HasSubstr;
using testing::RawClient;
using ::testing::StartsWith;
using testing::TestSigner;

// Goal: an RPC that nobody wrote gateway code for is served as the contract says. The service
// answers with its own request, or with the error that the test has set.
class DispatcherTest : public testing::GatewayFixture {
 protected:
  DispatcherTest()
      : GatewayFixture([this](const FakeBackend::Call& call) {
          return FakeBackend::Answer{.status = error_,
                                     .response = answer_.empty() ? call.request : answer_};
        }) {}

  // The request that the service got last, as text.
  std::string LastRequest(absl::string_view rpc) {
    google::protobuf::DynamicMessageFactory factory;
    const std::unique_ptr<google::protobuf::Message> message(
        factory.GetPrototype(testing::TestRoute(rpc).request->descriptor)->New());
    const auto calls = backend_.calls();
    EXPECT_TRUE(message->ParseFromString(calls.back().request));
    return message->ShortDebugString();
  }

  void FailWith(const absl::Status& error) { error_ = rpc::ToGrpc(error); }

  grpc::Status error_;
  std::string answer_;
};

TEST_F(DispatcherTest, CallsAnRpcOverRest) {
  const Reply reply = Ask("POST", "/api/echo", {}, R"({"i64":"5","nested":{"text":"a"}})");
  EXPECT_EQ(reply.result_int(), 200u);
  EXPECT_EQ(reply["Content-Type"], "application/json");
  EXPECT_EQ(reply["Cache-Control"], "private, no-store");
  EXPECT_EQ(reply["X-Content-Type-Options"], "nosniff");
  EXPECT_EQ(reply.count("Server"), 0u);
  EXPECT_EQ(boost::json::parse(reply.body()).at("i64"), "5");
  EXPECT_EQ(backend_.calls().back().method, "/cartwright.test.v1.TestService/Echo");
}

TEST_F(DispatcherTest, TheServiceGetsWhatTheGatewayKnows) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  Headers headers = Bearer(UserToken("ada"));
  headers.emplace_back("X-Request-Id", "my-request.1");
  headers.emplace_back("traceparent", trace);
  headers.emplace_back("Grpc-Metadata-X-User-Id", "eve");
  headers.emplace_back("x-user-id", "eve");
  headers.emplace_back("grpc-timeout", "1H");
  const Reply reply = Ask("PUT", "/api/things/a%2Fb", headers, R"({"version":1})");
  ASSERT_EQ(reply.result_int(), 200u) << reply.body();
  EXPECT_EQ(LastRequest("PutThing"),
            R"(user_id: "ada" session: "session-1" thing_id: "a/b" version: 1)");
  const auto call = backend_.calls().back();
  EXPECT_EQ(call.metadata.at("x-request-id"), "my-request.1");
  EXPECT_EQ(call.metadata.at("traceparent"), trace);
  for (const auto& [key, value] : call.metadata) {
    EXPECT_EQ(value.find("eve"), std::string::npos) << key;
  }
  EXPECT_LE(call.timeout, absl::Seconds(21));  // the wire rounds up
  EXPECT_GT(call.timeout, absl::Seconds(1));
  EXPECT_EQ(reply["X-Request-Id"], "my-request.1");
}

TEST_F(DispatcherTest, BindsTheClientsAddressAndAgent) {
  Ask("GET", "/api/things/1", {{"User-Agent", std::string(300, 'u')}});
  EXPECT_EQ(LastRequest("GetThing"),
            absl::StrCat(R"(id: "1" agent: ")", std::string(256, 'u'), R"(" ip: "127.0.0.1")"));
}

TEST_F(DispatcherTest, RequestIdsThatAreNotSaneAreReplaced) {
  for (const char* id : {"short", "has space", "a/b/c/d/e", ""}) {
    const Reply reply = Ask("GET", "/healthz", {{"X-Request-Id", id}});
    EXPECT_EQ(reply["X-Request-Id"].size(), 36u) << id;
  }
}

TEST_F(DispatcherTest, OnlyValidTokensPass) {
  const struct {
    Headers headers;
    const char* reason;
  } kRows[] = {
      {{}, "TOKEN_MISSING"},
      {{{"Authorization", "Basic eDp5"}}, "TOKEN_MISSING"},
      {Bearer("x.y.z"), "TOKEN_INVALID"},
      {Bearer(TestSigner("key-1").Token("eve")), "TOKEN_INVALID"},
      {Bearer(signer_.Token("ada", "[]", absl::Now() - absl::Hours(2))), "TOKEN_EXPIRED"},
  };
  for (const auto& row : kRows) {
    const Reply reply = Ask("PUT", "/api/things/1", row.headers, "{}");
    EXPECT_EQ(reply.result_int(), 401u);
    EXPECT_EQ(ReasonOf(reply), row.reason);
    EXPECT_THAT(std::string(reply["WWW-Authenticate"]), StartsWith("Bearer realm="));
    EXPECT_EQ(reply["Cache-Control"], "private, no-store");
  }
  // No token in a query, and none of a public route is looked at.
  EXPECT_EQ(ReasonOf(Ask("PUT", "/api/things/1?access_token=" + UserToken(), {}, "{}")),
            "TOKEN_MISSING");
  EXPECT_EQ(Ask("POST", "/api/echo", Bearer("x.y.z"), "{}").result_int(), 200u);
}

TEST_F(DispatcherTest, AdministratorsOnly) {
  const Reply user = Ask("DELETE", "/api/things/1", Bearer(UserToken()));
  EXPECT_EQ(user.result_int(), 403u);
  EXPECT_EQ(ReasonOf(user), "INSUFFICIENT_SCOPE");
  EXPECT_THAT(std::string(user["WWW-Authenticate"]), HasSubstr("insufficient_scope"));
  const std::string admin = signer_.Token("root", "[\"admin\"]");
  EXPECT_EQ(Ask("DELETE", "/api/things/1", Bearer(admin)).result_int(), 200u);
}

TEST_F(DispatcherTest, LearnsANewKeyFromTheService) {
  ASSERT_EQ(Ask("PUT", "/api/things/1", Bearer(UserToken()), "{}").result_int(), 200u);
  const TestSigner next("key-2");
  Publish(next);
  EXPECT_EQ(Ask("PUT", "/api/things/1", Bearer(next.Token("bob")), "{}").result_int(), 200u);
  EXPECT_EQ(Ask("PUT", "/api/things/1", Bearer(UserToken()), "{}").result_int(), 401u);
}

TEST_F(DispatcherTest, WithoutAnyKeyNobodyIsSentAway) {
  {
    const std::lock_guard lock(mutex_);
    jwks_ = R"({"keys":[]})";
  }
  const Reply reply = Ask("PUT", "/api/things/1", Bearer(UserToken()), "{}");
  EXPECT_EQ(reply.result_int(), 503u);
  EXPECT_EQ(ReasonOf(reply), "DEPENDENCY_UNAVAILABLE");
}

TEST_F(DispatcherTest, IdempotencyKeysAreRequiredAndPassedOn) {
  Headers headers = Bearer(UserToken());
  EXPECT_EQ(ReasonOf(Ask("POST", "/api/pay", headers, "{}")), "IDEMPOTENCY_KEY_MISSING");
  headers.emplace_back("Idempotency-Key", "\"a b\"");
  EXPECT_EQ(ReasonOf(Ask("POST", "/api/pay", headers, "{}")), "IDEMPOTENCY_KEY_INVALID");
  headers.back().second = "\"key-9\"";
  answer_ = "\x0a\x03\x0a\x01x\x10\x01";
  const Reply reply = Ask("POST", "/api/pay", headers, R"({"amount":"7"})");
  EXPECT_EQ(reply.result_int(), 201u) << reply.body();
  EXPECT_EQ(reply["Idempotent-Replayed"], "true");
  EXPECT_EQ(reply.body(), R"({"id":"x","color":"COLOR_UNSPECIFIED","price":"0"})");
  EXPECT_EQ(LastRequest("Pay"), R"(user_id: "ada" key: "key-9" amount: 7)");
}

TEST_F(DispatcherTest, CookiesComeAndGo) {
  const Headers headers = {{"Cookie", "a=b; __Host-refresh=old"}};
  answer_ =
      "\x0a\x03"
      "ada"
      "\x12\x03new";
  const Reply reply = Ask("POST", "/api/login", headers, R"({"name":"ada"})");
  EXPECT_EQ(LastRequest("Login"), R"(refresh: "old" name: "ada")");
  EXPECT_EQ(reply["Set-Cookie"],
            "__Host-refresh=new; Path=/; Max-Age=99; HttpOnly; Secure; SameSite=Strict");
  EXPECT_EQ(reply.body(), R"({"name":"ada"})");
}

TEST_F(DispatcherTest, CookieEndpointsRefuseOtherOrigins) {
  const Reply reply = Ask("POST", "/api/login", {{"Origin", "https://evil.test"}}, "{}");
  EXPECT_EQ(reply.result_int(), 403u);
  EXPECT_EQ(ReasonOf(reply), "ORIGIN_NOT_ALLOWED");
  EXPECT_EQ(Ask("POST", "/api/login", {{"Origin", "http://shop.test"}}, "{}").result_int(), 200u);
  EXPECT_EQ(Ask("POST", "/api/login", {}, "{}").result_int(), 200u);
}

TEST_F(DispatcherTest, RefusalsHaveTheirReasons) {
  const struct {
    const char* method;
    const char* target;
    Headers headers;
    const char* body;
    unsigned status;
    const char* reason;
  } kRows[] = {
      {"GET", "/api/nothing", {}, "", 404, "ROUTE_NOT_FOUND"},
      {"GET", "/api", {}, "", 404, "ROUTE_NOT_FOUND"},
      {"GET", "/api/", {}, "", 404, "ROUTE_NOT_FOUND"},
      {"GET", "/api/things/1/", {}, "", 404, "ROUTE_NOT_FOUND"},
      {"GET", "//api/things/1", {}, "", 404, "ROUTE_NOT_FOUND"},
      {"GET", "/.well-known/nothing", {}, "", 404, "ROUTE_NOT_FOUND"},
      {"GET", "/media/2.svg", {}, "", 404, "ROUTE_NOT_FOUND"},
      {"GET", "/nothing.js", {}, "", 404, "ROUTE_NOT_FOUND"},
      {"POST", "/cartwright.test.v1.TestService/Secret", {}, "{}", 405, "METHOD_NOT_ALLOWED"},
      {"POST", "/api/things/1", {}, "{}", 405, "METHOD_NOT_ALLOWED"},
      {"GET", "/api/echo", {}, "", 405, "METHOD_NOT_ALLOWED"},
      {"HEAD", "/api/echo", {}, "", 405, ""},
      {"POST", "/", {}, "", 405, "METHOD_NOT_ALLOWED"},
      {"TRACE", "/", {}, "", 405, "METHOD_NOT_ALLOWED"},
      {"CONNECT", "a:1", {}, "", 405, "METHOD_NOT_ALLOWED"},
      {"QUERY", "/api/things/1", {}, "", 405, "METHOD_NOT_ALLOWED"},
      {"BREW", "/", {}, "", 501, "METHOD_UNKNOWN"},
      {"get", "/", {}, "", 501, "METHOD_UNKNOWN"},
      {"GET", "/a/../b", {}, "", 400, "MALFORMED_URI"},
      {"GET", "/%zz", {}, "", 400, "MALFORMED_URI"},
      {"GET", "*", {}, "", 405, "METHOD_NOT_ALLOWED"},
      {"GET", "http://other.test/", {}, "", 421, "MISDIRECTED_REQUEST"},
      {"GET", "/api/things/1?x=1", {}, "", 400, "UNKNOWN_QUERY_PARAMETER"},
      {"GET", "/api/things/1?pageSize=x", {}, "", 400, "INVALID_FIELD"},
      {"GET", "/api/things/1", {}, "{}", 400, "BODY_NOT_ALLOWED"},
      {"POST", "/api/jobs/1:run", {}, "{}", 400, "BODY_NOT_ALLOWED"},
      {"POST", "/api/echo", {}, "{", 400, "INVALID_JSON"},
      {"POST", "/api/echo", {}, R"({"i32":1,"i32":2})", 400, "INVALID_JSON"},
      {"POST", "/api/echo", {}, R"({"x":1})", 400, "UNKNOWN_FIELD"},
      {"POST", "/api/echo", {}, R"({"i32":"x"})", 400, "INVALID_FIELD"},
      {"POST", "/api/echo", {{"Content-Encoding", "gzip"}}, "{}", 415, "UNSUPPORTED_MEDIA_TYPE"},
      {"POST", "/api/echo", {{"Content-Type", "text/json"}}, "{}", 415, "UNSUPPORTED_MEDIA_TYPE"},
  };
  for (const auto& row : kRows) {
    const Reply reply = Ask(row.method, row.target, row.headers, row.body);
    EXPECT_EQ(reply.result_int(), row.status) << row.method << " " << row.target << row.body;
    EXPECT_EQ(ReasonOf(reply), row.reason) << row.method << " " << row.target << row.body;
    EXPECT_EQ(reply["Allow"].empty(), row.status != 405) << row.target;
    EXPECT_EQ(reply["Accept-Encoding"], row.status == 415 ? "identity" : "");
  }
  EXPECT_TRUE(backend_.calls().empty());
}

TEST_F(DispatcherTest, AllowNamesTheMethodsOfAPath) {
  EXPECT_EQ(Ask("POST", "/api/things/1", {}, "{}")["Allow"],
            "DELETE, GET, HEAD, OPTIONS, PATCH, PUT");
  const Reply options = Ask("OPTIONS", "/api/things/1");
  EXPECT_EQ(options.result_int(), 204u);
  EXPECT_EQ(options["Allow"], "DELETE, GET, HEAD, OPTIONS, PATCH, PUT");
  EXPECT_EQ(options.count("Access-Control-Allow-Origin"), 0u);
  EXPECT_EQ(Ask("OPTIONS", "/api/echo")["Allow"], "OPTIONS, POST");
  EXPECT_EQ(Ask("OPTIONS", "/")["Allow"], "GET, HEAD, OPTIONS");
  EXPECT_EQ(Ask("OPTIONS", "*").result_int(), 204u);
  EXPECT_EQ(Ask("OPTIONS", "/api/nothing").result_int(), 404u);
}

TEST_F(DispatcherTest, ErrorsOfServicesKeepTheirReasons) {
  FailWith(MakeError(absl::StatusCode::kFailedPrecondition, "Too little money.",
                     {.reason = "POOR",
                      .domain = "cartwright.test.v1",
                      .metadata = {{"missing", "5"}, {"idempotentReplayed", "true"}}}));
  Reply reply = Ask("POST", "/api/echo", {}, "{}");
  EXPECT_EQ(reply.result_int(), 402u);
  const auto body = boost::json::parse(reply.body());
  EXPECT_EQ(body.at("detail"), "Too little money.");
  EXPECT_EQ(body.at("metadata"), boost::json::parse(R"({"missing":"5"})"));
  EXPECT_EQ(body.at("requestId"), reply["X-Request-Id"]);
  EXPECT_EQ(reply["Idempotent-Replayed"], "true");
  FailWith(InvalidField("quantity", "must be between 1 and 99"));
  reply = Ask("POST", "/api/echo", {}, "{}");
  EXPECT_EQ(reply.result_int(), 400u);
  EXPECT_EQ(boost::json::parse(reply.body()).at("violations").as_array().size(), 1u);
}

TEST_F(DispatcherTest, SecretsOfServicesStayInside) {
  for (const auto code :
       {grpc::StatusCode::UNKNOWN, grpc::StatusCode::INTERNAL, grpc::StatusCode::DATA_LOSS,
        grpc::StatusCode::NOT_FOUND, grpc::StatusCode::UNAVAILABLE}) {
    error_ = grpc::Status(code, "relation \"orders\" does not exist");
    const Reply reply = Ask("POST", "/api/echo", {}, "{}");
    EXPECT_EQ(reply.body().find("relation"), std::string::npos) << reply.body();
  }
  error_ = grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "Received message larger than max");
  EXPECT_EQ(Ask("POST", "/api/echo", {}, "{}").result_int(), 502u);
  error_ = grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection refused");
  const Reply reply = Ask("POST", "/api/echo", {}, "{}");
  EXPECT_EQ(reply.result_int(), 503u);
  EXPECT_EQ(ReasonOf(reply), "DEPENDENCY_UNAVAILABLE");
  EXPECT_EQ(reply["Retry-After"], "1");
  error_ = grpc::Status::OK;
  answer_ = "\xff\xff";
  EXPECT_EQ(ReasonOf(Ask("POST", "/api/echo", {}, "{}")), "UPSTREAM_INVALID");
}

TEST_F(DispatcherTest, RangesOfFilesAreServed) {
  const Reply part = Ask("GET", "/", {{"Range", "bytes=3-6"}, {"Accept-Encoding", "br"}});
  EXPECT_EQ(part.result_int(), 206u);
  EXPECT_EQ(part.body(), "home");
  EXPECT_EQ(part["Content-Range"], "bytes 3-6/11");
  const Reply none = Ask("GET", "/", {{"Range", "bytes=11-"}});
  EXPECT_EQ(none.result_int(), 416u);
  EXPECT_EQ(none["Content-Range"], "bytes */11");
  EXPECT_EQ(ReasonOf(none), "RANGE_NOT_SATISFIABLE");
}

TEST_F(DispatcherTest, EveryAnswerHasSecurityHeaders) {
  for (const char* path : {"/", "/media/1.svg", "/nothing", "/healthz", "/openapi.json",
                           "/api/things/1", "/api/nothing", "/api/%zz"}) {
    const Reply reply = Ask("GET", path);
    EXPECT_THAT(std::string(reply["Content-Security-Policy"]), HasSubstr("frame-ancestors"))
        << path;
    for (const char* name :
         {"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy",
          "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"}) {
      EXPECT_EQ(reply.count(name), 1u) << path << " " << name;
    }
    EXPECT_EQ(reply.count("Strict-Transport-Security"), 0u) << path;
  }
}

TEST_F(DispatcherTest, LargeAnswersAreCompressedButWhereSecretsAre) {
  const std::string body =
      absl::StrCat(R"({"text":")", std::string(1000, 'a'), R"(","words":["b"]})");
  const Reply echo = Ask("POST", "/api/echo", {{"Accept-Encoding", "gzip;q=0.5, br"}}, body);
  // The service that has cookies, among others, compresses nothing.
  EXPECT_EQ(echo.count("Content-Encoding"), 0u);
  const Reply openapi = Ask("GET", "/openapi.json", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(openapi["Content-Encoding"], "gzip");
  EXPECT_EQ(openapi["Vary"], "Accept-Encoding");
  EXPECT_THAT(std::string(openapi["ETag"]), ::testing::EndsWith("-gz\""));
}

TEST_F(DispatcherTest, ServesFilesAndItsOwnPages) {
  EXPECT_EQ(Ask("GET", "/").body(), "<p>home</p>");
  EXPECT_EQ(Ask("GET", "/media/1.svg").body(), "<svg/>");
  EXPECT_EQ(Ask("GET", "/healthz").body(), "ok\n");
  EXPECT_EQ(Ask("GET", "/orders/7", {{"Accept", "text/html"}}).body(), "<p>home</p>");
  for (const char* path : {"/media/7", "/assets/x", "/robots.txt", "/a/b.html", "/api/x", "/api"}) {
    EXPECT_EQ(Ask("GET", path, {{"Accept", "text/html"}}).result_int(), 404u) << path;
  }
  EXPECT_EQ(Ask("GET", "/orders/7", {{"Accept", "application/json"}}).result_int(), 404u);
  EXPECT_EQ(Ask("POST", "/orders/7", {{"Accept", "text/html"}}).result_int(), 405u);
  EXPECT_EQ(Ask("GET", "http://shop.test/healthz").body(), "ok\n");
  const Reply openapi = Ask("GET", "/openapi.json");
  EXPECT_EQ(boost::json::parse(openapi.body()).at("openapi"), "3.1.0");
  EXPECT_EQ(
      Ask("GET", "/openapi.json", {{"If-None-Match", std::string(openapi["ETag"])}}).result_int(),
      304u);
}

TEST_F(DispatcherTest, VerbsAndPatternsReachTheirRpc) {
  EXPECT_EQ(Ask("POST", "/api/jobs/a%3Ab:run").body(), R"({"id":"a:b"})");
  Ask("GET", "/api/shelves/s%201/things/7");
  EXPECT_THAT(LastRequest("GetThing"), StartsWith(R"(id: "7" filter { text: "shelves/s 1" })"));
  Ask("GET", "/api/files/a/b%2Fc");
  EXPECT_THAT(LastRequest("GetThing"), StartsWith(R"(filter { text: "a/b%2Fc" })"));
}

}  // namespace
}  // namespace cartwright::gateway
