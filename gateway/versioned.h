#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace cartwright::gateway {

// A value that is replaced while others use it: whoever has taken it keeps what it took.
// Thread-safe.
template <typename T>
class Versioned {
 public:
  explicit Versioned(std::shared_ptr<T> first) : current_(std::move(first)) {}

  // The value of now; to be held for as long as anything in it is referred to.
  std::shared_ptr<T> Get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  // Those who take it from now on get `next`.
  void Set(std::shared_ptr<T> next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<T> current_;
};

}  // namespace cartwright::gateway
