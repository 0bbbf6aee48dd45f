#include "shared/telemetry/line_writer.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace cartwright::log {
namespace {

constexpr std::chrono::milliseconds kGathering(2);

// A file that takes nothing more loses its lines: there is nobody to tell.
void WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

LineWriter::LineWriter(int fd) : fd_(fd), thread_([this] { Run(); }) {}

void LineWriter::Close() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LineWriter::Add(absl::string_view line) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || waiting_.size() + line.size() >= kRoom) return;
    waiting_.append(line.data(), line.size());
    waiting_.push_back('\n');
    wake = std::exchange(idle_, false);
  }
  if (wake) changed_.notify_one();
}

void LineWriter::Run() {
  std::string lines;
  std::unique_lock lock(mutex_);
  while (true) {
    idle_ = waiting_.empty();
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    idle_ = false;
    if (waiting_.empty()) return;
    lines.clear();
    lines.swap(waiting_);
    lock.unlock();
    WriteAll(fd_, lines);
    lock.lock();
    changed_.wait_for(lock, kGathering, [this] { return ending_; });
  }
}

}  // namespace cartwright::log
