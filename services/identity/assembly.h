#pragma once

#include "shared/kit/kit.h"

namespace cartwright::identity {

// Puts the service together in a process of the kit. Exits with a message that names a bad flag.
void Assemble(kit::Kit& kit);

}  // namespace cartwright::identity
