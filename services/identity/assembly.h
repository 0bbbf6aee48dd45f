#pragma once

#include "shared/kit/kit.h"

namespace cartwright::identity {

// Constructs everything that identity consists of and registers its RPCs.
void Assemble(kit::Kit& kit);

}  // namespace cartwright::identity
