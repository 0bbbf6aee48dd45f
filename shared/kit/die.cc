#include "shared/kit/die.h"

#include <cstdlib>

#include "shared/telemetry/log.h"

namespace cartwright::kit {

void Die(const absl::Status& status) {
  log::Error("start.failed", status.message());
  log::Shutdown();
  std::exit(1);
}

void OrDie(const absl::Status& status) {
  if (!status.ok()) Die(status);
}

}  // namespace cartwright::kit
