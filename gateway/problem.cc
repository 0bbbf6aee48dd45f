#include "gateway/problem.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "boost/beast/http/status.hpp"
#include "cartwright/api/v1/policy.pb.h"
#include "gateway/json_writer.h"
#include "google/rpc/error_details.pb.h"
#include "shared/base/status.h"

namespace cartwright::gateway {
namespace {

constexpr absl::string_view kRetryInfo = "type.googleapis.com/google.rpc.RetryInfo";
// Said to clients in a header, not in the body.
constexpr absl::string_view kReplayed = "idempotentReplayed";

int StatusOfCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kFailedPrecondition: return 400;
    case absl::StatusCode::kUnauthenticated: return 401;
    case absl::StatusCode::kPermissionDenied: return 403;
    case absl::StatusCode::kNotFound: return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted: return 409;
    case absl::StatusCode::kResourceExhausted: return 429;
    case absl::StatusCode::kCancelled: return 499;
    case absl::StatusCode::kUnimplemented: return 501;
    case absl::StatusCode::kUnavailable: return 503;
    case absl::StatusCode::kDeadlineExceeded: return 504;
    default: return 500;
  }
}

// What a problem says, settled.
struct Problem {
  int status;
  std::string code;
  std::string reason;
  std::string detail;
  ErrorDetails details;
};

Problem Settle(const absl::Status& error, const ReasonStatuses& statuses) {
  Problem problem{.details = DetailsOf(error)};
  const ErrorDetails& details = problem.details;
  const absl::StatusCode code = error.code();
  problem.code = absl::StatusCodeToString(code);
  const int declared = statuses.Find(details.domain, details.reason);
  problem.status = declared != 0 ? declared : StatusOfCode(code);
  problem.reason = details.reason;
  if (problem.reason.empty()) {
    problem.reason = code == absl::StatusCode::kUnavailable
                         ? api::v1::ErrorReason_Name(api::v1::DEPENDENCY_UNAVAILABLE)
                         : problem.code;
  }
  problem.detail = PublicMessage(error);
  if (!IsPublic(error)) problem.details = {};
  return problem;
}

class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_.push_back('{'); }
  void Text(absl::string_view name, absl::string_view value) {
    Name(name);
    String(value);
  }
  void Number(absl::string_view name, int value) {
    Name(name);
    absl::StrAppend(&out_, value);
  }
  void Name(absl::string_view name) {
    if (out_.back() != '{') out_.push_back(',');
    String(name);
    out_.push_back(':');
  }
  void End() { out_.push_back('}'); }

 private:
  // A service's text that is not UTF-8 would make the whole answer unreadable.
  void String(absl::string_view value) {
    const size_t start = out_.size();
    if (AppendJsonString(value, out_)) return;
    out_.resize(start);
    out_.append("\"\"");
  }

  std::string& out_;
};

std::string Body(const Problem& problem, const Request& request) {
  std::string body;
  JsonObject json(body);
  json.Text("type", "about:blank");
  json.Text("title", ReasonPhrase(problem.status));
  json.Number("status", problem.status);
  json.Text("detail", problem.detail);
  json.Text("code", problem.code);
  json.Text("reason", problem.reason);
  json.Name("metadata");
  JsonObject metadata(body);
  for (const auto& [key, value] : problem.details.metadata) {
    if (key != kReplayed) metadata.Text(key, value);
  }
  metadata.End();
  if (problem.code == absl::StatusCodeToString(absl::StatusCode::kInvalidArgument)) {
    json.Name("violations");
    body.push_back('[');
    for (const auto& [field, description] : problem.details.violations) {
      if (body.back() != '[') body.push_back(',');
      JsonObject violation(body);
      violation.Text("field", field);
      violation.Text("description", description);
      violation.End();
    }
    body.push_back(']');
  }
  json.Text("requestId", request.request_id);
  json.Text("traceId", absl::string_view(request.traceparent).substr(3, 32));
  json.End();
  return body;
}

std::string Challenge(const Problem& problem) {
  constexpr absl::string_view kRealm = "Bearer realm=\"cartwright\"";
  if (problem.status == 403) return absl::StrCat(kRealm, ", error=\"insufficient_scope\"");
  const bool token_was_bad = problem.reason == api::v1::ErrorReason_Name(api::v1::TOKEN_INVALID) ||
                             problem.reason == api::v1::ErrorReason_Name(api::v1::TOKEN_EXPIRED);
  return absl::StrCat(kRealm, token_was_bad ? ", error=\"invalid_token\"" : "");
}

// Whole seconds, at least one, from RetryInfo.
std::string RetryAfter(const absl::Status& error) {
  google::rpc::RetryInfo info;
  int64_t seconds = 1;
  if (auto payload = error.GetPayload(kRetryInfo);
      payload && info.ParseFromString(std::string(*payload))) {
    const auto& delay = info.retry_delay();
    seconds = std::max<int64_t>(seconds, delay.seconds() + (delay.nanos() > 0 ? 1 : 0));
  }
  return absl::StrCat(seconds);
}

// What is on the answer whatever its form.
void AddGeneralHeaders(const absl::Status& error, const Problem& problem, Response& response) {
  if (problem.status == 429 || problem.status == 503) {
    response.Add("Retry-After", RetryAfter(error));
  }
  const auto replayed = problem.details.metadata.find(std::string(kReplayed));
  if (replayed != problem.details.metadata.end()) {
    response.Add("Idempotent-Replayed", "true");
  }
  response.Add("Cache-Control", "private, no-store");
}

std::string OAuthCodeOf(const Problem& problem) {
  constexpr std::array<absl::string_view, 6> kCodes = {
      "invalid_client", "invalid_grant",       "invalid_request",
      "invalid_scope",  "unauthorized_client", "unsupported_grant_type"};
  std::string code = absl::AsciiStrToLower(problem.reason);
  if (std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end()) return code;
  if (problem.status == 429 || problem.status == 503) return "temporarily_unavailable";
  return problem.status >= 500 ? "server_error" : "invalid_request";
}

}  // namespace

void ReasonStatuses::Add(const google::protobuf::FileDescriptor& file) {
  for (int i = 0; i < file.enum_type_count(); ++i) {
    const auto& type = *file.enum_type(i);
    if (!type.options().GetExtension(api::v1::error_reasons)) continue;
    for (int v = 0; v < type.value_count(); ++v) {
      const auto& value = *type.value(v);
      const int status = value.options().GetExtension(api::v1::http_status);
      if (status != 0) statuses_[{file.package(), value.name()}] = status;
    }
  }
}

int ReasonStatuses::Find(const std::string& domain, const std::string& reason) const {
  const auto found = statuses_.find({domain, reason});
  return found == statuses_.end() ? 0 : found->second;
}

Response ProblemResponse(const absl::Status& error, const Request& request,
                         const ReasonStatuses& statuses) {
  const Problem problem = Settle(error, statuses);
  Response response{.status = problem.status,
                    .content_type = "application/problem+json",
                    .body = Body(problem, request),
                    .reason = problem.reason};
  const bool insufficient_scope =
      problem.reason == api::v1::ErrorReason_Name(api::v1::INSUFFICIENT_SCOPE);
  if (problem.status == 401 || insufficient_scope) {
    response.Add("WWW-Authenticate", Challenge(problem));
  }
  AddGeneralHeaders(error, problem, response);
  return response;
}

Response OAuthErrorResponse(const absl::Status& error, const ReasonStatuses& statuses) {
  const Problem problem = Settle(error, statuses);
  Response response{
      .status = problem.status, .content_type = "application/json", .reason = problem.reason};
  JsonObject json(response.body);
  json.Text("error", OAuthCodeOf(problem));
  json.Text("error_description", problem.detail);
  json.End();
  if (problem.status == 401) response.Add("WWW-Authenticate", "Basic realm=\"cartwright\"");
  AddGeneralHeaders(error, problem, response);
  return response;
}

absl::string_view ReasonPhrase(int status) {
  if (status == 499) return "Client Closed Request";
  const auto phrase =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {phrase.data(), phrase.size()};
}

}  // namespace cartwright::gateway
