#pragma once

#include <map>
#include <set>
#include <string>

#include "gateway/problem.h"
#include "gateway/route.h"

namespace cartwright::gateway {

// The reasons for which a request to `route` can be refused, by HTTP status below 500: those that
// follow from its policy and its fields, and those that the comment of its method names after
// "Errors:". Not what goes before any route: the method, the sizes of the head, the time.
std::map<int, std::set<std::string>> RefusalsOf(const Route& route, const ReasonStatuses& statuses);

}  // namespace cartwright::gateway
