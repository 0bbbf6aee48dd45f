#pragma once

#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <type_traits>

#include "shared/testing/service_fixture.h"

namespace cartwright::order {

// A service whose calls can be made to fail. Serves the caller "order". Thread-safe.
class Participant {
 public:
  enum class Fault {
    kNoEffect,   // the call never arrives
    kLostReply,  // it has its effect, and the answer is lost
  };
  static constexpr int kAlways = std::numeric_limits<int>::max();

  // The next `times` calls of `rpc` ("ReserveStock") end with `code`.
  void Break(const std::string& rpc, Fault fault, int times = kAlways,
             absl::StatusCode code = absl::StatusCode::kUnavailable) {
    const std::lock_guard lock(mutex_);
    plans_[rpc] = {fault, times, code};
  }
  void Heal() {
    const std::lock_guard lock(mutex_);
    plans_.clear();
  }

  // While the result lives, no call is answered.
  std::unique_lock<std::mutex> Silence() { return std::unique_lock(mutex_); }

  // How often `rpc` was called, failures included.
  int Calls(const std::string& rpc) {
    const std::lock_guard lock(mutex_);
    return calls_[rpc];
  }

  rpc::Client& client() { return server_.client(); }

  template <typename Response, typename Request>
  boost::asio::awaitable<absl::StatusOr<Response>> Refuse(const rpc::Call&, const Request&) {
    co_return absl::UnimplementedError("the order service does not call this");
  }

 protected:
  Participant() : server_(nullptr) { server_.set_peer("order"); }

  // What Serve takes for an RPC that no test needs.
  template <typename Owner, typename Response, typename Request>
  static auto Unused() {
    using Method = boost::asio::awaitable<absl::StatusOr<Response>> (Owner::*)(const rpc::Call&,
                                                                               const Request&);
    return static_cast<Method>(&Owner::template Refuse<Response, Request>);
  }

  // The call of `rpc` as it was planned; `effect` runs under the lock.
  template <typename Effect>
  auto Run(const std::string& rpc, Effect effect) -> absl::StatusOr<std::invoke_result_t<Effect>> {
    const std::lock_guard lock(mutex_);
    ++calls_[rpc];
    Plan& plan = plans_[rpc];
    if (plan.times == 0) return effect();
    if (plan.times != kAlways) --plan.times;
    if (plan.fault == Fault::kLostReply) effect();
    return absl::Status(plan.code, "planned");
  }

  std::mutex mutex_;
  testing::ServiceFixture server_;

 private:
  struct Plan {
    Fault fault = Fault::kNoEffect;
    int times = 0;
    absl::StatusCode code = absl::StatusCode::kUnavailable;
  };
  std::map<std::string, Plan> plans_;
  std::map<std::string, int> calls_;
};

}  // namespace cartwright::order
