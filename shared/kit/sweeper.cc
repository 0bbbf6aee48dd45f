#include "shared/kit/sweeper.h"

#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/asio/use_future.hpp"
#include "cartwright/order/v1/order.pb.h"
#include "shared/base/status_macros.h"
#include "shared/db/async.h"
#include "shared/kit/die.h"
#include "shared/kit/flags.h"
#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

ABSL_FLAG(int, expiry_sweep_ms, 5000,
          "Milliseconds between two looks for what is overdue, 50..60000.");

namespace cartwright::kit {
namespace {

namespace asio = boost::asio;

constexpr int kPage = 64;
constexpr int kInFlight = 4;
constexpr absl::Duration kDatabaseTimeout = absl::Seconds(2);
constexpr auto kStopWithin = std::chrono::seconds(3);
constexpr auto kAlarmPeriod = std::chrono::minutes(1);

absl::StatusOr<std::vector<Sweeper::Overdue>> Find(db::Connection& db, const db::Statement& find,
                                                   int skip) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(find, {skip, kPage}));
  std::vector<Sweeper::Overdue> page;
  for (const auto& row : rows) {
    page.push_back({row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<bool>()});
  }
  return page;
}

absl::Time Deadline() { return absl::Now() + kDatabaseTimeout; }

prometheus::Gauge& GaugeOf(const std::string& noun, const char* what, const char* help) {
  return metrics::GaugeFamily(absl::StrCat("cartwright_", noun, "s_", what), help).Add({});
}

}  // namespace

Sweeper::Sweeper(asio::io_context& io, db::Workers& workers, Ask ask, Work work)
    : io_(io),
      workers_(workers),
      ask_(std::move(ask)),
      work_(std::move(work)),
      timer_(io),
      open_(GaugeOf(work_.noun, "open", "Set aside and not decided, at the last sweep.")),
      overdue_(GaugeOf(work_.noun, "overdue", "Overdue and not decided, after the last sweep.")),
      oldest_(GaugeOf(work_.noun, "oldest_age_seconds", "Age of the oldest that is open.")),
      alarmed_(std::chrono::steady_clock::now() - kAlarmPeriod) {}

void Sweeper::Start(std::chrono::milliseconds period) {
  ended_ = asio::co_spawn(io_, Run(period), asio::use_future);
}

asio::awaitable<void> Sweeper::Run(std::chrono::milliseconds period) {
  while (!stopping_) {
    co_await Sweep();
    if (stopping_) break;
    timer_.expires_after(period);
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

// A coordinator that does not answer must not keep the process: then the call's own timeout ends
// it.
void Sweeper::Stop() {
  asio::post(io_, [this] {
    stopping_ = true;
    timer_.cancel();
  });
  if (ended_.valid()) ended_.wait_for(kStopWithin);
}

asio::awaitable<void> Sweeper::Sweep() {
  kept_ = unasked_ = 0;
  away_ = false;
  bool more = true;
  while (more) {
    auto find = [this](db::Connection& db) { return Find(db, work_.find, kept_); };
    const auto page = co_await db::Run(workers_, Deadline(), std::move(find));
    if (!page.ok()) {
      log::Warn("sweep.find_failed", page.status().message());
      break;
    }
    co_await Free(*page);
    more = page->size() == kPage && !away_ && !stopping_;
  }
  co_await Count();
  Alarm();
}

// A few at a time: one that waits for an answer does not hold up the others, and the coordinator is
// not flooded after an outage.
asio::awaitable<void> Sweeper::Free(const std::vector<Overdue>& page) {
  size_t next = 0;
  int running = kInFlight;
  asio::steady_timer done(io_, std::chrono::steady_clock::time_point::max());
  for (int i = 0; i < kInFlight; ++i) {
    asio::co_spawn(io_, FreeSome(page, next), [&](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
      if (--running == 0) done.cancel();
    });
  }
  boost::system::error_code ignored;
  while (running > 0) {
    co_await done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

asio::awaitable<void> Sweeper::FreeSome(const std::vector<Overdue>& page, size_t& next) {
  while (next < page.size() && !stopping_) {
    const Overdue& overdue = page[next++];
    const bool freed = co_await FreeOne(overdue);
    if (!freed) ++kept_;
  }
}

asio::awaitable<bool> Sweeper::FreeOne(const Overdue& overdue) {
  // What needs no answer ends whoever is away; what does is not asked again and again.
  if (overdue.coordinated && away_) co_return false;
  if (overdue.coordinated) {
    const absl::StatusOr<bool> called_off = co_await ask_(overdue.order_id);
    if (!called_off.ok()) {
      ++unasked_;
      unasked_example_ = overdue.order_id;
      // An error about one order must not keep the others from their turn.
      away_ = away_ || absl::IsUnavailable(called_off.status()) ||
              absl::IsDeadlineExceeded(called_off.status());
    }
    if (!called_off.ok() || !*called_off) co_return false;
  }
  auto expire = [this, &overdue](db::Connection& db) {
    return db.Execute(work_.expire, {overdue.id}).status();
  };
  const absl::Status expired = co_await db::Run(workers_, Deadline(), std::move(expire));
  if (!expired.ok()) log::Warn("sweep.expire_failed", expired.message(), {{"id", overdue.id}});
  co_return expired.ok();
}

asio::awaitable<void> Sweeper::Count() {
  auto count = [this](db::Connection& db) { return db.Execute(work_.count); };
  const auto open = co_await db::Run(workers_, Deadline(), std::move(count));
  if (!open.ok()) {
    log::Warn("sweep.count_failed", open.status().message());
    co_return;
  }
  const pqxx::row row = (*open)[0];
  open_.Set(static_cast<double>(row[0].as<int64_t>()));
  overdue_.Set(static_cast<double>(row[1].as<int64_t>()));
  oldest_.Set(static_cast<double>(row[2].as<int64_t>()));
}

// Sweeps follow each other every few seconds: an outage is a line a minute.
void Sweeper::Alarm() {
  const auto now = std::chrono::steady_clock::now();
  if (unasked_ == 0 || now - alarmed_ < kAlarmPeriod) return;
  alarmed_ = now;
  log::Warn(absl::StrCat(work_.noun, "_overdue"),
            "It is overdue, and the order service could not be asked; it stays set aside.",
            {{"order.id", unasked_example_}});
}

void SweepOverdue(Kit& kit, Sweeper::Work work) {
  const int period_ms = absl::GetFlag(FLAGS_expiry_sweep_ms);
  OrDie(CheckRange("expiry_sweep_ms", period_ms, 50, 60000));
  auto ask =
      [&order = kit.peer("order")](std::string order_id) -> asio::awaitable<absl::StatusOr<bool>> {
    order::v1::ResolveOrderRequest request;
    request.set_order_id(std::move(order_id));
    const auto answer = co_await order.Call<order::v1::ResolveOrderResponse>(
        rpc::Call::Background(absl::Seconds(2)), std::move(request));
    if (!answer.ok()) co_return answer.status();
    co_return answer->decision() == order::v1::ABORT;
  };
  auto& sweeper = kit.Own<Sweeper>(kit.io(), kit.database(), std::move(ask), std::move(work));
  sweeper.Start(std::chrono::milliseconds(period_ms));
  kit.OnDrain([&sweeper] { sweeper.Stop(); });
}

}  // namespace cartwright::kit
