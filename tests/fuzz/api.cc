#include "tests/fuzz/api.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace cartwright::fuzz {

const gateway::ApiCatalog& Api() {
  static const auto* catalog = [] {
    std::ifstream file(CARTWRIGHT_FUZZ_API, std::ios::binary);
    const std::string set(std::istreambuf_iterator<char>(file), {});
    auto loaded = gateway::ApiCatalog::Load(set);
    Require(loaded.ok(), loaded.status().message());
    return loaded->release();
  }();
  return *catalog;
}

size_t TakeChoice(absl::string_view& input, size_t count) {
  if (input.empty()) return 0;
  const size_t choice = static_cast<unsigned char>(input.front()) % count;
  input.remove_prefix(1);
  return choice;
}

absl::string_view TakeLine(absl::string_view& input) {
  const size_t end = std::min(input.find('\n'), input.size());
  const absl::string_view line = input.substr(0, end);
  input.remove_prefix(std::min(end + 1, input.size()));
  return line;
}

void Require(bool holds, absl::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "finding: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace cartwright::fuzz
