#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/http_message.h"

namespace cartwright::gateway {

// What the gateway reads in the headers of a request. Thread-safe.

// True for a request id that is kept: [A-Za-z0-9._-]{8,64}.
bool IsRequestId(absl::string_view text);

// The bearer token of the one Authorization header. TOKEN_MISSING when there is none (or another
// scheme), TOKEN_INVALID when there are several.
absl::StatusOr<absl::string_view> BearerToken(const Request& request);

// The key of the Idempotency-Key header: a bare token or an RFC 8941 string. Empty when there is
// no such header; IDEMPOTENCY_KEY_INVALID when it is not 1..255 visible ASCII characters, or has
// parameters, or is a list.
absl::StatusOr<std::string> IdempotencyKeyOf(const Request& request);

// The value of a cookie; empty when it is absent, or there twice with different values.
std::string CookieValue(const Request& request, absl::string_view name);

// `text` cut to `limit` bytes, with "?" for what is not visible ASCII or a space: a value for a
// proto string.
std::string Printable(absl::string_view text, size_t limit);

// True when the browser says that the request comes from a page of another origin.
bool IsCrossOrigin(const Request& request);

// True for "application/json", with or without charset=utf-8.
bool IsJsonType(absl::string_view content_type);

// True when a list header, such as Accept or If-None-Match, has the element, compared without
// case and parameters.
bool ListHas(absl::string_view list, absl::string_view element);

// True when If-None-Match has `etag` (weak comparison) or is "*".
bool IsNotModified(const Request& request, absl::string_view etag);

}  // namespace cartwright::gateway
