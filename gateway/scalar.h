#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "boost/json/value.hpp"
#include "gateway/message_plan.h"

namespace cartwright::gateway {

// One value of a field, from text or JSON to wire format: scalars, enums and the well-known
// types. Both append the field and return an empty text, or append nothing and return what is
// wrong, for a violation ("must be an integer"). Thread-safe.

// `text` as it stands in a path or a query, decoded.
absl::string_view AppendFromText(const FieldPlan& field, absl::string_view text, std::string& out);

// REQUIRES: `value` is not null.
absl::string_view AppendFromJson(const FieldPlan& field, const boost::json::value& value,
                                 std::string& out);

// True for a field whose values have a form in text: everything but plain messages.
bool HasTextForm(const FieldPlan& field);

}  // namespace cartwright::gateway
