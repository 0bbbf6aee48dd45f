#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "services/order/completion.h"
#include "services/order/order_state.h"
#include "services/order/order_store.h"
#include "shared/db/workers.h"

namespace cartwright::order {

// The checkout saga. Drive takes an order from wherever its saga stands:
//
//   RESERVING   reserve stock, reserve the hold, then decide (T2): the one point of no return
//   COMMITTING  hand over to Completion
//   REFUNDING   give the money and the stock back, whatever it takes, then REFUNDED
//   ABORTING    release stock and hold, whatever was seen of their replies, then CANCELLED
//
// A participant's "no" is an enum in an OK answer; any error leaves its effect unknown and the
// same call is made again, here for a moment and then by whoever claims the saga next (Recovery).
// Runs on the event loop's one thread; nothing here blocks it.
class Checkout {
 public:
  Checkout(boost::asio::io_context& io, db::Workers& workers, OrderStore& store,
           Participants participants, Completion& completion);

  // Drives a saga that this process holds the lease of, in the background. One that is driven
  // here already, longer than its lease lasted, goes on with this lease, if it is the newer one,
  // and from where the database says then that the saga stands.
  void Start(Driven driven);

  // Waits until the saga that was started here is decided, `budget` at most. The order as it
  // stands then, or nothing when this process does not drive it.
  boost::asio::awaitable<std::shared_ptr<const Order>> AwaitDecision(std::string order_id,
                                                                     absl::Duration budget);

  // Waits until this process has done what it can for the saga, `budget` at
  // most.
  boost::asio::awaitable<void> AwaitEnd(std::string order_id, absl::Duration budget);

  // True while taking over sagas in numbers would only mean to give them back.
  bool Away() const { return participants_.Away(); }

  // Leases of the sagas that are driven here now.
  std::vector<Lease> Leases() const;

 private:
  struct Running {
    Driven driven;
    std::shared_ptr<boost::asio::steady_timer> decided;  // cancelled at the decision
    bool stale = false;  // somebody else may have driven the saga since `driven.order` was read
  };

  // What the participants said: granted (nothing), or why not.
  using Answer = std::optional<Failure>;

  boost::asio::awaitable<void> Await(const Running& running, absl::Duration budget,
                                     bool to_the_end);
  boost::asio::awaitable<void> Drive(std::string order_id);
  boost::asio::awaitable<bool> DriveOrPark(Running& running);
  boost::asio::awaitable<absl::Status> TryOnce(Running& running);
  boost::asio::awaitable<absl::Status> Contradicted(Running& running, std::string what);
  boost::asio::awaitable<absl::Status> Reread(Order& order);
  boost::asio::awaitable<absl::StatusOr<Answer>> Reserve(const Driven& driven);
  boost::asio::awaitable<absl::StatusOr<Answer>> ReserveStock(const Order& order);
  boost::asio::awaitable<absl::StatusOr<Answer>> ReserveHold(const Order& order);
  boost::asio::awaitable<absl::Status> Decide(Driven& driven, Answer answer);
  boost::asio::awaitable<absl::Status> Abort(const Driven& driven);
  boost::asio::awaitable<absl::Status> AskBoth(const Order& order);
  boost::asio::awaitable<absl::Status> Release(const Order& order);
  boost::asio::awaitable<absl::Status> Refund(Order& order);
  void Decided(const std::string& order_id);

  boost::asio::io_context& io_;
  db::Workers& workers_;
  OrderStore& store_;
  Participants participants_;
  Completion& completion_;
  std::map<std::string, Running> running_;
};

}  // namespace cartwright::order
