#include "shared/rpc/policy.h"

#include "absl/strings/str_cat.h"

namespace cartwright::rpc {

absl::StatusOr<api::v1::MethodPolicy> PolicyOf(const google::protobuf::MethodDescriptor& method) {
  api::v1::MethodPolicy policy = method.options().GetExtension(api::v1::method);
  if (policy.access() == api::v1::ACCESS_UNSPECIFIED || policy.callers().empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(method.full_name(), " declares no access or no callers"));
  }
  return policy;
}

const api::v1::FieldPolicy& PolicyOf(const google::protobuf::FieldDescriptor& field) {
  return field.options().GetExtension(api::v1::field);
}

absl::Duration TimeoutOf(const api::v1::MethodPolicy& policy) {
  constexpr absl::Duration kDefault = absl::Seconds(2);
  return policy.timeout_ms() == 0 ? kDefault : absl::Milliseconds(policy.timeout_ms());
}

const google::protobuf::MethodDescriptor* MethodOf(const google::protobuf::Descriptor& request) {
  const auto& file = *request.file();
  for (int s = 0; s < file.service_count(); ++s) {
    for (int m = 0; m < file.service(s)->method_count(); ++m) {
      const auto* method = file.service(s)->method(m);
      if (method->input_type() == &request) return method;
    }
  }
  return nullptr;
}

std::string PathOf(const google::protobuf::MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

}  // namespace cartwright::rpc
