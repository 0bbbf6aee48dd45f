#include "shared/rpc/breaker.h"

#include <algorithm>
#include <random>

#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::rpc {
namespace {

bool NobodyWasThere(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown: return true;
    default: return false;
  }
}

}  // namespace

// A pause that seems longer than any is one that began before the clock was set back.
bool Circuit::Refuses(absl::Time now) const {
  const absl::Duration left = closed_until_ - now;
  return open() && (probing_ || (left > absl::ZeroDuration() && left <= pauses_.max));
}

bool Circuit::Admit(absl::Time now) {
  if (Refuses(now)) return false;
  probing_ = open();
  return true;
}

void Circuit::Report(absl::Time now, const absl::Status& status) {
  probing_ = false;
  if (!NobodyWasThere(status)) {
    failures_ = 0;
    return;
  }
  ++failures_;
  if (!open()) return;
  const int n = std::min(failures_ - kTolerated, 10);
  const absl::Duration pause = std::min(pauses_.max, pauses_.first * (1 << n));
  closed_until_ = now + pause;
  if (!pauses_.jitter) return;
  // Full jitter: replicas that lost the same peer must not come back to it together.
  static thread_local std::minstd_rand random{std::random_device{}()};
  closed_until_ = now + pause * std::uniform_real_distribution<>(0, 1)(random);
}

prometheus::Gauge& BreakerGauge(const std::string& peer) {
  static auto& family = metrics::GaugeFamily("cartwright_breaker_open",
                                             "1 while calls to a peer that does not answer wait.");
  return family.Add({{"peer", peer}});
}

Breaker::Breaker(Client& client, const std::string& peer)
    : client_(client), state_(std::make_shared<State>()) {
  state_->peer = peer;
  state_->gauge = &BreakerGauge(peer);
}

void Breaker::Report(const absl::Status& status) {
  Circuit& circuit = state_->circuit;
  const bool was_open = circuit.open();
  circuit.Report(absl::Now(), status);
  if (circuit.open() == was_open) return;
  state_->gauge->Set(circuit.open() ? 1 : 0);
  if (circuit.open()) {
    log::Warn("breaker.open", status.message(), {{"peer", state_->peer}});
  } else {
    log::Info("breaker.closed", "The peer answers again.", {{"peer", state_->peer}});
  }
}

}  // namespace cartwright::rpc
