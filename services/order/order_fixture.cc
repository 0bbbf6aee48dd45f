#include "services/order/order_fixture.h"

#include <atomic>

#include "absl/strings/str_cat.h"

namespace cartwright::order {

std::string OrderDatabase::Look(const std::string& sql, const db::Params& params) {
  const std::string name = absl::StrCat("look_", std::hash<std::string>()(sql));
  auto rows = superuser().Execute({name.c_str(), sql.c_str()}, params);
  EXPECT_THAT(rows, testing::IsOk()) << sql;
  return !rows.ok() || rows->empty() ? std::string() : std::string((*rows)[0][0].c_str());
}

std::string OrderDatabase::StateOf(const std::string& order_id) {
  return Look("SELECT state FROM saga WHERE order_id = $1", {order_id});
}

bool OrderDatabase::IsDead(const std::string& order_id) {
  return Look("SELECT dead FROM saga WHERE order_id = $1", {order_id}) == "t";
}

void OrderDatabase::RunOutLease(const std::string& order_id) {
  Look(
      "UPDATE saga SET lease_until = clock_timestamp() - interval '1 second' WHERE order_id = $1"
      " RETURNING 1",
      {order_id});
}

Order OrderDatabase::NewOrder(const std::string& user, const std::string& cart_version,
                              int quantity) {
  static std::atomic<int64_t> seq{0};
  Order order{.order_id = NewUuid(),
              .user_id = user,
              .user_seq = ++seq,
              .cart_version = cart_version,
              .currency = "EUR",
              .total = 100 * quantity,
              .fingerprint = "print"};
  order.hold_id = HoldIdOf(order.order_id);
  order.lines = {{NewUuid(), "Oak chair", 100, quantity}};
  order.address.set_full_name("Ada");
  return order;
}

OrderProcess::OrderProcess() : workers_({.url = AppUrl(), .threads = 2}), server_(&workers_) {
  server_.Serve(service_, &OrderService::Checkout, &OrderService::ListOrders,
                &OrderService::GetOrder, &OrderService::CancelOrder, &OrderService::ResolveOrder,
                &OrderService::WatchOrder);
  server_.Start();
  completion_.Start();
}

bool OrderProcess::Settled() {
  return Look(
             "SELECT 1 FROM saga WHERE state NOT IN ('CONFIRMED', 'REFUNDED', 'CANCELLED')"
             " OR state <> 'CANCELLED' AND NOT cart_cleared LIMIT 1")
      .empty();
}

void OrderProcess::Furnish(const Order& order, int64_t money, int64_t stock) {
  wallet_.Give(order.user_id, money);
  for (const OrderLine& line : order.lines) {
    catalog_.SetStock(line.product_id, stock);
    cart_.Add(order.user_id, line);
  }
}

void OrderProcess::ExpectBoughtOnce(const Order& order) {
  EXPECT_EQ(StateOf(order.order_id), "CONFIRMED");
  EXPECT_FALSE(IsDead(order.order_id));
  EXPECT_EQ(wallet_.Posted(order.user_id), 1000 - order.total);
  EXPECT_EQ(wallet_.Held(order.user_id), 0);
  EXPECT_EQ(catalog_.OnHand(order.lines[0].product_id), 10 - order.lines[0].quantity);
  EXPECT_EQ(catalog_.Reserved(order.lines[0].product_id), 0);
  EXPECT_EQ(cart_.Pieces(order.user_id), 0);
}

void OrderProcess::ExpectNothingTaken(const Order& order) {
  EXPECT_EQ(StateOf(order.order_id), "CANCELLED");
  EXPECT_EQ(wallet_.Posted(order.user_id), 1000);
  EXPECT_EQ(wallet_.Held(order.user_id), 0);
  EXPECT_EQ(catalog_.OnHand(order.lines[0].product_id), 10);
  EXPECT_EQ(catalog_.Reserved(order.lines[0].product_id), 0);
  EXPECT_EQ(cart_.Pieces(order.user_id), order.lines[0].quantity);
}

void OrderProcess::DriveToTheirEnd(std::vector<Driven> drives) {
  auto drive = [this, &drives]() -> boost::asio::awaitable<void> {
    for (const Driven& driven : drives) saga_.Start(driven);
    const boost::asio::any_io_executor executor = server_.io().get_executor();
    while (!saga_.Leases().empty()) {
      co_await boost::asio::post(executor, boost::asio::use_awaitable);
    }
  };
  server_.Await(drive());
}

}  // namespace cartwright::order
