#include "gateway/external_issuers.h"

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kGood = R"json({"issuers": [
  {"issuer": "https://a.test", "audience": "shop", "jwksFile": "/a.jwks", "roles": ["shopper"]},
  {"issuer": "https://b.test", "audience": "shop", "jwksFile": "/b.jwks"}
]})json";

TEST(ExternalIssuersTest, ReadsTheFile) {
  const auto entries = ParseExternalIssuers(kGood, "https://shop.test");
  ASSERT_TRUE(entries.ok()) << entries.status();
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[0].issuer.issuer, "https://a.test");
  EXPECT_EQ((*entries)[0].issuer.audience, "shop");
  EXPECT_EQ((*entries)[0].jwks_file, "/a.jwks");
  EXPECT_THAT((*entries)[0].issuer.roles, ElementsAre("shopper"));
  EXPECT_THAT((*entries)[1].issuer.roles, IsEmpty());
}

TEST(ExternalIssuersTest, AMistakeNamesItsEntry) {
  const struct {
    const char* from;
    const char* to;
    const char* message;
  } kRows[] = {
      {"https://b.test", "https://a.test", "issuers[1]: https://a.test is there twice"},
      {"https://b.test", "https://shop.test", "issuers[1]: https://shop.test is there twice"},
      {"\"/b.jwks\"", "7", "issuers[1]: \"jwksFile\" is not a text"},
      {"\"/b.jwks\"", "\"\"", "issuers[1]: \"jwksFile\" is not a text"},
      {"\"roles\"", "\"role\"", "issuers[0]: there is no \"role\" in it"},
      {"[\"shopper\"]", "\"shopper\"", "issuers[0]: \"roles\" is not a list"},
      {"[\"shopper\"]", "[7]", "issuers[0]: a role is not a string"},
      {"\"issuers\"", "\"issuer\"", "it is not an object with a list"},
      {"]}", "]", "it is not strict JSON"},
  };
  for (const auto& row : kRows) {
    const std::string bad = absl::StrReplaceAll(kGood, {{row.from, row.to}});
    const auto entries = ParseExternalIssuers(bad, "https://shop.test");
    EXPECT_THAT(std::string(entries.status().message()), HasSubstr(row.message)) << bad;
  }
}

}  // namespace
}  // namespace cartwright::gateway
