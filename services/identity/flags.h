#pragma once

#include <string>

#include "absl/flags/declare.h"
#include "absl/status/status.h"

// Flags of identity's own; the rest are the kit's.
ABSL_DECLARE_FLAG(std::string, issuer);
ABSL_DECLARE_FLAG(std::string, key_encryption_key_file);
ABSL_DECLARE_FLAG(int, hash_threads);

namespace cartwright::identity {

// INVALID_ARGUMENT naming the flag that cannot be served with.
absl::Status CheckFlags();

}  // namespace cartwright::identity
