#include "shared/telemetry/log.h"

#include <memory>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "boost/json/object.hpp"
#include "boost/json/serialize.hpp"
#include "spdlog/async.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace cartwright::log {
namespace {

constexpr size_t kQueueSize = 8192;

// Set once by Init, before other threads exist.
std::string& ServiceName() {
  static auto* name = new std::string("cartwright");
  return *name;
}

// Writes what the logger was given. Set by Init, gone after Shutdown.
std::shared_ptr<spdlog::details::thread_pool>& Writer() {
  static auto* writer = new std::shared_ptr<spdlog::details::thread_pool>;
  return *writer;
}

// OpenTelemetry's severity_number of each level.
int SeverityNumber(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::info: return 9;
    case spdlog::level::warn: return 13;
    case spdlog::level::err: return 17;
    default: return 1;
  }
}

boost::json::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

void Write(spdlog::level::level_enum level, absl::string_view severity, absl::string_view event,
           absl::string_view message, Fields fields) {
  if (!spdlog::should_log(level)) return;
  boost::json::object line;
  line["timestamp"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E9SZ", absl::Now(), absl::UTCTimeZone());
  line["severity_text"] = View(severity);
  line["severity_number"] = SeverityNumber(level);
  line["service.name"] = ServiceName();
  line["event.name"] = View(event);
  line["message"] = View(message);
  for (const Field& field : fields) line[field.key] = field.value;
  spdlog::default_logger_raw()->log(level, boost::json::serialize(line));
}

}  // namespace

bool Init(absl::string_view service, absl::string_view level) {
  ServiceName() = std::string(service);
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off) return false;
  Writer() = std::make_shared<spdlog::details::thread_pool>(kQueueSize, 1);
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::async_logger>(
      "json", std::move(sink), Writer(), spdlog::async_overflow_policy::overrun_oldest);
  logger->set_pattern("%v");
  logger->set_level(parsed);
  spdlog::set_default_logger(std::move(logger));
  return true;
}

// The logger stays, so that a thread that ends late finds one that says nothing.
void Shutdown() {
  spdlog::default_logger_raw()->set_level(spdlog::level::off);
  Writer().reset();
}

void Info(absl::string_view event, absl::string_view message, Fields fields) {
  Write(spdlog::level::info, "INFO", event, message, fields);
}
void Warn(absl::string_view event, absl::string_view message, Fields fields) {
  Write(spdlog::level::warn, "WARN", event, message, fields);
}
void Error(absl::string_view event, absl::string_view message, Fields fields) {
  Write(spdlog::level::err, "ERROR", event, message, fields);
}

}  // namespace cartwright::log
