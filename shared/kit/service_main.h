#pragma once

#include <functional>
#include <string>

#include "shared/kit/kit.h"

namespace cartwright::kit {

// The main() of every process: settings, log, --migrate_only, then `setup` wires the service and
// the kit runs it until SIGTERM. Returns the exit code: 0 after a drain, 1 after an error at
// start, which is one clear line.
int ServiceMain(int argc, char** argv, const std::string& name,
                const std::function<void(Kit&)>& setup);

}  // namespace cartwright::kit
