#pragma once

#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "services/order/order_state.h"
#include "services/order/order_store.h"
#include "shared/db/workers.h"
#include "shared/rpc/breaker.h"
#include "shared/rpc/client.h"

namespace cartwright::order {

// The services that take part in a checkout, as those see them who drive sagas:
// through circuit breakers, since they repeat what fails. Copies share these.
struct Participants {
  Participants(rpc::Client& cart_client, rpc::Client& catalog_client, rpc::Client& wallet_client)
      : carts(cart_client),
        cart(cart_client, "cart"),
        catalog(catalog_client, "catalog"),
        wallet(wallet_client, "wallet") {}

  // True while sagas need not be tried: somebody without whom none gets on is
  // known to be away.
  bool Away() const { return catalog.Refuses() || wallet.Refuses(); }

  rpc::Client& carts;  // for shoppers: they do not repeat, so no call of theirs is refused here
  rpc::Breaker cart;
  rpc::Breaker catalog;
  rpc::Breaker wallet;
};

// A saga that this process drives.
struct Driven {
  Lease lease;
  std::shared_ptr<Order> order;
};

// Gives sagas back, to be tried again later; soon and at no cost when they failed because of
// somebody who is `away`. Without the database their leases run out.
boost::asio::awaitable<void> Park(db::Workers& workers, OrderStore& store,
                                  std::vector<Lease> leases, bool away = false);

// The completion token of what runs in the background. An exception there is a bug that nobody
// waits for: it leaves the event loop and ends the process, and recovery goes on with the sagas.
void EndOnError(std::exception_ptr error);

// Leaves a saga to people, loudly; see OrderStore::MarkDead.
boost::asio::awaitable<absl::StatusOr<bool>> MarkDead(db::Workers& workers, OrderStore& store,
                                                      Lease lease, std::optional<SagaState> seen,
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

  // Queues one order whose saga is COMMITTING, or CONFIRMED or REFUNDED with its items still in the
  // cart. Of one that waits already the newer lease and order count.
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
