#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"

namespace cartwright::log {

// Writes lines to a file from a thread of its own, so that nobody waits for the file. A line is
// written at once when it comes alone; those that come within the next milliseconds go together, in
// one write: to wake a thread for each costs more than all the rest of a cached answer. Bounded: a
// line that there is no room for is dropped. Thread-safe.
class LineWriter {
 public:
  // What may wait, in bytes.
  static constexpr size_t kRoom = 4 << 20;

  // `fd` stays open, and the caller's.
  explicit LineWriter(int fd);
  ~LineWriter() { Close(); }
  LineWriter(const LineWriter&) = delete;

  // Writes what is there, and ends the thread; lines that come later are dropped.
  void Close();

  // Takes a line without its end.
  void Add(absl::string_view line);

 private:
  void Run();

  const int fd_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;
  bool idle_ = false;  // the thread waits for a line, and must be woken
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace cartwright::log
