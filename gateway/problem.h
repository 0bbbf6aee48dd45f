#pragma once

#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "gateway/http_message.h"
#include "google/protobuf/descriptor.h"

namespace cartwright::gateway {

// The HTTP statuses of error reasons: the `http_status` options of every enum that is marked
// `error_reasons`, by the package that declares it. Thread-safe after start.
class ReasonStatuses {
 public:
  // Adds the reasons that a file declares.
  void Add(const google::protobuf::FileDescriptor& file);

  // 0 when the reason has none.
  int Find(const std::string& domain, const std::string& reason) const;

 private:
  std::map<std::pair<std::string, std::string>, int> statuses_;
};

// The one form of every error: application/problem+json (RFC 9457) as api.md shows it, with the
// headers that belong to its status (WWW-Authenticate, Retry-After). Text of an error without a
// declared reason, and of INTERNAL, UNKNOWN and DATA_LOSS, is replaced.
Response ProblemResponse(const absl::Status& error, const Request& request,
                         const ReasonStatuses& statuses);

// The same in the form of OAuth (RFC 6749, 5.2), for routes that have it: the reason as an error
// code, where it is one, and the nearest one otherwise.
Response OAuthErrorResponse(const absl::Status& error, const ReasonStatuses& statuses);

// RFC 9110's phrase of a status.
absl::string_view ReasonPhrase(int status);

}  // namespace cartwright::gateway
