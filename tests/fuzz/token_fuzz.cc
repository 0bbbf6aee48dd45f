// Access tokens: as a stranger makes them; as the key signs them, with any header and claims; and
// sets of keys. A token that the key has not signed never speaks for anybody.

#include <memory>

#include "absl/strings/str_cat.h"
#include "gateway/token_verifier.h"
#include "openssl/ec.h"
#include "openssl/ecdsa.h"
#include "shared/base/secret.h"
#include "tests/fuzz/api.h"

namespace cartwright::fuzz {
namespace {

using gateway::TokenVerifier;

constexpr size_t kCoordinate = 32;

// A pair of keys that lives as long as the process.
class Signer {
 public:
  Signer() : key_(EVP_EC_gen("P-256")) {}

  std::string Jwks() const {
    unsigned char* point = nullptr;
    Require(EVP_PKEY_get1_encoded_public_key(key_, &point) == 1 + 2 * kCoordinate, "no public key");
    const std::string xy(reinterpret_cast<char*>(point + 1), 2 * kCoordinate);
    OPENSSL_free(point);
    return absl::StrCat(R"({"keys":[{"kty":"EC","crv":"P-256","kid":"k","x":")",
                        Base64Url(xy.substr(0, kCoordinate)), R"(","y":")",
                        Base64Url(xy.substr(kCoordinate)), R"("}]})");
  }

  std::string Sign(absl::string_view content) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    unsigned char der[128];
    size_t size = sizeof der;
    const auto* bytes = reinterpret_cast<const unsigned char*>(content.data());
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_);
    EVP_DigestSign(context.get(), der, &size, bytes, content.size());
    const unsigned char* at = der;
    ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size));
    std::string raw(2 * kCoordinate, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, kCoordinate);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + kCoordinate, kCoordinate);
    ECDSA_SIG_free(signature);
    return raw;
  }

 private:
  EVP_PKEY* const key_;
};

void Run(absl::string_view input) {
  static const auto* signer = new Signer;
  static auto* verifier = [] {
    auto* made = new TokenVerifier({.issuer = "https://shop", .audience = "cartwright"});
    auto keys = KeySet::Parse(signer->Jwks());
    Require(keys.ok(), "the key set is refused");
    made->SetKeys(std::make_shared<const KeySet>(*std::move(keys)));
    return made;
  }();
  const size_t choice = TakeChoice(input, 4);
  if (choice == 3) {
    KeySet::Parse(input).status().IgnoreError();
    return;
  }
  std::string token(input);
  if (choice == 1) {
    const absl::string_view header = TakeLine(input);
    const std::string content = absl::StrCat(Base64Url(header), ".", Base64Url(input));
    token = absl::StrCat(content, ".", Base64Url(signer->Sign(content)));
  }
  std::string unknown_kid;
  const auto principal = verifier->Verify(token, absl::FromUnixSeconds(1'700'000'000), unknown_kid);
  if (!principal.ok()) return;
  Require(choice == 1, "a forged token is taken");
  const std::string& subject = (*principal)->subject;
  Require(!subject.empty() && subject.size() <= 128, "a token speaks for nobody");
}

}  // namespace
}  // namespace cartwright::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cartwright::fuzz::Run(cartwright::fuzz::ViewOf(data, size));
  return 0;
}
