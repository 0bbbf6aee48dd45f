#include "shared/testing/paths.h"

#include "absl/strings/str_cat.h"

namespace cartwright::testing {

std::string SourcePath(absl::string_view relative) {
  return absl::StrCat(CARTWRIGHT_SOURCE_DIR "/", relative);
}

std::string BinaryPath(absl::string_view relative) {
  return absl::StrCat(CARTWRIGHT_BINARY_DIR "/", relative);
}

}  // namespace cartwright::testing
