#include "shared/testing/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>

#include "absl/strings/str_join.h"
#include "boost/json/parse.hpp"
#include "gtest/gtest.h"

extern char** environ;

namespace cartwright::testing {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);

// The event.name of a line, empty for a line that is not of our log.
std::string EventOf(const std::string& line, boost::json::object* fields = nullptr) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(line, error);
  if (error || !value.is_object()) return {};
  const auto* event = value.as_object().if_contains("event.name");
  if (event == nullptr || !event->is_string()) return {};
  if (fields != nullptr) *fields = value.as_object();
  return std::string(event->as_string());
}

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> command) {
  int ends[2];
  // Closed in the child, and in the children of other tests: the end of the pipe is its end.
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const int error = posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  EXPECT_EQ(error, 0) << command[0];
  if (error != 0) exit_code_ = -1;
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  reader_ = std::thread([this, descriptor = ends[0]] { Read(descriptor); });
}

ChildProcess::~ChildProcess() {
  if (!exit_code_) {
    Signal(SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  reader_.join();
}

void ChildProcess::Read(int descriptor) {
  std::FILE* stream = fdopen(descriptor, "r");
  char* line = nullptr;
  size_t capacity = 0;
  for (ssize_t size; (size = getline(&line, &capacity, stream)) > 0;) {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line, line[size - 1] == '\n' ? size - 1 : size);
    changed_.notify_all();
  }
  free(line);
  fclose(stream);
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

std::optional<boost::json::object> ChildProcess::FindEvent(const std::string& event) const {
  boost::json::object fields;
  for (const std::string& line : lines_) {
    if (EventOf(line, &fields) == event) return fields;
  }
  return std::nullopt;
}

std::optional<boost::json::object> ChildProcess::WaitForEvent(const std::string& event) {
  std::unique_lock lock(mutex_);
  std::optional<boost::json::object> found;
  changed_.wait_for(lock, kPatience, [&] {
    found = FindEvent(event);
    return found.has_value() || closed_;
  });
  return found;
}

int ChildProcess::CountEvents(const std::string& event) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(std::count_if(lines_.begin(), lines_.end(),
                                        [&](const auto& line) { return EventOf(line) == event; }));
}

std::string ChildProcess::Output() const {
  const std::lock_guard lock(mutex_);
  return absl::StrJoin(lines_, "\n");
}

void ChildProcess::Signal(int signal) const { kill(pid_, signal); }

int ChildProcess::WaitForExit() {
  if (exit_code_) return *exit_code_;
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [this] { return closed_; })) return -1;
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return *exit_code_;
}

}  // namespace cartwright::testing
