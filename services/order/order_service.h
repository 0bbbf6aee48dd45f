#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "cartwright/order/v1/order.pb.h"
#include "services/order/checkout.h"
#include "services/order/order_events.h"
#include "services/order/order_store.h"
#include "shared/db/connection.h"
#include "shared/db/workers.h"
#include "shared/rpc/call.h"
#include "shared/rpc/page_token.h"

namespace cartwright::order {

// The RPCs of order.proto. Checkout writes the order (T1), CancelOrder what ends it, and both wait
// a moment for its saga; the saga itself is Checkout's (checkout.h). Runs on the event loop's one
// thread, the lists on database workers.
class OrderService {
 public:
  struct Settings {
    std::string currency;
    std::string page_token_key;
  };

  OrderService(db::Workers& workers, OrderStore& store, class Checkout& saga,
               Participants participants, Settings settings);

  boost::asio::awaitable<absl::StatusOr<v1::CheckoutResponse>> Checkout(
      const rpc::Call& call, const v1::CheckoutRequest& request);
  absl::StatusOr<v1::ListOrdersResponse> ListOrders(db::Connection& db,
                                                    const v1::ListOrdersRequest& request);
  absl::StatusOr<v1::GetOrderResponse> GetOrder(db::Connection& db,
                                                const v1::GetOrderRequest& request);
  boost::asio::awaitable<absl::StatusOr<v1::CancelOrderResponse>> CancelOrder(
      const rpc::Call& call, const v1::CancelOrderRequest& request);
  absl::StatusOr<v1::ResolveOrderResponse> ResolveOrder(db::Connection& db,
                                                        const v1::ResolveOrderRequest& request);
  boost::asio::awaitable<absl::Status> WatchOrder(const rpc::Call& call,
                                                  const v1::WatchOrderRequest& request,
                                                  rpc::Writer<v1::OrderEvent>& out) {
    return events_.Watch(call, request, out);
  }

  // An order that was called off, as it stands then.
  struct CalledOff {
    Order order;
    bool replayed = false;  // the same call did it before
  };
  // What CancelOrder does, for whoever wishes it. Errors: as those of CancelOrder.
  boost::asio::awaitable<absl::StatusOr<CalledOff>> CallOff(const rpc::Call& call,
                                                            OrderStore::Cancellation wish);

 private:
  using Response = absl::StatusOr<v1::CheckoutResponse>;

  // What the user has already: the order of this key, or one that must end first.
  struct Standing {
    std::optional<Order> order;
    OrderStore::LastOrder last;
  };

  boost::asio::awaitable<absl::StatusOr<Standing>> LookUp(const rpc::Call& call,
                                                          const v1::CheckoutRequest& request);
  boost::asio::awaitable<Response> Replay(const rpc::Call& call, Order order,
                                          const std::string& fingerprint);
  boost::asio::awaitable<absl::StatusOr<Order>> Prepare(const rpc::Call& call,
                                                        const v1::CheckoutRequest& request);
  boost::asio::awaitable<Response> Place(const rpc::Call& call, const v1::CheckoutRequest& request,
                                         Order order);
  boost::asio::awaitable<absl::StatusOr<OrderStore::Cancelled>> DecideToCancel(
      const rpc::Call& call, const OrderStore::Cancellation& wish);
  boost::asio::awaitable<absl::StatusOr<Order>> Read(const rpc::Call& call,
                                                     const std::string& order_id);

  db::Workers& workers_;
  OrderStore& store_;
  class Checkout& saga_;
  Participants participants_;
  const std::string currency_;
  const rpc::PageTokens page_tokens_;
  OrderEvents events_{workers_};
};

}  // namespace cartwright::order
