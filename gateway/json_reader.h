#pragma once

#include <string>

#include "absl/status/status.h"
#include "boost/json/value.hpp"
#include "gateway/message_plan.h"

namespace cartwright::gateway {

// JSON to wire format by descriptor. Names may be camelCase or those of the proto; null is the
// same as absent. Thread-safe.

// Appends the encoding of the object `value`. Errors name every field that is wrong by its path,
// up to a limit: UNKNOWN_FIELD when some do not exist (or are not the client's to set), else
// INVALID_FIELD.
absl::Status AppendMessage(const MessagePlan& plan, const boost::json::value& value,
                           std::string& out);

// The same for the value of one field, with its tag.
absl::Status AppendField(const FieldPlan& field, const boost::json::value& value, std::string& out);

}  // namespace cartwright::gateway
