#include "services/identity/signing_key.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "openssl/bn.h"
#include "openssl/ec.h"
#include "openssl/ecdsa.h"
#include "openssl/x509.h"
#include "services/identity/sealing.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"

namespace cartwright::identity {
namespace {

constexpr int kCoordinate = 32;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// OpenSSL fails here only without memory or with a broken build: nothing may be signed then.
void Must(bool ok) {
  if (!ok) std::abort();
}

absl::Status Unopened() { return absl::DataLossError("a sealed signing key cannot be opened"); }

// The members in lexicographic order, without white space: what RFC 7638 hashes.
std::string Thumbprint(const v1::Jwk& jwk) {
  return Base64Url(Sha256(
      absl::StrCat(R"({"crv":"P-256","kty":"EC","x":")", jwk.x(), R"(","y":")", jwk.y(), R"("})")));
}

}  // namespace

SigningKey::SigningKey(EVP_PKEY* key) : key_(key) {
  unsigned char* point = nullptr;
  // 4, x, y.
  Must(EVP_PKEY_get1_encoded_public_key(key, &point) == 1 + 2 * kCoordinate && point[0] == 4);
  const std::string coordinates(reinterpret_cast<char*>(point + 1), 2 * kCoordinate);
  OPENSSL_free(point);
  jwk_.set_kty("EC");
  jwk_.set_crv("P-256");
  jwk_.set_x(Base64Url(coordinates.substr(0, kCoordinate)));
  jwk_.set_y(Base64Url(coordinates.substr(kCoordinate)));
  jwk_.set_use("sig");
  jwk_.set_alg("ES256");
  jwk_.set_kid(Thumbprint(jwk_));
}

SigningKey SigningKey::Generate() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  Must(key != nullptr);
  return SigningKey(key);
}

absl::StatusOr<SigningKey> SigningKey::Open(absl::string_view id, absl::string_view sealed,
                                            absl::string_view sealing_key) {
  CW_ASSIGN_OR_RETURN(std::string der, Unseal(sealing_key, id, sealed));
  const unsigned char* position = Bytes(absl::string_view(der));
  EVP_PKEY* key = d2i_AutoPrivateKey(nullptr, &position, static_cast<long>(der.size()));
  OPENSSL_cleanse(der.data(), der.size());
  if (key == nullptr) return Unopened();
  SigningKey result(key);
  if (result.id() != id) return Unopened();
  return result;
}

std::string SigningKey::Seal(absl::string_view sealing_key) const {
  unsigned char* der = nullptr;
  const int size = i2d_PrivateKey(key_.get(), &der);
  Must(size > 0);
  std::string sealed =
      identity::Seal(sealing_key, id(), absl::string_view(reinterpret_cast<char*>(der), size));
  OPENSSL_clear_free(der, size);
  return sealed;
}

std::string SigningKey::Sign(absl::string_view content) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::string der(128, '\0');
  size_t size = der.size();
  Must(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
       EVP_DigestSign(context.get(), Bytes(der), &size, Bytes(content), content.size()) == 1);
  const unsigned char* position = Bytes(absl::string_view(der));
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
      d2i_ECDSA_SIG(nullptr, &position, static_cast<long>(size)), ECDSA_SIG_free);
  std::string raw(2 * kCoordinate, '\0');
  Must(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), Bytes(raw), kCoordinate) == kCoordinate &&
       BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), Bytes(raw) + kCoordinate, kCoordinate) ==
           kCoordinate);
  return raw;
}

}  // namespace cartwright::identity
