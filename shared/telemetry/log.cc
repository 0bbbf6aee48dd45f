#include "shared/telemetry/log.h"

#include <unistd.h>

#include <cmath>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "boost/json/serialize.hpp"
#include "shared/telemetry/line_writer.h"
#include "spdlog/sinks/sink.h"
#include "spdlog/spdlog.h"

namespace cartwright::log {
namespace {

// Set once by Init, before other threads exist.
std::string& ServiceName() {
  static auto* name = new std::string("cartwright");
  return *name;
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

// A string in JSON. Field by field into one text: an object of the library, built and printed,
// takes longer than all the rest of a line.
void AppendText(absl::string_view text, std::string& out) {
  constexpr absl::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  size_t plain = 0;  // where what is not written yet begins
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.data() + plain, i - plain);
    plain = i + 1;
    out.push_back('\\');
    if (c >= 0x20) {
      out.push_back(text[i]);
    } else {
      out.append("u00");
      out.push_back(kHex[c >> 4]);
      out.push_back(kHex[c & 15]);
    }
  }
  out.append(text.data() + plain, text.size() - plain);
  out.push_back('"');
}

// Six digits tell a duration; what is no number has none in JSON.
void AppendNumber(double number, std::string& out) {
  absl::StrAppend(&out, std::isfinite(number) ? absl::AlphaNum(number) : absl::AlphaNum("null"));
}

void AppendValue(const boost::json::value& value, std::string& out) {
  switch (value.kind()) {
    case boost::json::kind::string:
      return AppendText({value.get_string().data(), value.get_string().size()}, out);
    case boost::json::kind::int64: return absl::StrAppend(&out, value.get_int64());
    case boost::json::kind::uint64: return absl::StrAppend(&out, value.get_uint64());
    case boost::json::kind::double_: return AppendNumber(value.get_double(), out);
    case boost::json::kind::bool_:
      return absl::StrAppend(&out, value.get_bool() ? "true" : "false");
    default: return absl::StrAppend(&out, boost::json::serialize(value));
  }
}

void AppendNow(std::string& out) {
  const absl::Time now = absl::Now();
  const int64_t second = absl::ToUnixSeconds(now);
  // What it is in all lines of a second.
  thread_local int64_t known = -1;
  thread_local std::string text;
  if (known != second) {
    text = absl::FormatTime("%Y-%m-%dT%H:%M:%S.", now, absl::UTCTimeZone());
    known = second;
  }
  const auto fraction = absl::ToInt64Nanoseconds(now - absl::FromUnixSeconds(second));
  absl::StrAppend(&out, text, absl::Dec(fraction, absl::kZeroPad9), "Z");
}

void Write(spdlog::level::level_enum level, absl::string_view severity, absl::string_view event,
           absl::string_view message, Fields fields) {
  if (!spdlog::should_log(level)) return;
  thread_local std::string line;
  line.assign("{\"timestamp\":\"");
  AppendNow(line);
  absl::StrAppend(&line, "\",\"severity_text\":\"", severity,
                  "\",\"severity_number\":", SeverityNumber(level), ",\"service.name\":");
  AppendText(ServiceName(), line);
  line.append(",\"event.name\":");
  AppendText(event, line);
  line.append(",\"message\":");
  AppendText(message, line);
  for (const Field& field : fields) {
    line.push_back(',');
    AppendText(field.key, line);
    line.push_back(':');
    AppendValue(field.value, line);
  }
  line.push_back('}');
  spdlog::default_logger_raw()->log(level, line);
}

// Where the lines of this process go. Never destroyed: a thread that ends late still finds it.
LineWriter& Writer() {
  static auto* writer = new LineWriter(STDERR_FILENO);
  return *writer;
}

class LineSink : public spdlog::sinks::sink {
 public:
  void log(const spdlog::details::log_msg& message) override {
    Writer().Add({message.payload.data(), message.payload.size()});
  }
  void flush() override {}
  // A line is JSON, whatever pattern somebody sets.
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}
};

}  // namespace

bool Init(absl::string_view service, absl::string_view level) {
  ServiceName() = std::string(service);
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off) return false;
  auto logger = std::make_shared<spdlog::logger>("json", std::make_shared<LineSink>());
  logger->set_level(parsed);
  spdlog::set_default_logger(std::move(logger));
  return true;
}

// The logger stays, so that a thread that ends late finds one that says nothing.
// The logger stays, for threads that end late; it says nothing any more.
void Shutdown() {
  spdlog::default_logger_raw()->set_level(spdlog::level::off);
  Writer().Close();
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
