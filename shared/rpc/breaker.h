#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "shared/rpc/client.h"

namespace prometheus {
class Gauge;
}

namespace cartwright::rpc {

// Whether calls to one peer are worth making. Closed, until five calls in a row found nobody; then
// open for a random part of min(5 s, 100 ms * 2^n), after which one call goes ahead as a probe: its
// success closes the circuit, its failure opens it again with the next n. Not thread-safe.
//
// The cap is 5 s and not the 30 s of a saga's own pause, because the two add up: after an outage a
// saga shall be under way again within a minute, however unlucky its dice.
class Circuit {
 public:
  static constexpr int kTolerated = 5;
  static constexpr absl::Duration kMaxPause = absl::Seconds(5);

  // How long an open circuit waits for its next probe: min(max, first * 2^n), a random part of it
  // where many callers that lost the same peer must not come back to it together.
  struct Pauses {
    absl::Duration first = absl::Milliseconds(100);
    absl::Duration max = kMaxPause;
    bool jitter = true;
  };

  Circuit() = default;
  explicit Circuit(const Pauses& pauses) : pauses_(pauses) {}

  // True when a call may be made at `now`; its end must then be told to Report.
  bool Admit(absl::Time now);

  // How an admitted call ended. Only what says that nobody was there counts as a failure: a peer
  // that answers with an error is up, and the error may be that of one request.
  void Report(absl::Time now, const absl::Status& status);

  // An admitted call ended in a way that says nothing about the peer: the next one is a probe, too.
  void Abandon() { probing_ = false; }

  // True from the fifth failure until a call succeeds.
  bool open() const { return failures_ >= kTolerated; }
  // True when Admit would refuse.
  bool Refuses(absl::Time now) const;
  // Until the next probe may be made; nothing or less when one may be made now.
  absl::Duration PauseLeft(absl::Time now) const { return closed_until_ - now; }

 private:
  Pauses pauses_;
  int failures_ = 0;  // in a row
  bool probing_ = false;
  absl::Time closed_until_ = absl::InfinitePast();
};

// The gauge cartwright_breaker_open{peer}, 1 while calls to the peer wait.
prometheus::Gauge& BreakerGauge(const std::string& peer);

// Calls to one peer through a circuit breaker, for background work that is repeated until it
// succeeds: to it, a refused call is one more transient error. Copies share the circuit. Used on
// one event loop only. Exports cartwright_breaker_open{peer}.
class Breaker {
 public:
  Breaker(Client& client, const std::string& peer);

  // As Client::Call, or UNAVAILABLE at once while the circuit is open.
  template <typename Response, typename Request>
  boost::asio::awaitable<absl::StatusOr<Response>> Call(const rpc::Call& call, Request request) {
    if (!state_->circuit.Admit(absl::Now())) {
      co_return absl::UnavailableError(state_->peer + " has not answered for a while");
    }
    auto reply = co_await client_.Call<Response>(call, std::move(request));
    Report(reply.status());
    co_return reply;
  }

  // True while calls are refused.
  bool Refuses() const { return state_->circuit.Refuses(absl::Now()); }

 private:
  struct State {
    Circuit circuit;
    std::string peer;
    prometheus::Gauge* gauge;
  };

  void Report(const absl::Status& status);

  Client& client_;
  const std::shared_ptr<State> state_;
};

}  // namespace cartwright::rpc
