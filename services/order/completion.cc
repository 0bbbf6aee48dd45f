#include "services/order/completion.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/experimental/awaitable_operators.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "shared/base/status_macros.h"
#include "shared/db/async.h"
#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::order {
namespace {

namespace asio = boost::asio;
using asio::experimental::awaitable_operators::operator&&;

// Shared commits pay from about this many orders; the linger is what an order waits at most for
// company. Both are bounds of the participants' batch calls or below them.
constexpr size_t kMaxBatch = 256;
constexpr auto kLinger = std::chrono::milliseconds(5);
constexpr absl::Duration kBatchTimeout = absl::Seconds(5);
constexpr absl::Duration kDatabaseTimeout = absl::Seconds(2);
// A cart that does not answer must not hold up money; it is told again later.
constexpr absl::Duration kCartTimeout = absl::Seconds(1);
constexpr auto kParkPause = std::chrono::milliseconds(200);

// The batch cannot be done as it is, now or later: one of its items is at fault.
bool IsPoisoned(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInvalidArgument ||
         status.code() == absl::StatusCode::kFailedPrecondition ||
         status.code() == absl::StatusCode::kNotFound ||
         status.code() == absl::StatusCode::kInternal;
}

prometheus::Counter& Completed() {
  static auto& counter = metrics::CounterFamily("cartwright_saga_completed_total",
                                                "Checkout sagas that reached an end.")
                             .Add({{"outcome", "confirmed"}});
  return counter;
}

}  // namespace

void EndOnError(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::awaitable<void> Park(db::Workers& workers, OrderStore& store, std::vector<Lease> leases,
                           bool away) {
  // What is not given back by then is taken.
  const absl::Time until = absl::Now() + store.times().lease;
  // Somebody who is away is asked again within that time.
  const auto within = away ? std::make_optional(rpc::Circuit::kMaxPause) : std::nullopt;
  auto park = [&store, &leases, within](db::Connection& db) {
    return store.Park(db, leases, within);
  };
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (true) {
    const absl::Status parked = co_await db::Run(workers, absl::Now() + kDatabaseTimeout, park);
    if (parked.ok()) co_return;
    if (absl::Now() > until) {
      log::Warn("saga.park_failed", parked.message());
      co_return;
    }
    timer.expires_after(kParkPause);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<absl::StatusOr<bool>> MarkDead(db::Workers& workers, OrderStore& store, Lease lease,
                                               std::optional<SagaState> seen, std::string reason) {
  auto mark = [&](db::Connection& db) { return store.MarkDead(db, lease, seen, reason); };
  co_return co_await db::Run(workers, absl::Now() + kDatabaseTimeout, std::move(mark));
}

Completion::Completion(asio::io_context& io, db::Workers& workers, OrderStore& store,
                       Participants participants)
    : io_(io), workers_(workers), store_(store), participants_(participants), wake_(io) {}

void Completion::Start() { asio::co_spawn(io_, Run(), EndOnError); }

void Completion::Add(Driven driven) {
  const auto same = std::find_if(queue_.begin(), queue_.end(), [&driven](const Driven& queued) {
    return queued.lease.order_id == driven.lease.order_id;
  });
  if (same != queue_.end()) {
    if (driven.lease.epoch >= same->lease.epoch) *same = std::move(driven);
    return;
  }
  queue_.push_back(std::move(driven));
  wake_.cancel();
}

std::vector<Lease> Completion::Leases() const {
  std::vector<Lease> leases;
  for (const Driven& driven : queue_) leases.push_back(driven.lease);
  for (const Driven& driven : under_way_) leases.push_back(driven.lease);
  return leases;
}

asio::awaitable<void> Completion::Run() {
  boost::system::error_code ignored;
  while (true) {
    if (queue_.empty()) {
      wake_.expires_at(std::chrono::steady_clock::time_point::max());
      co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    asio::steady_timer linger(io_, kLinger);
    co_await linger.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    Batch batch;
    while (!queue_.empty() && batch.size() < kMaxBatch) {
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    if (batch.empty()) continue;
    under_way_ = batch;
    co_await Complete(std::move(batch));
    under_way_.clear();
  }
}

asio::awaitable<void> Completion::Complete(Batch batch) {
  const absl::Status settled = co_await Settle(batch);
  if (settled.ok()) co_return;
  if (IsPoisoned(settled) && batch.size() > 1) {
    // Halving isolates the item at fault, so that it does not hold up the others.
    const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
    Batch first(batch.begin(), middle);
    Batch second(middle, batch.end());
    co_await Complete(std::move(first));
    co_await Complete(std::move(second));
    co_return;
  }
  log::Warn("saga.complete_later", settled.message(), {{"orders", batch.size()}});
  std::vector<Lease> leases;
  for (const Driven& driven : batch) leases.push_back(driven.lease);
  co_await Park(workers_, store_, std::move(leases), participants_.Away());
}

asio::awaitable<absl::Status> Completion::Settle(const Batch& batch) {
  if (participants_.Away()) co_return absl::UnavailableError("a participant is away");
  const rpc::Call call = rpc::Call::Background(kBatchTimeout);
  wallet::v1::BatchCaptureHoldsRequest captures;
  catalog::v1::BatchCommitStockRequest commits;
  for (const Driven& driven : batch) {
    auto* capture = captures.add_captures();
    capture->set_hold_id(driven.order->hold_id);
    capture->set_minor_units(driven.order->total);
    commits.add_order_ids(driven.order->order_id);
  }
  auto [captured, committed, cleared] =
      co_await (participants_.wallet.Call<wallet::v1::BatchCaptureHoldsResponse>(call, captures) &&
                participants_.catalog.Call<catalog::v1::BatchCommitStockResponse>(call, commits) &&
                ClearCarts(batch));
  CW_CO_RETURN_IF_ERROR(captured.status());
  CW_CO_RETURN_IF_ERROR(committed.status());
  std::map<std::string, wallet::v1::HoldState> holds;
  for (const auto& result : captured->results()) holds[result.hold_id()] = result.state();
  std::map<std::string, catalog::v1::ReservationState> stock;
  for (const auto& result : committed->results()) stock[result.order_id()] = result.state();

  std::vector<std::string> done, done_but_cart;
  std::vector<std::pair<Driven, std::string>> dead;
  std::vector<Lease> moved_on;
  int moved = 0;
  for (size_t i = 0; i < batch.size(); ++i) {
    const Order& order = *batch[i].order;
    const auto hold = holds[order.hold_id];
    const auto reservation = stock[order.order_id];
    if (hold != wallet::v1::CAPTURED || reservation != catalog::v1::COMMITTED) {
      dead.emplace_back(
          batch[i],
          absl::StrCat("decided to commit, but the hold is ", wallet::v1::HoldState_Name(hold),
                       " and the stock is ", catalog::v1::ReservationState_Name(reservation)));
    } else {
      (cleared[i] ? done : done_but_cart).push_back(order.order_id);
      if (order.state == SagaState::kCommitting) ++moved;
    }
  }
  auto confirm = [&](db::Connection& db) -> absl::Status {
    for (const auto& [driven, reason] : dead) {
      CW_ASSIGN_OR_RETURN(const bool marked,
                          store_.MarkDead(db, driven.lease, driven.order->state, reason));
      if (!marked) moved_on.push_back(driven.lease);
    }
    return store_.Confirm(db, done, done_but_cart);
  };
  CW_CO_RETURN_IF_ERROR(co_await db::Run(workers_, call.deadline, std::move(confirm)));
  Completed().Increment(moved);
  if (!moved_on.empty()) co_await Park(workers_, store_, std::move(moved_on));
  // What is confirmed but still in a cart was given back, to be told again.
  co_return absl::OkStatus();
}

// Whether each order's items are out of its cart; never an error, for it must not hold up money.
asio::awaitable<std::vector<bool>> Completion::ClearCarts(const Batch& batch) {
  struct Join {
    explicit Join(asio::io_context& io) : timer(io, std::chrono::steady_clock::time_point::max()) {}
    asio::steady_timer timer;
    size_t open = 0;
    std::vector<bool> cleared;
  };
  auto join = std::make_shared<Join>(io_);
  join->open = batch.size();
  join->cleared.resize(batch.size());
  const rpc::Call call = rpc::Call::Background(kCartTimeout);
  for (size_t i = 0; i < batch.size(); ++i) {
    cart::v1::RemoveOrderedItemsRequest request;
    request.set_user_id(batch[i].order->user_id);
    request.set_order_id(batch[i].order->order_id);
    for (const OrderLine& line : batch[i].order->lines) {
      auto* item = request.add_items();
      item->set_product_id(line.product_id);
      item->set_quantity(line.quantity);
    }
    asio::co_spawn(io_,
                   participants_.cart.Call<cart::v1::RemoveOrderedItemsResponse>(call, request),
                   [join, i](std::exception_ptr error, const auto& response) {
                     join->cleared[i] = !error && response.ok();
                     if (--join->open == 0) join->timer.cancel();
                   });
  }
  boost::system::error_code ignored;
  while (join->open > 0) {
    co_await join->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return join->cleared;
}

}  // namespace cartwright::order
