#include "absl/strings/str_cat.h"
#include "gateway/gateway_fixture.h"
#include "gateway/log_capture.h"
#include "gmock/gmock.h"
#include "shared/base/status.h"
#include "shared/rpc/grpc_status.h"

namespace cartwright::gateway {
namespace {

using testing::FakeBackend;
using ::testing::HasSubstr;
using testing::LogCapture;
using ::testing::Not;
using testing::RawClient;

// Goal: one line per request says what operators want to know, and never a secret.
class AccessLogTest : public testing::GatewayFixture {
 protected:
  AccessLogTest()
      : GatewayFixture(
            [this](const FakeBackend::Call& call) {
              return FakeBackend::Answer{.status = error_, .response = call.request, .feed = feed_};
            },
            {}, {}, {}, /*access_log=*/true) {
    LogCapture::Get();
  }

  grpc::Status error_;
  std::shared_ptr<FakeBackend::Feed> feed_;
};

boost::json::object LineOf(absl::string_view request_id) {
  return LogCapture::Get().Await("http.request", request_id);
}

TEST_F(AccessLogTest, ALineSaysHowTheAnswerCameAbout) {
  Headers headers = Bearer(UserToken("ada"));
  headers.emplace_back("X-Request-Id", "whole-line-1");
  headers.emplace_back("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  const Reply reply = Ask("PUT", "/api/things/42?x=y", headers, "{}");
  EXPECT_EQ(reply.result_int(), 400u);
  headers[1].second = "whole-line-2";
  const Reply good = Ask("PUT", "/api/things/42", headers, R"({"version":1})");
  ASSERT_EQ(good.result_int(), 200u) << good.body();
  const auto line = LineOf("whole-line-2");
  ASSERT_FALSE(line.empty());
  EXPECT_EQ(line.at("trace_id"), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(line.at("http.request.method"), "PUT");
  EXPECT_EQ(line.at("http.route"), "/api/things/{thing_id}");
  EXPECT_EQ(line.at("http.response.status_code"), 200);
  EXPECT_EQ(line.at("rpc.grpc.status"), "OK");
  EXPECT_EQ(line.at("reason"), "");
  EXPECT_EQ(line.at("http.request.body.size"), 13);
  EXPECT_EQ(line.at("http.response.body.size"), static_cast<int64_t>(good.body().size()));
  EXPECT_EQ(line.at("attempts"), 1);
  EXPECT_EQ(line.at("backend"), "test");
  EXPECT_EQ(line.at("cache"), "");
  EXPECT_EQ(line.at("user.id"), "ada");
  EXPECT_EQ(line.at("client.address"), "127.0.0.1");
  EXPECT_EQ(line.at("flags"), "");
  EXPECT_GE(line.at("duration_ms").to_number<double>(), line.at("upstream_ms").to_number<double>());
  const auto refused = LineOf("whole-line-1");
  EXPECT_EQ(refused.at("reason"), "UNKNOWN_QUERY_PARAMETER");
  EXPECT_EQ(refused.at("user.id"), "ada") << "known before it was refused";
  EXPECT_EQ(refused.at("attempts"), 0);
  EXPECT_EQ(refused.at("rpc.grpc.status"), "");
}

TEST_F(AccessLogTest, AnErrorOfAServiceHasItsStatusAndReason) {
  error_ = rpc::ToGrpc(NotFound("thing"));
  Ask("GET", "/api/things/1", {{"X-Request-Id", "not-found-1"}});
  const auto line = LineOf("not-found-1");
  EXPECT_EQ(line.at("rpc.grpc.status"), "NOT_FOUND");
  EXPECT_EQ(line.at("reason"), "RESOURCE_NOT_FOUND");
}

TEST_F(AccessLogTest, AStreamHasItsLineAtItsEnd) {
  feed_ = FakeBackend::MakeFeed();
  feed_->End(grpc::Status::OK);
  Headers headers = Bearer(UserToken("ada"));
  headers.emplace_back("X-Request-Id", "a-stream-1");
  EXPECT_EQ(Ask("GET", "/api/things/7/events", headers).result_int(), 200u);
  const auto line = LineOf("a-stream-1");
  EXPECT_EQ(line.at("http.route"), "/api/things/{id}/events");
  EXPECT_EQ(line.at("backend"), "test");
  EXPECT_EQ(line.at("user.id"), "ada");
  EXPECT_EQ(line.at("rpc.grpc.status"), "OK");
}

TEST_F(AccessLogTest, WhatTheCacheDidIsTakenFromItsHeader) {
  boost::beast::http::fields fields;
  const Request request{.method = "GET",
                        .fields = &fields,
                        .request_id = "from-cache-1",
                        .traceparent = std::string(55, '0')};
  Response response;
  response.Add("Cache-Status", "cartwright; hit");
  log_.Add(request, response, 7, absl::Milliseconds(2));
  const auto line = LineOf("from-cache-1");
  EXPECT_EQ(line.at("cache"), "cartwright; hit");
  EXPECT_EQ(line.at("duration_ms").to_number<double>(), 2.0);
}

TEST_F(AccessLogTest, SecretsAreNotInIt) {
  const std::string token = UserToken("ada");
  Headers headers = Bearer(token);
  headers.emplace_back("Cookie", "__Host-refresh=cookie-secret");
  headers.emplace_back("X-Request-Id", "no-secret-1");
  Ask("POST", "/api/login", headers, R"({"name":"body-secret"})");
  headers[2].second = "no-secret-2";
  Ask("POST", "/api/login?name=query-secret", headers, R"({"nameX":"body-secret"})");
  headers[2].second = "no-secret-3";
  Ask("PUT", "/api/things/path-secret", headers, "{}");
  for (const char* id : {"no-secret-1", "no-secret-2", "no-secret-3"}) {
    EXPECT_FALSE(LineOf(id).empty()) << id;
  }
  const std::string all = LogCapture::Get().All();
  for (const std::string& secret :
       {token, token.substr(token.rfind('.')), std::string("cookie-secret"),
        std::string("body-secret"), std::string("query-secret"), std::string("path-secret")}) {
    EXPECT_THAT(all, Not(HasSubstr(secret)));
  }
}

TEST_F(AccessLogTest, NoValueCanForgeALine) {
  Headers headers = Bearer(signer_.Sign(
      signer_.Header(), testing::TestSigner::Claims("ada\\n\\u0001{", "[]", absl::Now())));
  headers.emplace_back("X-Request-Id", "forger-line-1");
  Ask("PUT", "/api/things/1", headers, "{}");
  const auto line = LineOf("forger-line-1");
  ASSERT_FALSE(line.empty());
  EXPECT_EQ(line.at("user.id"), "ada\n\x01{");
  // Each line was parsed on its own to find this one; none of them has a control character.
  for (const char c : LogCapture::Get().All()) EXPECT_TRUE(c == '\n' || c >= ' ' || c < 0);
}

}  // namespace
}  // namespace cartwright::gateway
