#include "services/identity/provider_settings.h"

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Pair;

constexpr const char* kGood = R"json({"providers": [
  {"id": "one", "name": "One", "issuer": "https://one.test/pool", "audience": "shop",
   "caFile": "/one.crt", "tokenMinutes": 1440, "claims": {"roles": "cognito:groups", "audience": "client_id"},
   "roles": {"chiefs": "admin"}, "accessTokens": {"claim": "token_use", "value": "access"}},
  {"id": "two", "name": "Two", "issuer": "https://two.test", "clientId": "cartwright",
   "clientSecretFile": "/two.secret"}
]})json";

TEST(ProviderSettingsTest, ReadsTheFile) {
  const auto providers = ParseProviders(kGood, "https://shop.test");
  ASSERT_THAT(providers, IsOk());
  ASSERT_EQ(providers->size(), 2u);
  const ProviderSettings& one = (*providers)[0];
  EXPECT_EQ(one.issuer, "https://one.test/pool");
  EXPECT_EQ(one.audience_claim, "client_id");
  EXPECT_EQ(one.roles_claim, "cognito:groups");
  EXPECT_EQ(one.email_claim, "email");
  EXPECT_THAT(one.roles, ElementsAre(Pair("chiefs", "admin")));
  EXPECT_EQ(one.access_value, "access");
  EXPECT_EQ(one.token_minutes, 1440);
  EXPECT_EQ(one.client_id, "");
  const ProviderSettings& two = (*providers)[1];
  EXPECT_EQ(two.audience, "");
  EXPECT_EQ(two.audience_claim, "aud");
  EXPECT_EQ(two.token_minutes, 60);
  EXPECT_EQ(two.client_secret_file, "/two.secret");
}

TEST(ProviderSettingsTest, AMistakeNamesItsEntry) {
  const struct {
    const char* from;
    const char* to;
    const char* message;
  } kRows[] = {
      {"\"id\": \"two\"", "\"id\": \"one\"", "providers[1]: its id or its issuer is there twice"},
      {"https://two.test", "https://one.test/pool", "providers[1]: its id or its issuer"},
      {"https://two.test", "https://shop.test", "providers[1]: its id or its issuer"},
      {"https://two.test", "http://two.test", "providers[1]: \"issuer\" is not an https URL"},
      {"https://two.test", "https://two.test?x", "providers[1]: \"issuer\" is not an https URL"},
      {"\"Two\"", "\"\"", "providers[1]: \"name\" is not a text"},
      {"\"id\": \"one\"", "\"id\": \"One\"", "providers[0]: \"id\" is not of"},
      {"\"caFile\"", "\"ca\"", "providers[0]: there is no \"ca\" in it"},
      {"\"admin\"", "\"root\"", "providers[0]: a role is neither"},
      {", \"clientId\": \"cartwright\"", "", "providers[1]: without \"audience\" and \"clientId\""},
      {", \"value\": \"access\"", "", "providers[0]: \"accessTokens\" has not both"},
      {"1440", "1441", "providers[0]: \"tokenMinutes\" is not 1 to 1440"},
      {"1440", "0", "providers[0]: \"tokenMinutes\" is not"},
      {"1440", "\"60\"", "providers[0]: \"tokenMinutes\" is not"},
      {"{\"chiefs\": \"admin\"}", "[]", "providers[0]: \"roles\" is not an object"},
      {"\"providers\"", "\"issuers\"", "a list \"providers\" and nothing else"},
      {"]}", "]", "it is not strict JSON"},
  };
  for (const auto& row : kRows) {
    const std::string text = absl::StrReplaceAll(kGood, {{row.from, row.to}});
    const auto status = ParseProviders(text, "https://shop.test").status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.message)) << text;
  }
}

}  // namespace
}  // namespace cartwright::identity
