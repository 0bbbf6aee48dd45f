#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/message_plan.h"

namespace cartwright::gateway {

// Wire format to JSON by descriptor, as api.md has it: lowerCamelCase names, 64-bit integers as
// strings, enums by name, default values printed, unset messages and optional fields left out.
// Fields with a `cookie` or `header` policy are never printed. Thread-safe.

// Appends the JSON of an encoded message. False when `wire` is not one; `out` is undefined then.
bool AppendJson(const MessagePlan& plan, absl::string_view wire, std::string& out);

// Appends the JSON of one field of an encoded message, its default when it is absent ({} for a
// message).
bool AppendFieldJson(const MessagePlan& plan, const FieldPlan& field, absl::string_view wire,
                     std::string& out);

// The last value of a scalar or string field at `path`, as text (an enum by name); empty when
// something on the path is absent.
std::string TextAt(const FieldPath& path, absl::string_view wire);

// Appends `text` as a JSON string. False when it is not UTF-8.
bool AppendJsonString(absl::string_view text, std::string& out);

}  // namespace cartwright::gateway
