#include "gateway/scalar.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gateway/well_known.h"
#include "gateway/wire.h"
#include "shared/base/utf8.h"

namespace cartwright::gateway {

namespace json = boost::json;
using google::protobuf::FieldDescriptor;

namespace {

constexpr absl::string_view kOk = "";
constexpr absl::string_view kNotInteger = "must be an integer in range";
constexpr absl::string_view kNotNumber = "must be a number in range";
constexpr absl::string_view kNotBool = "must be true or false";
constexpr absl::string_view kNotString = "must be a string";
constexpr absl::string_view kNotUtf8 = "must be UTF-8";
constexpr absl::string_view kNotBase64 = "must be base64";
constexpr absl::string_view kNotEnum = "must be one of the names of its enum";
constexpr absl::string_view kNotTimestamp = "must be an RFC 3339 timestamp";
constexpr absl::string_view kNotDuration = "must be a duration in seconds, such as \"1.5s\"";
constexpr absl::string_view kNotFieldMask = "must be field names with commas between";
constexpr absl::string_view kNotValue = "cannot have this value";

// -?(0|[1-9][0-9]*): no signs, spaces, fractions or exponents that other parsers would read
// differently.
bool IsInteger(absl::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return false;
  return text.find_first_not_of("0123456789") == absl::string_view::npos;
}

// The bits of an integer of `type` as a varint, or of the fixed types' two's complement.
bool SignedBits(FieldDescriptor::Type type, int64_t value, uint64_t& bits) {
  const bool small = type == FieldDescriptor::TYPE_INT32 || type == FieldDescriptor::TYPE_SINT32 ||
                     type == FieldDescriptor::TYPE_SFIXED32;
  if (small && (value < std::numeric_limits<int32_t>::min() ||
                value > std::numeric_limits<int32_t>::max())) {
    return false;
  }
  const bool zigzag = type == FieldDescriptor::TYPE_SINT32 || type == FieldDescriptor::TYPE_SINT64;
  bits = zigzag ? ZigZag(value) : static_cast<uint64_t>(value);
  return true;
}

void AppendNumber(const FieldPlan& field, uint64_t bits, std::string& out) {
  switch (field.type) {
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_SFIXED32:
    case FieldDescriptor::TYPE_FLOAT:
      AppendTag(field.number, WireType::kFixed32, out);
      return AppendFixed32(static_cast<uint32_t>(bits), out);
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED64:
    case FieldDescriptor::TYPE_DOUBLE:
      AppendTag(field.number, WireType::kFixed64, out);
      return AppendFixed64(bits, out);
    default: AppendTag(field.number, WireType::kVarint, out); return AppendVarint(bits, out);
  }
}

bool IsUnsigned(FieldDescriptor::Type type) {
  return type == FieldDescriptor::TYPE_UINT32 || type == FieldDescriptor::TYPE_UINT64 ||
         type == FieldDescriptor::TYPE_FIXED32 || type == FieldDescriptor::TYPE_FIXED64;
}

absl::string_view AppendSigned(const FieldPlan& field, int64_t value, std::string& out) {
  uint64_t bits = 0;
  if (!SignedBits(field.type, value, bits)) return kNotInteger;
  AppendNumber(field, bits, out);
  return kOk;
}

absl::string_view AppendUnsigned(const FieldPlan& field, uint64_t value, std::string& out) {
  const bool small =
      field.type == FieldDescriptor::TYPE_UINT32 || field.type == FieldDescriptor::TYPE_FIXED32;
  if (small && value > std::numeric_limits<uint32_t>::max()) return kNotInteger;
  AppendNumber(field, value, out);
  return kOk;
}

absl::string_view AppendIntegerText(const FieldPlan& field, absl::string_view text,
                                    std::string& out) {
  if (!IsInteger(text)) return kNotInteger;
  if (IsUnsigned(field.type)) {
    uint64_t value = 0;
    return absl::SimpleAtoi(text, &value) ? AppendUnsigned(field, value, out) : kNotInteger;
  }
  int64_t value = 0;
  return absl::SimpleAtoi(text, &value) ? AppendSigned(field, value, out) : kNotInteger;
}

absl::string_view AppendFloat(const FieldPlan& field, double value, std::string& out) {
  if (field.type == FieldDescriptor::TYPE_DOUBLE) {
    AppendNumber(field, std::bit_cast<uint64_t>(value), out);
    return kOk;
  }
  const bool too_large =
      std::isfinite(value) && std::abs(value) > std::numeric_limits<float>::max();
  if (too_large) return kNotNumber;
  AppendNumber(field, std::bit_cast<uint32_t>(static_cast<float>(value)), out);
  return kOk;
}

absl::string_view AppendFloatText(const FieldPlan& field, absl::string_view text,
                                  std::string& out) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text == "NaN") return AppendFloat(field, std::numeric_limits<double>::quiet_NaN(), out);
  if (text == "Infinity") return AppendFloat(field, kInfinity, out);
  if (text == "-Infinity") return AppendFloat(field, -kInfinity, out);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return kNotNumber;
  }
  return AppendFloat(field, value, out);
}

absl::string_view AppendEnumNumber(const FieldPlan& field, int64_t number, std::string& out) {
  // A number that fits: a cast could make another value of it.
  const bool fits = number >= std::numeric_limits<int32_t>::min() &&
                    number <= std::numeric_limits<int32_t>::max();
  const auto& type = *field.descriptor->enum_type();
  if (!fits || type.FindValueByNumber(static_cast<int>(number)) == nullptr) return kNotEnum;
  AppendNumber(field, static_cast<uint64_t>(number), out);
  return kOk;
}

absl::string_view AppendEnumName(const FieldPlan& field, absl::string_view name, std::string& out) {
  const auto* value = field.descriptor->enum_type()->FindValueByName(std::string(name));
  if (value == nullptr) return kNotEnum;
  AppendNumber(field, static_cast<uint64_t>(static_cast<int64_t>(value->number())), out);
  return kOk;
}

absl::string_view AppendBase64(const FieldPlan& field, absl::string_view text, std::string& out) {
  std::string bytes;
  const bool url_safe = text.find_first_of("-_") != absl::string_view::npos;
  const bool decoded =
      url_safe ? absl::WebSafeBase64Unescape(text, &bytes) : absl::Base64Unescape(text, &bytes);
  if (!decoded) return kNotBase64;
  AppendBytes(field.number, bytes, out);
  return kOk;
}

absl::string_view AppendSecondsNanos(const FieldPlan& field,
                                     const std::optional<SecondsNanos>& value, std::string& out) {
  std::string message;
  AppendTag(1, WireType::kVarint, message);
  AppendVarint(static_cast<uint64_t>(value->seconds), message);
  AppendTag(2, WireType::kVarint, message);
  AppendVarint(static_cast<uint64_t>(static_cast<int64_t>(value->nanos)), message);
  AppendBytes(field.number, message, out);
  return kOk;
}

absl::string_view AppendFieldMask(const FieldPlan& field, absl::string_view text,
                                  std::string& out) {
  std::string message;
  if (!text.empty()) {
    for (absl::string_view path : absl::StrSplit(text, ',')) {
      const auto snake = PathToSnakeCase(path);
      if (!snake || snake->empty()) return kNotFieldMask;
      AppendBytes(1, *snake, message);
    }
  }
  AppendBytes(field.number, message, out);
  return kOk;
}

// The forms that are a string in JSON and that same text in a query.
absl::string_view AppendWellKnownText(const FieldPlan& field, absl::string_view text,
                                      std::string& out) {
  switch (field.message->well_known) {
    case WellKnown::kTimestamp: {
      const auto time = ParseTimestamp(text);
      return time ? AppendSecondsNanos(field, time, out) : kNotTimestamp;
    }
    case WellKnown::kDuration: {
      const auto duration = ParseDuration(text);
      return duration ? AppendSecondsNanos(field, duration, out) : kNotDuration;
    }
    case WellKnown::kFieldMask: return AppendFieldMask(field, text, out);
    default: return kNotValue;
  }
}

bool IsWrapper(const FieldPlan& field) {
  return field.message != nullptr && field.message->well_known == WellKnown::kWrapper;
}

// A wrapper is the field `value` of its message.
template <typename Append>
absl::string_view AppendWrapped(const FieldPlan& field, std::string& out, Append append) {
  std::string message;
  const absl::string_view wrong = append(field.message->fields[0], message);
  if (wrong.empty()) AppendBytes(field.number, message, out);
  return wrong;
}

absl::string_view ViewOf(const json::string& text) { return {text.data(), text.size()}; }

absl::string_view AppendIntegerJson(const FieldPlan& field, const json::value& value,
                                    std::string& out) {
  if (value.is_string()) return AppendIntegerText(field, ViewOf(value.get_string()), out);
  if (value.is_uint64()) {
    if (IsUnsigned(field.type)) return AppendUnsigned(field, value.get_uint64(), out);
    return kNotInteger;  // over the largest int64, or it would not be unsigned here
  }
  if (!value.is_int64()) return kNotInteger;
  if (!IsUnsigned(field.type)) return AppendSigned(field, value.get_int64(), out);
  if (value.get_int64() < 0) return kNotInteger;
  return AppendUnsigned(field, static_cast<uint64_t>(value.get_int64()), out);
}

absl::string_view AppendFloatJson(const FieldPlan& field, const json::value& value,
                                  std::string& out) {
  if (value.is_string()) return AppendFloatText(field, ViewOf(value.get_string()), out);
  if (!value.is_number()) return kNotNumber;
  const auto number = value.to_number<double>();
  return std::isfinite(number) ? AppendFloat(field, number, out) : kNotNumber;
}

}  // namespace

bool HasTextForm(const FieldPlan& field) {
  return !field.map && (field.message == nullptr || field.message->well_known != WellKnown::kNone);
}

absl::string_view AppendFromText(const FieldPlan& field, absl::string_view text, std::string& out) {
  switch (field.type) {
    case FieldDescriptor::TYPE_STRING:
      if (!IsUtf8(text)) return kNotUtf8;
      AppendBytes(field.number, text, out);
      return kOk;
    case FieldDescriptor::TYPE_BYTES: return AppendBase64(field, text, out);
    case FieldDescriptor::TYPE_BOOL:
      if (text != "true" && text != "false") return kNotBool;
      AppendNumber(field, text == "true", out);
      return kOk;
    case FieldDescriptor::TYPE_ENUM: {
      int64_t number = 0;
      const bool is_number = IsInteger(text) && absl::SimpleAtoi(text, &number);
      return is_number ? AppendEnumNumber(field, number, out) : AppendEnumName(field, text, out);
    }
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_DOUBLE: return AppendFloatText(field, text, out);
    case FieldDescriptor::TYPE_MESSAGE:
      if (IsWrapper(field)) {
        return AppendWrapped(field, out, [&](const FieldPlan& content, std::string& message) {
          return AppendFromText(content, text, message);
        });
      }
      return AppendWellKnownText(field, text, out);
    case FieldDescriptor::TYPE_GROUP: return kNotValue;
    default: return AppendIntegerText(field, text, out);
  }
}

absl::string_view AppendFromJson(const FieldPlan& field, const json::value& value,
                                 std::string& out) {
  switch (field.type) {
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
      if (!value.is_string()) return kNotString;
      return AppendFromText(field, ViewOf(value.get_string()), out);
    case FieldDescriptor::TYPE_BOOL:
      if (!value.is_bool()) return kNotBool;
      AppendNumber(field, value.get_bool(), out);
      return kOk;
    case FieldDescriptor::TYPE_ENUM:
      if (value.is_int64()) return AppendEnumNumber(field, value.get_int64(), out);
      if (!value.is_string()) return kNotEnum;
      return AppendEnumName(field, ViewOf(value.get_string()), out);
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_DOUBLE: return AppendFloatJson(field, value, out);
    case FieldDescriptor::TYPE_MESSAGE:
      if (IsWrapper(field)) {
        return AppendWrapped(field, out, [&](const FieldPlan& content, std::string& message) {
          return AppendFromJson(content, value, message);
        });
      }
      if (!value.is_string()) return kNotString;
      return AppendWellKnownText(field, ViewOf(value.get_string()), out);
    case FieldDescriptor::TYPE_GROUP: return kNotValue;
    default: return AppendIntegerJson(field, value, out);
  }
}

}  // namespace cartwright::gateway
