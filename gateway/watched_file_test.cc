#include "gateway/watched_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

class WatchedFileTest : public ::testing::Test {
 protected:
  ~WatchedFileTest() override { std::filesystem::remove_all(directory_); }

  static std::filesystem::path NewDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "watched-XXXXXX").string();
    return mkdtemp(name.data());
  }

  std::string path() const { return (directory_ / "plans.json").string(); }

  // As tools do it: another file, moved into its place.
  void Write(const std::string& content) {
    std::ofstream(path() + ".new") << content;
    std::filesystem::rename(path() + ".new", path());
  }

  const std::filesystem::path directory_ = NewDirectory();
  std::string applied_ = "nothing";
  WatchedFile file_{"--plans", path(), [this](absl::string_view content) {
                      if (content == "bad") return absl::InvalidArgumentError("it is bad");
                      applied_ = std::string(content);
                      return absl::OkStatus();
                    }};
};

TEST_F(WatchedFileTest, IsReadAgainWhenItChanged) {
  Write("one");
  ASSERT_TRUE(file_.Load().ok());
  EXPECT_EQ(applied_, "one");
  applied_ = "not read";
  EXPECT_FALSE(file_.Poll());
  EXPECT_EQ(applied_, "not read");
  Write("two");
  EXPECT_TRUE(file_.Poll());
  EXPECT_EQ(applied_, "two");
}

TEST_F(WatchedFileTest, ABadOrAbsentFileChangesNothing) {
  Write("one");
  ASSERT_TRUE(file_.Load().ok());
  Write("bad");
  EXPECT_FALSE(file_.Poll());
  std::filesystem::remove(path());
  EXPECT_FALSE(file_.Poll());
  EXPECT_EQ(applied_, "one");
  Write("three");
  EXPECT_TRUE(file_.Poll());
  EXPECT_EQ(applied_, "three");
}

TEST_F(WatchedFileTest, AtStartAMistakeNamesFlagAndFile) {
  EXPECT_EQ(file_.Load().message(), "--plans: " + path() + ": there is no such file");
  Write("bad");
  EXPECT_EQ(file_.Load().message(), "--plans: " + path() + ": it is bad");
  EXPECT_EQ(applied_, "nothing");
}

}  // namespace
}  // namespace cartwright::gateway
