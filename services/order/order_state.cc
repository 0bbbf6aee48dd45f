#include "services/order/order_state.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "shared/base/money.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/base/uuid.h"

namespace cartwright::order {
namespace {

constexpr std::pair<SagaState, const char*> kStates[] = {
    {SagaState::kReserving, "RESERVING"}, {SagaState::kCommitting, "COMMITTING"},
    {SagaState::kConfirmed, "CONFIRMED"}, {SagaState::kRefunding, "REFUNDING"},
    {SagaState::kRefunded, "REFUNDED"},   {SagaState::kAborting, "ABORTING"},
    {SagaState::kCancelled, "CANCELLED"}};

// The user called it off before it was decided.
bool IsCalledOff(const Order& order) {
  return order.failure && order.failure->reason == v1::ORDER_CANCELLED;
}

v1::Order::State PublicState(const Order& order) {
  switch (order.state) {
    case SagaState::kReserving: return v1::Order::PENDING;
    case SagaState::kCommitting:
    case SagaState::kConfirmed: return v1::Order::CONFIRMED;
    case SagaState::kRefunding:
    case SagaState::kRefunded: return v1::Order::CANCELLED;
    case SagaState::kAborting:
    case SagaState::kCancelled:
      return IsCalledOff(order) ? v1::Order::CANCELLED : v1::Order::REJECTED;
  }
  return v1::Order::STATE_UNSPECIFIED;
}

std::string Value(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : found->second;
}

std::string MessageOf(const Failure& failure) {
  switch (failure.reason) {
    case v1::OUT_OF_STOCK: {
      const std::string name = Value(failure.metadata, "productName");
      const std::string available = Value(failure.metadata, "available");
      if (available.empty()) return "Something in the cart is sold out.";
      if (available == "0") return absl::StrCat("'", name, "' is sold out.");
      return absl::StrCat("Only ", available, " of '", name, "' are left.");
    }
    case v1::INSUFFICIENT_FUNDS: return "The wallet has too little for this order.";
    case v1::CHECKOUT_TIMED_OUT:
      return "The order could not be decided in time and was called off; nothing was taken.";
    case v1::ORDER_CANCELLED: return "The order was cancelled; nothing was taken.";
    default: return "The order was called off; nothing was taken.";
  }
}

}  // namespace

absl::StatusOr<SagaState> ParseSagaState(const std::string& word) {
  for (const auto& [state, name] : kStates) {
    if (word == name) return state;
  }
  return absl::InternalError(absl::StrCat("unknown saga state ", word));
}

std::string SagaStateName(SagaState state) {
  for (const auto& [each, name] : kStates) {
    if (each == state) return name;
  }
  return std::string();
}

absl::StatusOr<std::vector<OrderLine>> LinesOf(const cart::v1::Cart& cart,
                                               const v1::CheckoutRequest& request) {
  using Code = absl::StatusCode;
  if (request.has_cart_version() && request.cart_version() != cart.version()) {
    return Error(Code::kFailedPrecondition, v1::CART_CHANGED, "The cart has changed meanwhile.",
                 {{"cartVersion", cart.version()}});
  }
  if (cart.items().empty()) {
    return Error(Code::kFailedPrecondition, v1::EMPTY_CART, "The cart is empty.");
  }
  if (cart.stale()) {
    // Nobody is charged a price that nobody could look up.
    return Error(Code::kUnavailable, api::v1::DEPENDENCY_UNAVAILABLE,
                 "Prices cannot be looked up now; try again.");
  }
  std::vector<OrderLine> lines;
  for (const auto& item : cart.items()) {
    const auto& problems = item.problems();
    if (std::find(problems.begin(), problems.end(), cart::v1::NOT_AVAILABLE) != problems.end()) {
      return Error(Code::kFailedPrecondition, v1::OUT_OF_STOCK,
                   absl::StrCat("'", item.name(), "' is not sold any more."),
                   {{"productId", item.product_id()}, {"available", "0"}});
    }
    lines.push_back({.product_id = item.product_id(),
                     .name = item.name(),
                     .unit_price = item.unit_price().minor_units(),
                     .quantity = item.quantity()});
  }
  // Against the sum that will be charged, and no other one.
  CW_ASSIGN_OR_RETURN(const int64_t total, TotalOf(lines));
  if (request.has_expected_total() &&
      (request.expected_total().minor_units() != total ||
       request.expected_total().currency_code() != cart.subtotal().currency_code())) {
    return Error(Code::kFailedPrecondition, v1::PRICE_CHANGED, "The total has changed meanwhile.",
                 {{"total", absl::StrCat(total)}});
  }
  return lines;
}

absl::StatusOr<int64_t> TotalOf(const std::vector<OrderLine>& lines) {
  int64_t total = 0;
  for (const OrderLine& line : lines) {
    int64_t cost = 0;
    if (__builtin_mul_overflow(line.unit_price, int64_t{line.quantity}, &cost) ||
        __builtin_add_overflow(total, cost, &total) || total > kMaxAmount) {
      return Error(absl::StatusCode::kFailedPrecondition, v1::ORDER_TOO_LARGE,
                   "The order costs more than one order may.");
    }
  }
  return total;
}

std::string HoldIdOf(const std::string& order_id) { return NamedUuid(order_id, "hold"); }

std::string RefundIdOf(const std::string& order_id) { return NamedUuid(order_id, "refund"); }

Verdict OnReserve(catalog::v1::ReservationState state) {
  switch (state) {
    case catalog::v1::RESERVED: return Verdict::kGranted;
    case catalog::v1::REFUSED:
    case catalog::v1::ABORTED:
    case catalog::v1::MISMATCH: return Verdict::kRefused;
    default: return Verdict::kContradiction;
  }
}

Verdict OnReserve(wallet::v1::HoldState state) {
  switch (state) {
    case wallet::v1::RESERVED: return Verdict::kGranted;
    case wallet::v1::REFUSED:
    case wallet::v1::ABORTED:
    case wallet::v1::MISMATCH: return Verdict::kRefused;
    default: return Verdict::kContradiction;
  }
}

Verdict OnRelease(catalog::v1::ReservationState state) {
  switch (state) {
    case catalog::v1::RELEASED:
    case catalog::v1::EXPIRED:
    case catalog::v1::ABORTED:
    case catalog::v1::REFUSED: return Verdict::kGranted;
    default: return Verdict::kContradiction;
  }
}

Verdict OnRelease(wallet::v1::HoldState state) {
  switch (state) {
    case wallet::v1::RELEASED:
    case wallet::v1::EXPIRED:
    case wallet::v1::ABORTED:
    case wallet::v1::REFUSED: return Verdict::kGranted;
    default: return Verdict::kContradiction;
  }
}

bool MayBeReleased(catalog::v1::ReservationState state) {
  return state == catalog::v1::RESERVED || state == catalog::v1::UNKNOWN ||
         OnRelease(state) == Verdict::kGranted;
}

bool MayBeReleased(wallet::v1::HoldState state) {
  return state == wallet::v1::RESERVED || state == wallet::v1::UNKNOWN ||
         OnRelease(state) == Verdict::kGranted;
}

Failure StockFailure(const catalog::v1::ReserveStockResponse& response, const Order& order) {
  // Somebody released it first, as after the deadline.
  if (response.state() != catalog::v1::REFUSED) return {.reason = v1::CHECKOUT_TIMED_OUT};
  if (response.shortages().empty()) return {.reason = v1::OUT_OF_STOCK};
  const auto& shortage = response.shortages(0);
  std::string name;
  for (const OrderLine& line : order.lines) {
    if (line.product_id == shortage.product_id()) name = line.name;
  }
  return {.reason = v1::OUT_OF_STOCK,
          .metadata = {{"productId", shortage.product_id()},
                       {"productName", name},
                       {"available", absl::StrCat(shortage.available())}}};
}

v1::Order ToProto(const Order& order) {
  using google::protobuf::util::TimeUtil;
  v1::Order proto;
  proto.set_id(order.order_id);
  proto.set_state(PublicState(order));
  for (const OrderLine& line : order.lines) {
    auto* item = proto.add_items();
    item->set_product_id(line.product_id);
    item->set_name(line.name);
    SetMoney(order.currency, line.unit_price, item->mutable_unit_price());
    item->set_quantity(line.quantity);
    SetMoney(order.currency, line.unit_price * line.quantity, item->mutable_line_total());
  }
  SetMoney(order.currency, order.total, proto.mutable_total());
  *proto.mutable_shipping_address() = order.address;
  *proto.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(order.create_time_us);
  *proto.mutable_update_time() = TimeUtil::MicrosecondsToTimestamp(order.update_time_us);
  proto.set_settled(order.state == SagaState::kConfirmed || order.state == SagaState::kCancelled ||
                    order.state == SagaState::kRefunded);
  if (order.failure && !IsCalledOff(order)) {
    proto.mutable_failure()->set_reason(v1::ErrorReason_Name(order.failure->reason));
    proto.mutable_failure()->set_message(MessageOf(*order.failure));
  }
  return proto;
}

absl::Status ToError(const Order& order, bool replayed) {
  const Failure failure = order.failure.value_or(Failure{.reason = v1::CHECKOUT_TIMED_OUT});
  std::map<std::string, std::string> metadata = failure.metadata;
  metadata["orderId"] = order.order_id;
  if (replayed) metadata["idempotentReplayed"] = "true";
  return Error(absl::StatusCode::kFailedPrecondition, failure.reason, MessageOf(failure),
               std::move(metadata));
}

}  // namespace cartwright::order
