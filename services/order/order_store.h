#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cartwright/order/v1/order_admin.pb.h"
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

// The times of a saga. None is about safety: a wrong one makes work twice, or
// late.
struct SagaTimes {
  absl::Duration lease = absl::Seconds(8);           // how long a lease lasts
  absl::Duration decide_within = absl::Seconds(30);  // how long a saga may stay undecided
};

// True when a row was found and could not be understood; an error of the database is no such thing.
bool IsUnreadable(const absl::Status& status);

// Every SQL statement of the order service. Each call is one statement and one commit; after
// UNAVAILABLE the effect is unknown and the same call may be repeated. Stateless.
class OrderStore {
 public:
  // `owner` names this process in leases and events.
  explicit OrderStore(std::string owner, SagaTimes times = {})
      : owner_(std::move(owner)), times_(times) {}

  const SagaTimes& times() const { return times_; }

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

  // The order that bought this version of the cart, dead or alive; empty when none did.
  absl::StatusOr<std::string> FindByCart(db::Connection& db, const std::string& user_id,
                                         const std::string& cart_version);

  // One order; of this user only, when `user_id` is given. NOT_FOUND. IsUnreadable when there is
  // a row that this binary does not understand.
  absl::StatusOr<Order> GetOrder(db::Connection& db, const std::string& order_id,
                                 const std::optional<std::string>& user_id = std::nullopt);

  // Up to `limit` orders of a user before the order `before`, newest first.
  absl::StatusOr<std::vector<Order>> ListOrders(db::Connection& db, const std::string& user_id,
                                                const std::string& before, int limit);

  // Up to `limit` orders of anybody that `request` asks for before the order `before`, newest
  // first.
  absl::StatusOr<std::vector<Order>> ListOrderRecords(db::Connection& db,
                                                      const v1::ListOrderRecordsRequest& request,
                                                      const std::string& before, int limit);

  // Who called an order off, if anybody did.
  absl::StatusOr<std::optional<v1::CancellationRecord>> FindCancellation(
      db::Connection& db, const std::string& order_id);

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

  // A wish to call an order off: its buyer's, or an administrator's.
  struct Cancellation {
    std::string order_id;
    std::string user_id;  // the buyer, whose order it must be; not looked at with `operator_id`
    std::string idempotency_key;
    std::string fingerprint;                 // of what the client sent
    std::optional<std::string> reason;       // in the words of whoever wishes it
    std::optional<std::string> operator_id;  // the administrator who wishes it
  };
  // What became of it.
  struct Cancelled {
    enum Outcome {
      kDone,      // this call did it: `lease` is what is to be driven now
      kReplay,    // the same call did it before
      kAlready,   // another call did it before
      kBusy,      // decided but not confirmed; nothing was recorded
      kRefused,   // it is rejected, or waits for a person
      kUnknown,   // there is no such order, or not of this user
      kMismatch,  // the key is that of another cancellation
    };
    Outcome outcome = kUnknown;
    Lease lease;  // of kReplay, too, when this process has it still; without an id, when not
  };

  // The decision to cancel: CONFIRMED -> REFUNDING, RESERVING -> ABORTING, or
  // nothing.
  absl::StatusOr<Cancelled> CancelOrder(db::Connection& db, const Cancellation& cancellation);

  // The end of a refund: REFUNDING -> REFUNDED.
  absl::Status Refund(db::Connection& db, const std::string& order_id);

  // What a participant may do whose hold ran out. ABORT is durable when it is
  // answered: an undecided order is called off, and one that nobody has heard
  // of can never come.
  absl::StatusOr<v1::Decision> ResolveOrder(db::Connection& db, const std::string& order_id);

  // Takes up to `limit` sagas that nobody drives, oldest first, for this process.
  absl::StatusOr<std::vector<Lease>> Claim(db::Connection& db, int limit);

  // Likewise, of those only that are undecided past their deadline: to decide them nobody is
  // needed.
  absl::StatusOr<std::vector<Lease>> ClaimOverdue(db::Connection& db, int limit);

  // What operators watch: the sagas that wait for a person, and for how long the oldest of the
  // others has been between two steps.
  struct Backlog {
    int64_t dead = 0;
    absl::Duration oldest_step;  // zero when all are at their end
  };
  absl::StatusOr<Backlog> Measure(db::Connection& db);

  // Gives sagas back, to be tried again after a random part of min(30 s, 100 ms * 2^retries), or,
  // when they only waited for somebody who is away, of `within`, which counts as no try.
  absl::Status Park(db::Connection& db, const std::vector<Lease>& leases,
                    std::optional<absl::Duration> within = std::nullopt);

  // Makes leases that still stand last as long as new ones.
  absl::Status Renew(db::Connection& db, const std::vector<Lease>& leases);

  // Takes a saga out of the traffic, with its direction, until a person has looked. False, and
  // nothing happens, when the lease is not the latest, or the saga is not where the contradiction
  // was `seen`, if that is given: then it is none, and whoever drives it looks again.
  absl::StatusOr<bool> MarkDead(db::Connection& db, const Lease& lease,
                                std::optional<SagaState> seen, absl::string_view reason);

 private:
  const std::string owner_;
  const SagaTimes times_;
};

}  // namespace cartwright::order
