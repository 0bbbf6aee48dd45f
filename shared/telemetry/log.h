#pragma once

#include <initializer_list>

#include "absl/strings/string_view.h"
#include "boost/json/value.hpp"

// Structured logs: one JSON object per line on standard error, so that no value can forge a
// line. Never pass request bodies, tokens, passwords or cookies. Thread-safe; a line that the
// bounded queue cannot take is dropped: a request never waits for the log.
namespace cartwright::log {

// One named value of a line; numbers, bools and strings.
struct Field {
  template <typename T>
  Field(const char* name, const T& content) : key(name), value(content) {}
  Field(const char* name, absl::string_view text)
      : key(name), value(boost::json::string_view(text.data(), text.size())) {}

  const char* key;
  boost::json::value value;
};
using Fields = std::initializer_list<Field>;

// Starts the log of this process. `level` is trace, debug, info, warn or error; false for
// another word.
bool Init(absl::string_view service, absl::string_view level);

// Writes what is queued and ends the log.
void Shutdown();

// `event` names the kind of line for machines, lower case with dots ("saga.decided");
// `message` is a sentence for people.
void Info(absl::string_view event, absl::string_view message, Fields fields = {});
void Warn(absl::string_view event, absl::string_view message, Fields fields = {});
void Error(absl::string_view event, absl::string_view message, Fields fields = {});

}  // namespace cartwright::log
