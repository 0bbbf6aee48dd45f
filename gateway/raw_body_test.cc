#include "gateway/raw_body.h"

#include "absl/strings/str_cat.h"
#include "gateway/gateway_fixture.h"
#include "gateway/test_api.h"
#include "gateway/transcoder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::gateway {
namespace {

using cartwright::testing::HasErrorReason;
using cartwright::testing::IsOk;
using testing::TestRoute;

std::string Wire(absl::string_view content_type, absl::string_view data) {
  std::string wire;
  AppendRawBody({.content_type = content_type, .data = data}, wire);
  return wire;
}

TEST(RawBodyTest, LetsNothingThroughThatABrowserWouldRun) {
  for (const char* type : {"image/png", "Image/PNG", "text/csv; charset=utf-8", "application/pdf",
                           "text/plain;charset=UTF-8", "application/octet-stream"}) {
    EXPECT_TRUE(IsRawType(type)) << type;
  }
  for (const char* type :
       {"", "text/html", "image/svg+xml", "text/javascript", "application/xhtml+xml", "text/xml",
        "image/png; x=y", "text/plain; charset=utf-7", "image/png\r\nX: y", "image/*",
        "multipart/mixed", "image/png, text/html"}) {
    EXPECT_FALSE(IsRawType(type)) << type;
  }
}

TEST(RawBodyTest, AnAnswerIsItsBytes) {
  const std::string data("\x89PNG\0\xff", 6);
  const auto response = DecodeResponse(TestRoute("Download"), Wire("image/png", data));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->content_type, "image/png");
  EXPECT_EQ(response->body, data);
  EXPECT_EQ(response->status, 200);
}

TEST(RawBodyTest, AnAnswerOfAnotherTypeIsTheServicesFault) {
  const Route& route = TestRoute("Download");
  EXPECT_THAT(DecodeResponse(route, Wire("text/html", "<script>")),
              HasErrorReason("UPSTREAM_INVALID"));
  EXPECT_THAT(DecodeResponse(route, Wire("", "a")), HasErrorReason("UPSTREAM_INVALID"));
  EXPECT_THAT(DecodeResponse(route, "\x0a"), HasErrorReason("UPSTREAM_INVALID"));
}

TEST(RawBodyTest, ARequestIsItsBytesAndItsType) {
  const Route& route = TestRoute("Upload");
  ASSERT_TRUE(route.takes_raw_body);
  const std::vector<std::string> variables = {"7"};
  const QueryParameters query;
  const auto wire = EncodeRequest(
      route,
      {.variables = variables, .query = query, .body = "{not json", .content_type = "text/csv"},
      {});
  ASSERT_THAT(wire, IsOk());
  // The echo of it: the same message is the answer's.
  const auto response = DecodeResponse(route, *wire);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->content_type, "text/csv");
  EXPECT_EQ(response->body, "{not json");
}

// The same over HTTP; the service gives back what it gets.
class RawBodyHttpTest : public testing::GatewayFixture {
 protected:
  RawBodyHttpTest()
      : GatewayFixture([](const testing::FakeBackend::Call& call) {
          return testing::FakeBackend::Answer{.response = call.request};
        }) {}

  Reply Put(absl::string_view content_type, absl::string_view body) {
    return Raw(absl::StrCat("PUT /api/things/7/picture HTTP/1.1\r\nHost: a\r\nContent-Type: ",
                            content_type, "\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
  }
};

TEST_F(RawBodyHttpTest, TakesWhatIsOnTheListAndNoMoreThanTheRouteAllows) {
  const Reply reply = Put("image/png", "\x89PNG");
  EXPECT_EQ(reply.result_int(), 200u) << reply.body();
  EXPECT_EQ(reply["Content-Type"], "image/png");
  EXPECT_EQ(reply["X-Content-Type-Options"], "nosniff");
  EXPECT_EQ(reply.body(), "\x89PNG");
  EXPECT_EQ(Put("text/html", "<p>").result_int(), 415u);
  EXPECT_EQ(Put("image/png", std::string(1000, 'x')).result_int(), 200u);
  EXPECT_EQ(ReasonOf(Put("image/png", std::string(1001, 'x'))), "PAYLOAD_TOO_LARGE");
}

}  // namespace
}  // namespace cartwright::gateway
