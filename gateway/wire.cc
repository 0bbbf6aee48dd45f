#include "gateway/wire.h"

#include <cstring>

namespace cartwright::gateway {
namespace {

constexpr int kMaxVarintBytes = 10;
constexpr uint64_t kMaxFieldNumber = (1u << 29) - 1;

// Wire format is little-endian, and so is every machine that this runs on.
template <typename T>
void AppendRaw(T value, std::string& out) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

}  // namespace

void AppendVarint(uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void AppendTag(int field, WireType type, std::string& out) {
  AppendVarint((static_cast<uint64_t>(field) << 3) | static_cast<uint64_t>(type), out);
}

void AppendFixed32(uint32_t value, std::string& out) { AppendRaw(value, out); }
void AppendFixed64(uint64_t value, std::string& out) { AppendRaw(value, out); }

void AppendBytes(int field, absl::string_view bytes, std::string& out) {
  AppendTag(field, WireType::kBytes, out);
  AppendVarint(bytes.size(), out);
  out.append(bytes.data(), bytes.size());
}

bool WireReader::Fail() {
  ok_ = false;
  rest_ = {};
  return false;
}

bool WireReader::NextVarint(uint64_t& value) {
  value = 0;
  for (int i = 0; i < kMaxVarintBytes && static_cast<size_t>(i) < rest_.size(); ++i) {
    const auto byte = static_cast<unsigned char>(rest_[i]);
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      rest_.remove_prefix(i + 1);
      return true;
    }
  }
  return Fail();
}

bool WireReader::NextFixed32(uint32_t& value) {
  if (rest_.size() < sizeof value) return Fail();
  std::memcpy(&value, rest_.data(), sizeof value);
  rest_.remove_prefix(sizeof value);
  return true;
}

bool WireReader::NextFixed64(uint64_t& value) {
  if (rest_.size() < sizeof value) return Fail();
  std::memcpy(&value, rest_.data(), sizeof value);
  rest_.remove_prefix(sizeof value);
  return true;
}

bool WireReader::Next(WireField& field) {
  if (rest_.empty()) return false;
  uint64_t tag = 0;
  if (!NextVarint(tag)) return false;
  if (tag >> 3 == 0 || tag >> 3 > kMaxFieldNumber) return Fail();
  field.number = static_cast<int>(tag >> 3);
  field.type = static_cast<WireType>(tag & 7);
  // Callers reuse one field: nothing of the one before may stay.
  field.bits = 0;
  field.bytes = {};
  switch (field.type) {
    case WireType::kVarint: return NextVarint(field.bits);
    case WireType::kFixed64: return NextFixed64(field.bits);
    case WireType::kFixed32: {
      uint32_t bits = 0;
      if (!NextFixed32(bits)) return false;
      field.bits = bits;
      return true;
    }
    case WireType::kBytes: {
      uint64_t size = 0;
      if (!NextVarint(size)) return false;
      if (size > rest_.size()) return Fail();
      field.bytes = rest_.substr(0, size);
      rest_.remove_prefix(size);
      return true;
    }
  }
  return Fail();
}

}  // namespace cartwright::gateway
