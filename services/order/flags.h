#pragma once

#include "absl/flags/declare.h"
#include "services/order/order_store.h"

// Flags of order's own; the rest are the kit's.
ABSL_DECLARE_FLAG(int, saga_lease_ms);
ABSL_DECLARE_FLAG(int, decide_within_ms);

namespace cartwright::order {

// The times that the flags name. A process that cannot serve with them does not
// start.
SagaTimes TimesOfFlags();

}  // namespace cartwright::order
