#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cartwright/api/v1/policy.pb.h"
#include "google/protobuf/descriptor.h"

namespace cartwright::rpc {

// Reads of the policy options of cartwright/api/v1/policy.proto. Thread-safe.

// The policy of a method. FAILED_PRECONDITION when it declares no access or no callers: what
// is not declared is denied.
absl::StatusOr<api::v1::MethodPolicy> PolicyOf(const google::protobuf::MethodDescriptor& method);

// The policy of a field; the default one when it declares none.
const api::v1::FieldPolicy& PolicyOf(const google::protobuf::FieldDescriptor& field);

// The most time that a call of a method with this policy may take.
absl::Duration TimeoutOf(const api::v1::MethodPolicy& policy);

// The one method that takes `request`; request types are unique (buf: RPC_REQUEST_RESPONSE_UNIQUE).
// Null when there is none.
const google::protobuf::MethodDescriptor* MethodOf(const google::protobuf::Descriptor& request);

// "/cartwright.cart.v1.CartService/AddItem".
std::string PathOf(const google::protobuf::MethodDescriptor& method);

}  // namespace cartwright::rpc
