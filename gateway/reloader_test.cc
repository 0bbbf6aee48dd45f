#include "gateway/reloader.h"

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::gateway {
namespace {

using ::testing::HasSubstr;

class ReloaderTest : public ::testing::Test {
 protected:
  ReloaderTest() {
    std::string name = (std::filesystem::temp_directory_path() / "reloader-XXXXXX").string();
    root_ = mkdtemp(name.data());
    Write("one");
  }
  ~ReloaderTest() override { std::filesystem::remove_all(root_); }

  std::string path() const { return (root_ / "file").string(); }
  // As a deployment does it: the name never stands for half a file.
  void Write(const std::string& text) {
    std::ofstream(root_ / "next") << text;
    std::filesystem::rename(root_ / "next", root_ / "file");
  }
  void Add() {
    reloader_.Add("test", FileWatch({path()}), [this] {
      ++loads_;
      return status_;
    });
  }

  std::filesystem::path root_;
  boost::asio::io_context io_;
  Reloader reloader_{io_};
  absl::Status status_;
  int loads_ = 0;
};

TEST_F(ReloaderTest, AChangeIsSeenOnce) {
  FileWatch watch({path()});
  EXPECT_FALSE(watch.Changed());
  Write("two");
  EXPECT_TRUE(watch.Changed());
  EXPECT_FALSE(watch.Changed());
  std::ofstream(path(), std::ios::app) << "more";
  EXPECT_TRUE(watch.Changed());
  std::filesystem::remove(path());
  EXPECT_TRUE(watch.Changed());
  EXPECT_FALSE(watch.Changed());
  Write("two");
  EXPECT_TRUE(watch.Changed());
}

TEST_F(ReloaderTest, ALinkIsFollowed) {
  std::ofstream(root_ / "other") << "two";
  std::filesystem::create_symlink("file", root_ / "link");
  FileWatch watch({(root_ / "link").string()});
  std::filesystem::create_symlink("other", root_ / "link2");
  std::filesystem::rename(root_ / "link2", root_ / "link");
  EXPECT_TRUE(watch.Changed());
}

TEST_F(ReloaderTest, ReadsWhatHasChanged) {
  Add();
  reloader_.Check(/*all=*/false);
  EXPECT_EQ(loads_, 0);
  Write("two");
  reloader_.Check(/*all=*/false);
  EXPECT_EQ(loads_, 1);
  reloader_.Check(/*all=*/false);
  EXPECT_EQ(loads_, 1);
  reloader_.Check(/*all=*/true);
  EXPECT_EQ(loads_, 2);
}

TEST_F(ReloaderTest, AFailureIsInTheMetricsUntilTheFileIsGood) {
  Add();
  status_ = absl::InvalidArgumentError("bad");
  Write("bad");
  reloader_.Check(/*all=*/false);
  EXPECT_THAT(metrics::Render(), HasSubstr("cartwright_gateway_reload_failed{what=\"test\"} 1"));
  reloader_.Check(/*all=*/false);
  EXPECT_EQ(loads_, 1) << "not again while it is the same";
  status_ = absl::OkStatus();
  Write("good");
  reloader_.Check(/*all=*/false);
  EXPECT_THAT(metrics::Render(), HasSubstr("cartwright_gateway_reload_failed{what=\"test\"} 0"));
}

TEST_F(ReloaderTest, ASignalReadsEverything) {
  Add();
  reloader_.Start();
  io_.poll();
  for (int wanted = 1; wanted <= 2; ++wanted) {
    raise(SIGHUP);
    while (loads_ < wanted) io_.run_one();
  }
  EXPECT_EQ(loads_, 2);
}

}  // namespace
}  // namespace cartwright::gateway
