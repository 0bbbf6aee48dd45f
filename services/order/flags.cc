#include "services/order/flags.h"

#include "absl/flags/flag.h"
#include "shared/kit/die.h"
#include "shared/kit/flags.h"

ABSL_FLAG(int, saga_lease_ms, 8000,
          "How long a process may be silent before another one takes its "
          "sagas, 1000..60000.");
ABSL_FLAG(int, decide_within_ms, 30000,
          "How long an order may stay undecided before it is called off, "
          "1000..600000.");

namespace cartwright::order {

SagaTimes TimesOfFlags() {
  const int lease = absl::GetFlag(FLAGS_saga_lease_ms);
  const int decide_within = absl::GetFlag(FLAGS_decide_within_ms);
  kit::OrDie(kit::CheckRange("saga_lease_ms", lease, 1000, 60000));
  kit::OrDie(kit::CheckRange("decide_within_ms", decide_within, 1000, 600000));
  return {.lease = absl::Milliseconds(lease), .decide_within = absl::Milliseconds(decide_within)};
}

}  // namespace cartwright::order
