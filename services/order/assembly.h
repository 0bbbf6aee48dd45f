#pragma once

#include "shared/kit/kit.h"

namespace cartwright::order {

// Makes the parts of the order service and connects them. Called once, at start.
void Assemble(kit::Kit& kit);

}  // namespace cartwright::order
