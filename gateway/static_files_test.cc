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
    Write("site/assets/app-1a2b.js", "run()");
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

  Response Serve(absl::string_view path, const std::string& etag = "") {
    boost::beast::http::fields fields;
    if (!etag.empty()) fields.insert("If-None-Match", etag);
    const Request request{.fields = &fields};
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
              ::testing::HasSubstr("default-src 'self'"));
  const Response script = Serve("/assets/app-1a2b.js");
  EXPECT_EQ(script.content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(HeaderOf(script, "Cache-Control"), "public, max-age=31536000, immutable");
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

}  // namespace
}  // namespace cartwright::gateway
