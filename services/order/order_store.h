#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/order/order_state.h"
#include "shared/db/connection.h"

namespace cartwright::order {

// The right to drive one saga for a while. `epoch` fences off whoever had it before: every write
// carries it. The clock of the lease is the database's.
struct Lease {
  std::string order_id;
  int64_t epoch = 0;
  int crash_count = 0;   // claims since a process last let go of it in good order
  bool overdue = false;  // RESERVING past its deadline: it must be aborted
};

// How long a lease lasts, and how long a saga may stay undecided.
inline constexpr int kLeaseS = 8;
inline constexpr int kDecideWithinS = 30;

// Every SQL statement of the order service. Each call is one statement and one commit; after
// UNAVAILABLE the effect is unknown and the same call may be repeated. Stateless.
class OrderStore {
 public:
  // `owner` names this process in leases and events.
  explicit OrderStore(std::string owner) : owner_(std::move(owner)) {}

  // What T1 found or made: the order that the key has.
  struct Placed {
    std::string order_id;
    bool mismatch = false;  // the key is that of another payload
    int64_t create_time_us = 0;
  };

  // T1. Writes the order with its saga, leased to this process with epoch 1, unless the key has
  // one. ALREADY_EXISTS violating saga_cart_once when this version of the cart is ordered under
  // another key, saga_open_once when the items of another order are still in the cart,
  // orders_user_seq_key when the user's number is taken.
  absl::StatusOr<Placed> PlaceOrder(db::Connection& db, const Order& order,
                                    const std::string& idempotency_key);

  // The order of a key, if there is one.
  absl::StatusOr<std::optional<Order>> FindByKey(db::Connection& db, const std::string& user_id,
                                                 const std::string& idempotency_key);

  // What must be known before the user's cart is read: the number of the last order, 0 before the
  // first, and the order whose items are still in the cart; there is at most one.
  struct OpenOrder {
    std::string order_id;
    std::string cart_version;
  };
  struct LastOrder {
    int64_t user_seq = 0;
    std::optional<OpenOrder> open;
  };
  absl::StatusOr<LastOrder> FindLast(db::Connection& db, const std::string& user_id);

  // One order; of this user only, when `user_id` is given. NOT_FOUND.
  absl::StatusOr<Order> GetOrder(db::Connection& db, const std::string& order_id,
                                 const std::optional<std::string>& user_id = std::nullopt);

  // Up to `limit` orders of a user before the order `before`, newest first.
  absl::StatusOr<std::vector<Order>> ListOrders(db::Connection& db, const std::string& user_id,
                                                const std::string& before, int limit);

  // T2, the decision: RESERVING -> COMMITTING, or -> ABORTING with why. The time of the decision
  // in microseconds since the epoch; nothing when the saga was decided already, or is leased to
  // somebody else.
  absl::StatusOr<std::optional<int64_t>> Decide(db::Connection& db, const Lease& lease,
                                                const std::optional<Failure>& failure);

  // T3 of many: COMMITTING -> CONFIRMED. `cart_cleared`: their items are out of the cart.
  absl::Status Confirm(db::Connection& db, const std::vector<std::string>& cart_cleared,
                       const std::vector<std::string>& cart_kept);

  // The end of an abort: ABORTING -> CANCELLED.
  absl::Status Cancel(db::Connection& db, const std::string& order_id);

  // Takes up to `limit` sagas that nobody drives, oldest first, for this process.
  absl::StatusOr<std::vector<Lease>> Claim(db::Connection& db, int limit);

  // Gives sagas back, to be tried again after a random part of min(30 s, 100 ms * 2^retries).
  absl::Status Park(db::Connection& db, const std::vector<Lease>& leases);

  // Takes a saga out of the traffic, with its direction, until a person has looked. Nothing
  // happens when the lease is not the latest: whoever has that one sees for himself.
  absl::Status MarkDead(db::Connection& db, const Lease& lease, absl::string_view reason);

 private:
  const std::string owner_;
};

}  // namespace cartwright::order
