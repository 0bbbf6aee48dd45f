// The audit of the catalog: silent after everything that stock goes through, and each rule speaks
// when it alone is broken.

#include <string>

#include "gtest/gtest.h"
#include "services/catalog/shop_fixture_test.h"
#include "services/catalog/stock_store.h"

namespace cartwright::catalog {
namespace {

using testing::IsOk;

class CatalogAuditTest : public ShopFixture {
 protected:
  // Reservations that are open, committed, returned, released, refused, and released before they
  // came.
  CatalogAuditTest() {
    Reserve(1);
    const std::string returned = Reserve(1);
    EXPECT_THAT(store_.BatchCommitStock(connection(), {Reserve(2), returned}), IsOk());
    EXPECT_THAT(store_.ReturnStock(connection(), returned), IsOk());
    EXPECT_THAT(store_.ReleaseStock(connection(), Reserve(3), "test"), IsOk());
    EXPECT_THAT(store_.ReleaseStock(connection(), NewUuid(), "test"), IsOk());
    Reserve(99);
  }

  std::string Reserve(int quantity) {
    v1::ReserveStockRequest request;
    request.set_order_id(NewUuid());
    auto* line = request.add_lines();
    line->set_product_id(product_);
    line->set_quantity(quantity);
    EXPECT_THAT(store_.ReserveStock(connection(), request, "print"), IsOk());
    return request.order_id();
  }

  StockStore store_;
  const std::string product_ = Add({.on_hand = 20});
};

TEST_F(CatalogAuditTest, NothingIsFoundAfterEverythingThatStockGoesThrough) {
  EXPECT_EQ(AuditFindings(), "");
}

TEST_F(CatalogAuditTest, EachRuleSpeaksWhenItAloneIsBroken) {
  ExpectEachRuleFires({
      {"C1", "UPDATE stock SET reserved = reserved + 1"},
      {"C2", "UPDATE stock SET on_hand = on_hand + 1"},
      {"C3",
       "ALTER TABLE stock DROP CONSTRAINT stock_reserved_within_on_hand;"
       "INSERT INTO stock_journal (product_id, delta, kind)"
       "   SELECT product_id, -on_hand, 'ADJUST' FROM stock;"
       "INSERT INTO audit_event (action, subject, details) SELECT 'stock.adjust', product_id,"
       "   jsonb_build_object('stock_journal_id', stock_journal_id, 'delta', delta)"
       "   FROM stock_journal WHERE kind = 'ADJUST';"
       "UPDATE stock SET on_hand = 0"},
      {"C4",
       "UPDATE stock_journal SET delta = delta - 1 WHERE delta = -2;"
       "UPDATE stock SET on_hand = on_hand - 1"},
      {"C5",
       "INSERT INTO stock_journal (product_id, delta, kind, order_id)"
       "   SELECT product_id, -delta, 'RETURN', order_id FROM stock_journal WHERE delta = -2;"
       "UPDATE stock SET on_hand = on_hand + 2"},
      {"C6",
       "DELETE FROM reservation_line WHERE order_id IN"
       "   (SELECT order_id FROM reservation WHERE state = 'RELEASED')"},
      {"C7",
       "UPDATE product_change SET price = price + 1;"
       "UPDATE audit_event SET details = details || jsonb_build_object("
       "   'price', (details -> 'price')::bigint + 1) WHERE action LIKE 'product.%'"},
      {"C8", "UPDATE audit_event SET subject = gen_random_uuid() WHERE action LIKE 'product.%'"},
      {"C9",
       "INSERT INTO audit_event (action, subject, details) SELECT 'stock.adjust', product_id,"
       "   jsonb_build_object('stock_journal_id', 0, 'delta', 1) FROM stock LIMIT 1"},
  });
}

}  // namespace
}  // namespace cartwright::catalog
