#include "services/identity/signing_key.h"

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "boost/json/parse.hpp"
#include "boost/json/serialize.hpp"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "openssl/bn.h"
#include "openssl/core_names.h"
#include "openssl/ecdsa.h"
#include "openssl/params.h"
#include "openssl/x509.h"
#include "services/identity/access_token.h"
#include "shared/base/secret.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

namespace json = boost::json;
using testing::IsOk;
using testing::StatusIs;

const std::string kSealingKey(32, 's');
constexpr auto kRefused = absl::StatusCode::kDataLoss;

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// The public key that a reader of the JWKS makes of `jwk`; null when it is no point of P-256.
Owned<EVP_PKEY> PublicKey(const v1::Jwk& jwk) {
  std::string group = "P-256";
  std::string point =
      absl::StrCat("\x04", FromBase64Url(jwk.x()).value(), FromBase64Url(jwk.y()).value());
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr),
                                    EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context.get());
  EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params);
  return {key, EVP_PKEY_free};
}

// Whether `signature` (r, s) of `content` is that of `jwk`'s private half, by OpenSSL alone.
bool Verifies(const v1::Jwk& jwk, const std::string& content, const std::string& signature) {
  if (signature.size() != 64) return false;
  const Owned<ECDSA_SIG> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
  ECDSA_SIG_set0(pair.get(), BN_bin2bn(Bytes(signature), 32, nullptr),
                 BN_bin2bn(Bytes(signature) + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  const Owned<EVP_PKEY> key = PublicKey(jwk);
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get());
  const bool good = EVP_DigestVerify(context.get(), der, size, Bytes(content), content.size()) == 1;
  OPENSSL_free(der);
  return good;
}

// The private number in what Seal gave, read as the header of SigningKey describes it: a 12-byte
// nonce, a ciphertext, a 16-byte tag. Empty when it is something else.
std::string PrivateNumber(const std::string& id, const std::string& sealed) {
  const std::string body = sealed.substr(12, sealed.size() - 28);
  std::string tag = sealed.substr(sealed.size() - 16);
  std::string der(body.size(), '\0');
  auto* const out = reinterpret_cast<unsigned char*>(der.data());
  int size = 0;
  const Owned<EVP_CIPHER_CTX> cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(kSealingKey), Bytes(sealed));
  EVP_DecryptUpdate(cipher.get(), nullptr, &size, Bytes(id), static_cast<int>(id.size()));
  EVP_DecryptUpdate(cipher.get(), out, &size, Bytes(body), static_cast<int>(body.size()));
  EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, 16, tag.data());
  if (EVP_DecryptFinal_ex(cipher.get(), nullptr, &size) != 1) return "";
  const unsigned char* position = out;
  const Owned<EVP_PKEY> key(d2i_AutoPrivateKey(nullptr, &position, static_cast<long>(der.size())),
                            EVP_PKEY_free);
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1) return "";
  std::string bytes(32, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), 32);
  BN_clear_free(number);
  return bytes;
}

TEST(SigningKeyTest, AnOpenedKeyIsTheOneThatWasSealed) {
  const SigningKey key = SigningKey::Generate();
  CW_ASSERT_OK_AND_ASSIGN(const SigningKey opened,
                          SigningKey::Open(key.id(), key.Seal(kSealingKey), kSealingKey));
  EXPECT_EQ(opened.jwk().SerializeAsString(), key.jwk().SerializeAsString());
  EXPECT_TRUE(Verifies(key.jwk(), "content", opened.Sign("content")));
}

TEST(SigningKeyTest, AnotherSealingKeyOpensNothing) {
  const SigningKey key = SigningKey::Generate();
  const std::string sealed = key.Seal(kSealingKey);
  std::string one_bit_off = kSealingKey;
  one_bit_off.back() ^= 1;
  for (const std::string& other : {one_bit_off, std::string(32, '\0'), kSealingKey.substr(1),
                                   kSealingKey + "s", std::string()}) {
    EXPECT_THAT(SigningKey::Open(key.id(), sealed, other), StatusIs(kRefused)) << other.size();
  }
}

TEST(SigningKeyTest, ASealedKeyWithAnyBitChangedIsRefused) {
  const SigningKey key = SigningKey::Generate();
  const std::string sealed = key.Seal(kSealingKey);
  for (size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    std::string damaged = sealed;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_THAT(SigningKey::Open(key.id(), damaged, kSealingKey), StatusIs(kRefused)) << bit;
  }
}

TEST(SigningKeyTest, ASealedKeyThatIsShorterOrLongerIsRefused) {
  const SigningKey key = SigningKey::Generate();
  const std::string sealed = key.Seal(kSealingKey);
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_THAT(SigningKey::Open(key.id(), sealed.substr(0, size), kSealingKey), StatusIs(kRefused))
        << size;
  }
  EXPECT_THAT(SigningKey::Open(key.id(), sealed + '\0', kSealingKey), StatusIs(kRefused));
}

// Whoever can write the table cannot pass one key off as another.
TEST(SigningKeyTest, ASealedKeyOpensUnderItsOwnIdOnly) {
  const SigningKey key = SigningKey::Generate();
  const std::string sealed = key.Seal(kSealingKey);
  EXPECT_THAT(SigningKey::Open(SigningKey::Generate().id(), sealed, kSealingKey),
              StatusIs(kRefused));
  EXPECT_THAT(SigningKey::Open("", sealed, kSealingKey), StatusIs(kRefused));
}

TEST(SigningKeyTest, SealingTwiceUsesTwoNonces) {
  const SigningKey key = SigningKey::Generate();
  EXPECT_NE(key.Seal(kSealingKey).substr(0, 12), key.Seal(kSealingKey).substr(0, 12));
}

TEST(SigningKeyTest, ThePrivateNumberIsNowhereInTheClear) {
  const SigningKey key = SigningKey::Generate();
  const std::string sealed = key.Seal(kSealingKey);
  const std::string number = PrivateNumber(key.id(), sealed);
  ASSERT_EQ(number.size(), 32u);
  EXPECT_EQ(sealed.find(number), std::string::npos);
  const std::string jwk = key.jwk().SerializeAsString();
  EXPECT_EQ(jwk.find(Base64Url(number)), std::string::npos);
  EXPECT_EQ(jwk.find(number), std::string::npos);
}

TEST(SigningKeyTest, TheJwkIsThePublicHalfAndNothingElse) {
  const SigningKey key = SigningKey::Generate();
  std::string text;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(key.jwk(), &text).ok());
  const json::object jwk = json::parse(text).as_object();
  const std::string x(jwk.at("x").as_string()), y(jwk.at("y").as_string());
  // RFC 7638, 3.2: the required members in order, no white space.
  const std::string thumbprint = Base64Url(
      Sha256(absl::StrCat(R"({"crv":"P-256","kty":"EC","x":")", x, R"(","y":")", y, R"("})")));
  const json::object expected = {{"kty", "EC"},  {"crv", "P-256"}, {"x", x},           {"y", y},
                                 {"use", "sig"}, {"alg", "ES256"}, {"kid", thumbprint}};
  EXPECT_EQ(jwk, expected) << text;
  EXPECT_EQ(key.id(), thumbprint);
  EXPECT_NE(PublicKey(key.jwk()), nullptr);
}

// Goal: numbers that start with a zero keep their width, in coordinates and in signatures. Method:
// one in 256 does, so 2,000 of each.
TEST(SigningKeyTest, EveryNumberHas32Bytes) {
  for (int i = 0; i < 2000; ++i) {
    const SigningKey key = SigningKey::Generate();
    EXPECT_EQ(FromBase64Url(key.jwk().x()).value().size(), 32u);
    EXPECT_EQ(FromBase64Url(key.jwk().y()).value().size(), 32u);
    const std::string content = absl::StrCat("content ", i);
    EXPECT_TRUE(Verifies(key.jwk(), content, key.Sign(content))) << i;
  }
}

TEST(SigningKeyTest, ATokenVerifiesWithItsKeyAndWithNoOther) {
  const SigningKey key = SigningKey::Generate();
  const std::string token =
      MintAccessToken(key, {.issuer = "i", .roles = {"shopper"}}, absl::Now());
  const size_t dot = token.rfind('.');
  const std::string content = token.substr(0, dot);
  const std::string signature = FromBase64Url(token.substr(dot + 1)).value();
  EXPECT_TRUE(Verifies(key.jwk(), content, signature));
  EXPECT_FALSE(Verifies(SigningKey::Generate().jwk(), content, signature));
  EXPECT_FALSE(Verifies(key.jwk(), content + "A", signature));

  const std::string header = content.substr(0, content.find('.'));
  const json::object read = json::parse(FromBase64Url(header).value()).as_object();
  const json::object expected = {{"alg", "ES256"}, {"typ", "at+jwt"}, {"kid", key.jwk().kid()}};
  EXPECT_EQ(read, expected) << json::serialize(read);
}

}  // namespace
}  // namespace cartwright::identity
