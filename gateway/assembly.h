#pragma once

#include "shared/kit/kit.h"

namespace cartwright::gateway {

// Makes the gateway of its flags and starts it. What is wrong with the settings or with the
// descriptor set ends the process with one clear line.
void Assemble(kit::Kit& kit);

}  // namespace cartwright::gateway
