#include "shared/kit/sealer.h"

#include <utility>

#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "shared/db/async.h"
#include "shared/db/audit_log.h"
#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::kit {
namespace {

// A few tens of milliseconds of a worker.
constexpr int kBatch = 1000;

struct SealMetrics {
  prometheus::Gauge& unsealed =
      metrics::GaugeFamily("cartwright_audit_log_unsealed",
                           "Rows of the audit log that the chain of hashes does not cover yet.")
          .Add({});
  prometheus::Gauge& age =
      metrics::GaugeFamily("cartwright_audit_log_unsealed_seconds",
                           "Age of the oldest row that the chain of hashes does not cover yet.")
          .Add({});
};

SealMetrics& Metrics() {
  static auto* metrics = new SealMetrics;
  return *metrics;
}

absl::Time Soon() { return absl::Now() + absl::Seconds(5); }

}  // namespace

Sealer::Sealer(boost::asio::io_context& io, db::Workers& workers, std::function<bool()> ready)
    : io_(io), workers_(workers), ready_(std::move(ready)) {}

void Sealer::Start(std::chrono::milliseconds period) {
  boost::asio::co_spawn(io_, Run(period), boost::asio::detached);
}

boost::asio::awaitable<void> Sealer::Run(std::chrono::milliseconds period) {
  boost::asio::steady_timer timer(io_);
  while (!ready_()) {
    timer.expires_after(period);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
  if (!co_await HasLog()) co_return;
  while (true) {
    co_await Round();
    timer.expires_after(period);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}

// A database that does not answer has a log until it says otherwise.
boost::asio::awaitable<bool> Sealer::HasLog() {
  const absl::StatusOr<bool> has = co_await db::Run(workers_, Soon(), db::HasAuditLog);
  co_return has.value_or(true);
}

boost::asio::awaitable<void> Sealer::Round() {
  const auto seal = [](db::Connection& db) { return db::SealAuditLog(db, kBatch); };
  absl::StatusOr<int> sealed = kBatch;
  while (sealed.ok() && *sealed == kBatch) sealed = co_await db::Run(workers_, Soon(), seal);
  absl::Status status = sealed.status();
  if (status.ok()) {
    const auto unsealed = co_await db::Run(workers_, Soon(), db::CountUnsealed);
    status = unsealed.status();
    if (status.ok()) {
      Metrics().unsealed.Set(static_cast<double>(unsealed->rows));
      Metrics().age.Set(unsealed->oldest_s);
    }
  }
  if (!status.ok() && !failing_) log::Error("audit_log.unsealed", status.message());
  failing_ = !status.ok();
}

}  // namespace cartwright::kit
