#include "gateway/problem.h"

#include "boost/json/parse.hpp"
#include "boost/json/value.hpp"
#include "gateway/test_api.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "shared/base/status.h"

namespace cartwright::gateway {
namespace {

namespace json = boost::json;
using absl::StatusCode;

const Request kRequest = {.request_id = "request-1",
                          .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};

Response Problem(const absl::Status& error) {
  return ProblemResponse(error, kRequest, testing::TestCatalog().reasons());
}

std::string HeaderOf(const Response& response, absl::string_view name) {
  for (const Header& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return "";
}

absl::Status TestError(StatusCode code, const char* reason,
                       const char* domain = "cartwright.test.v1") {
  return MakeError(code, "A sentence.", {.reason = reason, .domain = domain});
}

TEST(ProblemTest, HasTheFormOfTheContract) {
  const Response response = Problem(MakeError(
      StatusCode::kFailedPrecondition, "Only 3 of 'Oak chair' are left.",
      {.reason = "TOO_MANY", .domain = "cartwright.test.v1", .metadata = {{"available", "3"}}}));
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"about:blank","title":"Conflict","status":409,)"
            R"("detail":"Only 3 of 'Oak chair' are left.","code":"FAILED_PRECONDITION",)"
            R"("reason":"TOO_MANY","metadata":{"available":"3"},"requestId":"request-1",)"
            R"("traceId":"0af7651916cd43dd8448eb211c80319c"})");
}

TEST(ProblemTest, EveryCodeHasItsStatus) {
  const struct {
    StatusCode code;
    int status;
  } kRows[] = {{StatusCode::kInvalidArgument, 400},
               {StatusCode::kOutOfRange, 400},
               {StatusCode::kFailedPrecondition, 400},
               {StatusCode::kUnauthenticated, 401},
               {StatusCode::kPermissionDenied, 403},
               {StatusCode::kNotFound, 404},
               {StatusCode::kAlreadyExists, 409},
               {StatusCode::kAborted, 409},
               {StatusCode::kResourceExhausted, 429},
               {StatusCode::kCancelled, 499},
               {StatusCode::kUnknown, 500},
               {StatusCode::kInternal, 500},
               {StatusCode::kDataLoss, 500},
               {StatusCode::kUnimplemented, 501},
               {StatusCode::kUnavailable, 503},
               {StatusCode::kDeadlineExceeded, 504}};
  for (const auto& row : kRows) {
    // With a reason that declares no status, and without one.
    EXPECT_EQ(Problem(TestError(row.code, "NO_SUCH_REASON")).status, row.status);
    const Response response = Problem(absl::Status(row.code, "secret"));
    EXPECT_EQ(response.status, row.status);
    EXPECT_EQ(response.body.find("secret"), std::string::npos) << response.body;
    EXPECT_TRUE(json::parse(response.body).at("reason").as_string().size() > 0);
  }
  EXPECT_EQ(Problem(absl::Status(static_cast<StatusCode>(77), "x")).status, 500);
}

TEST(ProblemTest, AReasonCountsOnlyInItsOwnDomain) {
  EXPECT_EQ(Problem(TestError(StatusCode::kFailedPrecondition, "POOR")).status, 402);
  EXPECT_EQ(
      Problem(TestError(StatusCode::kFailedPrecondition, "POOR", "cartwright.cart.v1")).status,
      400);
}

TEST(ProblemTest, TextOfOurFaultsIsNeverShown) {
  for (StatusCode code : {StatusCode::kInternal, StatusCode::kUnknown, StatusCode::kDataLoss}) {
    const Response response = Problem(TestError(code, "TOO_MANY"));
    EXPECT_EQ(response.body.find("A sentence"), std::string::npos) << response.body;
  }
}

TEST(ProblemTest, InvalidArgumentAlwaysHasViolations) {
  EXPECT_EQ(json::parse(Problem(InvalidField("a.b", "must be \"good\"")).body).at("violations"),
            json::parse(R"([{"field":"a.b","description":"must be \"good\""}])"));
  EXPECT_EQ(json::parse(Problem(TestError(StatusCode::kInvalidArgument, "X")).body)
                .at("violations")
                .as_array()
                .size(),
            0u);
  EXPECT_FALSE(json::parse(Problem(TestError(StatusCode::kNotFound, "X")).body)
                   .as_object()
                   .contains("violations"));
}

TEST(ProblemTest, HeadersBelongToStatuses) {
  const char* own = "cartwright.api.v1";
  const struct {
    absl::Status error;
    const char* challenge;
    const char* retry_after;
  } kRows[] = {
      {TestError(StatusCode::kUnauthenticated, "TOKEN_MISSING", own), "Bearer realm=\"cartwright\"",
       ""},
      {TestError(StatusCode::kUnauthenticated, "TOKEN_INVALID", own),
       "Bearer realm=\"cartwright\", error=\"invalid_token\"", ""},
      {TestError(StatusCode::kUnauthenticated, "TOKEN_EXPIRED", own),
       "Bearer realm=\"cartwright\", error=\"invalid_token\"", ""},
      {TestError(StatusCode::kUnauthenticated, "INVALID_CREDENTIALS"),
       "Bearer realm=\"cartwright\"", ""},
      {TestError(StatusCode::kPermissionDenied, "INSUFFICIENT_SCOPE", own),
       "Bearer realm=\"cartwright\", error=\"insufficient_scope\"", ""},
      {TestError(StatusCode::kPermissionDenied, "ORIGIN_NOT_ALLOWED", own), "", ""},
      {TestError(StatusCode::kResourceExhausted, "RATE_LIMITED", own), "", "1"},
      {TestError(StatusCode::kResourceExhausted, "OVERLOADED", own), "", "1"},
      {absl::UnavailableError("connect failed"), "", "1"},
      {absl::NotFoundError("x"), "", ""},
  };
  for (const auto& row : kRows) {
    const Response response = Problem(row.error);
    EXPECT_EQ(HeaderOf(response, "WWW-Authenticate"), row.challenge) << row.error;
    EXPECT_EQ(HeaderOf(response, "Retry-After"), row.retry_after) << row.error;
    EXPECT_EQ(HeaderOf(response, "Cache-Control"), "private, no-store") << row.error;
  }
}

TEST(ProblemTest, RetryAfterFollowsTheService) {
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(7);
  info.mutable_retry_delay()->set_nanos(1);
  absl::Status error = TestError(StatusCode::kResourceExhausted, "RATE_LIMITED");
  error.SetPayload("type.googleapis.com/google.rpc.RetryInfo",
                   absl::Cord(info.SerializeAsString()));
  EXPECT_EQ(HeaderOf(Problem(error), "Retry-After"), "8");
}

TEST(ProblemTest, AReplayIsSaidInAHeader) {
  const Response response = Problem(MakeError(StatusCode::kFailedPrecondition, "Too little.",
                                              {.reason = "POOR",
                                               .domain = "cartwright.test.v1",
                                               .metadata = {{"idempotentReplayed", "true"}}}));
  EXPECT_EQ(HeaderOf(response, "Idempotent-Replayed"), "true");
  EXPECT_EQ(response.body.find("idempotentReplayed"), std::string::npos);
}

TEST(ProblemTest, TransportFailuresHaveAReason) {
  const auto body = json::parse(Problem(absl::UnavailableError("10.0.0.7 refused")).body);
  EXPECT_EQ(body.at("reason"), "DEPENDENCY_UNAVAILABLE");
  EXPECT_EQ(body.at("status"), 503);
}

TEST(ProblemTest, OAuthHasAFormOfItsOwn) {
  const auto code_of = [](const absl::Status& error) {
    const Response response = OAuthErrorResponse(error, testing::TestCatalog().reasons());
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(HeaderOf(response, "Cache-Control"), "private, no-store");
    const auto body = boost::json::parse(response.body).as_object();
    EXPECT_EQ(body.size(), 2u);
    EXPECT_FALSE(body.at("error_description").as_string().empty());
    return absl::StrCat(response.status, " ", std::string(body.at("error").as_string()));
  };
  const auto made = [](absl::StatusCode code, const char* reason) {
    return MakeError(code, "x", {.reason = reason, .domain = "cartwright.identity.v1"});
  };
  using Code = absl::StatusCode;
  EXPECT_EQ(code_of(made(Code::kInvalidArgument, "INVALID_GRANT")), "400 invalid_grant");
  EXPECT_EQ(code_of(made(Code::kInvalidArgument, "INVALID_FIELD")), "400 invalid_request");
  EXPECT_EQ(code_of(made(Code::kResourceExhausted, "RATE_LIMITED")), "429 temporarily_unavailable");
  EXPECT_EQ(code_of(absl::UnavailableError("away")), "503 temporarily_unavailable");
  EXPECT_EQ(code_of(absl::InternalError("secret")), "500 server_error");
  const Response refused = OAuthErrorResponse(made(Code::kUnauthenticated, "INVALID_CLIENT"),
                                              testing::TestCatalog().reasons());
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(HeaderOf(refused, "WWW-Authenticate"), "Basic realm=\"cartwright\"");
}

TEST(ProblemTest, DamagedTextDoesNotDamageTheAnswer) {
  const Response response =
      Problem(MakeError(StatusCode::kNotFound, "a\xff\"\x01", {.reason = "X", .domain = "y"}));
  EXPECT_NO_THROW(json::parse(response.body)) << response.body;
}

}  // namespace
}  // namespace cartwright::gateway
