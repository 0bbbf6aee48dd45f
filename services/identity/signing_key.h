#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cartwright/identity/v1/identity.pb.h"
#include "openssl/evp.h"

namespace cartwright::identity {

// A P-256 key that signs access tokens with ES256 (RFC 7518). Its id is its thumbprint (RFC
// 7638), so an id names one key for ever. Immutable; thread-safe.
class SigningKey {
 public:
  // A new key from the system's CSPRNG.
  static SigningKey Generate();

  // The key in what Seal gave. DATA_LOSS when `sealing_key` is another one, when a byte of it
  // changed, or when it was sealed under another id.
  static absl::StatusOr<SigningKey> Open(absl::string_view id, absl::string_view sealed,
                                         absl::string_view sealing_key);

  // The private key under AES-256-GCM: nonce, ciphertext, tag; the id is authenticated with it.
  // REQUIRES: sealing_key has 32 bytes.
  std::string Seal(absl::string_view sealing_key) const;

  const std::string& id() const { return jwk_.kid(); }

  // The public half.
  const v1::Jwk& jwk() const { return jwk_; }

  // The signature as a JWS has it: r and s, 32 bytes each.
  std::string Sign(absl::string_view content) const;

 private:
  struct Deleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };

  explicit SigningKey(EVP_PKEY* key);

  std::unique_ptr<EVP_PKEY, Deleter> key_;
  v1::Jwk jwk_;
};

}  // namespace cartwright::identity
