#include "services/identity/access_token.h"

#include "absl/strings/str_split.h"
#include "boost/json/parse.hpp"
#include "boost/json/serialize.hpp"
#include "gtest/gtest.h"
#include "shared/base/secret.h"

namespace cartwright::identity {
namespace {

namespace json = boost::json;

const absl::Time kNow = absl::FromUnixMillis(1'800'000'000'999);

AccessClaims Ada() {
  return {.issuer = "https://shop.example",
          .user_id = "0190a000-0000-7000-8000-000000000001",
          .session_id = "0190a000-0000-7000-8000-000000000002",
          .roles = {"admin", "shopper"}};
}

// One of the parts of a token: 0 is the header, 1 the claims.
json::object Part(const std::string& token, size_t index) {
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  return json::parse(FromBase64Url(parts.at(index)).value()).as_object();
}

TEST(AccessTokenTest, TheHeaderNamesTheAlgorithmTheTypeAndTheKey) {
  const SigningKey key = SigningKey::Generate();
  const json::object header = Part(MintAccessToken(key, Ada(), kNow), 0);
  const json::object expected = {{"alg", "ES256"}, {"typ", "at+jwt"}, {"kid", key.id()}};
  EXPECT_EQ(header, expected) << json::serialize(header);
}

TEST(AccessTokenTest, TheClaimsSayWhoWhereForWhomAndHowLong) {
  json::object claims = Part(MintAccessToken(SigningKey::Generate(), Ada(), kNow), 1);
  EXPECT_EQ(claims.at("jti").as_string().size(), 36u);
  claims.erase("jti");
  // Whole seconds (RFC 7519 allows fractions, many readers do not), and 600 of them.
  const json::object expected = {{"iss", "https://shop.example"},
                                 {"aud", "cartwright"},
                                 {"client_id", "cartwright-web"},
                                 {"sub", "0190a000-0000-7000-8000-000000000001"},
                                 {"sid", "0190a000-0000-7000-8000-000000000002"},
                                 {"iat", 1'800'000'000},
                                 {"exp", 1'800'000'600},
                                 {"roles", {"admin", "shopper"}}};
  EXPECT_EQ(claims, expected) << json::serialize(claims);
}

TEST(AccessTokenTest, RolesAreAListHoweverManyThereAre) {
  const SigningKey key = SigningKey::Generate();
  for (const std::vector<std::string>& roles :
       {std::vector<std::string>{}, {"shopper"}, {"admin", "shopper"}}) {
    AccessClaims claims = Ada();
    claims.roles = roles;
    const json::value list = Part(MintAccessToken(key, claims, kNow), 1).at("roles");
    ASSERT_TRUE(list.is_array()) << json::serialize(list);
    ASSERT_EQ(list.as_array().size(), roles.size()) << json::serialize(list);
    for (size_t i = 0; i < roles.size(); ++i) EXPECT_EQ(list.at(i).as_string(), roles[i]);
  }
}

TEST(AccessTokenTest, NoTwoTokensAreTheSame) {
  const SigningKey key = SigningKey::Generate();
  const std::string one = MintAccessToken(key, Ada(), kNow);
  const std::string two = MintAccessToken(key, Ada(), kNow);
  EXPECT_NE(Part(one, 1).at("jti"), Part(two, 1).at("jti"));
}

TEST(AccessTokenTest, TextCannotBreakOutOfItsClaim) {
  AccessClaims claims = Ada();
  claims.user_id = R"(x","roles":["admin"],"y":")";
  const json::object read = Part(MintAccessToken(SigningKey::Generate(), claims, kNow), 1);
  EXPECT_EQ(read.at("sub").as_string(), claims.user_id);
  EXPECT_EQ(read.size(), 9u);
}

// The three parts are base64url without padding: what every reader of JWTs accepts, and safe in a
// header.
TEST(AccessTokenTest, ATokenIsThreePartsOfSafeCharacters) {
  const std::string token = MintAccessToken(SigningKey::Generate(), Ada(), kNow);
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(FromBase64Url(parts[2]).value().size(), 64u);
  EXPECT_EQ(
      token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."),
      std::string::npos);
}

}  // namespace
}  // namespace cartwright::identity
