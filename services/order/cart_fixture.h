#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cartwright/cart/v1/cart.pb.h"
#include "services/order/order_state.h"
#include "services/order/participant_fixture.h"

namespace cartwright::order {

// Carts; a version grows with each change, and an order is taken out once. Thread-safe.
class FakeCart : public Participant {
 public:
  FakeCart();

  // Adds a line, or pieces to it, and changes the version.
  void Add(const std::string& user, const OrderLine& line);
  void SetStale(bool stale) {
    const std::lock_guard lock(mutex_);
    stale_ = stale;
  }
  // Pieces in the cart, of all products.
  int Pieces(const std::string& user);
  std::string Version(const std::string& user) {
    const std::lock_guard lock(mutex_);
    return std::to_string(carts_[user].version);
  }
  // As a process that died after it had called RemoveOrderedItems.
  void Remove(const Order& order);

 private:
  struct Cart {
    int version = 0;
    std::vector<OrderLine> lines;
  };
  boost::asio::awaitable<absl::StatusOr<cart::v1::GetCartResponse>> GetCart(
      const rpc::Call&, const cart::v1::GetCartRequest& request);

  boost::asio::awaitable<absl::StatusOr<cart::v1::RemoveOrderedItemsResponse>> RemoveOrderedItems(
      const rpc::Call&, const cart::v1::RemoveOrderedItemsRequest& request);

  void Apply(const cart::v1::RemoveOrderedItemsRequest& request);

  std::map<std::string, Cart> carts_;
  std::set<std::string> cleared_;
  bool stale_ = false;
};

}  // namespace cartwright::order
