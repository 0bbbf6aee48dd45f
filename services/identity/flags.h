#pragma once

#include <string>

#include "absl/flags/declare.h"

// Flags of identity's own; the rest are the kit's.
ABSL_DECLARE_FLAG(std::string, issuer);
ABSL_DECLARE_FLAG(std::string, key_encryption_key_file);
ABSL_DECLARE_FLAG(int, hash_threads);
