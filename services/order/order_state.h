#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cartwright/cart/v1/cart.pb.h"
#include "cartwright/catalog/v1/catalog.pb.h"
#include "cartwright/order/v1/order.pb.h"
#include "cartwright/wallet/v1/wallet.pb.h"

// The rules of an order and its saga, without I/O: what a cart costs, what a participant's
// answer means, and what the outside sees of a state.
namespace cartwright::order {

// States of the saga; the words are those of the schema.
enum class SagaState {
  kReserving,
  kCommitting,
  kConfirmed,
  kRefunding,
  kRefunded,
  kAborting,
  kCancelled,
};

// INTERNAL for a word that this binary does not know: a newer schema must not be misread.
absl::StatusOr<SagaState> ParseSagaState(const std::string& word);

// The word of the schema.
std::string SagaStateName(SagaState state);

// A product of an order at the price of that moment. A value.
struct OrderLine {
  std::string product_id;
  std::string name;
  int64_t unit_price = 0;  // minor units
  int quantity = 0;        // 1..99
};

// Why a saga aborts: a reason of the proto and what its message tells.
struct Failure {
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  std::map<std::string, std::string> metadata;  // lowerCamelCase keys
};

// An order with its saga, as the store reads it.
struct Order {
  std::string order_id;
  std::string user_id;
  int64_t user_seq = 0;  // its number among the user's orders, from 1; for PlaceOrder only
  std::string hold_id;
  std::string cart_version;
  std::string currency;
  int64_t total = 0;  // minor units
  v1::ShippingAddress address;
  std::vector<OrderLine> lines;
  int64_t create_time_us = 0;  // since the epoch
  int64_t update_time_us = 0;
  SagaState state = SagaState::kReserving;
  std::optional<Failure> failure;
  bool cart_cleared = false;  // its items are out of the cart
  std::string fingerprint;
};

// The lines of a cart at its current prices. Errors: EMPTY_CART; CART_CHANGED or PRICE_CHANGED
// when the cart is not, or does not cost, what the request says that the shopper saw;
// ORDER_TOO_LARGE;
// DEPENDENCY_UNAVAILABLE when the cart could not learn the prices.
absl::StatusOr<std::vector<OrderLine>> LinesOf(const cart::v1::Cart& cart,
                                               const v1::CheckoutRequest& request);

// Sum of the lines; ORDER_TOO_LARGE above 1,000,000,000,000 minor units.
absl::StatusOr<int64_t> TotalOf(const std::vector<OrderLine>& lines);

// The hold of an order: one id, derived, so that every replica and every retry means the same.
std::string HoldIdOf(const std::string& order_id);

// The refund of an order, likewise.
std::string RefundIdOf(const std::string& order_id);

// What a participant's answer means for the saga.
enum class Verdict {
  kGranted,        // go on
  kRefused,        // a final "no": abort
  kContradiction,  // cannot be, by the protocol: a person must look
};

// MISMATCH refuses: nothing was decided yet, and an abort frees whatever the id stands for.
Verdict OnReserve(catalog::v1::ReservationState state);
Verdict OnReserve(wallet::v1::HoldState state);
// Everything that holds nothing is what an abort wants; a committed reservation or a captured
// hold is proof of the opposite decision.
Verdict OnRelease(catalog::v1::ReservationState state);
Verdict OnRelease(wallet::v1::HoldState state);

// Whether an abort may ask for the release of what is in this state now, none included.
bool MayBeReleased(catalog::v1::ReservationState state);
bool MayBeReleased(wallet::v1::HoldState state);

// The failure that a refused reservation of stock stands for: OUT_OF_STOCK with what was short
// first, CHECKOUT_TIMED_OUT when it was not refused for stock but called off.
Failure StockFailure(const catalog::v1::ReserveStockResponse& response, const Order& order);

// What callers see.
v1::Order ToProto(const Order& order);

// The error that a rejected order is: the same for the first answer and for every replay.
absl::Status ToError(const Order& order, bool replayed);

}  // namespace cartwright::order
