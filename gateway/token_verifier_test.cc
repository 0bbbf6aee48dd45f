#include "gateway/token_verifier.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gateway/test_api.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/auth/jwt.h"
#include "shared/base/secret.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::gateway {
namespace {

using cartwright::testing::HasErrorReason;
using cartwright::testing::IsOk;
using ::testing::ElementsAre;
using testing::TestSigner;

class TokenVerifierTest : public ::testing::Test {
 protected:
  TokenVerifierTest() { verifier_.SetKeys(Keys(signer_.Jwks())); }

  static std::shared_ptr<const KeySet> Keys(const std::string& jwks) {
    auto keys = KeySet::Parse(jwks);
    EXPECT_THAT(keys, IsOk());
    return std::make_shared<const KeySet>(*std::move(keys));
  }

  absl::StatusOr<std::shared_ptr<const Principal>> Verify(absl::string_view token) {
    return verifier_.Verify(token, now_, unknown_kid_);
  }

  std::string Claims(absl::string_view subject = "ada") const {
    return TestSigner::Claims(subject, "[\"shopper\"]", now_);
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  const TestSigner signer_;
  TokenVerifier verifier_{{.issuer = TestSigner::kIssuer, .audience = "cartwright"}};
  std::string unknown_kid_;
};

TEST_F(TokenVerifierTest, TakesAGoodToken) {
  const auto principal = Verify(signer_.Token("ada", "[\"shopper\",\"admin\"]", now_));
  ASSERT_THAT(principal, IsOk());
  EXPECT_EQ((*principal)->subject, "ada");
  EXPECT_EQ((*principal)->session, "session-1");
  EXPECT_THAT((*principal)->roles, ElementsAre("shopper", "admin"));
}

// Every row is signed with the right key over exactly what it says.
TEST_F(TokenVerifierTest, RefusesOtherHeaders) {
  for (const char* header :
       {R"({"alg":"none","typ":"at+jwt","kid":"key-1"})",
        R"({"alg":"HS256","typ":"at+jwt","kid":"key-1"})",
        R"({"alg":"ES384","typ":"at+jwt","kid":"key-1"})",
        R"({"alg":"es256","typ":"at+jwt","kid":"key-1"})",
        R"({"alg":["ES256"],"typ":"at+jwt","kid":"key-1"})", R"({"typ":"at+jwt","kid":"key-1"})",
        R"({"alg":"ES256","typ":"JWT","kid":"key-1"})", R"({"alg":"ES256","kid":"key-1"})",
        R"({"alg":"ES256","typ":"at+jwt"})", R"({"alg":"ES256","typ":"at+jwt","kid":""})",
        R"({"alg":"ES256","typ":"at+jwt","kid":7})",
        R"({"alg":"ES256","typ":"at+jwt","kid":"../key-1"})",
        R"({"alg":"ES256","typ":"at+jwt","kid":"key-1","crit":["exp"]})",
        R"({"alg":"none","alg":"ES256","typ":"at+jwt","kid":"key-1"})", R"([])", R"(x)", ""}) {
    EXPECT_THAT(Verify(signer_.Sign(header, Claims())), HasErrorReason("TOKEN_INVALID")) << header;
    EXPECT_EQ(unknown_kid_, "") << header;
  }
}

TEST_F(TokenVerifierTest, IgnoresKeysThatTheTokenBrings) {
  const TestSigner attacker("key-1");
  const std::string header = absl::StrCat(R"({"alg":"ES256","typ":"at+jwt","kid":"key-1","jwk":)",
                                          attacker.Jwk(), R"(,"jku":"https://evil.test/jwks"})");
  EXPECT_THAT(Verify(attacker.Sign(header, Claims())), HasErrorReason("TOKEN_INVALID"));
}

TEST_F(TokenVerifierTest, RefusesOtherClaims) {
  const std::string good = Claims();
  const struct {
    const char* name;
    const char* from;
    const char* to;
  } kRows[] = {
      {"issuer", "https://shop.test", "https://evil.test"},
      {"issuer case", "https://shop.test", "https://Shop.test"},
      {"no issuer", "\"iss\":", "\"xss\":"},
      {"audience", "\"aud\":\"cartwright\"", "\"aud\":\"other\""},
      {"audience list", "\"aud\":\"cartwright\"", "\"aud\":[\"other\"]"},
      {"audience types", "\"aud\":\"cartwright\"", "\"aud\":[\"cartwright\",7]"},
      {"no audience", "\"aud\":", "\"xud\":"},
      {"no subject", "\"sub\":", "\"xub\":"},
      {"empty subject", "\"sub\":\"ada\"", "\"sub\":\"\""},
      {"number subject", "\"sub\":\"ada\"", "\"sub\":7"},
      {"no exp", "\"exp\":", "\"xxp\":"},
      {"text exp", "\"exp\":1800000600", "\"exp\":\"1800000600\""},
      {"fraction exp", "\"exp\":1800000600", "\"exp\":1800000600.5"},
      {"huge exp", "\"exp\":1800000600", "\"exp\":9223372036854775807"},
      {"negative exp", "\"exp\":1800000600", "\"exp\":-1"},
      {"long life", "\"exp\":1800000600", "\"exp\":1800086401"},
      {"no iat", "\"iat\":", "\"xat\":"},
      {"iat ahead", "\"iat\":1800000000", "\"iat\":1800000031"},
      {"nbf ahead", "\"jti\":\"j\"", "\"nbf\":1800000031"},
      {"nbf text", "\"jti\":\"j\"", "\"nbf\":\"now\""},
      {"roles text", "[\"shopper\"]", "\"admin\""},
      {"roles types", "[\"shopper\"]", "[[\"admin\"]]"},
      {"session type", "\"session-1\"", "7"},
      {"twice", "\"jti\":\"j\"", "\"sub\":\"eve\""},
  };
  for (const auto& row : kRows) {
    const std::string claims = absl::StrReplaceAll(good, {{row.from, row.to}});
    ASSERT_NE(claims, good) << row.name;
    EXPECT_THAT(Verify(signer_.Sign(signer_.Header(), claims)), HasErrorReason("TOKEN_INVALID"))
        << row.name;
  }
  const std::string list =
      absl::StrReplaceAll(good, {{"\"aud\":\"cartwright\"", "\"aud\":[\"a\",\"cartwright\"]"}});
  EXPECT_THAT(Verify(signer_.Sign(signer_.Header(), list)), IsOk());
}

TEST_F(TokenVerifierTest, RefusesAlteredTokens) {
  const std::string token = signer_.Token("ada", "[\"shopper\"]", now_);
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  const std::string other = signer_.Token("eve", "[\"admin\"]", now_);
  const std::vector<std::string> other_parts = absl::StrSplit(other, '.');
  const std::string none = Base64Url(R"({"alg":"none","typ":"at+jwt","kid":"key-1"})");
  for (const std::string& bad :
       std::vector<std::string>{absl::StrCat(parts[0], ".", other_parts[1], ".", parts[2]),
                                absl::StrCat(parts[0], ".", parts[1], ".", other_parts[2]),
                                absl::StrCat(parts[0], ".", parts[1], "."),
                                absl::StrCat(none, ".", parts[1], "."),
                                absl::StrCat(none, ".", parts[1], ".", parts[2]),
                                absl::StrCat(parts[0], ".", parts[1]),
                                absl::StrCat(token, "."),
                                absl::StrCat(token, ".x"),
                                absl::StrCat(token, "="),
                                absl::StrCat(token, "=="),
                                absl::StrCat(token, " "),
                                absl::StrCat(" ", token),
                                absl::StrCat(parts[0], "=.", parts[1], ".", parts[2]),
                                absl::StrCat(parts[0], ".", parts[1], ".", std::string(86, 'A')),
                                absl::StrCat(parts[0], ".", parts[1], ".", parts[2].substr(0, 43)),
                                absl::StrCat(parts[0], ".", parts[1], ".", parts[2], "AA"),
                                "",
                                ".",
                                "..",
                                "...",
                                "a.b.c",
                                std::string(5000, 'a')}) {
    EXPECT_THAT(Verify(bad), HasErrorReason("TOKEN_INVALID")) << bad;
  }
}

// Flipping any one bit of a token must break it: nothing in it may be unsigned.
TEST_F(TokenVerifierTest, EveryCharacterCounts) {
  const std::string token = signer_.Token("ada", "[\"shopper\"]", now_);
  ASSERT_THAT(Verify(token), IsOk());
  for (size_t i = 0; i < token.size(); ++i) {
    std::string bad = token;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(Verify(bad).ok()) << i;
  }
}

TEST_F(TokenVerifierTest, TheSameKeyOnAnotherAlgorithmDoesNotSign) {
  // The old trick: HMAC with the public key, which everybody has, as its secret.
  const std::string content = absl::StrCat(
      Base64Url(R"({"alg":"HS256","typ":"at+jwt","kid":"key-1"})"), ".", Base64Url(Claims()));
  const std::string token =
      absl::StrCat(content, ".", Base64Url(HmacSha256(signer_.Jwk(), content)));
  EXPECT_THAT(Verify(token), HasErrorReason("TOKEN_INVALID"));
}

TEST_F(TokenVerifierTest, TellsExpiryOnlyOfWhatItSigned) {
  const absl::Time past = now_ - absl::Hours(1);
  EXPECT_THAT(Verify(signer_.Token("ada", "[]", past)), HasErrorReason("TOKEN_EXPIRED"));
  const TestSigner stranger("key-1");
  EXPECT_THAT(Verify(stranger.Token("ada", "[]", past)), HasErrorReason("TOKEN_INVALID"));
}

TEST_F(TokenVerifierTest, AllowsForClocksThatDiffer) {
  const std::string token = signer_.Token("ada", "[]", now_);
  const absl::Time end = now_ + absl::Seconds(600);
  std::string unknown;
  EXPECT_THAT(verifier_.Verify(token, end + absl::Seconds(29), unknown), IsOk());
  EXPECT_THAT(verifier_.Verify(token, end + absl::Seconds(30), unknown),
              HasErrorReason("TOKEN_EXPIRED"));
}

TEST_F(TokenVerifierTest, ARememberedTokenExpiresToo) {
  const std::string token = signer_.Token("ada", "[]", now_);
  std::string unknown;
  EXPECT_THAT(verifier_.Verify(token, now_, unknown), IsOk());
  EXPECT_THAT(verifier_.Verify(token, now_, unknown), IsOk());
  EXPECT_THAT(verifier_.Verify(token, now_ + absl::Hours(1), unknown),
              HasErrorReason("TOKEN_EXPIRED"));
}

TEST_F(TokenVerifierTest, ForgetsWhatARemovedKeySigned) {
  const std::string token = signer_.Token("ada", "[]", now_);
  ASSERT_THAT(Verify(token), IsOk());
  const TestSigner next("key-2");
  verifier_.SetKeys(Keys(next.Jwks()));
  EXPECT_THAT(Verify(token), HasErrorReason("TOKEN_INVALID"));
  EXPECT_EQ(unknown_kid_, "key-1");
  EXPECT_THAT(Verify(next.Token("ada", "[]", now_)), IsOk());
  EXPECT_EQ(unknown_kid_, "");
}

TEST_F(TokenVerifierTest, ManyTokensDoNotGrowItsMemoryWithoutBound) {
  TokenVerifier small(
      {.issuer = TestSigner::kIssuer, .audience = "cartwright", .cache_entries = 32});
  small.SetKeys(Keys(signer_.Jwks()));
  std::string unknown;
  for (int i = 0; i < 200; ++i) {
    const std::string token = signer_.Token(absl::StrCat("user-", i), "[]", now_);
    EXPECT_THAT(small.Verify(token, now_, unknown), IsOk());
    EXPECT_EQ((*small.Verify(token, now_, unknown))->subject, absl::StrCat("user-", i));
  }
}

TEST_F(TokenVerifierTest, WithoutKeysNothingIsValid) {
  TokenVerifier empty({.issuer = TestSigner::kIssuer, .audience = "cartwright"});
  EXPECT_FALSE(empty.HasKeys());
  std::string unknown;
  EXPECT_THAT(empty.Verify(signer_.Token("ada", "[]", now_), now_, unknown),
              HasErrorReason("TOKEN_INVALID"));
  EXPECT_EQ(unknown, "key-1");
}

// Goal: keys for RS256 and EdDSA, which others sign with, verify with that algorithm and no other.
class SignatureTest : public ::testing::Test {
 protected:
  bool Verify(absl::string_view token) {
    const auto jwt = ParseJwt(token);
    const VerificationKey* key = jwt.ok() ? keys_->Find(jwt->key_id) : nullptr;
    return key != nullptr && IsSignedBy(*jwt, *key);
  }

  const std::string claims_ = TestSigner::Claims("ada", "[]", absl::FromUnixSeconds(1));
  const TestSigner rsa_{"rsa", "RS256"};
  const TestSigner ed_{"ed", "EdDSA"};
  const absl::StatusOr<KeySet> keys_ =
      KeySet::Parse(absl::StrCat("{\"keys\":[", rsa_.Jwk(), ",", ed_.Jwk(), "]}"), std::nullopt);
};

TEST_F(SignatureTest, AKeyHasOneAlgorithm) {
  ASSERT_THAT(keys_, IsOk());
  for (const char* header : {R"({"alg":"PS256","typ":"at+jwt","kid":"rsa"})",
                             R"({"alg":"RS512","typ":"at+jwt","kid":"rsa"})",
                             R"({"alg":"HS256","typ":"at+jwt","kid":"rsa"})",
                             R"({"alg":"none","typ":"at+jwt","kid":"rsa"})",
                             R"({"alg":"EdDSA","typ":"at+jwt","kid":"rsa"})",
                             R"({"alg":"RS256","typ":"at+jwt","kid":"ed"})"}) {
    EXPECT_FALSE(Verify(rsa_.Sign(header, claims_))) << header;
  }
}

TEST_F(SignatureTest, EveryCharacterCounts) {
  for (const TestSigner* signer : {&rsa_, &ed_}) {
    const std::string token = signer->Sign(signer->Header(), claims_);
    ASSERT_TRUE(Verify(token));
    for (size_t i = 0; i < token.size(); ++i) {
      std::string bad = token;
      bad[i] = bad[i] == 'A' ? 'B' : 'A';
      EXPECT_FALSE(Verify(bad)) << i;
    }
  }
}

TEST_F(TokenVerifierTest, AForeignTokenIsOneThatSaysSo) {
  const auto of = [&](absl::string_view issuer) {
    return signer_.Sign(signer_.Header(), absl::StrReplaceAll(TestSigner::Claims("ada", "[]", now_),
                                                              {{TestSigner::kIssuer, issuer}}));
  };
  EXPECT_FALSE(verifier_.IsForeign(of(TestSigner::kIssuer)));
  EXPECT_TRUE(verifier_.IsForeign(of("https://partner.test")));
  EXPECT_FALSE(verifier_.IsForeign("x.y.z"));
  EXPECT_FALSE(verifier_.IsForeign(""));
}

TEST(KeySetTest, RefusesWeakAndAmbiguousKeys) {
  const TestSigner weak("weak", "RS256", 1024);
  const auto status = KeySet::Parse(weak.Jwks(), std::nullopt).status();
  EXPECT_EQ(status.message(), "an RSA key has 1024 bits, not 2048 to 8192");
  const TestSigner rsa("rsa", "RS256");
  EXPECT_THAT(KeySet::Parse(rsa.Jwks(), std::nullopt), IsOk());
  EXPECT_FALSE(KeySet::Parse(rsa.Jwks()).ok()) << "the shop signs with ES256";
  for (const char* other : {"\"PS256\"", "\"RS384\"", "\"HS256\"", "7"}) {
    const std::string jwks = absl::StrReplaceAll(rsa.Jwks(), {{"\"RS256\"", other}});
    EXPECT_FALSE(KeySet::Parse(jwks, std::nullopt).ok()) << other;
  }
  const TestSigner one("same");
  const TestSigner other("same");
  EXPECT_EQ(KeySet::Parse(absl::StrCat("{\"keys\":[", one.Jwk(), ",", other.Jwk(), "]}"))
                .status()
                .message(),
            "two keys have the id same");
}

TEST(KeySetTest, TakesOnlyKeysForOurAlgorithm) {
  const TestSigner one("one");
  const std::string jwk = one.Jwk();
  const auto keys_of = [](const std::string& jwk) {
    return KeySet::Parse(absl::StrCat("{\"keys\":[", jwk, "]}"));
  };
  EXPECT_THAT(keys_of(jwk), IsOk());
  const struct {
    const char* from;
    const char* to;
  } kRows[] = {{"\"EC\"", "\"RSA\""},  {"\"P-256\"", "\"P-384\""}, {"\"ES256\"", "\"HS256\""},
               {"\"sig\"", "\"enc\""}, {"\"one\"", "\"\""},        {"\"x\":\"", "\"x\":\"AA"},
               {"\"y\":", "\"z\":"}};
  for (const auto& row : kRows) {
    EXPECT_FALSE(keys_of(absl::StrReplaceAll(jwk, {{row.from, row.to}})).ok()) << row.from;
  }
  const auto both = keys_of(absl::StrCat(R"({"kty":"RSA","kid":"r"},)", jwk));
  ASSERT_THAT(both, IsOk());
  EXPECT_NE(both->Find("one"), nullptr);
  EXPECT_EQ(both->Find("r"), nullptr);
  EXPECT_FALSE(KeySet::Parse("{}").ok());
  EXPECT_FALSE(KeySet::Parse("{\"keys\":[]}").ok());
  EXPECT_FALSE(KeySet::Parse("{\"keys\":[1]}").ok());
}

TEST(KeySetTest, RefusesAPointOffTheCurve) {
  std::string one(32, '\0');
  one.back() = '\x01';
  const std::string coordinate = Base64Url(one);
  EXPECT_FALSE(KeySet::Parse(absl::StrCat(R"({"keys":[{"kty":"EC","crv":"P-256","kid":"k","x":")",
                                          coordinate, R"(","y":")", coordinate, "\"}]}"))
                   .ok());
}

}  // namespace
}  // namespace cartwright::gateway
