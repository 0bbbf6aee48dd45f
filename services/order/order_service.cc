#include "services/order/order_service.h"

#include <chrono>

#include "absl/time/clock.h"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "shared/base/secret.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/base/uuid.h"
#include "shared/db/async.h"
#include "shared/db/durable.h"
#include "shared/db/sql_error.h"

namespace cartwright::order {
namespace {

// How long a shopper waits for the decision before the answer is 202 (api.md).
constexpr absl::Duration kDecisionBudget = absl::Seconds(2);
constexpr int kPlaceAttempts = 3;
// How long a cancellation waits for an order that is about to be confirmed, and then for the money
// to be back: its answer is right without, but says less.
constexpr int kCancelAttempts = 40;
constexpr absl::Duration kRefundBudget = absl::Seconds(2);
// How long a checkout waits for the order before it to leave the cart, which takes milliseconds.
constexpr int kAttempts = 20;
constexpr auto kPause = std::chrono::milliseconds(50);
// Greater than every id that a list can hold.
constexpr const char* kNewestFirst = "ffffffff-ffff-ffff-ffff-ffffffffffff";

// Of what the client sent, and of nothing that the server knows better.
template <typename Request>
std::string FingerprintOf(Request request) {
  request.clear_user_id();
  request.clear_idempotency_key();
  return Sha256(request.SerializeAsString());
}

absl::Status KeyReused() {
  return Error(absl::StatusCode::kInvalidArgument, api::v1::IDEMPOTENCY_KEY_REUSED,
               "This Idempotency-Key was used for something else.");
}

absl::Status InProgress(const std::string& order_id) {
  return Error(absl::StatusCode::kFailedPrecondition, v1::ORDER_IN_PROGRESS,
               "Your last order is still being completed; try again in a moment.",
               {{"orderId", order_id}});
}

absl::Status OrderedAlready(const std::string& order_id) {
  return Error(absl::StatusCode::kFailedPrecondition, v1::CART_ALREADY_ORDERED,
               "This cart has been ordered already.", {{"orderId", order_id}});
}

// What a cancellation that did not happen answers; OK for one that stands.
absl::Status Refusal(OrderStore::Cancelled::Outcome outcome, const std::string& order_id) {
  switch (outcome) {
    case OrderStore::Cancelled::kUnknown: return NotFound("order");
    case OrderStore::Cancelled::kMismatch: return KeyReused();
    case OrderStore::Cancelled::kBusy: return InProgress(order_id);
    case OrderStore::Cancelled::kRefused:
      return Error(absl::StatusCode::kFailedPrecondition, v1::ORDER_NOT_CANCELLABLE,
                   "This order cannot be cancelled.", {{"orderId", order_id}});
    default: return absl::OkStatus();
  }
}

// Refused for another order, or for the one that this very key has by now.
bool HasLost(const absl::Status& status) {
  return HasReason(status, "ORDER_IN_PROGRESS") || HasReason(status, "CART_ALREADY_ORDERED");
}

boost::asio::awaitable<void> Pause(std::chrono::milliseconds time) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

absl::StatusOr<v1::CheckoutResponse> Answer(const Order& order, bool replayed) {
  if (order.state == SagaState::kAborting || order.state == SagaState::kCancelled) {
    return ToError(order, replayed);
  }
  v1::CheckoutResponse response;
  *response.mutable_order() = ToProto(order);
  response.set_replayed(replayed);
  return response;
}

}  // namespace

OrderService::OrderService(db::Workers& workers, OrderStore& store, class Checkout& saga,
                           Participants participants, Settings settings)
    : workers_(workers),
      store_(store),
      saga_(saga),
      participants_(participants),
      currency_(std::move(settings.currency)),
      page_tokens_(std::move(settings.page_token_key)) {}

// Looks again after a refusal: it may be the work of this very key, since another call with it may
// have bought the cart, and emptied it, meanwhile.
boost::asio::awaitable<OrderService::Response> OrderService::Checkout(
    const rpc::Call& call, const v1::CheckoutRequest& request) {
  const std::string fingerprint = FingerprintOf(request);
  absl::Status refusal;
  for (int attempt = 0;; ++attempt) {
    // The second look is free: a call with this very key that was faster has its answer now.
    if (attempt > 1 && HasReason(refusal, "ORDER_IN_PROGRESS")) co_await Pause(kPause);
    CW_CO_ASSIGN_OR_RETURN(Standing standing, co_await LookUp(call, request));
    if (standing.order) {
      co_return co_await Replay(call, *std::move(standing.order), fingerprint);
    }
    const bool must_wait = refusal.ok() || HasReason(refusal, "ORDER_IN_PROGRESS");
    if (!must_wait || attempt == kAttempts) co_return refusal;
    absl::StatusOr<Order> order = co_await Prepare(call, request);
    if (const auto& open = standing.last.open; order.ok() && open) {
      order = order->cart_version == open->cart_version ? OrderedAlready(open->order_id)
                                                        : InProgress(open->order_id);
    }
    if (order.ok()) {
      order->user_seq = standing.last.user_seq + 1;
      order->fingerprint = fingerprint;
      Response response = co_await Place(call, request, *std::move(order));
      if (!HasLost(response.status())) co_return response;
      order = response.status();
    }
    refusal = order.status();
  }
}

// In this order: what is not open now is out of the cart that is read afterwards, and what is
// placed from now on takes the number that this order wants.
boost::asio::awaitable<absl::StatusOr<OrderService::Standing>> OrderService::LookUp(
    const rpc::Call& call, const v1::CheckoutRequest& request) {
  auto look = [this, &request](db::Connection& db) -> absl::StatusOr<Standing> {
    Standing standing;
    CW_ASSIGN_OR_RETURN(standing.order,
                        store_.FindByKey(db, request.user_id(), request.idempotency_key()));
    if (standing.order) return standing;
    CW_ASSIGN_OR_RETURN(standing.last, store_.FindLast(db, request.user_id()));
    return standing;
  };
  co_return co_await db::Run(workers_, call.deadline, std::move(look));
}

boost::asio::awaitable<OrderService::Response> OrderService::Replay(
    const rpc::Call& call, Order order, const std::string& fingerprint) {
  if (order.fingerprint != fingerprint) co_return KeyReused();
  CW_CO_RETURN_IF_ERROR(co_await db::Run(workers_, call.deadline, db::AwaitDurable));
  if (order.state == SagaState::kReserving) {
    const auto driven = co_await saga_.AwaitDecision(order.order_id, kDecisionBudget);
    if (driven != nullptr) order = *driven;
  }
  co_return Answer(order, /*replayed=*/true);
}

// The order that the user's cart is now, at the catalog's prices.
boost::asio::awaitable<absl::StatusOr<Order>> OrderService::Prepare(
    const rpc::Call& call, const v1::CheckoutRequest& request) {
  cart::v1::GetCartRequest get_cart;
  get_cart.set_user_id(request.user_id());
  const auto reply = co_await participants_.carts.Call<cart::v1::GetCartResponse>(call, get_cart);
  if (!reply.ok()) {
    co_return Error(absl::StatusCode::kUnavailable, api::v1::DEPENDENCY_UNAVAILABLE,
                    "The cart cannot be read now; try again with the same key.");
  }
  Order order{.order_id = NewUuid(),
              .user_id = request.user_id(),
              .cart_version = reply->cart().version(),
              .currency = currency_,
              .address = request.shipping_address()};
  order.hold_id = HoldIdOf(order.order_id);
  CW_CO_ASSIGN_OR_RETURN(order.lines, LinesOf(reply->cart(), request));
  CW_CO_ASSIGN_OR_RETURN(order.total, TotalOf(order.lines));
  co_return order;
}

// T1, then the saga for as long as a shopper waits.
boost::asio::awaitable<OrderService::Response> OrderService::Place(
    const rpc::Call& call, const v1::CheckoutRequest& request, Order order) {
  absl::StatusOr<OrderStore::Placed> placed;
  for (int attempt = 0; attempt < kPlaceAttempts; ++attempt) {
    auto place = [this, &order, &request](db::Connection& db) {
      return store_.PlaceOrder(db, order, request.idempotency_key());
    };
    placed = co_await db::Run(workers_, call.deadline, std::move(place));
    // After a broken connection T1 may stand or not; the same T1 again finds out.
    if (placed.ok() || !db::IsBroken(placed.status())) break;
  }
  const std::string violated = db::ConstraintOf(placed.status());
  // Another order of this cart was faster. It may wait for a person, when no look names it.
  if (violated == "saga_cart_once") {
    auto find = [this, &order](db::Connection& db) {
      return store_.FindByCart(db, order.user_id, order.cart_version);
    };
    CW_CO_ASSIGN_OR_RETURN(const std::string first,
                           co_await db::Run(workers_, call.deadline, std::move(find)));
    co_return first.empty() ? InProgress("") : OrderedAlready(first);
  }
  // An order of the cart before this one was faster; the next look names it.
  if (violated == "saga_open_once" || violated == "orders_user_seq_key" ||
      violated == "order_tombstone_stays") {
    co_return InProgress("");
  }
  CW_CO_RETURN_IF_ERROR(placed.status());
  if (placed->mismatch) co_return KeyReused();
  if (placed->order_id != order.order_id) {
    CW_CO_ASSIGN_OR_RETURN(Order first, co_await Read(call, placed->order_id));
    co_return co_await Replay(call, std::move(first), order.fingerprint);
  }
  order.create_time_us = order.update_time_us = placed->create_time_us;
  Driven driven{.lease = {.order_id = order.order_id, .epoch = 1},
                .order = std::make_shared<Order>(std::move(order))};
  const std::string order_id = driven.order->order_id;
  saga_.Start(std::move(driven));
  const auto decided = co_await saga_.AwaitDecision(order_id, kDecisionBudget);
  co_return Answer(*decided, /*replayed=*/false);
}

boost::asio::awaitable<absl::StatusOr<Order>> OrderService::Read(const rpc::Call& call,
                                                                 const std::string& order_id) {
  auto read = [this, &order_id](db::Connection& db) { return store_.GetOrder(db, order_id); };
  co_return co_await db::Run(workers_, call.deadline, std::move(read));
}

boost::asio::awaitable<absl::StatusOr<v1::CancelOrderResponse>> OrderService::CancelOrder(
    const rpc::Call& call, const v1::CancelOrderRequest& request) {
  OrderStore::Cancellation wish{.order_id = request.id(),
                                .user_id = request.user_id(),
                                .idempotency_key = request.idempotency_key(),
                                .fingerprint = FingerprintOf(request)};
  if (!request.reason().empty()) wish.reason = request.reason();
  CW_CO_ASSIGN_OR_RETURN(const CalledOff called_off, co_await CallOff(call, std::move(wish)));
  v1::CancelOrderResponse response;
  *response.mutable_order() = ToProto(called_off.order);
  response.set_replayed(called_off.replayed);
  co_return response;
}

// The answer tells what is decided; that the money is back is waited for, as
// far as this process brings it back.
boost::asio::awaitable<absl::StatusOr<OrderService::CalledOff>> OrderService::CallOff(
    const rpc::Call& call, OrderStore::Cancellation wish) {
  CW_CO_ASSIGN_OR_RETURN(const auto cancelled, co_await DecideToCancel(call, wish));
  CW_CO_RETURN_IF_ERROR(Refusal(cancelled.outcome, wish.order_id));
  CW_CO_ASSIGN_OR_RETURN(Order order, co_await Read(call, wish.order_id));
  // Of a replay, too: when the first answer was lost on its way here, nobody else drives it.
  if (!cancelled.lease.order_id.empty()) {
    Driven driven{.lease = cancelled.lease, .order = std::make_shared<Order>(order)};
    saga_.Start(std::move(driven));
    co_await saga_.AwaitEnd(wish.order_id, kRefundBudget);
    CW_CO_ASSIGN_OR_RETURN(order, co_await Read(call, wish.order_id));
  }
  co_return CalledOff{.order = std::move(order),
                      .replayed = cancelled.outcome == OrderStore::Cancelled::kReplay};
}

boost::asio::awaitable<absl::StatusOr<OrderStore::Cancelled>> OrderService::DecideToCancel(
    const rpc::Call& call, const OrderStore::Cancellation& wish) {
  for (int attempt = 1;; ++attempt) {
    auto cancel = [this, &wish](db::Connection& db) { return store_.CancelOrder(db, wish); };
    const auto cancelled = co_await db::Run(workers_, call.deadline, std::move(cancel));
    // After a broken connection it may stand or not; the same call finds out.
    const bool in_doubt = db::IsBroken(cancelled.status()) && attempt < kPlaceAttempts;
    const bool busy = cancelled.ok() && cancelled->outcome == OrderStore::Cancelled::kBusy &&
                      attempt < kCancelAttempts;
    if (!in_doubt && !busy) co_return cancelled;
    co_await Pause(kPause);
  }
}

absl::StatusOr<v1::ResolveOrderResponse> OrderService::ResolveOrder(
    db::Connection& db, const v1::ResolveOrderRequest& request) {
  v1::ResolveOrderResponse response;
  CW_ASSIGN_OR_RETURN(const v1::Decision decision, store_.ResolveOrder(db, request.order_id()));
  response.set_decision(decision);
  return response;
}

absl::StatusOr<v1::ListOrdersResponse> OrderService::ListOrders(
    db::Connection& db, const v1::ListOrdersRequest& request) {
  CW_ASSIGN_OR_RETURN(const std::string position, page_tokens_.Open(request));
  const size_t page_size = static_cast<size_t>(rpc::PageSizeOr(request.page_size()));
  // One more than the page, to know whether another one follows.
  CW_ASSIGN_OR_RETURN(auto orders, store_.ListOrders(db, request.user_id(),
                                                     position.empty() ? kNewestFirst : position,
                                                     static_cast<int>(page_size) + 1));
  v1::ListOrdersResponse response;
  if (orders.size() > page_size) {
    orders.resize(page_size);
    response.set_next_page_token(page_tokens_.Seal(request, orders.back().order_id));
  }
  for (const Order& order : orders) *response.add_orders() = ToProto(order);
  return response;
}

absl::StatusOr<v1::GetOrderResponse> OrderService::GetOrder(db::Connection& db,
                                                            const v1::GetOrderRequest& request) {
  CW_ASSIGN_OR_RETURN(const Order order, store_.GetOrder(db, request.id(), request.user_id()));
  v1::GetOrderResponse response;
  *response.mutable_order() = ToProto(order);
  return response;
}

}  // namespace cartwright::order
