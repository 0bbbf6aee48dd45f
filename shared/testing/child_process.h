#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "boost/json/object.hpp"

namespace cartwright::testing {

// A real process of ours, whose log is read while it runs. Killed at the end of its scope if it
// has not ended by then. Every wait gives up after a minute.
class ChildProcess {
 public:
  // `command`: the path of the binary and its arguments. The process has the environment of this
  // one.
  explicit ChildProcess(std::vector<std::string> command);
  ~ChildProcess();

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The first line of its log with this event.name; nothing when it ended without one.
  std::optional<boost::json::object> WaitForEvent(const std::string& event);

  // Lines with this event.name until now.
  int CountEvents(const std::string& event) const;

  // Everything that it has written to standard error until now.
  std::string Output() const;

  // Sends a signal, for example SIGTERM.
  void Signal(int signal) const;

  // The exit code; 128 and the signal if one ended it, -1 when it does not end.
  int WaitForExit();

 private:
  void Read(int descriptor);
  std::optional<boost::json::object> FindEvent(const std::string& event) const;

  pid_t pid_ = -1;
  std::optional<int> exit_code_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  bool closed_ = false;  // it has closed its standard error
  std::thread reader_;
};

}  // namespace cartwright::testing
