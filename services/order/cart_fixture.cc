#include "services/order/cart_fixture.h"

namespace cartwright::order {

FakeCart::FakeCart() {
  using S = FakeCart;
  using namespace cart::v1;  // NOLINT: a list of message names
  server_.Serve(*this, &S::GetCart, Unused<S, AddItemResponse, AddItemRequest>(),
                Unused<S, UpdateItemResponse, UpdateItemRequest>(),
                Unused<S, RemoveItemResponse, RemoveItemRequest>(),
                Unused<S, ClearCartResponse, ClearCartRequest>(),
                Unused<S, MergeCartResponse, MergeCartRequest>(), &S::RemoveOrderedItems);
  server_.Start();
}

void FakeCart::Add(const std::string& user, const OrderLine& line) {
  const std::lock_guard lock(mutex_);
  Cart& cart = carts_[user];
  ++cart.version;
  for (OrderLine& mine : cart.lines) {
    if (mine.product_id != line.product_id) continue;
    mine.quantity += line.quantity;
    return;
  }
  cart.lines.push_back(line);
}

int FakeCart::Pieces(const std::string& user) {
  const std::lock_guard lock(mutex_);
  int pieces = 0;
  for (const OrderLine& line : carts_[user].lines) pieces += line.quantity;
  return pieces;
}

void FakeCart::Remove(const Order& order) {
  const std::lock_guard lock(mutex_);
  cart::v1::RemoveOrderedItemsRequest request;
  request.set_user_id(order.user_id);
  request.set_order_id(order.order_id);
  for (const OrderLine& line : order.lines) {
    auto* item = request.add_items();
    item->set_product_id(line.product_id);
    item->set_quantity(line.quantity);
  }
  Apply(request);
}

boost::asio::awaitable<absl::StatusOr<cart::v1::GetCartResponse>> FakeCart::GetCart(
    const rpc::Call&, const cart::v1::GetCartRequest& request) {
  co_return Run("GetCart", [&] {
    cart::v1::GetCartResponse response;
    const Cart& cart = carts_[request.user_id()];
    int64_t subtotal = 0;
    for (const OrderLine& line : cart.lines) {
      auto* item = response.mutable_cart()->add_items();
      item->set_product_id(line.product_id);
      item->set_name(line.name);
      item->mutable_unit_price()->set_currency_code("EUR");
      item->mutable_unit_price()->set_minor_units(line.unit_price);
      item->set_quantity(line.quantity);
      subtotal += line.unit_price * line.quantity;
    }
    response.mutable_cart()->mutable_subtotal()->set_currency_code("EUR");
    response.mutable_cart()->mutable_subtotal()->set_minor_units(subtotal);
    response.mutable_cart()->set_version(std::to_string(cart.version));
    response.mutable_cart()->set_stale(stale_);
    return response;
  });
}

boost::asio::awaitable<absl::StatusOr<cart::v1::RemoveOrderedItemsResponse>>
FakeCart::RemoveOrderedItems(const rpc::Call&, const cart::v1::RemoveOrderedItemsRequest& request) {
  co_return Run("RemoveOrderedItems", [&] {
    Apply(request);
    return cart::v1::RemoveOrderedItemsResponse();
  });
}

void FakeCart::Apply(const cart::v1::RemoveOrderedItemsRequest& request) {
  if (!cleared_.insert(request.order_id()).second) return;
  Cart& cart = carts_[request.user_id()];
  ++cart.version;
  for (const auto& item : request.items()) {
    for (OrderLine& line : cart.lines) {
      if (line.product_id == item.product_id()) line.quantity -= item.quantity();
    }
  }
  std::erase_if(cart.lines, [](const OrderLine& line) { return line.quantity <= 0; });
}

}  // namespace cartwright::order
