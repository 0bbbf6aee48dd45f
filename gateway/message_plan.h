#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace cartwright::gateway {

struct MessagePlan;

// Message types whose JSON is not an object.
enum class WellKnown { kNone, kTimestamp, kDuration, kFieldMask, kWrapper };

// What the transcoder must know of one field, looked up once.
struct FieldPlan {
  const google::protobuf::FieldDescriptor* descriptor = nullptr;
  int number = 0;
  google::protobuf::FieldDescriptor::Type type{};
  bool repeated = false;      // maps are repeated too
  bool map = false;           // `message` has the fields key and value
  bool has_presence = false;  // absent is not the same as the default value
  bool bound = false;         // the gateway sets it; to clients it does not exist
  bool moved_out = false;     // goes into a cookie or a header of the answer, not into its JSON
  std::string json_name;
  std::string json_key;  // `"name":`, escaped
  const MessagePlan* message = nullptr;
};

// The fields of one message type, in the order of their declaration.
struct MessagePlan {
  const google::protobuf::Descriptor* descriptor = nullptr;
  WellKnown well_known = WellKnown::kNone;
  std::vector<FieldPlan> fields;

  // By JSON name or proto name; null for a bound or unknown field.
  const FieldPlan* FindByName(absl::string_view name) const;
  // Null for an unknown field.
  const FieldPlan* FindByNumber(int number) const;
  // By proto name, bound fields too.
  const FieldPlan* FindByProtoName(absl::string_view name) const;

  absl::flat_hash_map<std::string, int> index_by_name;
  std::vector<int> index_by_number;  // -1: no such field; numbers beyond its end are searched
};

// A field of a field of a ... of a message.
using FieldPath = std::vector<const FieldPlan*>;

// The plans of message types, made at start. Not thread-safe; the plans are, and live as long
// as this object and the descriptors.
class MessagePlans {
 public:
  // INVALID_ARGUMENT for a type that is not served: Any, Struct, Value, ListValue (unbounded
  // nesting by strangers) and groups.
  absl::StatusOr<const MessagePlan*> Get(const google::protobuf::Descriptor& descriptor);

 private:
  absl::Status Compile(MessagePlan& plan);
  absl::StatusOr<FieldPlan> CompileField(const google::protobuf::FieldDescriptor& field);

  std::map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>> plans_;
};

// The field at a dotted path of proto or JSON names, "order.state". NOT_FOUND when there is no
// such field, or when it lies behind a repeated one.
absl::StatusOr<FieldPath> FindPath(const MessagePlan& plan, absl::string_view path);

}  // namespace cartwright::gateway
