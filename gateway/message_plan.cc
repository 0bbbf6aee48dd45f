#include "gateway/message_plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "boost/json/serialize.hpp"
#include "boost/json/string.hpp"
#include "gateway/raw_body.h"
#include "shared/base/status_macros.h"
#include "shared/rpc/policy.h"

namespace cartwright::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

namespace {

// Numbers over this are rare enough to be searched for.
constexpr int kDenseNumbers = 512;

bool IsServed(const Descriptor& descriptor) {
  static const auto* refused =
      new std::vector<std::string>{"google.protobuf.Any", "google.protobuf.Struct",
                                   "google.protobuf.Value", "google.protobuf.ListValue"};
  return std::find(refused->begin(), refused->end(), descriptor.full_name()) == refused->end();
}

WellKnown WellKnownOf(const Descriptor& descriptor) {
  if (descriptor.file()->package() != "google.protobuf") return WellKnown::kNone;
  const std::string& name = descriptor.name();
  if (name == "Timestamp") return WellKnown::kTimestamp;
  if (name == "Duration") return WellKnown::kDuration;
  if (name == "FieldMask") return WellKnown::kFieldMask;
  const bool wrapper = descriptor.file()->name() == "google/protobuf/wrappers.proto";
  return wrapper ? WellKnown::kWrapper : WellKnown::kNone;
}

}  // namespace

const FieldPlan* MessagePlan::FindByName(absl::string_view name) const {
  const auto found = index_by_name.find(name);
  if (found == index_by_name.end() || fields[found->second].bound) return nullptr;
  return &fields[found->second];
}

const FieldPlan* MessagePlan::FindByNumber(int number) const {
  if (number < static_cast<int>(index_by_number.size())) {
    const int index = index_by_number[number];
    return index < 0 ? nullptr : &fields[index];
  }
  for (const FieldPlan& field : fields) {
    if (field.number == number) return &field;
  }
  return nullptr;
}

const FieldPlan* MessagePlan::FindByProtoName(absl::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const FieldPlan& field) {
    return field.descriptor->name() == name;
  });
  return found == fields.end() ? nullptr : &*found;
}

absl::StatusOr<const MessagePlan*> MessagePlans::Get(const Descriptor& descriptor) {
  auto& plan = plans_[&descriptor];
  if (plan != nullptr) return plan.get();
  if (!IsServed(descriptor)) {
    return absl::InvalidArgumentError(
        absl::StrCat(descriptor.full_name(), " cannot be served as JSON"));
  }
  // In the map before its fields: types may recurse.
  plan = std::make_unique<MessagePlan>();
  plan->descriptor = &descriptor;
  plan->well_known = WellKnownOf(descriptor);
  MessagePlan& made = *plan;
  CW_RETURN_IF_ERROR(Compile(made));
  return &made;
}

absl::Status MessagePlans::Compile(MessagePlan& plan) {
  const Descriptor& descriptor = *plan.descriptor;
  // Without the extensions of an HttpBody, which are of type Any.
  const int count = IsHttpBody(descriptor) ? 2 : descriptor.field_count();
  for (int i = 0; i < count; ++i) {
    CW_ASSIGN_OR_RETURN(FieldPlan field, CompileField(*descriptor.field(i)));
    plan.index_by_name[field.json_name] = i;
    plan.index_by_name[field.descriptor->name()] = i;
    if (field.number < kDenseNumbers) {
      const size_t size = std::max<size_t>(plan.index_by_number.size(), field.number + 1);
      plan.index_by_number.resize(size, -1);
      plan.index_by_number[field.number] = i;
    }
    plan.fields.push_back(std::move(field));
  }
  return absl::OkStatus();
}

absl::StatusOr<FieldPlan> MessagePlans::CompileField(const FieldDescriptor& field) {
  if (field.type() == FieldDescriptor::TYPE_GROUP) {
    return absl::InvalidArgumentError(absl::StrCat(field.full_name(), " is a group"));
  }
  const auto& policy = rpc::PolicyOf(field);
  FieldPlan plan{.descriptor = &field,
                 .number = field.number(),
                 .type = field.type(),
                 .repeated = field.is_repeated(),
                 .map = field.is_map(),
                 .has_presence = field.has_presence(),
                 .bound = policy.has_bind(),
                 .moved_out = policy.has_cookie() || !policy.header().empty(),
                 .json_name = field.json_name()};
  plan.json_key = boost::json::serialize(boost::json::string(plan.json_name)) + ":";
  if (field.message_type() != nullptr) {
    CW_ASSIGN_OR_RETURN(plan.message, Get(*field.message_type()));
  }
  return plan;
}

absl::StatusOr<FieldPath> FindPath(const MessagePlan& plan, absl::string_view path) {
  FieldPath result;
  const MessagePlan* message = &plan;
  for (absl::string_view name : absl::StrSplit(path, '.')) {
    const FieldPlan* field = nullptr;
    if (message != nullptr && (result.empty() || !result.back()->repeated)) {
      const auto found = message->index_by_name.find(name);
      if (found != message->index_by_name.end()) field = &message->fields[found->second];
    }
    if (field == nullptr) {
      return absl::NotFoundError(
          absl::StrCat(plan.descriptor->full_name(), " has no field ", path));
    }
    result.push_back(field);
    message = field->message;
  }
  return result;
}

}  // namespace cartwright::gateway
