#pragma once

#include <algorithm>

#include "absl/time/time.h"

namespace cartwright::gateway {

// How many calls may be repeated: a part of those that are made, and a few more, so that a service
// with little traffic has any. When everything fails, retries must not double the load. Not
// thread-safe.
class RetryBudget {
 public:
  struct Options {
    double ratio = 0.1;      // retries per call
    double floor_per_s = 1;  // and per second, whatever the traffic
    double most_saved = 20;  // for a burst after a quiet time
    double saved_at_start = 10;
  };

  RetryBudget() : RetryBudget(Options{}) {}
  explicit RetryBudget(const Options& options)
      : options_(options), saved_(options.saved_at_start) {}

  // A call that could be repeated is made.
  void Deposit(absl::Time now) {
    const double seconds = std::max(0.0, absl::ToDoubleSeconds(now - last_));
    if (last_ != absl::InfinitePast()) saved_ += options_.floor_per_s * seconds;
    last_ = now;
    saved_ = std::min(options_.most_saved, saved_ + options_.ratio);
  }

  // True when a call may be repeated; it then must be, or the budget is smaller than it should be.
  bool Withdraw() {
    if (saved_ < 1) return false;
    saved_ -= 1;
    return true;
  }

 private:
  const Options options_;
  double saved_;
  absl::Time last_ = absl::InfinitePast();
};

}  // namespace cartwright::gateway
