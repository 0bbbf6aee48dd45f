#pragma once

#include <vector>

#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "services/order/checkout.h"
#include "services/order/completion.h"
#include "services/order/order_store.h"
#include "shared/db/workers.h"

namespace cartwright::order {

// Takes over sagas that nobody drives: those of a process that died, once their lease is out, and
// those that were parked, once their pause is over. Every replica does so all the time; a saga
// goes to one of them. Runs on the event loop's one thread.
class Recovery {
 public:
  Recovery(boost::asio::io_context& io, db::Workers& workers, OrderStore& store, Checkout& checkout,
           Completion& completion);

  // Starts to look for work, five times a second, to renew the leases of what is driven here, and
  // to measure what all replicas have left: gauges of the whole shop, the same from each.
  void Start();

  // Takes no more work and gives back what this process holds, so that another one need not wait
  // for leases to run out. Called from another thread; blocks until it is done, for a few
  // seconds at most.
  void Stop();

 private:
  boost::asio::awaitable<void> Run();
  boost::asio::awaitable<bool> TakeOver();
  boost::asio::awaitable<void> KeepLeases();
  boost::asio::awaitable<void> Watch();
  std::vector<Lease> Leases() const;
  boost::asio::awaitable<void> Resume(Lease lease);
  boost::asio::awaitable<void> GiveBack();

  boost::asio::io_context& io_;
  db::Workers& workers_;
  OrderStore& store_;
  Checkout& checkout_;
  Completion& completion_;
  bool stopping_ = false;
  size_t open_ = 0;  // claims and reads under way: what they bring is not driven yet
};

}  // namespace cartwright::order
