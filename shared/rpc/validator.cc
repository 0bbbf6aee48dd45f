#include "shared/rpc/validator.h"

#include <cstdlib>
#include <optional>

#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "shared/base/status.h"
#include "shared/base/uuid.h"
#include "shared/rpc/policy.h"
#include "shared/telemetry/log.h"

namespace cartwright::rpc {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

struct Validator::Rule {
  const FieldDescriptor* field;
  api::v1::FieldPolicy policy;
  std::unique_ptr<RE2> pattern;
};

struct Validator::Findings {
  std::vector<std::pair<std::string, std::string>> violations;
  bool malformed_id = false;
};

namespace {

// Strings without a bound of their own are still bounded.
constexpr size_t kDefaultMaxLength = 1024;

size_t CountCharacters(absl::string_view utf8) {
  size_t count = 0;
  for (unsigned char c : utf8) count += (c & 0xc0) != 0x80;
  return count;
}

std::string LengthError(const FieldDescriptor& field, size_t min, size_t max) {
  const char* unit = field.is_repeated() ? " items" : " characters";
  return absl::StrCat("must have ", min, " to ", max, unit);
}

std::optional<std::string> CheckString(const std::string& value, const FieldDescriptor& field,
                                       const api::v1::FieldPolicy& policy, const RE2* pattern) {
  const size_t length =
      field.type() == FieldDescriptor::TYPE_BYTES ? value.size() : CountCharacters(value);
  const size_t min = field.is_repeated() || !policy.has_min_length() ? (policy.required() ? 1 : 0)
                                                                     : policy.min_length();
  const size_t max =
      field.is_repeated() || !policy.has_max_length() ? kDefaultMaxLength : policy.max_length();
  if (length == 0 && policy.required()) return "must not be empty";
  if (length < min || length > max) {
    // A field may be left out; only what is there must be long enough.
    if (length != 0 || policy.required()) return LengthError(field, min, max);
  }
  if (pattern != nullptr && !value.empty() && !RE2::FullMatch(value, *pattern)) {
    return policy.pattern_name().empty() ? absl::StrCat("must match ", policy.pattern())
                                         : absl::StrCat("must be ", policy.pattern_name());
  }
  // Postgres' text cannot hold a zero byte.
  if (field.type() == FieldDescriptor::TYPE_STRING && value.find('\0') != std::string::npos) {
    return "must not contain a zero character";
  }
  return std::nullopt;
}

std::optional<std::string> CheckNumber(int64_t value, const api::v1::FieldPolicy& policy) {
  const bool too_small = policy.has_min() && value < policy.min();
  const bool too_large = policy.has_max() && value > policy.max();
  if (!too_small && !too_large) return std::nullopt;
  if (policy.has_min() && policy.has_max()) {
    return absl::StrCat("must be between ", policy.min(), " and ", policy.max());
  }
  return too_small ? absl::StrCat("must be at least ", policy.min())
                   : absl::StrCat("must be at most ", policy.max());
}

}  // namespace

Validator::Validator(const Descriptor& descriptor) : root_(descriptor) { Compile(descriptor); }
Validator::~Validator() = default;

const std::vector<Validator::Rule>& Validator::Compile(const Descriptor& descriptor) {
  const auto [entry, inserted] = rules_.try_emplace(&descriptor);
  if (!inserted) return entry->second;
  std::vector<Rule> rules;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor* field = descriptor.field(i);
    Rule rule{.field = field, .policy = PolicyOf(*field)};
    if (!rule.policy.pattern().empty()) {
      rule.pattern = std::make_unique<RE2>(rule.policy.pattern());
      if (!rule.pattern->ok()) {
        log::Error("start.bad_pattern", rule.pattern->error(), {{"field", field->full_name()}});
        log::Shutdown();
        std::abort();
      }
    }
    if (field->message_type() != nullptr) Compile(*field->message_type());
    rules.push_back(std::move(rule));
  }
  return rules_[&descriptor] = std::move(rules);
}

absl::Status Validator::Check(const Message& request) const {
  Findings findings;
  CheckMessage(request, "", findings);
  if (!findings.violations.empty()) return InvalidFields(std::move(findings.violations));
  if (findings.malformed_id) return NotFound("resource");
  return absl::OkStatus();
}

void Validator::CheckMessage(const Message& message, const std::string& prefix,
                             Findings& findings) const {
  const auto rules = rules_.find(message.GetDescriptor());
  if (rules == rules_.end()) return;
  for (const Rule& rule : rules->second) {
    CheckField(message, rule, absl::StrCat(prefix, rule.field->json_name()), findings);
  }
}

void Validator::CheckField(const Message& message, const Rule& rule, const std::string& path,
                           Findings& findings) const {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor& field = *rule.field;
  const auto add = [&](const std::string& at, std::optional<std::string> violation) {
    if (violation) findings.violations.emplace_back(at, *std::move(violation));
  };
  const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  if (field.is_repeated()) {
    const size_t max = rule.policy.has_max_length() ? rule.policy.max_length() : SIZE_MAX;
    const size_t min = rule.policy.required() ? 1 : 0;
    const size_t size = static_cast<size_t>(count);
    if (size < min || size > max) return add(path, LengthError(field, min, max));
  } else if (field.has_presence() && !reflection.HasField(message, &field)) {
    if (rule.policy.required()) add(path, "is required");
    return;
  }
  for (int i = 0; i < count; ++i) {
    const std::string at = field.is_repeated() ? absl::StrCat(path, "[", i, "]") : path;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string value = field.is_repeated()
                                      ? reflection.GetRepeatedString(message, &field, i)
                                      : reflection.GetString(message, &field);
        const auto violation = CheckString(value, field, rule.policy, rule.pattern.get());
        add(at, violation);
        if (!violation && rule.policy.id() && !IsUuid(value)) findings.malformed_id = true;
        break;
      }
      case FieldDescriptor::CPPTYPE_INT32:
        add(at, CheckNumber(field.is_repeated() ? reflection.GetRepeatedInt32(message, &field, i)
                                                : reflection.GetInt32(message, &field),
                            rule.policy));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        add(at, CheckNumber(field.is_repeated() ? reflection.GetRepeatedInt64(message, &field, i)
                                                : reflection.GetInt64(message, &field),
                            rule.policy));
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        CheckMessage(field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, i)
                                         : reflection.GetMessage(message, &field),
                     absl::StrCat(at, "."), findings);
        break;
      default: break;  // enums and bools have no bounds
    }
  }
}

}  // namespace cartwright::rpc
