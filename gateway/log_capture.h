#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "boost/json/parse.hpp"
#include "spdlog/sinks/base_sink.h"
#include "spdlog/spdlog.h"

namespace cartwright::gateway::testing {

// Takes the log of this process from the first call of Get on, for good: threads of servers may
// write at any time. Thread-safe.
class LogCapture {
 public:
  static LogCapture& Get() {
    static auto* capture = new LogCapture;
    return *capture;
  }

  // The line of `event` about the request; waits for it, and is empty when it does not come.
  boost::json::object Await(absl::string_view event, absl::string_view request_id) {
    std::unique_lock lock(mutex_);
    std::optional<boost::json::object> found;
    changed_.wait_for(lock, std::chrono::seconds(30), [&] {
      found = Find(event, request_id);
      return found.has_value();
    });
    return found.value_or(boost::json::object());
  }

  std::string All() {
    const std::lock_guard lock(mutex_);
    return absl::StrJoin(lines_, "\n");
  }

 private:
  class Sink : public spdlog::sinks::base_sink<std::mutex> {
   public:
    explicit Sink(LogCapture& capture) : capture_(capture) {}

   private:
    void sink_it_(const spdlog::details::log_msg& message) override {
      const std::lock_guard lock(capture_.mutex_);
      capture_.lines_.emplace_back(message.payload.data(), message.payload.size());
      capture_.changed_.notify_all();
    }
    void flush_() override {}

    LogCapture& capture_;
  };

  LogCapture() {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("capture", std::make_shared<Sink>(*this)));
  }

  std::optional<boost::json::object> Find(absl::string_view event, absl::string_view request_id) {
    const boost::json::string_view wanted(request_id.data(), request_id.size());
    for (const std::string& text : lines_) {
      const boost::json::object line = boost::json::parse(text).as_object();
      const auto* id = line.if_contains("request_id");
      if (line.at("event.name").as_string() != boost::json::string_view(event.data(), event.size()))
        continue;
      if (id != nullptr && id->as_string() == wanted) return line;
    }
    return std::nullopt;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

}  // namespace cartwright::gateway::testing
