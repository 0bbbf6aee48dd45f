// The audit of orders: silent after both ways that a saga goes, and each rule speaks when it alone
// is broken.

#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "services/order/order_fixture.h"

namespace cartwright::order {
namespace {

using testing::IsOk;

class OrderAuditTest : public OrderDatabase {
 protected:
  // Two orders that one user bought, one that was refused, and one that is under way.
  OrderAuditTest() {
    for (const char* version : {"1", "2"}) {
      const std::string id = Decide(NewOrder(user_, version), std::nullopt);
      EXPECT_THAT(store_.Confirm(connection(), {id}, {}), IsOk());
    }
    const std::string refused = Decide(NewOrder(NewUuid()), Failure{.reason = "OUT_OF_STOCK"});
    EXPECT_THAT(store_.Cancel(connection(), refused), IsOk());
    EXPECT_THAT(store_.PlaceOrder(connection(), NewOrder(NewUuid()), NewUuid()), IsOk());
  }

  // Places an order and decides it; its id.
  std::string Decide(const Order& order, const std::optional<Failure>& failure) {
    EXPECT_THAT(store_.PlaceOrder(connection(), order, NewUuid()), IsOk());
    EXPECT_THAT(store_.Decide(connection(), {.order_id = order.order_id, .epoch = 1}, failure),
                IsOk());
    return order.order_id;
  }

  OrderStore store_{"order:one"};
  const std::string user_ = NewUuid();
};

TEST_F(OrderAuditTest, NothingIsFoundAfterEverySagaThatThereIs) { EXPECT_EQ(AuditFindings(), ""); }

TEST_F(OrderAuditTest, EachRuleSpeaksWhenItAloneIsBroken) {
  ExpectEachRuleFires({
      {"O5", "UPDATE orders SET total = total + 1"},
      {"O8",
       "DROP INDEX saga_cart_once; UPDATE saga SET cart_version = '1';"
       "UPDATE orders SET cart_version = '1'"},
      {"O11", "UPDATE saga SET cart_version = 'another' WHERE state = 'CANCELLED'"},
      {"O12", "UPDATE saga SET state = 'COMMITTING' WHERE state = 'CONFIRMED'"},
      {"O13", "DELETE FROM saga_event WHERE state = 'COMMITTING'"},
  });
}

}  // namespace
}  // namespace cartwright::order
