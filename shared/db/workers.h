#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "shared/db/connection.h"

namespace cartwright::db {

// Threads that own one database connection each, behind one bounded queue: no pool lock, no
// thread per call, and work that cannot be done soon is refused at once. Thread-safe.
class Workers {
 public:
  struct Options {
    std::string url;
    std::string url_file;  // see Connection
    int threads = 4;
    size_t queue_limit = 256;
  };

  // What to do with a task: `run` on a worker, or `expire` when its deadline passed while it
  // waited, or when the workers stop. Exactly one of the two is called.
  struct Task {
    absl::AnyInvocable<void(Connection&)> run;
    absl::AnyInvocable<void(absl::Status)> expire;
    absl::Time deadline = absl::InfiniteFuture();
  };

  explicit Workers(Options options);
  // Stops taking work, ends what runs, expires what waits.
  ~Workers();

  // False, and the task is untouched, when the queue is full or the workers stop.
  bool Submit(Task& task);

  // Tasks that wait now; the gauge cartwright_db_queue_depth has the sum over all workers.
  size_t QueueDepth() const;

  // Tasks that were run to their end so far and had an answer of the database, whatever it was.
  uint64_t Answered() const { return answered_; }

 private:
  void Loop();

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::pair<Task, absl::Time>> queue_;  // task, time of arrival
  bool stopping_ = false;
  std::atomic<uint64_t> answered_{0};
  std::vector<std::thread> threads_;
};

}  // namespace cartwright::db
