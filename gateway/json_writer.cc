#include "gateway/json_writer.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gateway/well_known.h"
#include "gateway/wire.h"
#include "shared/base/utf8.h"

namespace cartwright::gateway {

using google::protobuf::FieldDescriptor;

namespace {

// As protobuf's own parsers: an answer nested deeper is not one of ours.
constexpr int kMaxDepth = 64;

// The fields of one encoded message, found in one pass: a list of values per field.
class Index {
 public:
  static constexpr int kNone = -1;

  Index(const MessagePlan& plan, absl::string_view wire)
      : first_(plan.fields.size(), kNone), last_(plan.fields.size(), kNone) {
    WireReader reader(wire);
    for (WireField field; reader.Next(field);) {
      const FieldPlan* known = plan.FindByNumber(field.number);
      if (known == nullptr) continue;
      const int at = static_cast<int>(known - plan.fields.data());
      const int entry = static_cast<int>(entries_.size());
      entries_.push_back({field, kNone});
      (last_[at] == kNone ? first_[at] : entries_[last_[at]].next) = entry;
      last_[at] = entry;
    }
    ok_ = reader.ok();
  }

  bool ok() const { return ok_; }
  int First(int field) const { return first_[field]; }
  int Last(int field) const { return last_[field]; }
  int Next(int entry) const { return entries_[entry].next; }
  const WireField& At(int entry) const { return entries_[entry].field; }

 private:
  struct Entry {
    WireField field;
    int next;
  };

  absl::InlinedVector<Entry, 16> entries_;
  absl::InlinedVector<int, 24> first_;
  absl::InlinedVector<int, 24> last_;
  bool ok_ = false;
};

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  bool Message(const MessagePlan& plan, absl::string_view wire, int depth) {
    if (plan.well_known != WellKnown::kNone) return WellKnownValue(plan, wire, depth);
    if (depth > kMaxDepth) return false;
    const Index index(plan, wire);
    if (!index.ok()) return false;
    out_.push_back('{');
    bool empty = true;
    for (size_t i = 0; i < plan.fields.size(); ++i) {
      const FieldPlan& field = plan.fields[i];
      const bool absent = index.First(static_cast<int>(i)) == Index::kNone;
      if (absent && field.has_presence && !field.repeated) continue;
      if (field.moved_out) continue;
      if (!empty) out_.push_back(',');
      empty = false;
      out_.append(field.json_key);
      if (!Field(field, index, static_cast<int>(i), depth)) return false;
    }
    out_.push_back('}');
    return true;
  }

  // The value of a field, or its default.
  bool Field(const FieldPlan& field, const Index& index, int at, int depth) {
    if (field.map) return Map(field, index, at, depth);
    if (field.repeated) return Array(field, index, at, depth);
    if (index.First(at) == Index::kNone) {
      if (field.message != nullptr) return Message(*field.message, "", depth + 1);
      return Scalar(field, 0, "");
    }
    if (field.message != nullptr && index.First(at) != index.Last(at)) {
      // Several encodings of one message are one message when they are put together.
      std::string merged;
      for (int e = index.First(at); e != Index::kNone; e = index.Next(e)) {
        merged.append(index.At(e).bytes.data(), index.At(e).bytes.size());
      }
      return Message(*field.message, merged, depth + 1);
    }
    return Value(field, index.At(index.Last(at)), depth);
  }

 private:
  bool Value(const FieldPlan& field, const WireField& value, int depth) {
    if (!IsOfType(field, value)) return false;
    if (field.message != nullptr) return Message(*field.message, value.bytes, depth + 1);
    return Scalar(field, value.bits, value.bytes);
  }

  static WireType WireTypeOf(const FieldPlan& field) {
    switch (field.type) {
      case FieldDescriptor::TYPE_STRING:
      case FieldDescriptor::TYPE_BYTES:
      case FieldDescriptor::TYPE_MESSAGE: return WireType::kBytes;
      case FieldDescriptor::TYPE_FIXED32:
      case FieldDescriptor::TYPE_SFIXED32:
      case FieldDescriptor::TYPE_FLOAT: return WireType::kFixed32;
      case FieldDescriptor::TYPE_FIXED64:
      case FieldDescriptor::TYPE_SFIXED64:
      case FieldDescriptor::TYPE_DOUBLE: return WireType::kFixed64;
      default: return WireType::kVarint;
    }
  }
  static bool IsOfType(const FieldPlan& field, const WireField& value) {
    return value.type == WireTypeOf(field);
  }

  bool Array(const FieldPlan& field, const Index& index, int at, int depth) {
    out_.push_back('[');
    const size_t start = out_.size();
    for (int e = index.First(at); e != Index::kNone; e = index.Next(e)) {
      const WireField& value = index.At(e);
      if (value.type == WireType::kBytes && WireTypeOf(field) != WireType::kBytes) {
        if (!Packed(field, value.bytes, start)) return false;
        continue;
      }
      if (out_.size() > start) out_.push_back(',');
      if (!Value(field, value, depth)) return false;
    }
    out_.push_back(']');
    return true;
  }

  bool Packed(const FieldPlan& field, absl::string_view bytes, size_t start) {
    WireReader reader(bytes);
    while (!reader.AtEnd()) {
      uint64_t bits = 0;
      uint32_t small = 0;
      switch (WireTypeOf(field)) {
        case WireType::kFixed32:
          if (!reader.NextFixed32(small)) return false;
          bits = small;
          break;
        case WireType::kFixed64:
          if (!reader.NextFixed64(bits)) return false;
          break;
        default:
          if (!reader.NextVarint(bits)) return false;
      }
      if (out_.size() > start) out_.push_back(',');
      if (!Scalar(field, bits, "")) return false;
    }
    return true;
  }

  bool Map(const FieldPlan& field, const Index& index, int at, int depth) {
    const MessagePlan& entry_plan = *field.message;
    out_.push_back('{');
    for (int e = index.First(at); e != Index::kNone; e = index.Next(e)) {
      if (e != index.First(at)) out_.push_back(',');
      const Index entry(entry_plan, index.At(e).bytes);
      if (!entry.ok() || !IsOfType(field, index.At(e))) return false;
      std::string key;
      Writer key_writer(key);
      if (!key_writer.Field(entry_plan.fields[0], entry, 0, depth)) return false;
      const bool quoted = key.front() == '"';
      absl::StrAppend(&out_, quoted ? "" : "\"", key, quoted ? ":" : "\":");
      if (!Field(entry_plan.fields[1], entry, 1, depth)) return false;
    }
    out_.push_back('}');
    return true;
  }

  bool Scalar(const FieldPlan& field, uint64_t bits, absl::string_view bytes) {
    switch (field.type) {
      case FieldDescriptor::TYPE_STRING: return AppendJsonString(bytes, out_);
      case FieldDescriptor::TYPE_BYTES:
        absl::StrAppend(&out_, "\"", absl::Base64Escape(bytes), "\"");
        return true;
      case FieldDescriptor::TYPE_BOOL: out_.append(bits != 0 ? "true" : "false"); return true;
      case FieldDescriptor::TYPE_ENUM: return Enum(field, static_cast<int32_t>(bits));
      case FieldDescriptor::TYPE_INT32:
      case FieldDescriptor::TYPE_SFIXED32:
        absl::StrAppend(&out_, static_cast<int32_t>(bits));
        return true;
      case FieldDescriptor::TYPE_SINT32:
        absl::StrAppend(&out_, static_cast<int32_t>(UnZigZag(static_cast<uint32_t>(bits))));
        return true;
      case FieldDescriptor::TYPE_UINT32:
      case FieldDescriptor::TYPE_FIXED32:
        absl::StrAppend(&out_, static_cast<uint32_t>(bits));
        return true;
      case FieldDescriptor::TYPE_SINT64:
        absl::StrAppend(&out_, "\"", UnZigZag(bits), "\"");
        return true;
      case FieldDescriptor::TYPE_UINT64:
      case FieldDescriptor::TYPE_FIXED64: absl::StrAppend(&out_, "\"", bits, "\""); return true;
      case FieldDescriptor::TYPE_INT64:
      case FieldDescriptor::TYPE_SFIXED64:
        absl::StrAppend(&out_, "\"", static_cast<int64_t>(bits), "\"");
        return true;
      case FieldDescriptor::TYPE_FLOAT:
        Float(std::bit_cast<float>(static_cast<uint32_t>(bits)));
        return true;
      case FieldDescriptor::TYPE_DOUBLE: Float(std::bit_cast<double>(bits)); return true;
      default: return false;
    }
  }

  bool Enum(const FieldPlan& field, int32_t number) {
    const auto* value = field.descriptor->enum_type()->FindValueByNumber(number);
    if (value == nullptr) {
      absl::StrAppend(&out_, number);
    } else {
      absl::StrAppend(&out_, "\"", value->name(), "\"");
    }
    return true;
  }

  template <typename T>
  void Float(T value) {
    if (std::isnan(value)) {
      out_.append("\"NaN\"");
    } else if (std::isinf(value)) {
      out_.append(value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    } else {
      char buffer[32];  // the shortest text that reads back as this number
      const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
      out_.append(buffer, end - buffer);
    }
  }

  bool WellKnownValue(const MessagePlan& plan, absl::string_view wire, int depth) {
    const Index index(plan, wire);
    if (!index.ok()) return false;
    switch (plan.well_known) {
      case WellKnown::kWrapper: return Field(plan.fields[0], index, 0, depth);
      case WellKnown::kFieldMask: return FieldMask(index);
      default: break;
    }
    const auto bits = [&](int at) {
      return index.First(at) == Index::kNone ? 0 : index.At(index.Last(at)).bits;
    };
    const SecondsNanos value{.seconds = static_cast<int64_t>(bits(0)),
                             .nanos = static_cast<int32_t>(bits(1))};
    out_.push_back('"');
    const bool ok = plan.well_known == WellKnown::kTimestamp ? AppendTimestamp(value, out_)
                                                             : AppendDuration(value, out_);
    out_.push_back('"');
    return ok;
  }

  bool FieldMask(const Index& index) {
    std::string mask;
    for (int e = index.First(0); e != Index::kNone; e = index.Next(e)) {
      const auto camel = PathToCamelCase(index.At(e).bytes);
      if (!camel) return false;
      absl::StrAppend(&mask, mask.empty() ? "" : ",", *camel);
    }
    return AppendJsonString(mask, out_);
  }

  std::string& out_;
};

std::string ScalarText(const FieldPlan& field, const WireField& value) {
  switch (field.type) {
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES: return std::string(value.bytes);
    case FieldDescriptor::TYPE_BOOL: return value.bits != 0 ? "true" : "false";
    case FieldDescriptor::TYPE_ENUM: {
      const auto* named =
          field.descriptor->enum_type()->FindValueByNumber(static_cast<int>(value.bits));
      return named == nullptr ? "" : named->name();
    }
    default: return absl::StrCat(static_cast<int64_t>(value.bits));
  }
}

}  // namespace

bool AppendJson(const MessagePlan& plan, absl::string_view wire, std::string& out) {
  return Writer(out).Message(plan, wire, 0);
}

bool AppendFieldJson(const MessagePlan& plan, const FieldPlan& field, absl::string_view wire,
                     std::string& out) {
  const Index index(plan, wire);
  return index.ok() &&
         Writer(out).Field(field, index, static_cast<int>(&field - plan.fields.data()), 0);
}

std::string TextAt(const FieldPath& path, absl::string_view wire) {
  std::string merged;
  for (const FieldPlan* field : path) {
    WireField last;
    int count = 0;
    std::string parts;
    WireReader reader(wire);
    for (WireField value; reader.Next(value);) {
      if (value.number != field->number) continue;
      // Several encodings of one message are one message when they are put together.
      if (field->message != nullptr && count > 0) {
        if (count == 1) parts.assign(last.bytes.data(), last.bytes.size());
        parts.append(value.bytes.data(), value.bytes.size());
      }
      last = value;
      ++count;
    }
    if (count == 0 && (field->message != nullptr || field->has_presence)) return {};
    if (field->message == nullptr) return ScalarText(*field, last);
    if (count > 1) merged = std::move(parts);
    wire = count > 1 ? absl::string_view(merged) : last.bytes;
  }
  return {};
}

namespace {

// How many bytes at the start of `text`, in blocks of eight, are ASCII that JSON strings hold as it
// is.
size_t PlainPrefix(absl::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  constexpr uint64_t kHighs = 0x8080808080808080u;
  // The high bit of each byte that is zero; none other when all bytes are ASCII.
  const auto zeros = [](uint64_t bytes) { return (bytes - kOnes) & ~bytes & kHighs; };
  size_t plain = 0;
  for (uint64_t block; text.size() - plain >= sizeof block; plain += sizeof block) {
    std::memcpy(&block, text.data() + plain, sizeof block);
    const uint64_t control = (block - kOnes * 0x20) & ~block & kHighs;
    if (((block & kHighs) | control | zeros(block ^ (kOnes * '"')) |
         zeros(block ^ (kOnes * '\\'))) != 0) {
      break;
    }
  }
  return plain;
}

}  // namespace

bool AppendJsonString(absl::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  size_t start = 0;
  bool ascii = true;
  for (size_t i = 0; i < text.size(); ++i) {
    i += PlainPrefix(text.substr(i));
    if (i >= text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    ascii = ascii && c < 0x80;
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.data() + start, i - start);
    start = i + 1;
    switch (c) {
      case '"': out.append("\\\""); break;
      case '\\': out.append("\\\\"); break;
      case '\n': out.append("\\n"); break;
      case '\r': out.append("\\r"); break;
      case '\t': out.append("\\t"); break;
      default: absl::StrAppend(&out, "\\u00", std::string{kHex[c >> 4], kHex[c & 15]});
    }
  }
  out.append(text.data() + start, text.size() - start);
  out.push_back('"');
  return ascii || IsUtf8(text);
}

}  // namespace cartwright::gateway
