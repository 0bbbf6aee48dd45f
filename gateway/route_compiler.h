#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/message_plan.h"
#include "gateway/route.h"
#include "google/protobuf/descriptor.h"

namespace cartwright::gateway {

// The routes of one RPC: one for its google.api.http rule and one for each additional binding;
// none when it has no rule. INVALID_ARGUMENT or FAILED_PRECONDITION names the RPC and what its
// annotations have wrong: better no start than a route that does something else than it says.
absl::StatusOr<std::vector<Route>> CompileRoutes(const google::protobuf::MethodDescriptor& method,
                                                 MessagePlans& plans);

// "cart" of the package cartwright.cart.v1: who serves it.
std::string BackendOf(const google::protobuf::FileDescriptor& file);

}  // namespace cartwright::gateway
