#include "shared/base/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "cartwright/api/v1/error_info.pb.h"
#include "google/rpc/error_details.pb.h"

namespace cartwright {
namespace {

constexpr absl::string_view kErrorInfo = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr absl::string_view kBadRequest = "type.googleapis.com/google.rpc.BadRequest";

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
  return MakeError(absl::StatusCode::kInvalidArgument, absl::StrCat(field, " ", description),
                   {.reason = api::v1::ErrorReason_Name(api::v1::INVALID_FIELD),
                    .domain = api::v1::ErrorReason_descriptor()->file()->package(),
                    .violations = {{std::string(field), std::string(description)}}});
}

absl::Status NotFound(absl::string_view what) {
  return Error(absl::StatusCode::kNotFound, api::v1::RESOURCE_NOT_FOUND,
               absl::StrCat("There is no such ", what, "."));
}

bool HasReason(const absl::Status& status, absl::string_view reason) {
  return DetailsOf(status).reason == reason;
}

}  // namespace cartwright
