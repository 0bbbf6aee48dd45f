#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/channel.h"

namespace cartwright::call {

// Calls `method` with the request that `json` is, and hands over each answer as JSON: of a stream
// one line each, else one text of several lines. Blocks until the call has ended. INVALID_ARGUMENT
// when the JSON is no request of the method, UNIMPLEMENTED when clients of it stream; else what the
// callee says, with its details (shared/base/status.h).
absl::Status Invoke(const std::shared_ptr<grpc::Channel>& channel,
                    const google::protobuf::MethodDescriptor& method, const std::string& json,
                    absl::Duration timeout, const std::function<void(absl::string_view)>& answer);

}  // namespace cartwright::call
