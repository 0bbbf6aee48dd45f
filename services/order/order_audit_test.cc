// The audit of orders: silent after both ways that a saga goes, and each rule speaks when it alone
// is broken.

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "services/order/order_fixture.h"

namespace cartwright::order {
namespace {

using testing::IsOk;

class OrderAuditTest : public OrderDatabase {
 protected:
  // Orders that were bought, one of them given back; refused, called off and under way; and one
  // that will never come.
  OrderAuditTest() {
    std::string id;
    for (const char* version : {"1", "2", "3"}) {
      id = Decide(NewOrder(user_, version), std::nullopt);
      EXPECT_THAT(store_.Confirm(connection(), {id}, {}), IsOk());
    }
    CallOff(id, user_);
    Call("refund_saga", {id});
    const std::string refused = Decide(NewOrder(NewUuid()), Failure{.reason = v1::OUT_OF_STOCK});
    EXPECT_THAT(store_.Cancel(connection(), refused), IsOk());
    for (const bool called_off : {true, false}) {
      const Order order = NewOrder(NewUuid());
      EXPECT_THAT(store_.PlaceOrder(connection(), order, NewUuid()), IsOk());
      if (called_off) CallOff(order.order_id, order.user_id);
    }
    Call("resolve_order", {NewUuid()});
  }

  // A function of the schema, as the role that serves.
  void Call(const std::string& function, const std::vector<std::string>& arguments) {
    EXPECT_THAT(connection().Script(absl::StrCat("SELECT ", function, "('",
                                                 absl::StrJoin(arguments, "', '"), "')")),
                IsOk());
  }
  void CallOff(const std::string& order_id, const std::string& user_id) {
    Call("cancel_order", {order_id, user_id, "key", "print", "words", "order:one", "8 s"});
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
      {"O5",
       "UPDATE orders SET total = total + 1;"
       "UPDATE audit_event SET details = details || jsonb_build_object("
       "   'total', (details -> 'total')::bigint + 1) WHERE action = 'order.place'"},
      {"O8",
       "DROP INDEX saga_cart_once; UPDATE saga SET cart_version = '1';"
       "UPDATE orders SET cart_version = '1'"},
      {"O11", "UPDATE saga SET cart_version = 'another' WHERE state = 'CANCELLED'"},
      {"O12", "UPDATE saga SET state = 'COMMITTING' WHERE state = 'CONFIRMED'"},
      {"O13", "DELETE FROM saga_event WHERE state = 'COMMITTING'"},
      {"O14",
       "DELETE FROM cancellation;"
       "DELETE FROM audit_event WHERE action IN ('order.cancel', 'order.refund')"},
      {"O15", "INSERT INTO order_tombstone (order_id) SELECT order_id FROM orders"},
      {"O16",
       "INSERT INTO saga_resolution (order_id, operator, note, hold_state, stock_state, evidence)"
       " SELECT order_id, 'ada', 'seen it', 'CAPTURED', 'COMMITTED', '{}' FROM saga LIMIT 1"},
      {"O19", "UPDATE orders SET fingerprint = 'another'"},
      {"O20", "UPDATE cancellation SET fingerprint = 'another'"},
  });
}

}  // namespace
}  // namespace cartwright::order
