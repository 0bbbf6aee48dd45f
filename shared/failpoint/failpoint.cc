#include "shared/failpoint/failpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "shared/telemetry/log.h"

namespace cartwright::failpoint {
namespace {

// An open file, closed at the end of its scope; a lock on it ends with it.
class File {
 public:
  File(const std::string& path, int flags) : descriptor_(open(path.c_str(), flags, 0644)) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

// ACTION [NTH] [ARG].
struct Arming {
  std::string action;
  int nth = 1;
  int argument = 0;
};

std::optional<Arming> Read(int descriptor) {
  char text[128];
  const ssize_t size = pread(descriptor, text, sizeof(text), 0);
  if (size <= 0) return std::nullopt;
  const std::vector<std::string> words =
      absl::StrSplit(absl::string_view(text, static_cast<size_t>(size)), absl::ByAnyChar(" \n"),
                     absl::SkipEmpty());
  Arming arming;
  if (words.empty() || words.size() > 3) return std::nullopt;
  arming.action = words[0];
  if (words.size() > 1 && !absl::SimpleAtoi(words[1], &arming.nth)) return std::nullopt;
  if (words.size() > 2 && !absl::SimpleAtoi(words[2], &arming.argument)) return std::nullopt;
  return arming;
}

// Counts this hit in the file, which all processes share. An arming when it is the one that fires:
// the file is gone then.
std::optional<Arming> Take(const std::string& path) {
  const File file(path, O_RDWR | O_CLOEXEC);
  if (file.get() < 0 || flock(file.get(), LOCK_EX) != 0) return std::nullopt;
  struct stat status;
  // Somebody else fired it while this one waited for the lock.
  if (fstat(file.get(), &status) != 0 || status.st_nlink == 0) return std::nullopt;
  std::optional<Arming> arming = Read(file.get());
  if (!arming || arming->nth <= 1) {
    unlink(path.c_str());
    return arming;
  }
  const std::string left =
      absl::StrCat(arming->action, " ", arming->nth - 1, " ", arming->argument, "\n");
  if (ftruncate(file.get(), 0) != 0 || pwrite(file.get(), left.data(), left.size(), 0) < 0) {
    log::Error("failpoint.unwritable", path);
  }
  return std::nullopt;
}

Hit Fire(const std::string& point, const Arming& arming) {
  log::Warn("failpoint.fired", "A failpoint fired.",
            {{"failpoint", point}, {"action", arming.action}, {"argument", arming.argument}});
  const absl::Duration delay = absl::Milliseconds(arming.argument);
  if (arming.action == "kill") raise(SIGKILL);
  if (arming.action == "stop") {
    kill(getpid(), SIGSTOP);
    return {};
  }
  if (arming.action == "sleep") return {Effect::kSleep, delay};
  if (arming.action == "error") return {Effect::kError, delay};
  if (arming.action == "drop_reply") return {Effect::kDropReply, delay};
  if (arming.action == "duplicate") return {Effect::kDuplicate, delay};
  log::Error("failpoint.unknown_action", arming.action);
  return {};
}

}  // namespace

Hit Pass(const std::string& point) {
  const char* directory = std::getenv("CARTWRIGHT_FAILPOINT_DIR");
  if (directory == nullptr) return {};
  const std::string seen = absl::StrCat(directory, "/seen");
  if (access(seen.c_str(), F_OK) == 0) {
    const File mark(absl::StrCat(seen, "/", point), O_WRONLY | O_CREAT | O_CLOEXEC);
  }
  const std::string path = absl::StrCat(directory, "/", point);
  if (access(path.c_str(), F_OK) != 0) return {};
  const std::optional<Arming> arming = Take(path);
  return arming ? Fire(point, *arming) : Hit{};
}

std::string ServiceName() {
  return std::string(absl::StripPrefix(program_invocation_short_name, "cartwright-"));
}

}  // namespace cartwright::failpoint
