// The audit of carts: silent after everything that a cart goes through, and each rule speaks when
// it alone is broken.

#include <string>

#include "gtest/gtest.h"
#include "services/cart/cart_store.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::cart {
namespace {

using testing::IsOk;

class CartAuditTest : public testing::PostgresFixture {
 protected:
  // A cart with lines that were added, changed, removed and bought, and one that was emptied.
  CartAuditTest() : PostgresFixture("cart", "cart") {
    const std::string user = NewUuid();
    const std::string other = NewUuid();
    for (int quantity : {1, 2, 3}) Add(user, quantity);
    const std::string bought = Add(user, 4);
    EXPECT_THAT(store_.UpdateItem(connection(), user, Add(user, 5), 6), IsOk());
    EXPECT_THAT(store_.RemoveItem(connection(), user, Add(user, 7)), IsOk());
    EXPECT_THAT(store_.RemoveOrderedItems(connection(), user, NewUuid(), {{bought, 3}}), IsOk());
    Add(other, 1);
    EXPECT_THAT(store_.ClearCart(connection(), other), IsOk());
  }

  // A new line in the user's cart; its product.
  std::string Add(const std::string& user, int quantity) {
    const Snapshot product = {.name = "Oak chair",
                              .image_url = "/chair.webp",
                              .unit_price = 500,
                              .available = 99,
                              .active = true};
    const std::string id = NewUuid();
    EXPECT_THAT(store_.AddItems(connection(), user, {{id, quantity, product}},
                                CartStore::Overflow::kRefuse),
                IsOk());
    return id;
  }

  CartStore store_;
};

TEST_F(CartAuditTest, NothingIsFoundAfterEverythingThatACartGoesThrough) {
  EXPECT_EQ(AuditFindings(), "");
}

TEST_F(CartAuditTest, EachRuleSpeaksWhenItAloneIsBroken) {
  ExpectEachRuleFires({
      {"K1", "UPDATE cart SET line_count = line_count + 1, version = version + 9"},
      {"K2",
       "ALTER TABLE line DROP CONSTRAINT line_quantity_bounded; UPDATE line SET quantity = 100"},
      {"K3", "UPDATE cart SET version = 0"},
      {"K4", "UPDATE line SET position = 1"},
  });
}

}  // namespace
}  // namespace cartwright::cart
