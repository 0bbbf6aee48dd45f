#include "shared/base/uuid.h"

#include <array>
#include <chrono>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "openssl/evp.h"
#include "shared/base/secret.h"

namespace cartwright {
namespace {

std::string Format(std::string bytes, int version) {
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = absl::BytesToHexString(bytes);
  const absl::string_view h = hex;
  return absl::StrCat(h.substr(0, 8), "-", h.substr(8, 4), "-", h.substr(12, 4), "-",
                      h.substr(16, 4), "-", h.substr(20, 12));
}

}  // namespace

std::string NewUuid() {
  std::string bytes = RandomId(16);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const uint64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<char>(ms >> (40 - 8 * i));
  return Format(std::move(bytes), 7);
}

std::string NamedUuid(absl::string_view uuid, absl::string_view name) {
  std::string input;
  for (char c : uuid) {
    if (c != '-') input += c;
  }
  input = absl::HexStringToBytes(input);
  absl::StrAppend(&input, name);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(input.data(), input.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return Format(std::string(reinterpret_cast<char*>(digest.data()), 16), 5);
}

bool IsUuid(absl::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

}  // namespace cartwright
