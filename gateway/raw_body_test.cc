#include "gateway/raw_body.h"

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

}  // namespace
}  // namespace cartwright::gateway
