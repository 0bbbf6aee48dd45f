#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/catalog/catalog_store.h"
#include "services/catalog/stock_fixture_test.h"

namespace cartwright::catalog {
namespace {

using testing::IsOk;

// Goal: the cursor moves when, and only when, a transaction that changed what the shop shows has
// committed.
class ChangeCursorTest : public StockFixture {
 protected:
  // By how much `act` moves it.
  template <typename Act>
  int64_t MovedBy(Act act) {
    const int64_t before = Cursor();
    act();
    return Cursor() - before;
  }
  int64_t Cursor() { return products_.GetChangeCursor(connection()).value(); }

  int64_t MovedByScript(const std::string& sql) {
    return MovedBy([&] { Script(sql); });
  }

  CatalogStore products_;
};

TEST_F(ChangeCursorTest, MovesWithWhatIsSaidOfAProduct) {
  const std::string id = Add({.price = 1000, .on_hand = 50});
  for (const char* change : {"price = 2000", "name = 'Ash chair'", "description = 'x'",
                             "image_url = '/x'", "category_id = 'tables'", "active = false"}) {
    EXPECT_EQ(MovedByScript(std::string("UPDATE product SET ") + change), 1) << change;
    EXPECT_EQ(MovedByScript(std::string("UPDATE product SET ") + change), 0) << change;
  }
  EXPECT_GT(MovedBy([&] { Add({.on_hand = 1}); }), 0);
  EXPECT_EQ(MovedByScript("UPDATE category SET name = 'Seats' WHERE category_id = 'chairs'"), 1);
}

TEST_F(ChangeCursorTest, MovesWithStockOnlyNearItsEnd) {
  const std::string id = Add({.on_hand = 100});
  EXPECT_EQ(MovedBy([&] { Reserve(order_, {{id, 60}}); }), 0);
  EXPECT_EQ(MovedBy([&] { Reserve(NewUuid(), {{id, 30}}); }), 1) << "10 are left";
  // What is taken off the shelf was not for sale before.
  EXPECT_EQ(MovedBy([&] { Commit(order_); }), 0);
  EXPECT_EQ(MovedBy([&] { Reserve(NewUuid(), {{id, 10}}); }), 1) << "none is left";
  EXPECT_EQ(MovedBy([&] { Reserve(NewUuid(), {{id, 1}}); }), 0) << "refused";
  EXPECT_EQ(MovedBy([&] { Return(order_); }), 1) << "there are some again";
}

TEST_F(ChangeCursorTest, CountsATransactionOnce) {
  for (int i = 0; i < 20; ++i) Add({.on_hand = 5});
  EXPECT_EQ(MovedByScript("UPDATE product SET price = price + 1"), 1);
  EXPECT_EQ(MovedByScript("BEGIN; UPDATE product SET price = price + 1;"
                          "UPDATE stock SET reserved = reserved; UPDATE product SET name = 'x';"
                          "COMMIT"),
            1);
}

TEST_F(ChangeCursorTest, MovesAtTheCommitAndNotBefore) {
  Add({.on_hand = 5});
  db::Connection other(SuperuserUrl());
  ASSERT_THAT(other.Script("BEGIN; UPDATE product SET price = price + 1"), IsOk());
  EXPECT_EQ(MovedBy([] {}), 0);
  EXPECT_EQ(MovedBy([&] { ASSERT_THAT(other.Script("COMMIT"), IsOk()); }), 1);
  EXPECT_EQ(MovedByScript("BEGIN; UPDATE product SET price = price + 1; ROLLBACK"), 0);
  // Of what a savepoint takes back and another statement does after all, nothing is lost.
  EXPECT_EQ(MovedByScript("BEGIN; SAVEPOINT a; UPDATE product SET price = price + 1;"
                          "ROLLBACK TO a; UPDATE product SET price = price + 2; COMMIT"),
            1);
}

TEST_F(ChangeCursorTest, OnlyTriggersCount) {
  EXPECT_FALSE(connection().Script("UPDATE public_change SET changes = 0").ok());
}

}  // namespace
}  // namespace cartwright::catalog
