#include "gateway/json_reader.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/scalar.h"
#include "gateway/wire.h"
#include "shared/base/status.h"
#include "shared/base/utf8.h"

namespace cartwright::gateway {

namespace json = boost::json;

namespace {

constexpr size_t kMaxViolations = 16;
constexpr size_t kMaxNameLength = 64;

// Where in the request a value stands; written out only when something is wrong.
struct Place {
  const Place* parent;
  absl::string_view name;
  int64_t index = -1;  // in an array, when there is no name

  std::string ToString() const {
    const std::string prefix = parent == nullptr ? "" : parent->ToString();
    if (index >= 0) return absl::StrCat(prefix, "[", index, "]");
    absl::string_view shown = name.substr(0, kMaxNameLength);
    // Not in the middle of a character.
    while (shown.size() < name.size() && !IsUtf8(shown)) shown.remove_suffix(1);
    return prefix.empty() ? std::string(shown) : absl::StrCat(prefix, ".", shown);
  }
};

absl::string_view ViewOf(json::string_view text) { return {text.data(), text.size()}; }

class Reader {
 public:
  void Message(const MessagePlan& plan, const json::value& value, const Place* place,
               std::string& out) {
    if (!value.is_object()) return Invalid(place, "must be an object");
    // Fields that the object has set, and members of oneofs, by position.
    std::vector<bool> seen(plan.fields.size());
    std::vector<bool> seen_oneof(plan.descriptor->oneof_decl_count());
    for (const auto& member : value.get_object()) {
      const Place at{.parent = place, .name = ViewOf(member.key())};
      const FieldPlan* field = plan.FindByName(at.name);
      if (field == nullptr) {
        Unknown(&at);
        continue;
      }
      const size_t index = field - plan.fields.data();
      if (seen[index]) {
        Invalid(&at, "is given twice, under both of its names");
        continue;
      }
      seen[index] = true;
      if (member.value().is_null()) continue;
      if (const auto* oneof = field->descriptor->real_containing_oneof()) {
        if (seen_oneof[oneof->index()]) {
          Invalid(&at, "excludes another field of this request");
          continue;
        }
        seen_oneof[oneof->index()] = true;
      }
      Field(*field, member.value(), &at, out);
    }
  }

  void Field(const FieldPlan& field, const json::value& value, const Place* place,
             std::string& out) {
    if (value.is_null()) return;
    if (field.map) return Map(field, value, place, out);
    if (!field.repeated) return Value(field, value, place, out);
    if (!value.is_array()) return Invalid(place, "must be an array");
    int64_t index = 0;
    for (const json::value& item : value.get_array()) {
      const Place at{.parent = place, .name = {}, .index = index++};
      if (item.is_null()) {
        Invalid(&at, "must not be null");
      } else {
        Value(field, item, &at, out);
      }
    }
  }

  absl::Status Finish() const {
    if (!unknown_.empty()) {
      return Refuse(api::v1::UNKNOWN_FIELD, unknown_, "is not a field of this request");
    }
    if (!invalid_.empty()) {
      return Refuse(api::v1::INVALID_FIELD, invalid_, invalid_.front().second);
    }
    return absl::OkStatus();
  }

 private:
  using Violations = std::vector<std::pair<std::string, std::string>>;

  void Value(const FieldPlan& field, const json::value& value, const Place* place,
             std::string& out) {
    if (HasTextForm(field)) {
      const absl::string_view wrong = AppendFromJson(field, value, out);
      if (!wrong.empty()) Invalid(place, wrong);
      return;
    }
    std::string message;
    Message(*field.message, value, place, message);
    AppendBytes(field.number, message, out);
  }

  void Map(const FieldPlan& field, const json::value& value, const Place* place, std::string& out) {
    if (!value.is_object()) return Invalid(place, "must be an object");
    const FieldPlan& key = *field.message->FindByNumber(1);
    const FieldPlan& content = *field.message->FindByNumber(2);
    for (const auto& member : value.get_object()) {
      const Place at{.parent = place, .name = ViewOf(member.key())};
      std::string entry;
      const absl::string_view wrong = AppendFromText(key, at.name, entry);
      if (!wrong.empty() || member.value().is_null()) {
        Invalid(&at, wrong.empty() ? "must not be null" : wrong);
        continue;
      }
      Value(content, member.value(), &at, entry);
      AppendBytes(field.number, entry, out);
    }
  }

  void Unknown(const Place* place) {
    if (unknown_.size() < kMaxViolations) {
      unknown_.emplace_back(place->ToString(), "is not a field of this request");
    }
  }

  void Invalid(const Place* place, absl::string_view description) {
    if (invalid_.size() < kMaxViolations) {
      invalid_.emplace_back(place == nullptr ? "" : place->ToString(), std::string(description));
    }
  }

  static absl::Status Refuse(api::v1::ErrorReason reason, const Violations& violations,
                             absl::string_view description) {
    const std::string& field = violations.front().first;
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat(field.empty() ? "The body" : field, " ", description, "."),
                     {.reason = api::v1::ErrorReason_Name(reason),
                      .domain = api::v1::ErrorReason_descriptor()->file()->package(),
                      .violations = violations});
  }

  Violations unknown_;
  Violations invalid_;
};

}  // namespace

absl::Status AppendMessage(const MessagePlan& plan, const json::value& value, std::string& out) {
  Reader reader;
  reader.Message(plan, value, nullptr, out);
  return reader.Finish();
}

absl::Status AppendField(const FieldPlan& field, const json::value& value, std::string& out) {
  Reader reader;
  const Place place{.parent = nullptr, .name = field.json_name};
  reader.Field(field, value, &place, out);
  return reader.Finish();
}

}  // namespace cartwright::gateway
