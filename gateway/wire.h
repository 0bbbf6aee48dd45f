#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace cartwright::gateway {

// Protobuf's wire format, just enough to write a request and to read an answer by descriptor
// without making message objects. Concatenated encodings of one message merge, and the last
// value of a field wins: path variables and bound fields are appended last for that reason.

// The wire types that proto3 uses (protobuf.dev, "Encoding").
enum class WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

void AppendVarint(uint64_t value, std::string& out);
void AppendTag(int field, WireType type, std::string& out);
void AppendFixed32(uint32_t value, std::string& out);
void AppendFixed64(uint64_t value, std::string& out);

// A whole field of type string, bytes or message.
void AppendBytes(int field, absl::string_view bytes, std::string& out);

// One field of an encoded message. `bits` has the value of a number, `bytes` that of the rest.
struct WireField {
  int number = 0;
  WireType type = WireType::kVarint;
  uint64_t bits = 0;
  absl::string_view bytes;
};

// Reads the fields of an encoded message in their order:
//
//   WireReader reader(bytes);
//   for (WireField field; reader.Next(field);) ...
//   if (!reader.ok()) ...  // not a message
class WireReader {
 public:
  // `bytes` must outlive the reader and the fields.
  explicit WireReader(absl::string_view bytes) : rest_(bytes) {}

  bool Next(WireField& field);

  // False once something was found that is not a message, groups included.
  bool ok() const { return ok_; }

  // Elements of a packed field.
  bool NextVarint(uint64_t& value);
  bool NextFixed32(uint32_t& value);
  bool NextFixed64(uint64_t& value);
  bool AtEnd() const { return rest_.empty(); }

 private:
  bool Fail();

  absl::string_view rest_;
  bool ok_ = true;
};

// The bits of an sint32 or sint64.
constexpr uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t UnZigZag(uint64_t bits) {
  return static_cast<int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

}  // namespace cartwright::gateway
