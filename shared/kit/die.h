#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cartwright::kit {

// For a process that cannot start: what is wrong is logged as one clear line, and the exit code
// is 1. Only at start and from the main thread.
[[noreturn]] void Die(const absl::Status& status);

// Dies unless `status` is OK.
void OrDie(const absl::Status& status);

// The value, or death.
template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) Die(value.status());
  return *std::move(value);
}

}  // namespace cartwright::kit
