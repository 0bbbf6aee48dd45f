#pragma once

#include <array>
#include <atomic>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/route.h"

namespace prometheus {
class Counter;
class Gauge;
}  // namespace prometheus

namespace cartwright::gateway {

// What is refused first when there is more work than can be done: reads, which can be repeated at
// no loss, then writes, then what moves money, and last what lets people in.
enum class Priority { kRead, kWrite, kPayment, kAuth };

// Of the route's policy: its rate_limit class "auth"; a required idempotency key; its method.
Priority PriorityOf(const Route& route);

// Calls that are under way, all together and to each service, and the bounds of both: what waits
// for a slow service must not take the memory and the time of all others. Each priority is refused
// from another fill of the total on. Thread-safe, without locks. Exports
// cartwright_gateway_in_flight{backend} and cartwright_gateway_shed_total{priority}.
class LoadShedder {
 public:
  struct Options {
    int total = 2000;
    int per_backend = 500;
  };

  // One service; outlives its permits.
  class Backend {
   public:
    explicit Backend(const std::string& name);

   private:
    friend class LoadShedder;
    std::atomic<int> in_flight_{0};
    prometheus::Gauge& gauge_;
  };

  // The right to make one call; it ends with this object, which must not outlive the shedder.
  class Permit {
   public:
    Permit() = default;
    Permit(Permit&& other) noexcept
        : shedder_(std::exchange(other.shedder_, nullptr)), backend_(other.backend_) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(shedder_, other.shedder_);
      std::swap(backend_, other.backend_);
      return *this;
    }
    ~Permit();

   private:
    friend class LoadShedder;
    Permit(LoadShedder* shedder, Backend* backend) : shedder_(shedder), backend_(backend) {}
    LoadShedder* shedder_ = nullptr;
    Backend* backend_ = nullptr;
  };

  explicit LoadShedder(const Options& options);

  // Errors: OVERLOADED.
  absl::StatusOr<Permit> Admit(Priority priority, Backend& backend);

  // Calls under way of which `priority` is refused.
  int LimitOf(Priority priority) const;

 private:
  const Options options_;
  std::atomic<int> in_flight_{0};
  std::array<prometheus::Counter*, 4> shed_;
};

}  // namespace cartwright::gateway
