#pragma once

#include <string>

#include "gateway/api_catalog.h"

namespace cartwright::gateway {

// The OpenAPI 3.1 document of the API, in JSON: every route with its parameters, bodies, answers
// and errors, described by the comments of the protos. Bound fields are not in it, since no
// client can set them.
std::string OpenApiDocument(const ApiCatalog& catalog);

}  // namespace cartwright::gateway
