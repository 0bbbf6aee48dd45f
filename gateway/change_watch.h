#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "gateway/backends.h"
#include "gateway/route.h"

namespace cartwright::gateway {

// Whether what a service said before still holds: a generation, which ends with every change that
// the service reports, and the time at which it was last heard of. Thread-safe.
class ChangeGroup {
 public:
  // After so long without an answer of the service, nothing is known to be unchanged.
  static constexpr absl::Duration kTrustTime = absl::Seconds(2);

  // Take it before the answer is fetched: what changes meanwhile then ends it.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  // True when nothing of `generation` has changed, as was heard within kTrustTime before `now`.
  bool Holds(uint64_t generation, absl::Time now) const {
    return generation == this->generation() &&
           absl::ToUnixMicros(now) - heard_us_.load(std::memory_order_acquire) <=
               absl::ToInt64Microseconds(kTrustTime);
  }

  // The service answered `cursor` to a question of `asked`. Calls must not overlap.
  void Hear(absl::Time asked, absl::string_view cursor);

 private:
  std::atomic<uint64_t> generation_{1};
  std::atomic<int64_t> heard_us_{0};
  std::string cursor_;  // of the one thread that calls Hear
};

// Asks services whether their public data changed, for CachePolicy.invalidated_by: one group per
// such RPC, asked twice a second. Every other answer than the last one is a change.
class ChangeWatch {
 public:
  // Both must outlive this object, and `io` must not be run by more than one thread.
  ChangeWatch(boost::asio::io_context& io, const Backends& backends)
      : io_(io), backends_(backends) {}

  // The group of a cached route; null when nothing invalidates it. Once started, on `io` only.
  ChangeGroup* Add(const Route& route);

  // Starts asking, on `io`, also for the groups that are yet to come.
  void Start();

 private:
  struct Watched {
    std::string backend;
    std::string rpc_path;
    ChangeGroup group;
    bool failed = false;
  };

  boost::asio::awaitable<void> Run(Watched& watched);
  boost::asio::awaitable<void> AskOnce(Watched& watched);

  boost::asio::io_context& io_;
  const Backends& backends_;
  std::map<std::string, std::unique_ptr<Watched>> watched_;  // by rpc_path
  bool started_ = false;
};

}  // namespace cartwright::gateway
