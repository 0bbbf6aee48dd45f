#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/test_api.h"
#include "gtest/gtest.h"
#include "openssl/bn.h"
#include "openssl/core_names.h"
#include "openssl/ec.h"
#include "openssl/ecdsa.h"
#include "shared/base/secret.h"

namespace cartwright::gateway::testing {
namespace {

// A number of a key, in base64url; of `size` bytes, or as many as it has when 0.
std::string NumberOf(const EVP_PKEY* key, const char* parameter, int size = 0) {
  BIGNUM* number = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(key, parameter, &number), 1);
  std::string bytes(size == 0 ? BN_num_bytes(number) : size, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  BN_free(number);
  return Base64Url(bytes);
}

}  // namespace

TestSigner::TestSigner(std::string kid, std::string algorithm, int bits)
    : kid_(std::move(kid)),
      algorithm_(std::move(algorithm)),
      key_(algorithm_ == "ES256"   ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
           : algorithm_ == "RS256" ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t(bits))
                                   : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")) {}

TestSigner::~TestSigner() { EVP_PKEY_free(key_); }

std::string TestSigner::Jwk() const {
  const std::string rest =
      absl::StrCat(R"("use":"sig","alg":")", algorithm_, R"(","kid":")", kid_, "\"}");
  if (algorithm_ == "RS256") {
    return absl::StrCat(R"({"kty":"RSA","n":")", NumberOf(key_, OSSL_PKEY_PARAM_RSA_N),
                        R"(","e":")", NumberOf(key_, OSSL_PKEY_PARAM_RSA_E), "\",", rest);
  }
  if (algorithm_ == "EdDSA") {
    std::string x(32, '\0');
    size_t size = x.size();
    EXPECT_EQ(EVP_PKEY_get_raw_public_key(key_, reinterpret_cast<unsigned char*>(x.data()), &size),
              1);
    return absl::StrCat(R"({"kty":"OKP","crv":"Ed25519","x":")", Base64Url(x), "\",", rest);
  }
  return absl::StrCat(R"({"kty":"EC","crv":"P-256","x":")",
                      NumberOf(key_, OSSL_PKEY_PARAM_EC_PUB_X, 32), R"(","y":")",
                      NumberOf(key_, OSSL_PKEY_PARAM_EC_PUB_Y, 32), "\",", rest);
}

std::string TestSigner::Jwks() const { return absl::StrCat("{\"keys\":[", Jwk(), "]}"); }

std::string TestSigner::Sign(absl::string_view header, absl::string_view payload) const {
  const std::string content = absl::StrCat(Base64Url(header), ".", Base64Url(payload));
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::array<unsigned char, 1024> der;
  size_t size = der.size();
  const EVP_MD* hash = algorithm_ == "EdDSA" ? nullptr : EVP_sha256();
  EXPECT_EQ(EVP_DigestSignInit(context, nullptr, hash, nullptr, key_), 1);
  EXPECT_EQ(EVP_DigestSign(context, der.data(), &size,
                           reinterpret_cast<const unsigned char*>(content.data()), content.size()),
            1);
  EVP_MD_CTX_free(context);
  if (algorithm_ != "ES256") {
    const std::string plain(reinterpret_cast<const char*>(der.data()), size);
    return absl::StrCat(content, ".", Base64Url(plain));
  }
  const unsigned char* at = der.data();
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size));
  std::string raw(64, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), bytes, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), bytes + 32, 32);
  ECDSA_SIG_free(signature);
  return absl::StrCat(content, ".", Base64Url(raw));
}

std::string TestSigner::Header() const {
  return absl::StrCat(R"({"alg":")", algorithm_, R"(","typ":"at+jwt","kid":")", kid_, "\"}");
}

std::string TestSigner::Claims(absl::string_view subject, absl::string_view roles, absl::Time now) {
  const int64_t issued = absl::ToUnixSeconds(now);
  return absl::StrCat(R"({"iss":")", kIssuer, R"(","aud":"cartwright","sub":")", subject,
                      R"(","sid":"session-1","jti":"j","iat":)", issued, ",\"exp\":", issued + 600,
                      ",\"roles\":", roles, "}");
}

std::string TestSigner::Token(absl::string_view subject, absl::string_view roles,
                              absl::Time now) const {
  return Sign(Header(), Claims(subject, roles, now));
}

}  // namespace cartwright::gateway::testing
