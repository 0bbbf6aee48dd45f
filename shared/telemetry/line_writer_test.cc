#include "shared/telemetry/line_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace cartwright::log {
namespace {

class LineWriterTest : public ::testing::Test {
 protected:
  LineWriterTest() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~LineWriterTest() override {
    close(ends_[0]);
    close(ends_[1]);
  }

  // What has been written when `done` says so, and until then.
  std::string ReadUntil(const std::function<bool(const std::string&)>& done) {
    std::string text;
    std::array<char, 65536> buffer;
    while (!done(text)) {
      const ssize_t size = read(ends_[0], buffer.data(), buffer.size());
      if (size <= 0) break;
      text.append(buffer.data(), static_cast<size_t>(size));
    }
    return text;
  }

  std::array<int, 2> ends_{};
};

TEST_F(LineWriterTest, ALineIsWrittenWithoutAnother) {
  LineWriter writer(ends_[1]);
  for (const char* line : {"one", "two"}) {
    writer.Add(line);
    const std::string want = absl::StrCat(line, "\n");
    EXPECT_EQ(ReadUntil([&](const std::string& text) { return text.size() >= want.size(); }), want);
  }
}

TEST_F(LineWriterTest, LinesOfManyThreadsStayWholeAndInTheirOrder) {
  constexpr int kThreads = 4;
  constexpr int kLines = 5000;
  auto writer = std::make_unique<LineWriter>(ends_[1]);
  std::thread ending([&] {
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&writer, t] {
        for (int i = 0; i < kLines; ++i) writer->Add(absl::StrCat(t, " ", i));
      });
    }
    for (std::thread& thread : threads) thread.join();
    writer.reset();  // which writes what is left
    writer = std::make_unique<LineWriter>(ends_[1]);
    writer->Add("end");
  });
  const std::string text =
      ReadUntil([](const std::string& all) { return absl::EndsWith(all, "end\n"); });
  ending.join();
  std::array<int, kThreads> next{};
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (line == "end") continue;
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    ASSERT_EQ(words.size(), 2u) << line;
    int thread = 0;
    int number = 0;
    ASSERT_TRUE(absl::SimpleAtoi(words[0], &thread) && absl::SimpleAtoi(words[1], &number)) << line;
    EXPECT_EQ(number, next.at(thread)++);
  }
  for (const int count : next) EXPECT_EQ(count, kLines);
}

// A file that takes nothing: a pipe that nobody reads.
TEST_F(LineWriterTest, NobodyWaitsForAFileAndLittleIsHeldForIt) {
  auto writer = std::make_unique<LineWriter>(ends_[1]);
  const std::string line(1023, 'x');
  constexpr size_t kLines = 20 * LineWriter::kRoom / 1024;
  for (size_t i = 0; i < kLines; ++i) writer->Add(line);
  std::thread ending([&] {
    writer.reset();
    close(std::exchange(ends_[1], -1));
  });
  const std::string text = ReadUntil([](const std::string&) { return false; });
  ending.join();
  // What was being written, and what waited.
  EXPECT_LE(text.size(), 2 * LineWriter::kRoom);
  EXPECT_GT(text.size(), LineWriter::kRoom / 2);
  EXPECT_EQ(text.size() % 1024, 0u);
}

}  // namespace
}  // namespace cartwright::log
