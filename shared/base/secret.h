#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cartwright {

// Secrets, digests and the files that hold them. Thread-safe.

// The whole file, without trailing white space. Errors: NOT_FOUND naming the path.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// The key in a file of 64 hex digits. Errors: NOT_FOUND, INVALID_ARGUMENT naming the path.
absl::StatusOr<std::string> ReadKeyFile(const std::string& path);

// SHA-256, 32 bytes.
std::string Sha256(absl::string_view data);

// HMAC-SHA256 of `data` under `key`, 32 bytes.
std::string HmacSha256(absl::string_view key, absl::string_view data);

// `size` bytes from the system's CSPRNG.
std::string RandomBytes(size_t size);

// The same for short ids, `size` up to 64: from a store of this thread, since the generator takes
// as long for one id as for many, which is much of the time of a cached answer.
std::string RandomId(size_t size);

// Equality in a time that does not depend on where the strings differ.
bool SecretsEqual(absl::string_view a, absl::string_view b);

// Unpadded base64url (RFC 4648 section 5).
std::string Base64Url(absl::string_view bytes);

// The bytes of strict, unpadded base64url. Errors: INVALID_ARGUMENT.
absl::StatusOr<std::string> FromBase64Url(absl::string_view text);

}  // namespace cartwright
