#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/steady_timer.hpp"

namespace cartwright::gateway {

// Makes one piece of work of many that are the same and come at the same time: the first one who
// joins under a key leads, the others wait for what the leader lands with. There are never more
// flights than requests under way. Thread-safe; no lock is held while anything is awaited.
class Flights {
 public:
  // What a flight landed with, whatever it is; null when the leader gave it up.
  using Result = std::shared_ptr<const void>;

  // One who waits. Of the thread of its executor, but for what Flights does with it.
  class Waiter {
   public:
    explicit Waiter(const boost::asio::any_io_executor& executor) : timer_(executor) {}

    // The flight's result, or null after `timeout`. At most once, on the executor of Join.
    boost::asio::awaitable<Result> Wait(std::chrono::nanoseconds timeout);

   private:
    friend class Flights;
    // Told by cancelling it: a timer is what Asio has for a condition.
    boost::asio::steady_timer timer_;
    bool landed_ = false;
    Result result_;
  };

  // The duty to end a flight: a leader that goes away without landing it gives it up, so that
  // nobody waits for nothing. Movable.
  class Lead {
   public:
    Lead() = default;
    Lead(Flights& flights, std::string key) : flights_(&flights), key_(std::move(key)) {}
    Lead(Lead&& other) noexcept
        : flights_(std::exchange(other.flights_, nullptr)), key_(std::move(other.key_)) {}
    Lead& operator=(Lead&& other) noexcept {
      std::swap(flights_, other.flights_);
      std::swap(key_, other.key_);
      return *this;
    }
    ~Lead() { Land(nullptr); }

    explicit operator bool() const { return flights_ != nullptr; }
    // Ends the flight. No effect when it is ended.
    void Land(Result result) {
      if (Flights* flights = std::exchange(flights_, nullptr)) flights->End(key_, result);
    }

   private:
    Flights* flights_ = nullptr;
    std::string key_;
  };

  // One of the two.
  struct Place {
    Lead lead;
    std::shared_ptr<Waiter> waiter;
  };
  Place Join(const std::string& key, const boost::asio::any_io_executor& executor);

  // Leads, or nothing when there is such a flight already.
  Lead TryLead(const std::string& key);

  // How many wait in all.
  size_t waiting() const;

 private:
  static constexpr size_t kShards = 16;
  struct Shard {
    mutable std::mutex mutex;
    absl::flat_hash_map<std::string, std::vector<std::shared_ptr<Waiter>>> flights;
  };

  void End(const std::string& key, const Result& result);
  Shard& ShardOf(absl::string_view key) {
    return shards_[absl::Hash<absl::string_view>()(key) % kShards];
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace cartwright::gateway
