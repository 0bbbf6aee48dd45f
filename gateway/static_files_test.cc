#include "gateway/static_files.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public ::testing::Test {
 protected:
  StaticFilesTest() {
    std::string name = (fs::temp_directory_path() / "static-files-XXXXXX").string();
    root_ = mkdtemp(name.data());
    fs::create_directories(root_ / "site/assets");
    fs::create_directories(root_ / "site/.git");
    Write("secret.txt", "secret");
    Write("site/index.html", "<p>home</p>");
    Write("site/assets/app-DiwrgT_a.js", "run()");
    Write("site/.git/config", "secret");
    Write("site/.env", "secret");
    files_ = std::make_unique<StaticFiles>(
        StaticFiles::Options{.directory = (root_ / "site").string(),
                             .cache_control = "no-cache",
                             .content_security_policy = std::string(StaticFiles::kPagePolicy)});
  }
  ~StaticFilesTest() override { fs::remove_all(root_); }

  void Write(const std::string& name, const std::string& content) const {
    std::ofstream(root_ / name) << content;
  }

  using Headers = std::vector<std::pair<std::string, std::string>>;

  Response Serve(absl::string_view path, const std::string& etag = "") {
    return etag.empty() ? Get(path, {}) : Get(path, {{"If-None-Match", etag}});
  }

  Response Get(absl::string_view path, const Headers& headers) {
    boost::beast::http::fields fields;
    for (const auto& [name, value] : headers) fields.insert(name, value);
    const Request request{.method = "GET", .fields = &fields};
    std::vector<Segment> segments;
    if (auto target = ParseTarget(path); target.ok()) segments = target->segments;
    return files_->Serve(request, segments);
  }

  static std::string HeaderOf(const Response& response, absl::string_view name) {
    for (const Header& header : response.headers) {
      if (header.name == name) return header.value;
    }
    return "";
  }

  fs::path root_;
  std::unique_ptr<StaticFiles> files_;
};

TEST_F(StaticFilesTest, ServesFilesWithTheirTypes) {
  const Response home = Serve("/");
  EXPECT_EQ(home.status, 200);
  EXPECT_EQ(home.Content(), "<p>home</p>");
  EXPECT_EQ(home.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(HeaderOf(home, "Cache-Control"), "no-cache");
  EXPECT_THAT(HeaderOf(home, "Content-Security-Policy"),
              ::testing::HasSubstr("default-src 'none'; script-src 'self';"));
  const Response script = Serve("/assets/app-DiwrgT_a.js");
  EXPECT_EQ(script.content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(HeaderOf(script, "Cache-Control"), "public, max-age=31536000, immutable");
}

TEST_F(StaticFilesTest, ADirectoryIsItsIndex) {
  fs::create_directories(root_ / "site/docs");
  Write("site/docs/index.html", "<p>docs</p>");
  for (const char* path : {"/docs", "/docs/", "/docs/index.html"}) {
    const Response docs = Serve(path);
    EXPECT_EQ(docs.Content(), "<p>docs</p>") << path;
    EXPECT_EQ(docs.content_type, "text/html; charset=utf-8") << path;
    EXPECT_EQ(HeaderOf(docs, "Cache-Control"), "no-cache") << path;
  }
  EXPECT_EQ(Serve("/assets").status, 404);
}

TEST_F(StaticFilesTest, ServesNothingElse) {
  for (const char* path : {"/nothing", "/assets", "/.env", "/.git/config", "/%2eenv",
                           "/..%2fsecret.txt", "/assets%2f..%2f..%2fsecret.txt", "/..%5csecret.txt",
                           "//index.html", "/assets//x", "/index.html/", "/assets/"}) {
    EXPECT_EQ(Serve(path).status, 404) << path;
  }
  StaticFiles none({});
  EXPECT_EQ(none.Serve({}, {}).status, 404);
}

TEST_F(StaticFilesTest, AnswersUnchangedFilesWithoutContent) {
  const std::string etag = HeaderOf(Serve("/"), "ETag");
  const Response again = Serve("/", etag);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.Content(), "");
  EXPECT_EQ(HeaderOf(again, "ETag"), etag);
  EXPECT_EQ(Serve("/", "\"other\"").status, 200);
}

TEST_F(StaticFilesTest, ReadsAFileAgainWhenItChanged) {
  const std::string etag = HeaderOf(Serve("/"), "ETag");
  Write("site/index.html", "<p>longer home</p>");
  EXPECT_EQ(Serve("/", etag).Content(), "<p>longer home</p>");
  fs::remove(root_ / "site/index.html");
  EXPECT_EQ(Serve("/").status, 404);
}

TEST_F(StaticFilesTest, ServesWhatDoesNotFitInMemoryToo) {
  StaticFiles small({.directory = (root_ / "site").string(), .memory = 4});
  const Request request{.fields = new boost::beast::http::fields};
  for (int i = 0; i < 2; ++i) EXPECT_EQ(small.Serve(request, {}).Content(), "<p>home</p>");
  delete request.fields;
}

TEST_F(StaticFilesTest, OnlyNamesWithAHashAreImmutable) {
  for (const char* name : {"app-DiwrgT_a.js", "app-1a2b3c4d.js.map", "my.app-abcdefg1.css"}) {
    Write(absl::StrCat("site/assets/", name), "x");
    EXPECT_THAT(HeaderOf(Serve(absl::StrCat("/assets/", name)), "Cache-Control"),
                ::testing::HasSubstr("immutable"))
        << name;
  }
  for (const char* name : {"assets/my-settings.js", "assets/app.js", "app-DiwrgT_a.js"}) {
    Write(absl::StrCat("site/", name), "x");
    EXPECT_EQ(HeaderOf(Serve(absl::StrCat("/", name)), "Cache-Control"), "no-cache") << name;
  }
}

TEST_F(StaticFilesTest, LinksOutOfTheDirectoryLeadNowhere) {
  fs::create_symlink(root_ / "secret.txt", root_ / "site/leak.txt");
  fs::create_directory_symlink(root_, root_ / "site/up");
  fs::create_symlink("index.html", root_ / "site/home.html");
  EXPECT_EQ(Serve("/leak.txt").status, 404);
  EXPECT_EQ(Serve("/up/secret.txt").status, 404);
  EXPECT_EQ(Serve("/home.html").Content(), "<p>home</p>");
}

TEST_F(StaticFilesTest, SiblingsOfTheBuildAreItsCompressedForms) {
  const std::string script(5000, 'x');
  Write("site/assets/app-DiwrgT_a.js", script);
  Write("site/assets/app-DiwrgT_a.js.br", "brotli of the build");
  const Response brotli = Get("/assets/app-DiwrgT_a.js", {{"Accept-Encoding", "gzip, br"}});
  EXPECT_EQ(brotli.Content(), "brotli of the build");
  EXPECT_EQ(HeaderOf(brotli, "Content-Encoding"), "br");
  EXPECT_EQ(HeaderOf(brotli, "Vary"), "Accept-Encoding");
  EXPECT_EQ(brotli.content_type, "text/javascript; charset=utf-8");
  // Without a sibling it is made.
  const Response gzip = Get("/assets/app-DiwrgT_a.js", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(HeaderOf(gzip, "Content-Encoding"), "gzip");
  EXPECT_LT(gzip.Content().size(), 200u);
  const Response plain = Serve("/assets/app-DiwrgT_a.js");
  EXPECT_EQ(plain.Content(), script);
  EXPECT_EQ(HeaderOf(plain, "Vary"), "Accept-Encoding");
  // One that is older than its file belongs to another build.
  fs::last_write_time(
      root_ / "site/assets/app-DiwrgT_a.js.br",
      fs::last_write_time(root_ / "site/assets/app-DiwrgT_a.js") - std::chrono::hours(1));
  Write("site/assets/app-DiwrgT_a.js", script + "y");
  EXPECT_NE(Get("/assets/app-DiwrgT_a.js", {{"Accept-Encoding", "br"}}).Content(),
            "brotli of the build");
}

TEST_F(StaticFilesTest, ServesOneRange) {
  const struct {
    const char* range;
    int status;
    const char* content;
    const char* content_range;
  } kRows[] = {
      {"bytes=0-0", 206, "<", "bytes 0-0/11"},
      {"bytes=3-6", 206, "home", "bytes 3-6/11"},
      {"bytes=7-", 206, "</p>", "bytes 7-10/11"},
      {"bytes=-4", 206, "</p>", "bytes 7-10/11"},
      {"bytes=7-999", 206, "</p>", "bytes 7-10/11"},
      {"bytes=-99", 206, "<p>home</p>", "bytes 0-10/11"},
      {"bytes=11-", 416, "", "bytes */11"},
      {"bytes=-0", 416, "", "bytes */11"},
      {"bytes=0-1,3-4", 200, "<p>home</p>", ""},
      {"bytes=4-3", 200, "<p>home</p>", ""},
      {"lines=1-2", 200, "<p>home</p>", ""},
      {"bytes=a-b", 200, "<p>home</p>", ""},
      {"bytes=-", 200, "<p>home</p>", ""},
      {"bytes=99999999999999999999-", 200, "<p>home</p>", ""},
  };
  for (const auto& row : kRows) {
    const Response response = Get("/", {{"Range", row.range}});
    EXPECT_EQ(response.status, row.status) << row.range;
    EXPECT_EQ(response.Content(), row.content) << row.range;
    EXPECT_EQ(HeaderOf(response, "Content-Range"), row.content_range) << row.range;
  }
}

TEST_F(StaticFilesTest, ARangeOfAnotherVersionIsTheWholeFile) {
  const std::string etag = HeaderOf(Serve("/"), "ETag");
  EXPECT_EQ(Get("/", {{"Range", "bytes=0-1"}, {"If-Range", etag}}).status, 206);
  EXPECT_EQ(Get("/", {{"Range", "bytes=0-1"}, {"If-Range", "\"other\""}}).status, 200);
  EXPECT_EQ(Get("/", {{"Range", "bytes=0-1"}, {"If-Range", "W/" + etag}}).status, 200);
  EXPECT_EQ(Get("/", {{"Range", "bytes=0-1"}, {"If-None-Match", etag}}).status, 304);
}

}  // namespace
}  // namespace cartwright::gateway
