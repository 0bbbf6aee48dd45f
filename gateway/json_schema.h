#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "boost/json/object.hpp"
#include "gateway/message_plan.h"

namespace cartwright::gateway {

// JSON Schemas (draft 2020-12, as in OpenAPI 3.1) of messages, from their descriptors: types,
// bounds of FieldPolicy, descriptions from comments. Messages become components that refer to
// each other.
class JsonSchemas {
 public:
  // Notes that answers have `message`, with all that it consists of. What is in answers has all
  // its always-printed fields; what is only in requests has those that are required. Call for
  // all answers before the first schema is made.
  void NoteAnswer(const MessagePlan& message);

  // The schema of one value of `field`, or of the list or map that it is.
  boost::json::object OfField(const FieldPlan& field);

  // A reference to the component of `message`.
  boost::json::object OfMessage(const MessagePlan& message);

  // The schema of `message` without the fields in `without`, on its own.
  boost::json::object Inline(const MessagePlan& message, const std::set<const FieldPlan*>& without);

  // Every component that was referred to, by name.
  boost::json::object Components() const;

 private:
  boost::json::object OfValue(const FieldPlan& field);
  boost::json::object OfType(const FieldPlan& field);
  std::string NameOf(const MessagePlan& message);

  std::set<const MessagePlan*> in_answers_;
  std::map<std::string, const MessagePlan*> names_;
  std::map<std::string, boost::json::object> components_;
};

// The comment above a declaration, as one paragraph; empty without one.
template <typename Descriptor>
std::string CommentOf(const Descriptor& descriptor);

}  // namespace cartwright::gateway
