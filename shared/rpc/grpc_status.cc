#include "shared/rpc/grpc_status.h"

#include "absl/strings/cord.h"
#include "google/rpc/status.pb.h"
#include "shared/base/status.h"

namespace cartwright::rpc {

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.raw_code());
  const std::string message = PublicMessage(status);
  google::rpc::Status details;
  details.set_code(code);
  details.set_message(message);
  if (IsPublic(status)) {
    status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
      auto* any = details.add_details();
      any->set_type_url(std::string(type_url));
      any->set_value(std::string(payload));
    });
  }
  return grpc::Status(code, message, details.SerializeAsString());
}

absl::Status FromGrpc(int code, const std::string& message, const std::string& details) {
  absl::Status result(static_cast<absl::StatusCode>(code), message);
  google::rpc::Status parsed;
  if (!result.ok() && !details.empty() && parsed.ParseFromString(details)) {
    for (const auto& any : parsed.details()) {
      result.SetPayload(any.type_url(), absl::Cord(any.value()));
    }
  }
  return result;
}

absl::Status FromGrpc(const grpc::Status& status) {
  return FromGrpc(status.error_code(), status.error_message(), status.error_details());
}

}  // namespace cartwright::rpc
