#pragma once

#include <string>

#include "gateway/http_message.h"

namespace cartwright::gateway {

// Appends the header fields with which browsers are kept from misreading, framing, embedding and
// leaking an answer; they are on every one. An answer that has a Content-Security-Policy of its
// own keeps it, any other may load nothing. For
// `hsts_max_age_s` seconds, unless 0, this host is asked by TLS alone. Thread-safe.
void AppendSecurityHeaders(const Response& response, int hsts_max_age_s, std::string& head);

}  // namespace cartwright::gateway
