#include "shared/auth/verification_key.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "openssl/bn.h"
#include "openssl/core_names.h"
#include "openssl/ecdsa.h"
#include "openssl/param_build.h"
#include "shared/base/json_check.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"

namespace cartwright {

namespace json = boost::json;

namespace {

constexpr size_t kCoordinate = 32;  // bytes of one coordinate, and of r and s, on P-256
constexpr size_t kEd25519Key = 32;
constexpr size_t kEd25519Signature = 64;
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;      // what a signature costs grows with it
constexpr size_t kMaxRsaExponent = 4;  // bytes; everybody has 65537
constexpr size_t kMaxKid = 64;
constexpr size_t kMaxPublishedKid = 128;  // others put what they like into theirs

template <typename T, void (*Free)(T*)>
struct Freed {
  void operator()(T* object) const { Free(object); }
};
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM, OSSL_PARAM_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BIGNUM, BN_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX, EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG, ECDSA_SIG_free>>;

const unsigned char* BytesOf(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// A member that is a string; empty when it is absent or something else.
std::string TextOf(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

// A member that is strict base64url; empty when it is not.
std::string BytesIn(const json::object& object, const char* name) {
  return FromBase64Url(TextOf(object, name)).value_or("");
}

EVP_PKEY* MakeKey(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return key;
}

// A point that is not on the curve is refused by OpenSSL.
absl::StatusOr<EVP_PKEY*> MakeEcKey(const json::object& jwk) {
  const std::string x = BytesIn(jwk, "x");
  const std::string y = BytesIn(jwk, "y");
  const std::string point = absl::StrCat("\x04", x, y);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  const bool has_size = x.size() == kCoordinate && y.size() == kCoordinate;
  EVP_PKEY* key = has_size ? MakeKey("EC", builder.get()) : nullptr;
  if (key == nullptr) return absl::InvalidArgumentError("a key is not a point of P-256");
  return key;
}

absl::StatusOr<EVP_PKEY*> MakeRsaKey(const json::object& jwk) {
  const std::string modulus = BytesIn(jwk, "n");
  const std::string exponent = BytesIn(jwk, "e");
  const Number n(BN_bin2bn(BytesOf(modulus), static_cast<int>(modulus.size()), nullptr));
  const Number e(BN_bin2bn(BytesOf(exponent), static_cast<int>(exponent.size()), nullptr));
  const int bits = BN_num_bits(n.get());
  if (bits < kMinRsaBits || bits > kMaxRsaBits) {
    return absl::InvalidArgumentError(
        absl::StrCat("an RSA key has ", bits, " bits, not ", kMinRsaBits, " to ", kMaxRsaBits));
  }
  const bool good = exponent.size() <= kMaxRsaExponent && BN_is_odd(e.get()) == 1 &&
                    BN_is_one(e.get()) == 0 && BN_is_odd(n.get()) == 1;
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  EVP_PKEY* key = good ? MakeKey("RSA", builder.get()) : nullptr;
  if (key == nullptr) return absl::InvalidArgumentError("an RSA key is damaged");
  return key;
}

absl::StatusOr<EVP_PKEY*> MakeEdKey(const json::object& jwk) {
  const std::string x = BytesIn(jwk, "x");
  EVP_PKEY* key = x.size() != kEd25519Key ? nullptr
                                          : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                                                        BytesOf(x), x.size());
  if (key == nullptr) return absl::InvalidArgumentError("a key is not one of Ed25519");
  return key;
}

// What the key is for; nothing when that is not for us.
std::optional<JwsAlgorithm> AlgorithmOf(const json::object& jwk) {
  if (jwk.contains("use") && TextOf(jwk, "use") != "sig") return std::nullopt;
  const std::string type = TextOf(jwk, "kty");
  const std::string curve = TextOf(jwk, "crv");
  const bool names_algorithm = jwk.contains("alg");
  const auto is = [&](JwsAlgorithm algorithm, bool needs_name) {
    return names_algorithm ? TextOf(jwk, "alg") == NameOf(algorithm) : !needs_name;
  };
  if (type == "EC" && curve == "P-256" && is(JwsAlgorithm::kEs256, false)) {
    return JwsAlgorithm::kEs256;
  }
  if (type == "RSA" && is(JwsAlgorithm::kRs256, true)) return JwsAlgorithm::kRs256;
  if (type == "OKP" && curve == "Ed25519" && is(JwsAlgorithm::kEdDsa, false)) {
    return JwsAlgorithm::kEdDsa;
  }
  return std::nullopt;
}

// ECDSA wants r and s as DER; a JWS has them side by side.
std::string DerSignature(absl::string_view raw) {
  const EcdsaSignature signature(ECDSA_SIG_new());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(BytesOf(raw), kCoordinate, nullptr),
                 BN_bin2bn(BytesOf(raw) + kCoordinate, kCoordinate, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  std::string result(reinterpret_cast<char*>(der), size > 0 ? size : 0);
  OPENSSL_free(der);
  return result;
}

bool IsSigned(EVP_PKEY* key, const EVP_MD* hash, absl::string_view content,
              absl::string_view signature) {
  const Digest context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), BytesOf(signature), signature.size(), BytesOf(content),
                          content.size()) == 1;
}

}  // namespace

absl::string_view NameOf(JwsAlgorithm algorithm) {
  switch (algorithm) {
    case JwsAlgorithm::kEs256: return "ES256";
    case JwsAlgorithm::kRs256: return "RS256";
    case JwsAlgorithm::kEdDsa: return "EdDSA";
  }
  return "";
}

absl::StatusOr<std::optional<VerificationKey>> VerificationKey::FromJwk(const json::object& jwk) {
  const auto algorithm = AlgorithmOf(jwk);
  if (!algorithm) return std::optional<VerificationKey>();
  absl::StatusOr<EVP_PKEY*> key = *algorithm == JwsAlgorithm::kEs256   ? MakeEcKey(jwk)
                                  : *algorithm == JwsAlgorithm::kRs256 ? MakeRsaKey(jwk)
                                                                       : MakeEdKey(jwk);
  CW_RETURN_IF_ERROR(key.status());
  return std::optional(VerificationKey(*algorithm, *key));
}

bool VerificationKey::Verifies(absl::string_view content, absl::string_view signature) const {
  switch (algorithm_) {
    case JwsAlgorithm::kEs256:
      // r = 0 or s = 0 verifies nothing: OpenSSL refuses them.
      return signature.size() == 2 * kCoordinate &&
             IsSigned(key_.get(), EVP_sha256(), content, DerSignature(signature));
    case JwsAlgorithm::kRs256:
      return signature.size() == static_cast<size_t>(EVP_PKEY_get_size(key_.get())) &&
             IsSigned(key_.get(), EVP_sha256(), content, signature);
    case JwsAlgorithm::kEdDsa:
      return signature.size() == kEd25519Signature &&
             IsSigned(key_.get(), nullptr, content, signature);
  }
  return false;
}

bool IsKid(absl::string_view kid) {
  return !kid.empty() && kid.size() <= kMaxKid && std::all_of(kid.begin(), kid.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
  });
}

absl::StatusOr<KeySet> KeySet::Parse(absl::string_view jwks, std::optional<JwsAlgorithm> only) {
  CW_ASSIGN_OR_RETURN(const json::value value, ParseStrictJson(jwks));
  const json::value* list = value.is_object() ? value.get_object().if_contains("keys") : nullptr;
  if (list == nullptr || !list->is_array()) {
    return absl::InvalidArgumentError("the JWK set has no keys");
  }
  KeySet result;
  for (const json::value& item : list->get_array()) {
    if (!item.is_object()) return absl::InvalidArgumentError("a key is not an object");
    const json::object& jwk = item.get_object();
    const std::string kid = TextOf(jwk, "kid");
    if (kid.empty() || kid.size() > kMaxPublishedKid) continue;
    CW_ASSIGN_OR_RETURN(auto key, VerificationKey::FromJwk(jwk));
    if (!key || (only && key->algorithm() != *only)) continue;
    if (!result.keys_.emplace(kid, *std::move(key)).second) {
      return absl::InvalidArgumentError(absl::StrCat("two keys have the id ", kid));
    }
  }
  if (result.keys_.empty()) {
    return absl::InvalidArgumentError("the JWK set has no key that can be used");
  }
  return result;
}

const VerificationKey* KeySet::Find(absl::string_view kid) const {
  const auto found = keys_.find(kid);
  return found == keys_.end() ? nullptr : &found->second;
}

}  // namespace cartwright
