#include "services/order/checkout.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/experimental/awaitable_operators.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "shared/base/status_macros.h"
#include "shared/db/async.h"
#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::order {
namespace {

namespace asio = boost::asio;
using asio::experimental::awaitable_operators::operator&&;

// What one saga is worth before it is parked: tries within the time that a shopper waits. The
// sum of the pauses and of eight calls of 800 ms stays below the lease.
constexpr int kTries = 4;
constexpr auto kFirstPause = std::chrono::milliseconds(50);
constexpr absl::Duration kCallTimeout = absl::Milliseconds(800);
constexpr absl::Duration kDatabaseTimeout = absl::Seconds(2);

void CountEnd(const char* outcome) {
  static auto& family = metrics::CounterFamily("cartwright_saga_completed_total",
                                               "Checkout sagas that reached an end.");
  family.Add({{"outcome", outcome}}).Increment();
}

absl::Status Contradiction(absl::string_view what) { return absl::DataLossError(what); }
bool IsContradiction(const absl::Status& status) {
  return status.code() == absl::StatusCode::kDataLoss;
}

}  // namespace

Checkout::Checkout(asio::io_context& io, db::Workers& workers, OrderStore& store,
                   Participants participants, Completion& completion)
    : io_(io),
      workers_(workers),
      store_(store),
      participants_(participants),
      completion_(completion) {}

void Checkout::Start(Driven driven) {
  const std::string id = driven.order->order_id;
  auto decided = std::make_shared<asio::steady_timer>(io_);
  decided->expires_at(std::chrono::steady_clock::time_point::max());
  const auto [running, fresh] = running_.try_emplace(id, Running{driven, std::move(decided)});
  if (fresh) {
    asio::co_spawn(io_, Drive(id), EndOnError);
  } else if (driven.lease.epoch > running->second.driven.lease.epoch) {
    // The order is not replaced under the drive; it is read again before the next try.
    running->second.driven.lease = driven.lease;
    running->second.stale = true;
  }
}

asio::awaitable<std::shared_ptr<const Order>> Checkout::AwaitDecision(std::string order_id,
                                                                      absl::Duration budget) {
  const auto found = running_.find(order_id);
  if (found == running_.end()) co_return nullptr;
  const Running running = found->second;
  co_await Await(running, budget, /*to_the_end=*/false);
  co_return running.driven.order;
}

asio::awaitable<void> Checkout::AwaitEnd(std::string order_id, absl::Duration budget) {
  const auto found = running_.find(order_id);
  if (found == running_.end()) co_return;
  const Running running = found->second;
  co_await Await(running, budget, /*to_the_end=*/true);
}

// The shared timer never expires; a second one bounds the wait by cancelling it for all, and
// whoever is woken too early waits again.
asio::awaitable<void> Checkout::Await(const Running& running, absl::Duration budget,
                                      bool to_the_end) {
  const Order& order = *running.driven.order;
  const std::shared_ptr<asio::steady_timer> decided = running.decided;
  auto late = std::make_shared<bool>(false);
  auto bound = std::make_shared<asio::steady_timer>(io_, absl::ToChronoMilliseconds(budget));
  bound->async_wait([decided, bound, late](const auto& error) {
    if (error) return;
    *late = true;
    decided->cancel();
  });
  boost::system::error_code ignored;
  while ((to_the_end || order.state == SagaState::kReserving) && !*late &&
         running_.count(order.order_id) > 0) {
    co_await decided->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  bound->cancel();
}

std::vector<Lease> Checkout::Leases() const {
  std::vector<Lease> leases;
  for (const auto& [id, running] : running_) leases.push_back(running.driven.lease);
  return leases;
}

void Checkout::Decided(const std::string& order_id) {
  const auto found = running_.find(order_id);
  if (found != running_.end()) found->second.decided->cancel();
}

asio::awaitable<void> Checkout::Drive(std::string order_id) {
  Running& running = running_.at(order_id);
  const Lease& lease = running.driven.lease;
  // A lease that came while the old one was given back would be lost with this drive.
  int64_t epoch = 0;
  bool parked = true;
  while (parked && epoch != lease.epoch) {
    epoch = lease.epoch;
    parked = co_await DriveOrPark(running);
  }
  Decided(order_id);
  running_.erase(order_id);
}

// True when the saga was given back, to be tried again.
asio::awaitable<bool> Checkout::DriveOrPark(Running& running) {
  const Lease& lease = running.driven.lease;
  absl::Status status;
  auto pause = kFirstPause;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    status = co_await TryOnce(running);
    if (IsContradiction(status)) {
      status = co_await Contradicted(running, std::string(status.message()));
    }
    if (status.ok() || Away()) break;
    asio::steady_timer timer(io_, pause);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    pause *= 2;
  }
  if (status.ok()) co_return false;
  log::Warn("saga.parked", status.message(), {{"order.id", lease.order_id}});
  std::vector<Lease> leases(1, lease);
  co_await Park(workers_, store_, std::move(leases), Away());
  co_return true;
}

// OK when the saga is left to a person. When it is not where the contradiction was seen, somebody
// else has driven it meanwhile, and there is none: it is looked at again.
asio::awaitable<absl::Status> Checkout::Contradicted(Running& running, std::string what) {
  const Driven& driven = running.driven;
  CW_CO_ASSIGN_OR_RETURN(
      const bool marked,
      co_await MarkDead(workers_, store_, driven.lease, driven.order->state, std::move(what)));
  if (marked) co_return absl::OkStatus();
  running.stale = true;
  co_return absl::AbortedError("somebody else has driven it");
}

// Follows what the database says, and tells whoever waits.
asio::awaitable<absl::Status> Checkout::Reread(Order& order) {
  auto read = [this, id = order.order_id](db::Connection& db) { return store_.GetOrder(db, id); };
  CW_CO_ASSIGN_OR_RETURN(
      order, co_await db::Run(workers_, absl::Now() + kDatabaseTimeout, std::move(read)));
  if (order.state != SagaState::kReserving) Decided(order.order_id);
  co_return absl::OkStatus();
}

// One pass from where the saga stands to its end, or to the error that stops it. The order's
// state is what the database was last seen to say.
asio::awaitable<absl::Status> Checkout::TryOnce(Running& running) {
  Driven& driven = running.driven;
  if (running.stale) {
    running.stale = false;  // first: what comes during the read is newer
    const absl::Status read = co_await Reread(*driven.order);
    running.stale |= !read.ok();
    CW_CO_RETURN_IF_ERROR(read);
  }
  if (driven.order->state == SagaState::kReserving) {
    if (driven.lease.overdue) {
      CW_CO_RETURN_IF_ERROR(
          co_await Decide(driven, Answer(Failure{.reason = v1::CHECKOUT_TIMED_OUT})));
    } else {
      CW_CO_ASSIGN_OR_RETURN(Answer answer, co_await Reserve(driven));
      CW_CO_RETURN_IF_ERROR(co_await Decide(driven, std::move(answer)));
    }
  }
  Order& order = *driven.order;
  if (order.state == SagaState::kAborting) co_return co_await Abort(driven);
  if (order.state == SagaState::kRefunding) {
    CW_CO_RETURN_IF_ERROR(co_await Refund(order));
  }
  const bool ended = order.state == SagaState::kCancelled ||
                     (order.state == SagaState::kRefunded && order.cart_cleared);
  if (!ended) completion_.Add(driven);
  co_return absl::OkStatus();
}

// One after the other: an order that is out of stock, the common refusal, costs one call.
asio::awaitable<absl::StatusOr<Checkout::Answer>> Checkout::Reserve(const Driven& driven) {
  CW_CO_ASSIGN_OR_RETURN(Answer stock, co_await ReserveStock(*driven.order));
  if (stock) co_return stock;
  co_return co_await ReserveHold(*driven.order);
}

asio::awaitable<absl::StatusOr<Checkout::Answer>> Checkout::ReserveStock(const Order& order) {
  catalog::v1::ReserveStockRequest request;
  request.set_order_id(order.order_id);
  for (const OrderLine& line : order.lines) {
    auto* stock = request.add_lines();
    stock->set_product_id(line.product_id);
    stock->set_quantity(line.quantity);
  }
  const rpc::Call call = rpc::Call::Background(kCallTimeout);
  CW_CO_ASSIGN_OR_RETURN(
      const auto response,
      co_await participants_.catalog.Call<catalog::v1::ReserveStockResponse>(call, request));
  switch (OnReserve(response.state())) {
    case Verdict::kGranted: co_return Answer();
    case Verdict::kRefused: co_return Answer(StockFailure(response, order));
    case Verdict::kContradiction: break;
  }
  co_return Contradiction(absl::StrCat("reserving, but the stock is ",
                                       catalog::v1::ReservationState_Name(response.state())));
}

asio::awaitable<absl::StatusOr<Checkout::Answer>> Checkout::ReserveHold(const Order& order) {
  wallet::v1::ReserveHoldRequest request;
  request.set_hold_id(order.hold_id);
  request.set_user_id(order.user_id);
  request.set_order_id(order.order_id);
  request.mutable_amount()->set_currency_code(order.currency);
  request.mutable_amount()->set_minor_units(order.total);
  const rpc::Call call = rpc::Call::Background(kCallTimeout);
  CW_CO_ASSIGN_OR_RETURN(
      const auto response,
      co_await participants_.wallet.Call<wallet::v1::ReserveHoldResponse>(call, request));
  switch (OnReserve(response.state())) {
    case Verdict::kGranted: co_return Answer();
    case Verdict::kRefused: {
      const bool refused = response.state() == wallet::v1::REFUSED;
      co_return Answer(
          Failure{.reason = refused ? v1::INSUFFICIENT_FUNDS : v1::CHECKOUT_TIMED_OUT});
    }
    case Verdict::kContradiction: break;
  }
  co_return Contradiction(
      absl::StrCat("reserving, but the hold is ", wallet::v1::HoldState_Name(response.state())));
}

// T2. When the answer is lost, the same compare-and-set is made again; when it finds the saga
// decided, by whomever, that decision is followed.
asio::awaitable<absl::Status> Checkout::Decide(Driven& driven, Answer answer) {
  auto decide = [this, lease = driven.lease, &answer](db::Connection& db) {
    return store_.Decide(db, lease, answer);
  };
  CW_CO_ASSIGN_OR_RETURN(
      const std::optional<int64_t> time,
      co_await db::Run(workers_, absl::Now() + kDatabaseTimeout, std::move(decide)));
  Order& order = *driven.order;
  if (time) {
    order.state = answer ? SagaState::kAborting : SagaState::kCommitting;
    order.failure = answer;
    order.update_time_us = *time;
  } else {
    CW_CO_RETURN_IF_ERROR(co_await Reread(order));
    if (order.state == SagaState::kReserving) {
      co_return absl::AbortedError("another process has the lease");
    }
  }
  Decided(order.order_id);
  co_return absl::OkStatus();
}

asio::awaitable<absl::Status> Checkout::Abort(const Driven& driven) {
  const Order& order = *driven.order;
  // Sold out, the common refusal, costs no questions: nobody has driven it before, so that nobody
  // can have asked for the money.
  const bool untouched =
      driven.lease.epoch == 1 && order.failure && order.failure->reason == v1::OUT_OF_STOCK;
  if (!untouched) CW_CO_RETURN_IF_ERROR(co_await AskBoth(order));
  CW_CO_RETURN_IF_ERROR(co_await Release(order));
  auto cancel = [this, &order](db::Connection& db) { return store_.Cancel(db, order.order_id); };
  CW_CO_RETURN_IF_ERROR(
      co_await db::Run(workers_, absl::Now() + kDatabaseTimeout, std::move(cancel)));
  CountEnd("rejected");
  co_return absl::OkStatus();
}

// Before anything is let go: when the decision was another one once, and was lost, what both have
// is the evidence of it, and must stay as it is.
asio::awaitable<absl::Status> Checkout::AskBoth(const Order& order) {
  const rpc::Call call = rpc::Call::Background(kCallTimeout);
  wallet::v1::GetHoldRequest money;
  money.set_hold_id(order.hold_id);
  catalog::v1::GetReservationRequest stock;
  stock.set_order_id(order.order_id);
  const auto [hold, reservation] =
      co_await (participants_.wallet.Call<wallet::v1::GetHoldResponse>(call, money) &&
                participants_.catalog.Call<catalog::v1::GetReservationResponse>(call, stock));
  CW_CO_RETURN_IF_ERROR(hold.status());
  CW_CO_RETURN_IF_ERROR(reservation.status());
  if (MayBeReleased(hold->state()) && MayBeReleased(reservation->state())) {
    co_return absl::OkStatus();
  }
  co_return Contradiction(
      absl::StrCat("aborting, but the hold is ", wallet::v1::HoldState_Name(hold->state()),
                   " and the stock is ", catalog::v1::ReservationState_Name(reservation->state())));
}

// Both, always: that a reply was never seen does not mean that nothing was reserved. One after
// the other: when the first one contradicts, the other one is evidence and must stay as it is.
asio::awaitable<absl::Status> Checkout::Release(const Order& order) {
  const rpc::Call call = rpc::Call::Background(2 * kCallTimeout);
  const std::string reason =
      order.failure ? v1::ErrorReason_Name(order.failure->reason) : std::string();
  catalog::v1::ReleaseStockRequest stock;
  stock.set_order_id(order.order_id);
  stock.set_reason(reason);
  CW_CO_ASSIGN_OR_RETURN(
      const auto released,
      co_await participants_.catalog.Call<catalog::v1::ReleaseStockResponse>(call, stock));
  if (OnRelease(released.state()) == Verdict::kContradiction) {
    co_return Contradiction(absl::StrCat("aborting, but the stock is ",
                                         catalog::v1::ReservationState_Name(released.state())));
  }
  wallet::v1::ReleaseHoldRequest hold;
  hold.set_hold_id(order.hold_id);
  hold.set_reason(reason);
  CW_CO_ASSIGN_OR_RETURN(
      const auto freed,
      co_await participants_.wallet.Call<wallet::v1::ReleaseHoldResponse>(call, hold));
  if (OnRelease(freed.state()) == Verdict::kContradiction) {
    co_return Contradiction(
        absl::StrCat("aborting, but the hold is ", wallet::v1::HoldState_Name(freed.state())));
  }
  co_return absl::OkStatus();
}

// Both, always, and at the same time: the money goes back whatever the catalog
// says, and the other way round. Nothing here is a "no".
asio::awaitable<absl::Status> Checkout::Refund(Order& order) {
  const rpc::Call call = rpc::Call::Background(kCallTimeout);
  wallet::v1::RefundHoldRequest money;
  money.set_refund_id(RefundIdOf(order.order_id));
  money.set_hold_id(order.hold_id);
  money.set_minor_units(order.total);
  catalog::v1::ReturnStockRequest stock;
  stock.set_order_id(order.order_id);
  const auto [refunded, returned] =
      co_await (participants_.wallet.Call<wallet::v1::RefundHoldResponse>(call, money) &&
                participants_.catalog.Call<catalog::v1::ReturnStockResponse>(call, stock));
  CW_CO_RETURN_IF_ERROR(refunded.status());
  CW_CO_RETURN_IF_ERROR(returned.status());
  if (refunded->state() != wallet::v1::REFUNDED || returned->state() != catalog::v1::RETURNED) {
    co_return Contradiction(
        absl::StrCat("refunding, but the hold is ", wallet::v1::HoldState_Name(refunded->state()),
                     " and the stock is ", catalog::v1::ReservationState_Name(returned->state())));
  }
  auto end = [this, &order](db::Connection& db) { return store_.Refund(db, order.order_id); };
  CW_CO_RETURN_IF_ERROR(co_await db::Run(workers_, absl::Now() + kDatabaseTimeout, std::move(end)));
  order.state = SagaState::kRefunded;
  CountEnd("refunded");
  co_return absl::OkStatus();
}

}  // namespace cartwright::order
