#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/api_catalog.h"

namespace cartwright::fuzz {

// The shop's API and shapes.proto, from the descriptor set of the build.
const gateway::ApiCatalog& Api();

inline absl::string_view ViewOf(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Takes the first byte as a choice among `count`; 0 when there is none.
size_t TakeChoice(absl::string_view& input, size_t count);

// Takes what comes before the next line feed; all of it when there is none.
absl::string_view TakeLine(absl::string_view& input);

// A finding: says `what` on standard error and aborts, which is how libFuzzer learns of it.
void Require(bool holds, absl::string_view what);

}  // namespace cartwright::fuzz
