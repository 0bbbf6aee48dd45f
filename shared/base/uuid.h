#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace cartwright {

// UUIDs in their canonical text form (RFC 9562): 36 lower-case characters. Thread-safe.

// A new time-ordered UUID (version 7), which keeps indexes on ids dense. Its 74 random bits come
// from the system's CSPRNG; it is an id, not a secret.
std::string NewUuid();

// The version 5 UUID of `name` within the namespace `uuid`: the same input, the same id.
// REQUIRES: IsUuid(uuid).
std::string NamedUuid(absl::string_view uuid, absl::string_view name);

// True for the canonical form only; upper-case digits and braces are other strings.
bool IsUuid(absl::string_view text);

}  // namespace cartwright
