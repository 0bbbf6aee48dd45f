#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cartwright::rpc {

// True for host:port; an IPv6 address stands in brackets, or nobody could tell it from its port.
bool IsAddress(absl::string_view text);

// Reads "cart=host:port,wallet=10.0.0.1:85+10.0.0.2:85" as the target that gRPC wants for each
// name; calls take the addresses of a name in turn. Several of one name must be numeric and of one
// kind: a host name stands for all of its addresses anyway. INVALID_ARGUMENT names the wrong entry.
absl::StatusOr<std::map<std::string, std::string>> ParseTargets(absl::string_view text);

}  // namespace cartwright::rpc
