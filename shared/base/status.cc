#include "shared/base/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "cartwright/api/v1/error_info.pb.h"
#include "google/rpc/error_details.pb.h"

namespace cartwright {
namespace {

constexpr absl::string_view kErrorInfo = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr absl::string_view kBadRequest = "type.googleapis.com/google.rpc.BadRequest";

absl::string_view GeneralSentence(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable: return "The service cannot answer now; try again.";
    case absl::StatusCode::kDeadlineExceeded: return "The call took too long.";
    case absl::StatusCode::kAborted: return "The call met another one; try again.";
    case absl::StatusCode::kCancelled: return "The call was cancelled.";
    case absl::StatusCode::kUnimplemented: return "The service does not offer this.";
    case absl::StatusCode::kNotFound: return "There is no such resource.";
    case absl::StatusCode::kInvalidArgument: return "The request is not valid.";
    default: return "Something went wrong.";
  }
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, absl::string_view message,
                       const ErrorDetails& details) {
  absl::Status status(code, message);
  api::v1::ErrorInfo info;
  info.set_reason(details.reason);
  info.set_domain(details.domain);
  info.mutable_metadata()->insert(details.metadata.begin(), details.metadata.end());
  status.SetPayload(kErrorInfo, absl::Cord(info.SerializeAsString()));
  if (!details.violations.empty()) {
    google::rpc::BadRequest bad_request;
    for (const auto& [field, description] : details.violations) {
      auto* violation = bad_request.add_field_violations();
      violation->set_field(field);
      violation->set_description(description);
    }
    status.SetPayload(kBadRequest, absl::Cord(bad_request.SerializeAsString()));
  }
  return status;
}

ErrorDetails DetailsOf(const absl::Status& status) {
  ErrorDetails details;
  api::v1::ErrorInfo info;
  if (auto payload = status.GetPayload(kErrorInfo);
      payload && info.ParseFromString(std::string(*payload))) {
    details.reason = info.reason();
    details.domain = info.domain();
    details.metadata.insert(info.metadata().begin(), info.metadata().end());
  }
  google::rpc::BadRequest bad_request;
  if (auto payload = status.GetPayload(kBadRequest);
      payload && bad_request.ParseFromString(std::string(*payload))) {
    for (const auto& violation : bad_request.field_violations()) {
      details.violations.emplace_back(violation.field(), violation.description());
    }
  }
  return details;
}

absl::Status InvalidField(absl::string_view field, absl::string_view description) {
  return InvalidFields({{std::string(field), std::string(description)}});
}

absl::Status InvalidFields(std::vector<std::pair<std::string, std::string>> violations) {
  const auto& [field, description] = violations.front();
  const std::string message = absl::StrCat(field, " ", description);
  return MakeError(absl::StatusCode::kInvalidArgument, message,
                   {.reason = api::v1::ErrorReason_Name(api::v1::INVALID_FIELD),
                    .domain = api::v1::ErrorReason_descriptor()->file()->package(),
                    .violations = std::move(violations)});
}

absl::Status NotFound(absl::string_view what) {
  return Error(absl::StatusCode::kNotFound, api::v1::RESOURCE_NOT_FOUND,
               absl::StrCat("There is no such ", what, "."));
}

absl::Status RetryAfter(absl::Status error, absl::Duration delay) {
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(
      absl::ToInt64Seconds(absl::Ceil(delay, absl::Seconds(1))));
  error.SetPayload("type.googleapis.com/google.rpc.RetryInfo",
                   absl::Cord(info.SerializeAsString()));
  return error;
}

bool HasReason(const absl::Status& status, absl::string_view reason) {
  return DetailsOf(status).reason == reason;
}

bool IsPublic(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss: return false;
    default: return !HasReason(status, "");
  }
}

std::string PublicMessage(const absl::Status& status) {
  return std::string(IsPublic(status) ? status.message() : GeneralSentence(status.code()));
}

}  // namespace cartwright
