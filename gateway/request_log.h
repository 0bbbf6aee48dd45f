#pragma once

#include "absl/time/time.h"
#include "gateway/http_message.h"

namespace cartwright::gateway {

// The trace that a request leaves behind: the histogram http_server_request_duration_seconds and,
// when it is wanted, one line of the access log. Never tokens, cookies, queries or bodies.
// Thread-safe.
class RequestLog {
 public:
  explicit RequestLog(bool access_log) : access_log_(access_log) {}

  void Add(const Request& request, const Response& response, size_t bytes,
           absl::Duration elapsed) const;

 private:
  const bool access_log_;
};

}  // namespace cartwright::gateway
