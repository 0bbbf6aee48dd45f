#include "services/order/recovery.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/asio/use_future.hpp"
#include "shared/base/status_macros.h"
#include "shared/db/async.h"
#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::order {
namespace {

namespace asio = boost::asio;

constexpr auto kPeriod = std::chrono::milliseconds(200);
constexpr auto kWatchPeriod = std::chrono::seconds(5);
constexpr auto kStopWithin = std::chrono::seconds(3);
constexpr int kClaimLimit = 64;
// While a participant is away: enough to notice that it is back, and the rest keeps its place.
constexpr int kProbeLimit = 4;
constexpr size_t kMaxDriven = 512;
// A saga that took down this many processes in a row would take down the next one, too.
constexpr int kMaxCrashes = 5;
constexpr absl::Duration kDatabaseTimeout = absl::Seconds(2);

asio::awaitable<void> Sleep(asio::io_context& io, std::chrono::milliseconds time) {
  asio::steady_timer timer(io, time);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

// Counts as open while it lives.
class Open {
 public:
  explicit Open(size_t& count) : count_(count) { ++count_; }
  ~Open() { --count_; }

 private:
  size_t& count_;
};

}  // namespace

Recovery::Recovery(asio::io_context& io, db::Workers& workers, OrderStore& store,
                   Checkout& checkout, Completion& completion)
    : io_(io), workers_(workers), store_(store), checkout_(checkout), completion_(completion) {}

void Recovery::Start() {
  asio::co_spawn(io_, Run(), EndOnError);
  asio::co_spawn(io_, KeepLeases(), EndOnError);
  asio::co_spawn(io_, Watch(), EndOnError);
}

// All that this process drives.
std::vector<Lease> Recovery::Leases() const {
  std::vector<Lease> leases = checkout_.Leases();
  for (Lease& lease : completion_.Leases()) leases.push_back(std::move(lease));
  return leases;
}

// A drive that is slower than its lease is not taken by a peer, which would count as a crash. What
// was given back meanwhile has no lease that stands, and gets none.
asio::awaitable<void> Recovery::KeepLeases() {
  while (!stopping_) {
    co_await Sleep(io_, absl::ToChronoMilliseconds(store_.times().lease / 3));
    std::vector<Lease> leases = Leases();
    if (leases.empty() || stopping_) continue;
    const Open open(open_);
    auto renew = [this, &leases](db::Connection& db) { return store_.Renew(db, leases); };
    const absl::Status renewed =
        co_await db::Run(workers_, absl::Now() + kDatabaseTimeout, std::move(renew));
    if (!renewed.ok()) log::Warn("saga.renew_failed", renewed.message());
  }
}

// A gauge that cannot be measured keeps its value; that the database is away shows elsewhere.
asio::awaitable<void> Recovery::Watch() {
  auto& dead =
      metrics::GaugeFamily("cartwright_sagas_dead", "Sagas that wait for a person.").Add({});
  auto& oldest = metrics::GaugeFamily("cartwright_saga_oldest_step_seconds",
                                      "For how long the oldest live saga has been at its step.")
                     .Add({});
  while (!stopping_) {
    {
      const Open open(open_);
      auto measure = [this](db::Connection& db) { return store_.Measure(db); };
      const auto backlog =
          co_await db::Run(workers_, absl::Now() + kDatabaseTimeout, std::move(measure));
      if (backlog.ok()) {
        dead.Set(static_cast<double>(backlog->dead));
        oldest.Set(absl::ToDoubleSeconds(backlog->oldest_step));
      }
    }
    co_await Sleep(io_, kWatchPeriod);
  }
}

asio::awaitable<void> Recovery::Run() {
  while (!stopping_) {
    const bool more = co_await TakeOver();
    if (!more) co_await Sleep(io_, kPeriod);
  }
}

// True when there may be more to take at once.
asio::awaitable<bool> Recovery::TakeOver() {
  const Open open(open_);
  if (Leases().size() >= kMaxDriven) co_return false;
  auto claim = [this,
                away = checkout_.Away()](db::Connection& db) -> absl::StatusOr<std::vector<Lease>> {
    if (!away) return store_.Claim(db, kClaimLimit);
    // What is to be called off is decided all the same: that needs nobody.
    CW_ASSIGN_OR_RETURN(std::vector<Lease> claimed, store_.ClaimOverdue(db, kClaimLimit));
    if (!claimed.empty()) return claimed;
    return store_.Claim(db, kProbeLimit);
  };
  const auto leases = co_await db::Run(workers_, absl::Now() + kDatabaseTimeout, std::move(claim));
  if (!leases.ok()) {
    log::Warn("saga.claim_failed", leases.status().message());
    co_return false;
  }
  for (const Lease& lease : *leases) asio::co_spawn(io_, Resume(lease), EndOnError);
  co_return leases->size() == kClaimLimit;
}

asio::awaitable<void> Recovery::Resume(Lease lease) {
  const Open open(open_);
  // What is driven here has not taken this process down.
  const std::vector<Lease> mine = Leases();
  const bool driven_here = std::any_of(mine.begin(), mine.end(), [&lease](const Lease& other) {
    return other.order_id == lease.order_id;
  });
  if (lease.crash_count >= kMaxCrashes && !driven_here) {
    const auto marked = co_await MarkDead(workers_, store_, lease, std::nullopt,
                                          "every process that drove it died");
    if (!marked.ok()) log::Warn("saga.mark_failed", marked.status().message());
    co_return;
  }
  auto read = [this, &lease](db::Connection& db) { return store_.GetOrder(db, lease.order_id); };
  auto order = co_await db::Run(workers_, absl::Now() + kDatabaseTimeout, std::move(read));
  if (!order.ok()) {
    log::Warn("saga.read_failed", order.status().message(), {{"order.id", lease.order_id}});
    // A row that cannot be understood counts as a crash, when its lease runs out: a newer version
    // may understand it, and after the last try it goes to a person. An error of the database does
    // not.
    if (!IsUnreadable(order.status())) {
      std::vector<Lease> leases(1, lease);
      co_await Park(workers_, store_, std::move(leases));
    }
    co_return;
  }
  log::Info("saga.resumed", "A saga that nobody drove goes on.",
            {{"order.id", lease.order_id}, {"epoch", lease.epoch}});
  Driven driven{.lease = lease, .order = std::make_shared<Order>(*std::move(order))};
  checkout_.Start(std::move(driven));
}

asio::awaitable<void> Recovery::GiveBack() {
  stopping_ = true;
  const auto until = std::chrono::steady_clock::now() + kStopWithin;
  while (std::chrono::steady_clock::now() < until && open_ + Leases().size() > 0) {
    co_await Sleep(io_, kPeriod / 10);
  }
  std::vector<Lease> leases = Leases();
  if (!leases.empty()) co_await Park(workers_, store_, std::move(leases));
}

// A database that does not answer must not keep the process: then the leases run out.
void Recovery::Stop() {
  asio::co_spawn(io_, GiveBack(), asio::use_future).wait_for(2 * kStopWithin);
}

}  // namespace cartwright::order
