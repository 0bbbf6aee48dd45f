#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/http_message.h"
#include "gateway/route.h"
#include "gateway/uri.h"

namespace cartwright::gateway {

// What a request says, in parts.
struct RequestParts {
  const std::vector<std::string>& variables;  // of the path, in the template's order
  const QueryParameters& query;
  absl::string_view body;               // JSON, may be empty
  absl::string_view content_type = {};  // of a body that is no JSON
};

// The encoded request message of `parts` and of the bound fields' values (parallel to
// route.bound_fields). Path variables win over the body and must agree with it; bound fields win
// over everything. Errors: INVALID_JSON, UNKNOWN_FIELD, INVALID_FIELD, UNKNOWN_QUERY_PARAMETER,
// each naming its fields; RESOURCE_NOT_FOUND for a path that cannot name anything. Thread-safe.
absl::StatusOr<std::string> EncodeRequest(const Route& route, const RequestParts& parts,
                                          const std::vector<std::string>& bound_values);

// Appends the JSON that answers with an encoded response message. UPSTREAM_INVALID when `wire` is
// not what the descriptors say. Thread-safe.
absl::Status AppendAnswer(const Route& route, absl::string_view wire, std::string& out);

// The HTTP answer of an encoded response message: status, JSON, cookies, headers.
// UPSTREAM_INVALID when `wire` is not what the descriptors say. Thread-safe.
absl::StatusOr<Response> DecodeResponse(const Route& route, absl::string_view wire);

}  // namespace cartwright::gateway
