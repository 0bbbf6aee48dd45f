#include "shared/telemetry/log.h"

#include <memory>
#include <mutex>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "boost/json/parse.hpp"
#include "gtest/gtest.h"
#include "spdlog/sinks/base_sink.h"
#include "spdlog/spdlog.h"

namespace cartwright::log {
namespace {

namespace json = boost::json;

// Keeps the last line.
class LastLine : public spdlog::sinks::base_sink<std::mutex> {
 public:
  std::string text;

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    text.assign(message.payload.data(), message.payload.size());
  }
  void flush_() override {}
};

class LogTest : public ::testing::Test {
 protected:
  LogTest() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", last_));
  }
  ~LogTest() override { spdlog::set_default_logger(before_); }

  json::object Line() const { return json::parse(last_->text).as_object(); }

  const std::shared_ptr<LastLine> last_ = std::make_shared<LastLine>();
  const std::shared_ptr<spdlog::logger> before_;
};

TEST_F(LogTest, ALineIsAnObjectWithItsFields) {
  Warn("some.event", "Something is odd.",
       {{"text", "word"},
        {"number", -5},
        {"large", int64_t{1} << 60},
        {"part", 0.25},
        {"yes", true}});
  const json::object line = Line();
  EXPECT_EQ(line.at("severity_text"), "WARN");
  EXPECT_EQ(line.at("severity_number"), 13);
  EXPECT_EQ(line.at("event.name"), "some.event");
  EXPECT_EQ(line.at("message"), "Something is odd.");
  EXPECT_EQ(line.at("text"), "word");
  EXPECT_EQ(line.at("number"), -5);
  EXPECT_EQ(line.at("large"), int64_t{1} << 60);
  EXPECT_EQ(line.at("part"), 0.25);
  EXPECT_EQ(line.at("yes"), true);
}

TEST_F(LogTest, NoTextCanForgeALineOrAField) {
  using std::string_literals::operator""s;
  const std::string nasty = "\"},\n{\"event.name\":\"\\\t\x01\x1f\x7f\0 ä€😀"s;
  Info("some.event", nasty, {{"text", nasty}});
  EXPECT_EQ(last_->text.find('\n'), std::string::npos);
  const json::object line = Line();
  EXPECT_EQ(line.at("message").as_string(), json::string_view(nasty));
  EXPECT_EQ(line.at("text").as_string(), json::string_view(nasty));
  EXPECT_EQ(line.at("event.name"), "some.event");
}

TEST_F(LogTest, ItHasItsTimeToTheNanosecond) {
  const absl::Time before = absl::Now();
  for (int i = 0; i < 3; ++i) {
    Info("some.event", "Now.");
    absl::Time time;
    std::string error;
    const std::string text(Line().at("timestamp").as_string());
    EXPECT_EQ(text.size(), 30u);
    ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
    EXPECT_GE(time, before);
    EXPECT_LE(time, absl::Now());
  }
}

}  // namespace
}  // namespace cartwright::log
