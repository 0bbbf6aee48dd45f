#pragma once

#include "absl/strings/string_view.h"
#include "gateway/http_message.h"

namespace cartwright::gateway {

// True when the request asks for a part of a file: a GET with one Range field.
bool HasRange(const Request& request);

// Makes a 200 with content into the 206 of the one range of bytes that `request` asks for (RFC
// 9110, 14), or into a 416 without content when the content has no such bytes. It stays a 200 for
// other units, several ranges, what is not a range, and an If-Range that is not exactly `etag`.
// Thread-safe.
void ApplyRange(const Request& request, absl::string_view etag, Response& response);

}  // namespace cartwright::gateway
