#include "shared/base/secret.h"

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "openssl/crypto.h"
#include "openssl/evp.h"
#include "openssl/hmac.h"
#include "openssl/rand.h"

namespace cartwright {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  std::string content{std::istreambuf_iterator<char>(file), {}};
  absl::StripTrailingAsciiWhitespace(&content);
  return content;
}

absl::StatusOr<std::string> ReadKeyFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text;
  const bool hex =
      text->size() == 64 && text->find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (!hex) return absl::InvalidArgumentError(absl::StrCat(path, " must hold 64 hex digits"));
  return absl::HexStringToBytes(*text);
}

std::string Sha256(absl::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return std::string(reinterpret_cast<char*>(digest.data()), size);
}

std::string HmacSha256(absl::string_view key, absl::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data(), &size);
  return std::string(reinterpret_cast<char*>(digest.data()), size);
}

std::string RandomBytes(size_t size) {
  std::string bytes(size, '\0');
  // There is no safe way on without randomness.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1) {
    std::abort();
  }
  return bytes;
}

std::string RandomId(size_t size) {
  constexpr size_t kStore = 4096;
  thread_local std::string store;
  if (store.size() < size) store = RandomBytes(kStore);
  std::string id = store.substr(store.size() - size);
  store.erase(store.size() - size);
  return id;
}

bool SecretsEqual(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string Base64Url(absl::string_view bytes) { return absl::WebSafeBase64Escape(bytes); }

absl::StatusOr<std::string> FromBase64Url(absl::string_view text) {
  std::string bytes;
  // Abseil also takes padding, and bits after the end; one value must have one spelling.
  if (!absl::WebSafeBase64Unescape(text, &bytes) || Base64Url(bytes) != text) {
    return absl::InvalidArgumentError("not base64url");
  }
  return bytes;
}

}  // namespace cartwright
