#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "cartwright/cart/v1/cart.pb.h"
#include "services/cart/cart_store.h"
#include "services/cart/cart_view.h"
#include "shared/db/connection.h"
#include "shared/db/workers.h"
#include "shared/rpc/call.h"
#include "shared/rpc/client.h"

namespace cartwright::cart {

// The RPCs of cart.proto. A cart is shown at the prices that the catalog has now; while it does
// not answer, at the last known ones (`stale`). Coroutines on the event loop's one thread, which
// nothing here blocks; RemoveOrderedItems blocks a database worker for one statement.
class CartService {
 public:
  // `catalog`: where prices come from. `currency`: ISO 4217 code of the shop's one currency.
  CartService(db::Workers& workers, CartStore& store, rpc::Client& catalog, std::string currency);

  boost::asio::awaitable<absl::StatusOr<v1::GetCartResponse>> GetCart(
      const rpc::Call& call, const v1::GetCartRequest& request);
  boost::asio::awaitable<absl::StatusOr<v1::AddItemResponse>> AddItem(
      const rpc::Call& call, const v1::AddItemRequest& request);
  boost::asio::awaitable<absl::StatusOr<v1::UpdateItemResponse>> UpdateItem(
      const rpc::Call& call, const v1::UpdateItemRequest& request);
  boost::asio::awaitable<absl::StatusOr<v1::RemoveItemResponse>> RemoveItem(
      const rpc::Call& call, const v1::RemoveItemRequest& request);
  boost::asio::awaitable<absl::StatusOr<v1::ClearCartResponse>> ClearCart(
      const rpc::Call& call, const v1::ClearCartRequest& request);
  boost::asio::awaitable<absl::StatusOr<v1::MergeCartResponse>> MergeCart(
      const rpc::Call& call, const v1::MergeCartRequest& request);
  absl::StatusOr<v1::RemoveOrderedItemsResponse> RemoveOrderedItems(
      db::Connection& db, const v1::RemoveOrderedItemsRequest& request);

 private:
  // What the catalog says of these products; of none, or of some, when it does not answer.
  boost::asio::awaitable<PriceList> FetchPrices(const rpc::Call& call,
                                                std::vector<std::string> ids);

  // The answer of an operation that needs no prices before it is done: runs `body(connection)`,
  // which returns the user's cart, and shows that cart at the catalog's prices.
  template <typename Response, typename Body>
  boost::asio::awaitable<absl::StatusOr<Response>> Answer(const rpc::Call& call,
                                                          const std::string& user_id, Body body);

  // The cart at `prices`; what they changed is stored as the last known.
  boost::asio::awaitable<v1::Cart> Show(const rpc::Call& call, const std::string& user_id,
                                        StoredCart stored, const PriceList& prices);

  db::Workers& workers_;
  CartStore& store_;
  rpc::Client& catalog_;
  const std::string currency_;
};

}  // namespace cartwright::cart
