#include "gateway/request_headers.h"

#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::gateway {
namespace {

using cartwright::testing::HasErrorReason;
using cartwright::testing::IsOk;

// A request with these header fields.
using Fields = std::vector<std::pair<std::string, std::string>>;
class Sample {
 public:
  explicit Sample(const Fields& fields) {
    for (const auto& [name, value] : fields) fields_.insert(name, value);
  }
  Request request() const { return {.fields = &fields_}; }

 private:
  boost::beast::http::fields fields_;
};

TEST(RequestHeadersTest, ReadsBearerTokens) {
  const auto token_of = [](const Fields& fields) {
    const Sample sample(fields);
    const auto token = BearerToken(sample.request());
    return token.ok() ? std::string(*token) : DetailsOf(token.status()).reason;
  };
  EXPECT_EQ(token_of({{"Authorization", "Bearer abc"}}), "abc");
  EXPECT_EQ(token_of({{"authorization", "bEARER  abc "}}), "abc");
  EXPECT_EQ(token_of({}), "TOKEN_MISSING");
  EXPECT_EQ(token_of({{"Authorization", ""}}), "TOKEN_MISSING");
  EXPECT_EQ(token_of({{"Authorization", "Bearer"}}), "TOKEN_MISSING");
  EXPECT_EQ(token_of({{"Authorization", "Basic abc"}}), "TOKEN_MISSING");
  EXPECT_EQ(token_of({{"Authorization", "abc"}}), "TOKEN_MISSING");
  EXPECT_EQ(token_of({{"Authorization", "Bearer a"}, {"Authorization", "Bearer a"}}),
            "TOKEN_INVALID");
}

TEST(RequestHeadersTest, ReadsIdempotencyKeys) {
  const std::string long_key(255, 'k');
  const struct {
    std::string value;
    std::string key;  // empty: refused
  } kRows[] = {{"abc", "abc"},
               {"\"abc\"", "abc"},
               {"  abc  ", "abc"},
               {"3f2a-9", "3f2a-9"},
               {"a:b/c=d", "a:b/c=d"},
               {R"("a\"b\\c")", R"(a"b\c)"},
               {"\"a,b;c\"", "a,b;c"},
               {long_key, long_key},
               {"\"" + long_key + "\"", long_key},
               {long_key + "k", ""},
               {"", ""},
               {"\"\"", ""},
               {"\"", ""},
               {"\"abc", ""},
               {"abc\"", ""},
               {"\"abc\";q=1", ""},
               {"\"abc\" ", "abc"},
               {"\"a\", \"b\"", ""},
               {"a,b", ""},
               {"a;b", ""},
               {"a b", ""},
               {"\"a b\"", ""},
               {"\"a\\", ""},
               {"\"a\\x\"", ""},
               {"\"\xc3\xa4\"", ""},
               {"\xc3\xa4", ""}};
  for (const auto& row : kRows) {
    const Sample sample(Fields{{"Idempotency-Key", row.value}});
    const auto key = IdempotencyKeyOf(sample.request());
    if (row.key.empty()) {
      EXPECT_THAT(key, HasErrorReason("IDEMPOTENCY_KEY_INVALID")) << row.value;
    } else {
      ASSERT_THAT(key, IsOk()) << row.value;
      EXPECT_EQ(*key, row.key);
    }
  }
  const Sample none(Fields{});
  EXPECT_EQ(*IdempotencyKeyOf(none.request()), "");
  const Sample twice(Fields{{"Idempotency-Key", "a"}, {"Idempotency-Key", "a"}});
  EXPECT_THAT(IdempotencyKeyOf(twice.request()), HasErrorReason("IDEMPOTENCY_KEY_INVALID"));
}

TEST(RequestHeadersTest, ReadsCookies) {
  const auto cookie = [](const Fields& fields) {
    const Sample sample(fields);
    return CookieValue(sample.request(), "__Host-refresh");
  };
  EXPECT_EQ(cookie({{"Cookie", "__Host-refresh=abc"}}), "abc");
  EXPECT_EQ(cookie({{"Cookie", "a=1; __Host-refresh=a=b; c=2"}}), "a=b");
  EXPECT_EQ(cookie({{"Cookie", "a=1"}, {"Cookie", "__Host-refresh=x"}}), "x");
  EXPECT_EQ(cookie({{"Cookie", "__Host-refresh2=abc; x__Host-refresh=d"}}), "");
  EXPECT_EQ(cookie({{"Cookie", "__host-refresh=abc"}}), "");
  EXPECT_EQ(cookie({{"Cookie", "__Host-refresh=a; __Host-refresh=b"}}), "");
  EXPECT_EQ(cookie({{"Cookie", "__Host-refresh=\xff"}}), "");
  EXPECT_EQ(cookie({}), "");
}

TEST(RequestHeadersTest, KnowsOtherOrigins) {
  const struct {
    Fields fields;
    bool cross;
  } kRows[] = {
      {{}, false},
      {{{"Sec-Fetch-Site", "same-origin"}}, false},
      {{{"Sec-Fetch-Site", "none"}}, false},
      {{{"Sec-Fetch-Site", "same-site"}}, true},
      {{{"Sec-Fetch-Site", "cross-site"}}, true},
      {{{"Origin", "https://shop.test"}}, false},
      {{{"Origin", "http://SHOP.test"}}, false},
      {{{"Origin", "https://evil.test"}}, true},
      {{{"Origin", "https://shop.test.evil.test"}}, true},
      {{{"Origin", "https://shop.test:444"}}, true},
      {{{"Origin", "null"}}, true},
      {{{"Origin", ""}}, true},
      {{{"Origin", "shop.test"}}, true},
      {{{"Origin", "https://shop.test"}, {"Sec-Fetch-Site", "cross-site"}}, true},
      {{{"Origin", "https://shop.test"}, {"Origin", "https://shop.test"}}, true},
  };
  for (const auto& row : kRows) {
    auto fields = row.fields;
    fields.emplace_back("Host", "shop.test");
    const Sample sample(fields);
    EXPECT_EQ(IsCrossOrigin(sample.request()), row.cross) << fields[0].second;
  }
}

TEST(RequestHeadersTest, KnowsSmallForms) {
  EXPECT_TRUE(IsRequestId("abc-1._X"));
  EXPECT_TRUE(IsRequestId(std::string(64, 'a')));
  for (const char* id : {"", "1234567", "12345678 ", "1234/678", "1234567\xc3\xa4"}) {
    EXPECT_FALSE(IsRequestId(id)) << id;
  }
  EXPECT_FALSE(IsRequestId(std::string(65, 'a')));
  for (const char* type : {"application/json", "Application/JSON", "application/json;charset=utf-8",
                           "application/json; charset=UTF-8"}) {
    EXPECT_TRUE(IsJsonType(type)) << type;
  }
  for (const char* type : {"", "text/json", "application/json2", "application/problem+json",
                           "application/json; charset=latin1", "text/plain, application/json"}) {
    EXPECT_FALSE(IsJsonType(type)) << type;
  }
  EXPECT_EQ(Printable("a\xff\n b", 4), "a?? ");
  EXPECT_TRUE(ListHas("text/html,application/xhtml+xml;q=0.9", "text/html"));
  EXPECT_TRUE(ListHas("a, TEXT/HTML;q=1", "text/html"));
  EXPECT_FALSE(ListHas("*/*", "text/html"));
}

TEST(RequestHeadersTest, ComparesEtags) {
  const auto matches = [](const char* value) {
    const Sample sample(Fields{{"If-None-Match", value}});
    return IsNotModified(sample.request(), "\"abc\"");
  };
  for (const char* value : {"\"abc\"", "W/\"abc\"", "*", "\"x\", \"abc\"", "\"x\",W/\"abc\""}) {
    EXPECT_TRUE(matches(value)) << value;
  }
  for (const char* value : {"", "abc", "\"ABC\"", "\"x\"", "\"abc"}) {
    EXPECT_FALSE(matches(value)) << value;
  }
  const Sample none(Fields{});
  EXPECT_FALSE(IsNotModified(none.request(), "\"abc\""));
}

}  // namespace
}  // namespace cartwright::gateway
