#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "services/order/cart_fixture.h"
#include "services/order/order_service.h"
#include "services/order/participants_fixture.h"
#include "services/order/recovery.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/service_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::order {

// Tests on the order service's database. After each test, orders cost what their lines cost, no
// cart was bought twice, and every saga has the events of its way.
class OrderDatabase : public testing::PostgresFixture {
 protected:
  OrderDatabase() : PostgresFixture("order", "orders") {}
  ~OrderDatabase() override { EXPECT_EQ(AuditFindings(), ""); }

  // The first field of the first row, as a superuser; empty for no row and for null.
  std::string Look(const std::string& sql, const db::Params& params = {});
  std::string StateOf(const std::string& order_id);
  bool IsDead(const std::string& order_id);
  // As if whoever holds the lease had been silent for longer than it lasts.
  void RunOutLease(const std::string& order_id);

  // True as soon as `condition` holds; false when it does not for far longer than it should take.
  template <typename Condition>
  bool Eventually(Condition condition) {
    const absl::Time deadline = absl::Now() + absl::Seconds(60);
    while (!condition()) {
      if (absl::Now() > deadline) return false;
      // A round trip leaves the processor to what is waited for.
      EXPECT_THAT(superuser().Script("SELECT 1"), testing::IsOk());
    }
    return true;
  }

  // An order of one line of `quantity` pieces at 100, with a number that no other one has.
  static Order NewOrder(const std::string& user, const std::string& cart_version = "1",
                        int quantity = 2);
};

// The whole order service in this process, with participants in memory. Recovery runs once a
// test starts it.
class OrderProcess : public OrderDatabase {
 protected:
  OrderProcess();
  ~OrderProcess() override { recovery_.Stop(); }

  // Everything has come to its end, the carts included.
  bool Settled();

  // A shopper with money, and stock and a cart of what the order buys.
  void Furnish(const Order& order, int64_t money = 1000, int64_t stock = 10);

  // Of an order that Furnish prepared with its defaults: taken once, or not at all.
  void ExpectBoughtOnce(const Order& order);
  void ExpectNothingTaken(const Order& order);

  // Starts drives, with leases that somebody else may have taken since, and waits for their end.
  void DriveToTheirEnd(std::vector<Driven> drives);

  // Made as main.cc does, and never destroyed: coroutines refer to it until the loop is gone.
  template <typename T, typename... Args>
  static T& Own(Args&&... args) {
    static auto* owned = new std::vector<std::shared_ptr<void>>;
    auto object = std::make_shared<T>(std::forward<Args>(args)...);
    owned->push_back(object);
    return *object;
  }

  FakeCart cart_;
  FakeCatalog catalog_;
  FakeWallet wallet_;
  OrderStore store_{"order:test"};
  db::Workers workers_;
  testing::ServiceFixture server_;
  const Participants participants_{cart_.client(), catalog_.client(), wallet_.client()};
  Completion& completion_ = Own<Completion>(server_.io(), workers_, store_, participants_);
  Checkout& saga_ = Own<Checkout>(server_.io(), workers_, store_, participants_, completion_);
  Recovery& recovery_ = Own<Recovery>(server_.io(), workers_, store_, saga_, completion_);
  OrderService& service_ = Own<OrderService>(workers_, store_, saga_, participants_,
                                             OrderService::Settings{"EUR", std::string(32, 'k')});
};

}  // namespace cartwright::order
