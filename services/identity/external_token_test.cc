#include "services/identity/external_token.h"

#include "absl/strings/str_cat.h"
#include "boost/json/object.hpp"
#include "boost/json/parse.hpp"
#include "boost/json/serialize.hpp"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/identity/signing_key.h"
#include "shared/base/secret.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using testing::HasErrorReason;
using ::testing::IsEmpty;
using testing::IsOk;

// Goal: of the tokens of a provider, those that are for the shop are taken for what they are, and
// no others. Method: a provider with one key, and claims with one change each.
class ExternalTokenTest : public ::testing::Test {
 protected:
  ExternalTokenTest() {
    provider_.settings = {.id = "one",
                          .name = "One",
                          .issuer = "https://one.test",
                          .audience = "shop-api",
                          .client_id = "shop",
                          .roles_claim = "groups",
                          .roles = {{"chiefs", "admin"}, {"bosses", "admin"}}};
    const v1::Jwk& jwk = key_.jwk();
    const json::object published = {{"kty", jwk.kty()}, {"crv", jwk.crv()}, {"x", jwk.x()},
                                    {"y", jwk.y()},     {"kid", "k+/="},    {"alg", "ES256"}};
    auto keys = KeySet::Parse(absl::StrCat("{\"keys\":[", json::serialize(published), "]}"));
    EXPECT_THAT(keys, IsOk());
    provider_.keys = std::make_shared<const KeySet>(*std::move(keys));
  }

  std::string Token(const char* changes, absl::string_view type = "at+jwt") const {
    json::object claims = {{"iss", "https://one.test"},
                           {"aud", "shop-api"},
                           {"sub", "ada"},
                           {"iat", absl::ToUnixSeconds(now_)},
                           {"exp", absl::ToUnixSeconds(now_ + absl::Minutes(5))},
                           {"nonce", "once"}};
    const json::value parsed = json::parse(changes);
    for (const auto& change : parsed.as_object()) {
      if (change.value().is_null()) {
        claims.erase(change.key());
      } else {
        claims[change.key()] = change.value();
      }
    }
    json::object header = {{"alg", "ES256"}, {"kid", "k+/="}};
    if (!type.empty()) header["typ"] = json::string(type.data(), type.size());
    const std::string content =
        absl::StrCat(Base64Url(json::serialize(header)), ".", Base64Url(json::serialize(claims)));
    return absl::StrCat(content, ".", Base64Url(key_.Sign(content)));
  }

  absl::StatusOr<ExternalPerson> Access(const std::string& token) {
    const auto jwt = ParseJwt(token);
    return jwt.ok() ? ReadAccessToken(*jwt, provider_, now_)
                    : absl::StatusOr<ExternalPerson>(jwt.status());
  }

  absl::StatusOr<ExternalPerson> Id(const std::string& token) {
    const auto jwt = ParseJwt(token);
    return jwt.ok() ? ReadIdToken(*jwt, provider_, "once", now_)
                    : absl::StatusOr<ExternalPerson>(jwt.status());
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  const SigningKey key_ = SigningKey::Generate();
  Provider provider_;
};

TEST_F(ExternalTokenTest, SaysWhoSomebodyIs) {
  const auto person = Access(Token(
      R"({"email": "ada@one.test", "name": "Ada", "groups": ["chiefs", "bosses", "others"]})"));
  ASSERT_THAT(person, IsOk());
  EXPECT_EQ(person->issuer, "https://one.test");
  EXPECT_EQ(person->subject, "ada");
  EXPECT_EQ(person->email, "ada@one.test");
  EXPECT_EQ(person->display_name, "Ada");
  EXPECT_THAT(person->roles, ElementsAre("admin"));
  EXPECT_EQ(person->expires, now_ + absl::Minutes(5));
  const auto silent = Access(Token("{}"));
  ASSERT_THAT(silent, IsOk());
  EXPECT_EQ(silent->email, "");
  EXPECT_EQ(silent->display_name, "Customer");
  EXPECT_THAT(silent->roles, IsEmpty());
}

TEST_F(ExternalTokenTest, WhatCannotBeShownIsLeftOut) {
  const std::string long_name(99, 'x');
  const auto person = Access(Token(
      absl::StrCat(R"({"email": "no address", "name": ")", long_name, "\u00e4\u00e4\"}").c_str()));
  ASSERT_THAT(person, IsOk());
  EXPECT_EQ(person->email, "");
  EXPECT_EQ(person->display_name, long_name) << "not half a letter";
  EXPECT_EQ(Access(Token(R"({"name": "A\u0007"})"))->display_name, "Customer");
  EXPECT_EQ(Access(Token(R"({"name": ["A"], "email": 7})"))->display_name, "Customer");
}

TEST_F(ExternalTokenTest, AnAccessTokenIsForTheShopAndNow) {
  for (const char* changes :
       {R"({"aud": "shop"})", R"({"aud": ["other"]})", R"({"aud": null})",
        R"({"aud": [1, "shop-api"]})", R"({"iss": "https://two.test"})", R"({"sub": null})",
        R"({"sub": ""})", R"({"sub": "a b"})", R"({"sub": "\u0000"})", R"({"exp": null})",
        R"({"iat": null})", R"({"iat": 1800000100})", R"({"nbf": 1800000100})",
        R"({"exp": 1900000000})", R"({"exp": 1800000300.5})"}) {
    EXPECT_THAT(Access(Token(changes)), HasErrorReason("TOKEN_INVALID")) << changes;
  }
  EXPECT_THAT(Access(Token(R"({"iat": 1799999000, "exp": 1799999900})")),
              HasErrorReason("TOKEN_EXPIRED"));
  EXPECT_THAT(Access(Token(R"({"aud": ["other", "shop-api"]})")), IsOk());
  EXPECT_THAT(Access(Token("{}", "JWT")), HasErrorReason("TOKEN_INVALID"));
  EXPECT_THAT(Access(Token("{}", "")), HasErrorReason("TOKEN_INVALID"));
  std::string forged = Token("{}");
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  EXPECT_FALSE(Access(forged).ok());
  provider_.settings.audience = "";
  EXPECT_THAT(Access(Token(R"({"aud": ""})")), HasErrorReason("TOKEN_INVALID"));
}

TEST_F(ExternalTokenTest, ATokenIsGoodForAsLongAsTheSettingsSayWhateverItSays) {
  const std::string made_50_minutes_ago = Token(R"({"iat": 1799997000, "exp": 1800080000})");
  const auto person = Access(made_50_minutes_ago);
  ASSERT_THAT(person, IsOk());
  EXPECT_EQ(person->issued, now_ - absl::Minutes(50));
  EXPECT_EQ(person->expires, now_ + absl::Minutes(10)) << "not the 22 hours that it says";
  provider_.settings.token_minutes = 49;
  EXPECT_THAT(Access(made_50_minutes_ago), HasErrorReason("TOKEN_EXPIRED"));
  provider_.settings.token_minutes = 24 * 60;
  EXPECT_EQ(Access(made_50_minutes_ago)->expires, absl::FromUnixSeconds(1'800'080'000));
}

TEST_F(ExternalTokenTest, AProviderMayMarkAccessTokensInItsOwnWay) {
  provider_.settings.access_claim = "token_use";
  provider_.settings.access_value = "access";
  provider_.settings.audience_claim = "client_id";
  EXPECT_THAT(Access(Token(R"({"token_use": "access", "client_id": "shop-api"})", "")), IsOk());
  EXPECT_THAT(Access(Token(R"({"token_use": "id", "client_id": "shop-api"})", "")),
              HasErrorReason("TOKEN_INVALID"));
  EXPECT_THAT(Access(Token(R"({"token_use": "access"})", "")), HasErrorReason("TOKEN_INVALID"));
}

TEST_F(ExternalTokenTest, AnIdTokenIsForOurSignInAndNoOther) {
  EXPECT_THAT(Id(Token(R"({"aud": "shop"})", "JWT")), IsOk());
  EXPECT_THAT(Id(Token(R"({"aud": ["shop"]})", "")), IsOk());
  EXPECT_THAT(Id(Token(R"({"aud": ["shop", "other"], "azp": "shop"})", "")), IsOk());
  for (const char* changes :
       {R"({})", R"({"aud": "shop", "nonce": "other"})", R"({"aud": "shop", "nonce": null})",
        R"({"aud": ["shop", "other"]})", R"({"aud": "shop", "azp": "other"})",
        R"({"aud": "shop", "iss": "https://two.test"})"}) {
    EXPECT_THAT(Id(Token(changes, "JWT")), HasErrorReason("TOKEN_INVALID")) << changes;
  }
  EXPECT_THAT(Id(Token(R"({"aud": "shop"})", "at+jwt")), HasErrorReason("TOKEN_INVALID"));
}

}  // namespace
}  // namespace cartwright::identity
