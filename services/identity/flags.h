#pragma once

#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/identity/password_hasher.h"
#include "shared/kit/kit.h"

// Flags of identity's own; the rest are the kit's.
ABSL_DECLARE_FLAG(std::string, issuer);
ABSL_DECLARE_FLAG(int, hash_threads);
ABSL_DECLARE_FLAG(std::string, identity_providers);

namespace cartwright::identity {

// INVALID_ARGUMENT naming the flag that cannot be served with.
absl::Status CheckFlags();

// What seals signing keys. Ends the process when its file has no key.
std::string SealingKey(const kit::Kit& kit);

// What goes into password hashes, the one for new hashes first. Errors: what is wrong with which
// file.
absl::StatusOr<std::vector<Pepper>> ReadPeppers();

}  // namespace cartwright::identity
