#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "cartwright/order/v1/order.pb.h"
#include "services/order/order_event_store.h"
#include "shared/db/workers.h"
#include "shared/rpc/call.h"
#include "shared/rpc/stream.h"

namespace cartwright::order {

// What a step of a saga is to the outside; INTERNAL for a state that this binary does not know.
absl::StatusOr<v1::OrderEvent> ToProto(const SagaEvent& event);

// Tells watchers of orders what happens to them. While there are any, one query every 250 ms asks
// for the new events of all orders that this process watches: a step may be another replica's, so
// the database is the only one that knows. Runs on the event loop's one thread.
class OrderEvents {
 public:
  explicit OrderEvents(db::Workers& workers) : workers_(workers) {}

  // The handler of WatchOrder: ends with OK when the order is settled.
  boost::asio::awaitable<absl::Status> Watch(const rpc::Call& call,
                                             const v1::WatchOrderRequest& request,
                                             rpc::Writer<v1::OrderEvent>& out);

 private:
  struct Watcher;

  boost::asio::awaitable<absl::Status> Follow(Watcher& watcher, rpc::Writer<v1::OrderEvent>& out);
  boost::asio::awaitable<void> Poll();
  void Deliver(const std::vector<SagaEvent>& events, const std::map<std::string, int64_t>& after);

  db::Workers& workers_;
  OrderEventStore store_;
  std::list<Watcher*> watchers_;
  bool polling_ = false;
};

}  // namespace cartwright::order
