#include "gateway/json_schema.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "boost/json/array.hpp"
#include "boost/json/parse.hpp"
#include "shared/rpc/policy.h"

namespace cartwright::gateway {

namespace json = boost::json;
using google::protobuf::FieldDescriptor;

namespace {

// Of a 64-bit integer in a string; bounds cannot be said, but for the sign.
const char* Int64Pattern(const api::v1::FieldPolicy& policy) {
  if (policy.has_min() && policy.min() > 0) return "^[1-9][0-9]*$";
  return policy.has_min() && policy.min() == 0 ? "^(0|[1-9][0-9]*)$" : "^-?(0|[1-9][0-9]*)$";
}

json::object OfEnum(const google::protobuf::EnumDescriptor& type) {
  json::array names;
  for (int i = 0; i < type.value_count(); ++i) names.emplace_back(type.value(i)->name());
  return {{"type", "string"}, {"enum", std::move(names)}};
}

json::object OfNumber(const FieldPlan& field, const api::v1::FieldPolicy& policy) {
  switch (field.type) {
    case FieldDescriptor::TYPE_BOOL: return {{"type", "boolean"}};
    case FieldDescriptor::TYPE_FLOAT: return {{"type", "number"}, {"format", "float"}};
    case FieldDescriptor::TYPE_DOUBLE: return {{"type", "number"}, {"format", "double"}};
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_SFIXED64:
      return {{"type", "string"}, {"format", "int64"}, {"pattern", Int64Pattern(policy)}};
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_FIXED64:
      return {{"type", "string"}, {"format", "uint64"}, {"pattern", "^(0|[1-9][0-9]*)$"}};
    default: break;
  }
  json::object schema = {{"type", "integer"}, {"format", "int32"}};
  if (policy.has_min()) schema["minimum"] = policy.min();
  if (policy.has_max()) schema["maximum"] = policy.max();
  return schema;
}

// The bounds of a repeated field count its items, those of a string its characters. What is not
// required may be empty, whatever its pattern (shared/rpc/validator.h).
json::object OfString(const FieldPlan& field, const api::v1::FieldPolicy& policy) {
  if (field.type == FieldDescriptor::TYPE_BYTES) {
    return {{"type", "string"}, {"contentEncoding", "base64"}};
  }
  json::object schema = {{"type", "string"}};
  if (policy.required() && !field.repeated) {
    schema["minLength"] = policy.has_min_length() ? policy.min_length() : 1;
  }
  if (!field.repeated && policy.has_max_length()) schema["maxLength"] = policy.max_length();
  if (!policy.pattern().empty()) {
    const char* end = policy.required() ? ")$" : ")?$";
    schema["pattern"] = absl::StrCat("^(?:", policy.pattern(), end);
  }
  return schema;
}

// FieldPolicy.example in its JSON form.
json::value ExampleOf(const FieldPlan& field, const std::string& text) {
  const auto type = field.descriptor->cpp_type();
  if (type == FieldDescriptor::CPPTYPE_INT32 || type == FieldDescriptor::CPPTYPE_BOOL) {
    boost::system::error_code failed;
    json::value value = json::parse(text, failed);
    if (!failed) return value;
  }
  return json::string(text);
}

// Absent, it has its default value; that can be one that it may not have.
bool IsNeeded(const FieldPlan& field) {
  const auto& policy = rpc::PolicyOf(*field.descriptor);
  const bool may_be_zero = !policy.has_min() || policy.min() <= 0;
  return policy.required() || (!field.repeated && !field.has_presence && !may_be_zero);
}

bool IsAlwaysPrinted(const FieldPlan& field) { return field.repeated || !field.has_presence; }

}  // namespace

template <typename Descriptor>
std::string CommentOf(const Descriptor& descriptor) {
  google::protobuf::SourceLocation location;
  if (!descriptor.GetSourceLocation(&location)) return {};
  const std::vector<absl::string_view> words =
      absl::StrSplit(location.leading_comments, absl::ByAnyChar(" \n\t"), absl::SkipEmpty());
  return absl::StrJoin(words, " ");
}
template std::string CommentOf(const google::protobuf::Descriptor&);
template std::string CommentOf(const google::protobuf::FieldDescriptor&);
template std::string CommentOf(const google::protobuf::MethodDescriptor&);
template std::string CommentOf(const google::protobuf::ServiceDescriptor&);

void JsonSchemas::NoteAnswer(const MessagePlan& message) {
  if (!in_answers_.insert(&message).second) return;
  for (const FieldPlan& field : message.fields) {
    if (field.message != nullptr) NoteAnswer(*field.message);
  }
}

std::string JsonSchemas::NameOf(const MessagePlan& message) {
  const auto& descriptor = *message.descriptor;
  // "Order.State", and with its package where another package has the same name.
  std::string name = descriptor.full_name();
  const std::string& package = descriptor.file()->package();
  if (!package.empty()) name.erase(0, package.size() + 1);
  const auto [entry, inserted] = names_.try_emplace(name, &message);
  return inserted || entry->second == &message ? name : descriptor.full_name();
}

json::object JsonSchemas::OfMessage(const MessagePlan& message) {
  switch (message.well_known) {
    case WellKnown::kTimestamp: return {{"type", "string"}, {"format", "date-time"}};
    case WellKnown::kDuration:
      return {{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$"}};
    case WellKnown::kFieldMask: return {{"type", "string"}};
    case WellKnown::kWrapper: return OfField(message.fields[0]);
    case WellKnown::kNone: break;
  }
  const std::string name = NameOf(message);
  if (!components_.contains(name)) {
    components_[name] = {};  // there before its fields: types may recurse
    components_[name] = Inline(message, {});
  }
  return {{"$ref", absl::StrCat("#/components/schemas/", name)}};
}

json::object JsonSchemas::OfValue(const FieldPlan& field) {
  json::object schema = OfType(field);
  const auto& policy = rpc::PolicyOf(*field.descriptor);
  if (!policy.example().empty()) {
    schema["examples"] = json::array{ExampleOf(field, policy.example())};
  }
  return schema;
}

json::object JsonSchemas::OfType(const FieldPlan& field) {
  const auto& policy = rpc::PolicyOf(*field.descriptor);
  switch (field.type) {
    case FieldDescriptor::TYPE_MESSAGE: return OfMessage(*field.message);
    case FieldDescriptor::TYPE_ENUM: return OfEnum(*field.descriptor->enum_type());
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES: return OfString(field, policy);
    default: return OfNumber(field, policy);
  }
}

json::object JsonSchemas::OfField(const FieldPlan& field) {
  const auto& policy = rpc::PolicyOf(*field.descriptor);
  json::object schema;
  if (field.map) {
    schema = {{"type", "object"}, {"additionalProperties", OfField(field.message->fields[1])}};
  } else if (field.repeated) {
    schema = {{"type", "array"}, {"items", OfValue(field)}};
    if (policy.has_max_length()) schema["maxItems"] = policy.max_length();
    if (policy.required()) schema["minItems"] = 1;
  } else {
    schema = OfValue(field);
  }
  if (const std::string comment = CommentOf(*field.descriptor); !comment.empty()) {
    schema["description"] = comment;
  }
  return schema;
}

json::object JsonSchemas::Inline(const MessagePlan& message,
                                 const std::set<const FieldPlan*>& without) {
  const bool in_answers = in_answers_.contains(&message);
  json::object properties;
  json::array required;
  for (const FieldPlan& field : message.fields) {
    if (field.bound || field.moved_out || without.contains(&field)) continue;
    properties[field.json_name] = OfField(field);
    const bool is_required = in_answers ? IsAlwaysPrinted(field) : IsNeeded(field);
    if (is_required) required.emplace_back(field.json_name);
  }
  json::object schema = {{"type", "object"}};
  if (const std::string comment = CommentOf(*message.descriptor); !comment.empty()) {
    schema["description"] = comment;
  }
  schema["properties"] = std::move(properties);
  if (!required.empty()) schema["required"] = std::move(required);
  if (!in_answers) schema["additionalProperties"] = false;
  return schema;
}

json::object JsonSchemas::Components() const {
  json::object result;
  for (const auto& [name, schema] : components_) result[name] = schema;
  return result;
}

}  // namespace cartwright::gateway
