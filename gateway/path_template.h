#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cartwright::gateway {

// A path template of google.api.http, parsed:
//
//   /api/cart/item/{product_id}   /v1/{name=shelves/*}/books   /files/{path=**}   /jobs/{id}:run
struct PathTemplate {
  enum class Kind { kLiteral, kOne, kAny };  // "text", "*" (one segment), "**" (any number)
  struct Part {
    Kind kind = Kind::kLiteral;
    std::string literal;

    friend bool operator==(const Part&, const Part&) = default;
  };
  // A variable covers the parts [begin, end).
  struct Variable {
    std::string field_path;
    int begin = 0;
    int end = 0;

    friend bool operator==(const Variable&, const Variable&) = default;
  };

  std::vector<Part> parts;
  std::vector<Variable> variables;
  std::string verb;  // without the colon

  // "/v1/{name=shelves/*}/books" for metrics and messages.
  std::string text;
};

// Grammar of google/api/http.proto. INVALID_ARGUMENT names the template and what is wrong: empty
// segments, nested variables, a variable twice, "**" that is not last.
absl::StatusOr<PathTemplate> ParsePathTemplate(absl::string_view text);

}  // namespace cartwright::gateway
