#include "shared/base/json_check.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "boost/json/serialize.hpp"
#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright {
namespace {

using cartwright::testing::HasErrorReason;
using cartwright::testing::IsOk;

std::string Repeat(absl::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) absl::StrAppend(&result, text);
  return result;
}

TEST(JsonCheckTest, TakesStrictJson) {
  for (const std::string& text : std::vector<std::string>{
           R"({})", R"([])", R"("a")", "1", "null", " { \"a\" : [ 1 , 2.5e3 , -0 ] } \n",
           R"({"a":{"a":1}})", R"({"a":1,"A":2})", R"("\u00e4\ud83d\ude00")",
           "\"\xf0\x9f\x98\x80\"", "9223372036854775807", "-9223372036854775808", R"({"":1})"}) {
    EXPECT_THAT(ParseStrictJson(text), IsOk()) << text;
  }
}

TEST(JsonCheckTest, RefusesWhatOtherParsersReadDifferently) {
  for (const std::string& text : std::vector<std::string>{"",
                                                          " ",
                                                          "{",
                                                          "}",
                                                          "[1,]",
                                                          "{\"a\":1,}",
                                                          "{,}",
                                                          "{'a':1}",
                                                          "{a:1}",
                                                          "[1 2]",
                                                          "{} {}",
                                                          "{}x",
                                                          "1,",
                                                          "01",
                                                          "+1",
                                                          ".5",
                                                          "1.",
                                                          "1e",
                                                          "0x1",
                                                          "NaN",
                                                          "Infinity",
                                                          "-",
                                                          "tru",
                                                          "True",
                                                          "\"a",
                                                          "\"\\x41\"",
                                                          "\"\\ud800\"",
                                                          "\"\\udc00\\ud800\"",
                                                          "\"\t\"",
                                                          "\"\n\"",
                                                          "\"\xff\"",
                                                          "\"\xc0\xaf\"",
                                                          "\"\xed\xa0\x80\"",
                                                          "\xef\xbb\xbf{}",
                                                          "// a\n{}",
                                                          "/* a */ {}",
                                                          "{\"a\":1,\"a\":2}",
                                                          "{\"a\":1,\"\\u0061\":2}",
                                                          "[{\"b\":{\"a\":1,\"a\":1}}]"}) {
    EXPECT_THAT(ParseStrictJson(text), HasErrorReason("INVALID_JSON")) << text;
  }
  using namespace std::string_literals;
  EXPECT_THAT(ParseStrictJson("{\"a\0\":1}"s), HasErrorReason("INVALID_JSON"));
  EXPECT_THAT(ParseStrictJson("{}\0"s), HasErrorReason("INVALID_JSON"));
}

TEST(JsonCheckTest, NeverRepeatsTheInput) {
  const auto status = ParseStrictJson("{\"secret\":tru}").status();
  EXPECT_EQ(std::string(status.message()).find("secret"), std::string::npos);
}

TEST(JsonCheckTest, EnforcesEachLimitExactly) {
  const auto object_of = [](int members) {
    std::vector<std::string> names;
    for (int i = 0; i < members; ++i) names.push_back(absl::StrCat("\"k", i, "\":1"));
    return absl::StrCat("{", absl::StrJoin(names, ","), "}");
  };
  const auto array_of = [](int items) { return absl::StrCat("[0", Repeat(",0", items - 1), "]"); };
  const auto nested = [](int depth) { return Repeat("[", depth) + Repeat("]", depth); };
  const auto text_of = [](int size) { return absl::StrCat("\"", Repeat("x", size), "\""); };
  const struct {
    const char* name;
    std::string allowed;
    std::string refused;
  } kRows[] = {
      {"depth", nested(32), nested(33)},
      {"members", object_of(256), object_of(257)},
      {"items", array_of(1000), array_of(1001)},
      {"string", text_of(16384), text_of(16385)},
      {"key", absl::StrCat("{", text_of(16384), ":1}"), absl::StrCat("{", text_of(16385), ":1}")}};
  for (const auto& row : kRows) {
    EXPECT_THAT(ParseStrictJson(row.allowed), IsOk()) << row.name;
    EXPECT_THAT(ParseStrictJson(row.refused), HasErrorReason("INVALID_JSON")) << row.name;
  }
}

// A bomb must cost no more than its bytes.
TEST(JsonCheckTest, EndsEarlyOnDeepNesting) {
  EXPECT_THAT(ParseStrictJson(Repeat("[", 65536)), HasErrorReason("INVALID_JSON"));
  EXPECT_THAT(ParseStrictJson(Repeat("{\"a\":", 10000)), HasErrorReason("INVALID_JSON"));
}

}  // namespace
}  // namespace cartwright
