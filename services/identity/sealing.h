#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cartwright::identity {

// Secrets that lie in the database, under a key that does not. Thread-safe.

// `plain` under AES-256-GCM: nonce, ciphertext, tag; `name` is authenticated with it, so that what
// is sealed for one thing opens for no other. REQUIRES: key has 32 bytes.
std::string Seal(absl::string_view key, absl::string_view name, absl::string_view plain);

// What Seal gave. DATA_LOSS when the key or the name is another one, or a byte has changed.
absl::StatusOr<std::string> Unseal(absl::string_view key, absl::string_view name,
                                   absl::string_view sealed);

}  // namespace cartwright::identity
