#include "services/identity/sealing.h"

#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"
#include "openssl/evp.h"
#include "shared/base/secret.h"

namespace cartwright::identity {
namespace {

constexpr size_t kNonce = 12;
constexpr size_t kTag = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// OpenSSL fails here only without memory or with a broken build: nothing may be kept then.
void Must(bool ok) {
  if (!ok) std::abort();
}

absl::Status Unopened() { return absl::DataLossError("a sealed secret cannot be opened"); }

}  // namespace

std::string Seal(absl::string_view key, absl::string_view name, absl::string_view plain) {
  const std::string nonce = RandomBytes(kNonce);
  std::string sealed(plain.size(), '\0'), tag(kTag, '\0');
  int size = 0;
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  Must(key.size() == 32 &&
       EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce)) == 1);
  Must(EVP_EncryptUpdate(cipher.get(), nullptr, &size, Bytes(name), name.size()) == 1);
  Must(EVP_EncryptUpdate(cipher.get(), Bytes(sealed), &size, Bytes(plain), plain.size()) == 1);
  Must(EVP_EncryptFinal_ex(cipher.get(), nullptr, &size) == 1);
  Must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTag, tag.data()) == 1);
  return absl::StrCat(nonce, sealed, tag);
}

absl::StatusOr<std::string> Unseal(absl::string_view key, absl::string_view name,
                                   absl::string_view sealed) {
  if (key.size() != 32 || sealed.size() < kNonce + kTag) return Unopened();
  const absl::string_view nonce = sealed.substr(0, kNonce);
  std::string tag(sealed.substr(sealed.size() - kTag));
  const absl::string_view body = sealed.substr(kNonce, sealed.size() - kNonce - kTag);
  std::string plain(body.size(), '\0');
  int size = 0;
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const bool genuine =
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, Bytes(name), name.size()) == 1 &&
      EVP_DecryptUpdate(cipher.get(), Bytes(plain), &size, Bytes(body), body.size()) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), nullptr, &size) == 1;
  if (!genuine) return Unopened();
  return plain;
}

}  // namespace cartwright::identity
