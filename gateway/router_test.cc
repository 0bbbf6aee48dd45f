#include "gateway/router.h"

#include <algorithm>
#include <optional>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::gateway {
namespace {

using cartwright::testing::IsOk;
using cartwright::testing::StatusIs;
using ::testing::ElementsAre;

PathTemplate Parse(absl::string_view text) {
  auto path = ParsePathTemplate(text);
  EXPECT_TRUE(path.ok()) << path.status();
  return *std::move(path);
}

Router::Match Find(const Router& router, absl::string_view method, absl::string_view target) {
  const auto parsed = ParseTarget(target);
  EXPECT_TRUE(parsed.ok()) << target << ": " << parsed.status();
  return router.Find(method, parsed->segments);
}

TEST(PathTemplateTest, TakesTheGrammar) {
  const PathTemplate path = Parse("/v1/{name=shelves/*}/books/{id}/**:read");
  EXPECT_EQ(path.parts.size(), 6u);
  EXPECT_EQ(path.verb, "read");
  EXPECT_THAT(path.variables, ElementsAre(PathTemplate::Variable{"name", 1, 3},
                                          PathTemplate::Variable{"id", 4, 5}));
}

TEST(PathTemplateTest, RefusesWhatIsNotOne) {
  for (const char* text :
       {"", "v1", "/", "//a", "/a/", "/{a", "/{}", "/{a=}", "/{a={b}}", "/{a}/{a}", "/**/a",
        "/a:", "/a:b:c", "/a b", "/{a=**}/b", "/a{b}", "/{a}b", "/a%20b", "/{a=*}*"}) {
    EXPECT_THAT(ParsePathTemplate(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    const char* paths[] = {"/api/things",      "/api/things/{id}", "/api/things/new",
                           "/api/{a}/{b}",     "/files/{path=**}", "/api/jobs/{id}:run",
                           "/v1/{name=s/*}/b", "/api/things/**"};
    for (int i = 0; const char* path : paths) {
      EXPECT_THAT(router_.Add("GET", Parse(path), i++), IsOk());
    }
    EXPECT_THAT(router_.Add("POST", Parse("/api/things"), 100), IsOk());
    EXPECT_THAT(router_.Add("PUT", Parse("/api/things/{id}"), 101), IsOk());
  }

  Router router_;
};

TEST_F(RouterTest, PrefersLiteralsThenOneSegmentThenAny) {
  const struct {
    const char* target;
    int route;
  } kRows[] = {{"/api/things", 0},
               {"/api/things/7", 1},
               {"/api/things/new", 2},
               {"/api/other/7", 3},
               {"/files", 4},
               {"/files/a/b/c", 4},
               {"/api/jobs/7:run", 5},
               {"/api/jobs/7:stop", 3},
               {"/v1/s/x/b", 6},
               {"/api/things/a/b", 7},
               {"/api", -1},
               {"/api/things/", -1},
               {"/api//things", -1},
               {"//api/things", -1},
               {"/API/things", -1},
               {"/files/a//b", -1},
               {"/v1/t/x/b", -1},
               {"/", -1},
               {"/api/jobs/:run", 3},
               {"/api/%74hings", 0},
               {"/api/things%2Fnew", -1},
               {"/api/jobs/a:b:run", 5},
               {"/files/", -1}};
  for (const auto& row : kRows) {
    EXPECT_EQ(Find(router_, "GET", row.target).route, row.route) << row.target;
  }
}

TEST_F(RouterTest, DecodesVariablesOnceAndKeepsSlashesApart) {
  EXPECT_THAT(Find(router_, "GET", "/api/things/a%2Fb%3Ac:d").variables, ElementsAre("a/b:c:d"));
  EXPECT_THAT(Find(router_, "GET", "/api/things/a%252Fb").variables, ElementsAre("a%2Fb"));
  EXPECT_THAT(Find(router_, "GET", "/files/a%2Fb/c%20d").variables, ElementsAre("a%2Fb/c d"));
  EXPECT_THAT(Find(router_, "GET", "/files").variables, ElementsAre(""));
  EXPECT_THAT(Find(router_, "GET", "/v1/s/x%20y/b").variables, ElementsAre("s/x y"));
  EXPECT_THAT(Find(router_, "GET", "/api/things/a+b").variables, ElementsAre("a+b"));
}

TEST_F(RouterTest, SaysWhichMethodsAPathHas) {
  EXPECT_THAT(Find(router_, "DELETE", "/api/things").allow, ElementsAre("GET", "POST"));
  EXPECT_THAT(Find(router_, "DELETE", "/api/things/7").allow, ElementsAre("GET", "PUT"));
  EXPECT_THAT(Find(router_, "GET", "/nothing").allow, ElementsAre());
  EXPECT_THAT(Find(router_, "GET", "/api/things").allow, ElementsAre());
  // A more specific path without the method does not hide a more general one with it.
  EXPECT_EQ(Find(router_, "PUT", "/api/things/new").route, 101);
}

TEST_F(RouterTest, RefusesARouteThatIsThereAlready) {
  EXPECT_THAT(router_.Add("GET", Parse("/api/things/{other}"), 9),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(router_.Add("GET", Parse("/files/**"), 9),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

// Goal: the tree finds what trying every template finds. Method: random templates and paths over
// a tiny alphabet, so that they meet often; the reference compares each template segment by
// segment and takes the most specific one.
class BruteForce {
 public:
  void Add(const std::string& method, const PathTemplate& path, int route) {
    entries_.push_back({method, path, route});
  }

  int Find(const std::string& method, const std::vector<std::string>& segments) const {
    std::optional<std::vector<int>> best;
    int route = -1;
    for (const Entry& entry : entries_) {
      const auto rank = Rank(entry.path, segments);
      if (entry.method != method || !rank || (best && *best <= *rank)) continue;
      best = rank;
      route = entry.route;
    }
    return route;
  }

 private:
  struct Entry {
    std::string method;
    PathTemplate path;
    int route;
  };

  // Smaller is more specific; nullopt when the template does not match.
  static std::optional<std::vector<int>> Rank(const PathTemplate& path,
                                              std::vector<std::string> segments) {
    std::vector<int> rank = {path.verb.empty() ? 1 : 0};
    if (!path.verb.empty()) {
      const std::string suffix = ":" + path.verb;
      std::string& last = segments.back();
      if (last.size() < suffix.size() || last.substr(last.size() - suffix.size()) != suffix) {
        return std::nullopt;
      }
      last.erase(last.size() - suffix.size());
    }
    size_t at = 0;
    for (const auto& part : path.parts) {
      if (part.kind == PathTemplate::Kind::kAny) {
        for (; at < segments.size(); ++at) {
          if (segments[at].empty()) return std::nullopt;
        }
        rank.push_back(2);
        return rank;
      }
      if (at == segments.size() || segments[at].empty()) return std::nullopt;
      const bool literal = part.kind == PathTemplate::Kind::kLiteral;
      if (literal && segments[at] != part.literal) return std::nullopt;
      rank.push_back(literal ? 0 : 1);
      ++at;
    }
    if (at != segments.size()) return std::nullopt;
    return rank;
  }

  std::vector<Entry> entries_;
};

TEST(RouterPropertyTest, FindsWhatTryingAllTemplatesFinds) {
  std::mt19937 random(20240611);
  const auto pick = [&](const std::vector<std::string>& from) {
    return from[random() % from.size()];
  };
  int found = 0;
  for (int round = 0; round < 300; ++round) {
    Router router;
    BruteForce reference;
    for (int route = 0; route < 12; ++route) {
      std::vector<std::string> parts;
      for (size_t i = random() % 4 + 1; i > 0; --i) parts.push_back(pick({"a", "b", "*"}));
      if (random() % 4 == 0) parts.push_back("**");
      const std::string verb = random() % 4 == 0 ? pick({":x", ":y"}) : "";
      const PathTemplate path = Parse(absl::StrCat("/", absl::StrJoin(parts, "/"), verb));
      const std::string method = pick({"GET", "POST"});
      if (router.Add(method, path, route).ok()) reference.Add(method, path, route);
    }
    for (int i = 0; i < 200; ++i) {
      std::vector<std::string> segments;
      for (size_t n = random() % 5 + 1; n > 0; --n) {
        segments.push_back(pick({"a", "b", "c", "", "a:x", "b:y", "c:z", "a:x:y", ":x"}));
      }
      const std::string method = pick({"GET", "POST", "PUT"});
      const std::string target = absl::StrCat("/", absl::StrJoin(segments, "/"));
      const int route = Find(router, method, target).route;
      ASSERT_EQ(route, reference.Find(method, segments)) << method << " " << target;
      found += route >= 0 ? 1 : 0;
    }
  }
  EXPECT_GT(found, 1000);
}

TEST(UriTest, RefusesMalformedTargets) {
  for (const char* target : {"/%zz",        "/%",        "/%4",  "/%00",    "/a%00b",
                             "/%ff",        "/%c0%af",   "/.",   "/..",     "/a/../b",
                             "/a/%2e",      "/%2E%2e/b", "/a#b", "/a b",    "/a\"b",
                             "/<a>",        "/a\\b",     "/a^b", "/{a}",    "/\xc3\xa4",
                             "a",           "",          "?a",   "http://", "http://user@host/",
                             "ftp://host/", "//%",       "/[a]"}) {
    EXPECT_THAT(ParseTarget(target), cartwright::testing::HasErrorReason("MALFORMED_URI"))
        << target;
  }
}

TEST(UriTest, SplitsTargets) {
  const auto target = ParseTarget("http://shop:80/a/%C3%A4?x=%31&y");
  ASSERT_THAT(target, IsOk());
  EXPECT_EQ(target->authority, "shop:80");
  EXPECT_EQ(target->path, "/a/%C3%A4");
  EXPECT_EQ(target->query, "x=%31&y");
  EXPECT_EQ(target->segments[1].text, "\xc3\xa4");
  EXPECT_EQ(ParseTarget("/...")->segments[0].text, "...");
}

TEST(UriTest, ReadsQueries) {
  const auto query = ParseQuery("a=1&b%2Ec=x+y%2B&d&&e==", 50);
  ASSERT_THAT(query, IsOk());
  EXPECT_THAT(*query, ElementsAre(::testing::Pair("a", "1"), ::testing::Pair("b.c", "x y+"),
                                  ::testing::Pair("d", ""), ::testing::Pair("e", "=")));
  EXPECT_THAT(ParseQuery("a=%zz", 50), cartwright::testing::HasErrorReason("MALFORMED_URI"));
  EXPECT_THAT(ParseQuery("a=%00", 50), cartwright::testing::HasErrorReason("MALFORMED_URI"));
  EXPECT_THAT(ParseQuery("a&b&c", 2), cartwright::testing::HasErrorReason("MALFORMED_URI"));
}

}  // namespace
}  // namespace cartwright::gateway
