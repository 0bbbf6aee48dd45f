#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace cartwright::testing {

// A file of the checkout that the tests were built from: SourcePath("services/wallet/migrations").
std::string SourcePath(absl::string_view relative);

// A file that the build made: BinaryPath("bin/cartwright-wallet").
std::string BinaryPath(absl::string_view relative);

}  // namespace cartwright::testing
