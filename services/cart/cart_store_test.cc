#include "services/cart/cart_store.h"

#include <atomic>
#include <functional>
#include <iostream>
#include <random>
#include <set>
#include <thread>

#include "gtest/gtest.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::cart {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::ViolatesConstraint;
using Overflow = CartStore::Overflow;

constexpr int kThreads = 6;

class CartStoreTest : public testing::PostgresFixture {
 protected:
  CartStoreTest() : PostgresFixture("cart", "cart") {}
  ~CartStoreTest() override { EXPECT_EQ(AuditFindings(), ""); }

  static Snapshot Product(int64_t price = 500) {
    return {.name = "A \"quoted\", {braced} \\ chair",
            .image_url = "/chair.webp",
            .unit_price = price,
            .available = 7,
            .active = true};
  }

  absl::StatusOr<StoredCart> Add(const std::string& product_id, int quantity,
                                 Overflow overflow = Overflow::kRefuse) {
    return store_.AddItems(connection(), user_, {{product_id, quantity, Product()}}, overflow);
  }

  absl::Status TakeOrdered(const std::string& order_id,
                           const std::vector<std::pair<std::string, int>>& items) {
    return store_.RemoveOrderedItems(connection(), user_, order_id, items);
  }

  StoredCart Cart() { return store_.GetCart(connection(), user_).value(); }

  std::vector<Addition> NewProducts(int count) {
    std::vector<Addition> additions;
    for (int i = 0; i < count; ++i) additions.push_back({NewUuid(), 1, Product()});
    return additions;
  }

  void Fill(int count) {
    ASSERT_THAT(store_.AddItems(connection(), user_, NewProducts(count), Overflow::kCap), IsOk());
  }

  // Runs `body` on a few threads at once, each with its own connection and randomness.
  void Race(const std::function<void(db::Connection&, std::mt19937&)>& body) {
    const unsigned seed = std::random_device{}();
    std::cout << "seed " << seed << std::endl;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        std::mt19937 random(seed + static_cast<unsigned>(t));
        db::Connection db(AppUrl());
        body(db, random);
      });
    }
    for (auto& thread : threads) thread.join();
  }

  CartStore store_;
  const std::string user_ = NewUuid();
  const std::string chair_ = NewUuid();
  const std::string table_ = NewUuid();
};

TEST_F(CartStoreTest, ALineIsStoredWithWhatTheCatalogSaid) {
  CW_ASSERT_OK_AND_ASSIGN(const StoredCart cart, Add(chair_, 3));
  ASSERT_EQ(cart.lines.size(), 1u);
  EXPECT_EQ(cart.lines[0].product_id, chair_);
  EXPECT_EQ(cart.lines[0].quantity, 3);
  EXPECT_EQ(cart.lines[0].granted, 3);
  EXPECT_EQ(cart.lines[0].added_price, 500);
  EXPECT_EQ(cart.lines[0].last, Product());
  EXPECT_EQ(Cart().lines[0].last, Product());
  EXPECT_EQ(Cart().version, cart.version);
}

TEST_F(CartStoreTest, AUserWithoutACartHasAnEmptyOne) {
  EXPECT_EQ(Cart().version, 0);
  EXPECT_TRUE(Cart().lines.empty());
  EXPECT_EQ(store_.RemoveItem(connection(), user_, chair_)->version, 0);
  EXPECT_EQ(store_.ClearCart(connection(), user_)->version, 0);
  EXPECT_THAT(store_.UpdateItem(connection(), user_, chair_, 1),
              HasErrorReason("RESOURCE_NOT_FOUND"));
}

TEST_F(CartStoreTest, AddingAgainSumsAndKeepsTheFirstPrice) {
  ASSERT_THAT(Add(chair_, 40), IsOk());
  CW_ASSERT_OK_AND_ASSIGN(
      const StoredCart cart,
      store_.AddItems(connection(), user_, {{chair_, 59, Product(900)}}, Overflow::kRefuse));
  EXPECT_EQ(cart.lines[0].quantity, 99);
  EXPECT_EQ(cart.lines[0].granted, 59);
  EXPECT_EQ(cart.lines[0].added_price, 500);
}

TEST_F(CartStoreTest, BeyondNinetyNineAnAddIsRefusedAndAMergeCapped) {
  CW_ASSERT_OK_AND_ASSIGN(const StoredCart before, Add(chair_, 90));
  CW_ASSERT_OK_AND_ASSIGN(const StoredCart refused, Add(chair_, 10));
  EXPECT_EQ(refused.lines[0].quantity, 90);
  EXPECT_EQ(refused.lines[0].granted, 0);
  EXPECT_EQ(refused.version, before.version);
  CW_ASSERT_OK_AND_ASSIGN(const StoredCart capped, Add(chair_, 10, Overflow::kCap));
  EXPECT_EQ(capped.lines[0].quantity, 99);
  EXPECT_EQ(capped.lines[0].granted, 9);
  CW_ASSERT_OK_AND_ASSIGN(const StoredCart full, Add(chair_, 1, Overflow::kCap));
  EXPECT_EQ(full.version, capped.version);
  CW_ASSERT_OK_AND_ASSIGN(const StoredCart fresh, Add(table_, 9900, Overflow::kCap));
  EXPECT_EQ(fresh.lines[1].granted, 99);
}

TEST_F(CartStoreTest, AHundredAndFirstLineIsRefusedButLinesStillGrow) {
  Fill(99);
  ASSERT_THAT(Add(chair_, 1), IsOk());
  CW_ASSERT_OK_AND_ASSIGN(const StoredCart full, Add(table_, 1));
  EXPECT_EQ(full.lines.size(), 100u);
  EXPECT_EQ(FindLine(full, table_), nullptr);
  CW_ASSERT_OK_AND_ASSIGN(const StoredCart grown, Add(chair_, 5));
  EXPECT_EQ(FindLine(grown, chair_)->quantity, 6);
}

TEST_F(CartStoreTest, AMergeFillsWhatRoomThereIsInItsOrder) {
  Fill(97);
  ASSERT_THAT(Add(chair_, 98), IsOk());
  std::vector<Addition> additions = NewProducts(3);
  additions.insert(additions.begin(), {chair_, 5, Product()});
  CW_ASSERT_OK_AND_ASSIGN(const StoredCart cart,
                          store_.AddItems(connection(), user_, additions, Overflow::kCap));
  EXPECT_EQ(cart.lines.size(), 100u);
  EXPECT_EQ(FindLine(cart, chair_)->granted, 1);
  EXPECT_EQ(FindLine(cart, additions[1].product_id)->granted, 1);
  EXPECT_EQ(FindLine(cart, additions[2].product_id)->granted, 1);
  EXPECT_EQ(FindLine(cart, additions[3].product_id), nullptr);
}

TEST_F(CartStoreTest, LinesStayInTheOrderInWhichTheyWereAdded) {
  std::vector<std::string> order;
  for (int round = 0; round < 5; ++round) {
    // Ids of version 7 grow with time; named ones are in no order.
    std::vector<Addition> additions;
    for (int i = 0; i < 3; ++i) {
      order.push_back(NamedUuid(user_, std::to_string(round) + std::to_string(i)));
      additions.push_back({order.back(), 1, Product()});
    }
    ASSERT_THAT(store_.AddItems(connection(), user_, additions, Overflow::kCap), IsOk());
    ASSERT_THAT(store_.UpdateItem(connection(), user_, order.front(), round + 2), IsOk());
  }
  std::vector<std::string> shown;
  for (const StoredLine& line : Cart().lines) shown.push_back(line.product_id);
  EXPECT_EQ(shown, order);
}

TEST_F(CartStoreTest, UpdateSetsAndZeroRemoves) {
  ASSERT_THAT(Add(chair_, 3), IsOk());
  EXPECT_EQ(store_.UpdateItem(connection(), user_, chair_, 99)->lines[0].quantity, 99);
  EXPECT_TRUE(store_.UpdateItem(connection(), user_, chair_, 0)->lines.empty());
  EXPECT_THAT(store_.UpdateItem(connection(), user_, chair_, 0),
              HasErrorReason("RESOURCE_NOT_FOUND"));
}

// Goal: an order can forbid buying (user, version) twice. Method: every kind of change, there
// and back, and never the same version again; what changes no line keeps it.
TEST_F(CartStoreTest, AVersionNeverComesBack) {
  std::set<int64_t> versions = {Cart().version};
  const auto expect_new = [&](const char* what) {
    EXPECT_TRUE(versions.insert(Cart().version).second) << what;
  };
  const auto expect_same = [&](const char* what) {
    EXPECT_EQ(Cart().version, *versions.rbegin()) << what;
  };
  for (int round = 0; round < 2; ++round) {
    ASSERT_THAT(Add(chair_, 3), IsOk());
    expect_new("add");
    ASSERT_THAT(store_.UpdateItem(connection(), user_, chair_, 4), IsOk());
    expect_new("update");
    ASSERT_THAT(store_.UpdateItem(connection(), user_, chair_, 4), IsOk());
    expect_same("update to what it is");
    StoredCart cart = Cart();
    cart.lines[0].last.unit_price += 1 + round;
    ASSERT_THAT(store_.RefreshLines(connection(), user_, cart.lines), IsOk());
    EXPECT_EQ(Cart().lines[0].last.unit_price, 501 + round);
    expect_same("refresh");
    ASSERT_THAT(store_.RemoveItem(connection(), user_, table_), IsOk());
    expect_same("removal of what is not there");
    ASSERT_THAT(store_.RemoveItem(connection(), user_, chair_), IsOk());
    expect_new("remove");
    ASSERT_THAT(Add(chair_, 3), IsOk());
    expect_new("add again");
    ASSERT_THAT(TakeOrdered(NewUuid(), {{chair_, 1}}), IsOk());
    expect_new("ordered in part");
    ASSERT_THAT(store_.ClearCart(connection(), user_), IsOk());
    expect_new("clear");
    ASSERT_THAT(store_.ClearCart(connection(), user_), IsOk());
    expect_same("clear of an empty cart");
  }
}

TEST_F(CartStoreTest, CartsAreTheirUsersOwn) {
  ASSERT_THAT(Add(chair_, 3), IsOk());
  const std::string other = NewUuid();
  EXPECT_TRUE(store_.GetCart(connection(), other)->lines.empty());
  ASSERT_THAT(store_.ClearCart(connection(), other), IsOk());
  ASSERT_THAT(store_.RemoveOrderedItems(connection(), other, NewUuid(), {{chair_, 3}}), IsOk());
  EXPECT_EQ(Cart().lines.size(), 1u);
}

TEST_F(CartStoreTest, AnOrderTakesWhatItBoughtOnceAndNothingElse) {
  ASSERT_THAT(Add(chair_, 5), IsOk());
  ASSERT_THAT(Add(table_, 2), IsOk());
  const std::string order = NewUuid();
  const std::vector<std::pair<std::string, int>> bought = {
      {chair_, 2}, {table_, 2}, {NewUuid(), 1}};
  ASSERT_THAT(TakeOrdered(order, bought), IsOk());
  StoredCart cart = Cart();
  ASSERT_EQ(cart.lines.size(), 1u);
  EXPECT_EQ(cart.lines[0].product_id, chair_);
  EXPECT_EQ(cart.lines[0].quantity, 3);
  ASSERT_THAT(Add(table_, 1), IsOk());
  cart = Cart();
  ASSERT_THAT(TakeOrdered(order, bought), IsOk());
  EXPECT_EQ(Cart().version, cart.version) << "a replay changes nothing";
  EXPECT_EQ(Cart().lines.size(), 2u);
  ASSERT_THAT(TakeOrdered(NewUuid(), bought), IsOk());
  EXPECT_EQ(Cart().lines.size(), 1u) << "another order has its own effect";
  ASSERT_THAT(Add(table_, 5), IsOk());
  ASSERT_THAT(TakeOrdered(NewUuid(), {{table_, 2}, {table_, 1}}), IsOk());
  EXPECT_EQ(Cart().lines.back().quantity, 2) << "a product named twice is summed";
}

TEST_F(CartStoreTest, ARefreshStoresWhatTheCatalogSaysNow) {
  ASSERT_THAT(Add(chair_, 5), IsOk());
  StoredCart cart = Cart();
  cart.lines[0].last = {.name = "Stool", .image_url = "", .unit_price = 1, .active = false};
  ASSERT_THAT(store_.RefreshLines(connection(), user_, cart.lines), IsOk());
  EXPECT_EQ(Cart().lines[0].last, cart.lines[0].last);
  EXPECT_EQ(Cart().lines[0].added_price, 500);
}

// A read must not wait for a writer, nor fail it: the refresh leaves a locked cart alone.
TEST_F(CartStoreTest, ARefreshDoesNotWaitForAChangeThatIsUnderWay) {
  ASSERT_THAT(Add(chair_, 5), IsOk());
  StoredCart cart = Cart();
  cart.lines[0].last.unit_price = 999;
  db::Connection writer(AppUrl());
  ASSERT_THAT(writer.InTransaction([&](db::Connection& db) -> absl::Status {
    EXPECT_THAT(store_.UpdateItem(db, user_, chair_, 6), IsOk());
    return store_.RefreshLines(connection(), user_, cart.lines);
  }),
              IsOk());
  EXPECT_EQ(Cart().lines[0].last.unit_price, 500);
  EXPECT_EQ(Cart().lines[0].quantity, 6);
}

// The role that serves cannot change a cart but by the functions, and nobody can turn a version
// back or step over a limit.
TEST_F(CartStoreTest, TheSchemaGuardsItselfAgainstItsOwner) {
  Fill(100);
  ASSERT_THAT(TakeOrdered(NewUuid(), {{chair_, 1}}), IsOk());
  for (const char* sql :
       {"UPDATE cart SET version = version + 1", "DELETE FROM line", "UPDATE line SET quantity = 1",
        "DELETE FROM removed_order", "SELECT lock_cart('00000000-0000-4000-8000-000000000001')"}) {
    const auto status = connection().Script(sql);
    EXPECT_NE(status.message().find("permission denied"), std::string::npos) << sql;
  }
  for (const char* sql :
       {"UPDATE cart SET version = version - 1", "UPDATE cart SET version = version",
        "DELETE FROM cart", "TRUNCATE cart CASCADE", "TRUNCATE line", "DELETE FROM removed_order",
        "UPDATE line SET added_price = 1", "UPDATE line SET position = position + 1",
        "UPDATE line SET product_id = gen_random_uuid()"}) {
    EXPECT_FALSE(superuser().Script(sql).ok()) << sql;
  }
  const struct {
    const char* sql;
    const char* constraint;
  } checks[] = {
      {"UPDATE line SET quantity = 100", "line_quantity_bounded"},
      {"UPDATE line SET quantity = 0", "line_quantity_bounded"},
      {"UPDATE line SET unit_price = 1000000000001", "line_unit_price_bounded"},
      {"INSERT INTO line SELECT user_id, gen_random_uuid(), 1000, 1, 5, 'x', '', 5, 1, true"
       " FROM cart",
       "cart_line_count_bounded"},
      {"INSERT INTO line SELECT gen_random_uuid(), gen_random_uuid(), 1, 1, 5, 'x', '', 5, 1, true",
       "line_cart_fkey"},
  };
  for (const auto& check : checks) {
    EXPECT_THAT(superuser().Script(check.sql), ViolatesConstraint(check.constraint));
  }
}

TEST_F(CartStoreTest, ConcurrentFirstAddsLoseNothing) {
  Race([&](db::Connection& db, std::mt19937&) {
    for (int quantity : {2, 3, 4}) {
      EXPECT_THAT(store_.AddItems(db, user_, {{chair_, quantity, Product()}}, Overflow::kRefuse),
                  IsOk());
    }
  });
  EXPECT_EQ(Cart().lines.at(0).quantity, kThreads * (2 + 3 + 4));
}

// Goal: whatever order adds arrive in, what was granted is what is there, and no limit is
// passed. Method: threads add random pieces of a few products and of ever new ones.
TEST_F(CartStoreTest, RacingAddsGrantExactlyWhatFits) {
  const std::vector<std::string> products = {NewUuid(), NewUuid(), NewUuid(), NewUuid()};
  std::atomic<int> granted{0};
  Race([&](db::Connection& db, std::mt19937& random) {
    for (int i = 0; i < 50; ++i) {
      const bool known = random() % 2 == 0;
      const std::string id = known ? products[random() % products.size()] : NewUuid();
      const Overflow overflow = random() % 2 == 0 ? Overflow::kCap : Overflow::kRefuse;
      const int quantity = static_cast<int>(random() % 20) + 1;
      const auto cart = store_.AddItems(db, user_, {{id, quantity, Product()}}, overflow);
      ASSERT_THAT(cart, IsOk());
      EXPECT_LE(cart->lines.size(), 100u);
      const StoredLine* line = FindLine(*cart, id);
      if (line != nullptr) granted += line->granted;
    }
  });
  int there = 0;
  for (const StoredLine& line : Cart().lines) there += line.quantity;
  EXPECT_EQ(there, granted);
  EXPECT_EQ(Cart().lines.size(), 100u);
}

// Goal: any mixture of calls on one cart ends well: no deadlock, no error but "no such line",
// and counters that fit (the audit). Method: threads make random calls on few products.
TEST_F(CartStoreTest, RacingCallsOfAllKindsNeitherFailNorMiscount) {
  std::vector<std::string> products, orders;
  for (int i = 0; i < 20; ++i) orders.push_back(products.emplace_back(NewUuid()));
  products.resize(6);
  Race([&](db::Connection& db, std::mt19937& random) {
    for (int i = 0; i < 60; ++i) {
      const std::string& id = products[random() % products.size()];
      const std::string& other = products[random() % products.size()];
      const int pieces = static_cast<int>(random() % 5);
      switch (random() % 5) {
        case 0: {
          std::vector<Addition> additions = {{id, 3, Product()}};
          if (other != id) additions.push_back({other, 4, Product()});
          EXPECT_THAT(store_.AddItems(db, user_, additions, Overflow::kCap), IsOk());
          break;
        }
        case 1: {
          const auto updated = store_.UpdateItem(db, user_, id, pieces);
          EXPECT_TRUE(updated.ok() || absl::IsNotFound(updated.status())) << updated.status();
          break;
        }
        case 2: EXPECT_THAT(store_.RemoveItem(db, user_, id), IsOk()); break;
        case 3: {
          const std::string& order = orders[random() % orders.size()];
          EXPECT_THAT(store_.RemoveOrderedItems(db, user_, order, {{other, 1}, {id, 2}}), IsOk());
          break;
        }
        default: {
          auto cart = store_.GetCart(db, user_);
          ASSERT_THAT(cart, IsOk());
          for (StoredLine& line : cart->lines) line.last.unit_price = 1 + i;
          EXPECT_THAT(store_.RefreshLines(db, user_, cart->lines), IsOk());
        }
      }
    }
  });
}

}  // namespace
}  // namespace cartwright::cart
