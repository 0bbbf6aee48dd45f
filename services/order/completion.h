#pragma once

#include <deque>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "services/order/order_state.h"
#include "services/order/order_store.h"
#include "shared/db/workers.h"
#include "shared/rpc/client.h"

namespace cartwright::order {

// The services that take part in a checkout.
struct Participants {
  rpc::Client& cart;
  rpc::Client& catalog;
  rpc::Client& wallet;
};

// A saga that this process drives.
struct Driven {
  Lease lease;
  std::shared_ptr<Order> order;
};

// Gives sagas back, to be tried again later. Without the database their leases run out.
boost::asio::awaitable<void> Park(db::Workers& workers, OrderStore& store,
                                  std::vector<Lease> leases);

// The completion token of what runs in the background. An exception there is a bug that nobody
// waits for: it leaves the event loop and ends the process, and recovery goes on with the sagas.
void EndOnError(std::exception_ptr error);

// Leaves a saga to people, loudly; see OrderStore::MarkDead.
boost::asio::awaitable<absl::Status> MarkDead(db::Workers& workers, OrderStore& store, Lease lease,
                                              std::string reason);

// Completes decided orders, many at a time: capture the holds, commit the stock, take the items
// out of the carts, then T3. Nothing here may be refused any more; what fails is tried again
// until it is done, by this process or another one: every step replays safely, so two that
// complete the same order do no harm. Runs on the event loop's one thread.
class Completion {
 public:
  Completion(boost::asio::io_context& io, db::Workers& workers, OrderStore& store,
             Participants participants);

  // Starts the loop that completes what Add brings.
  void Start();

  // Queues one order whose saga is COMMITTING, or CONFIRMED with its items still in the cart. One
  // that waits already only gets the newer lease.
  void Add(Driven driven);

  // Leases of what is queued or under way.
  std::vector<Lease> Leases() const;

 private:
  using Batch = std::vector<Driven>;

  boost::asio::awaitable<void> Run();
  boost::asio::awaitable<void> Complete(Batch batch);
  boost::asio::awaitable<absl::Status> Settle(const Batch& batch);
  boost::asio::awaitable<std::vector<bool>> ClearCarts(const Batch& batch);

  boost::asio::io_context& io_;
  db::Workers& workers_;
  OrderStore& store_;
  Participants participants_;
  boost::asio::steady_timer wake_;
  std::deque<Driven> queue_;
  Batch under_way_;
};

}  // namespace cartwright::order
