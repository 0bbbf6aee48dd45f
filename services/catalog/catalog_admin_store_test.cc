#include "services/catalog/catalog_admin_store.h"

#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/catalog/catalog_store.h"
#include "services/catalog/stock_fixture_test.h"

namespace cartwright::catalog {
namespace {

using ::testing::ElementsAre;
using testing::HasErrorReason;
using testing::IsOk;

// The commands against the real schema, beside checkouts of the same products.
class CatalogAdminStoreTest : public StockFixture {
 protected:
  v1::AdjustStockRequest Adjustment(const std::string& id, int64_t delta,
                                    const std::string& key = NewUuid()) {
    v1::AdjustStockRequest request;
    request.set_operator_(ada_);
    request.set_idempotency_key(key);
    request.set_id(id);
    request.set_delta(delta);
    request.set_reason("counted again");
    return request;
  }
  absl::StatusOr<CatalogAdminStore::Done> Adjust(const v1::AdjustStockRequest& request) {
    return admin_.AdjustStock(connection(), request, std::to_string(request.delta()));
  }
  std::vector<std::string> NamesOf(v1::ProductFilter filter, const std::string& query = "") {
    v1::ListProductRecordsRequest request;
    request.set_filter(filter);
    request.set_query(query);
    const auto records =
        admin_.ListProductRecords(connection(), request, std::nullopt, 100).value();
    std::vector<std::string> names;
    for (const auto& record : records) names.push_back(record.product.name);
    return names;
  }
  void Archive(const std::string& id) {
    ASSERT_THAT(admin_.SetProductActive(connection(), id, false, ada_), IsOk());
  }

  CatalogAdminStore admin_;
  const std::string ada_ = NewUuid();
};

TEST_F(CatalogAdminStoreTest, AListHasArchivedProductsToo) {
  Add({.name = "Beech chair"});
  Archive(Add({.name = "Ash chair"}));
  Add({.name = "Cork stool"});
  EXPECT_THAT(NamesOf(v1::ANY), ElementsAre("Ash chair", "Beech chair", "Cork stool"));
  EXPECT_THAT(NamesOf(v1::ACTIVE), ElementsAre("Beech chair", "Cork stool"));
  EXPECT_THAT(NamesOf(v1::ARCHIVED), ElementsAre("Ash chair"));
}

TEST_F(CatalogAdminStoreTest, ASearchIsForAPartOfTheNameOrTheId) {
  const std::string ash = Add({.name = "Ash chair"});
  Add({.name = "Beech chair 100% solid"});
  Archive(ash);
  EXPECT_THAT(NamesOf(v1::ANY, " CHAIR "), ElementsAre("Ash chair", "Beech chair 100% solid"));
  EXPECT_THAT(NamesOf(v1::ACTIVE, "chair"), ElementsAre("Beech chair 100% solid"));
  EXPECT_THAT(NamesOf(v1::ARCHIVED, "chair"), ElementsAre("Ash chair"));
  EXPECT_THAT(NamesOf(v1::ANY, "100%"), ElementsAre("Beech chair 100% solid"));
  EXPECT_THAT(NamesOf(v1::ANY, "h_c"), ElementsAre()) << "a wildcard of SQL is a letter here";
  EXPECT_THAT(NamesOf(v1::ANY, ash), ElementsAre("Ash chair"));
  EXPECT_THAT(NamesOf(v1::ARCHIVED, ash), ElementsAre("Ash chair"));
  EXPECT_THAT(NamesOf(v1::ACTIVE, ash), ElementsAre());
  EXPECT_THAT(NamesOf(v1::ANY, NewUuid()), ElementsAre());
}

TEST_F(CatalogAdminStoreTest, StockIsNeverTakenFromOpenOrders) {
  const std::string chair = Add({.on_hand = 10});
  Reserve(order_, {{chair, 4}});
  const auto refused = Adjust(Adjustment(chair, -7));
  EXPECT_THAT(refused, HasErrorReason("STOCK_RESERVED"));
  EXPECT_EQ(DetailsOf(refused.status()).metadata.at("reserved"), "4");
  EXPECT_EQ(DetailsOf(refused.status()).metadata.at("onHand"), "10");
  EXPECT_EQ(Stock(chair), "10/4");
  EXPECT_THAT(Adjust(Adjustment(chair, -6)), IsOk());
  EXPECT_EQ(Stock(chair), "4/4");
  EXPECT_THAT(Adjust(Adjustment(chair, -1)), HasErrorReason("STOCK_RESERVED"));
  EXPECT_EQ(Ask("SELECT count(*) FROM admin_command"), "1");
}

TEST_F(CatalogAdminStoreTest, AKeyCorrectsTheStockOnce) {
  const std::string chair = Add({.on_hand = 10}), table = Add({.on_hand = 10});
  EXPECT_FALSE(Adjust(Adjustment(chair, 5, "k"))->replayed);
  EXPECT_TRUE(Adjust(Adjustment(chair, 5, "k"))->replayed);
  EXPECT_THAT(Adjust(Adjustment(chair, 6, "k")), HasErrorReason("IDEMPOTENCY_KEY_REUSED"));
  EXPECT_EQ(Stock(chair), "15/0");
  auto of_another = Adjustment(chair, 5, "k");
  of_another.set_operator_(NewUuid());
  EXPECT_FALSE(Adjust(of_another)->replayed) << "a key is one administrator's";
  EXPECT_EQ(Stock(chair), "20/0");
  EXPECT_THAT(Adjust(Adjustment(NewUuid(), 1)), HasErrorReason("RESOURCE_NOT_FOUND"));
  const auto history = admin_.ListAdjustments(connection(), chair).value();
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[1].delta(), 5);
  EXPECT_EQ(history[1].reason(), "counted again");
  EXPECT_EQ(history[1].operator_(), ada_);
  EXPECT_EQ(Stock(table), "10/0");
}

TEST_F(CatalogAdminStoreTest, AProductWithoutStockGetsSome) {
  const std::string id = NewUuid();
  Script(
      "INSERT INTO product (product_id, name, category_id, price, description, image_url)"
      " VALUES ('" +
      id + "', 'Oak chair', 'chairs', 100, '', '/media/p.svg')");
  EXPECT_THAT(Adjust(Adjustment(id, 3)), IsOk());
  EXPECT_EQ(Stock(id), "3/0");
}

// Goal: with corrections and reservations at once, no order loses what it has reserved, and one key
// has one effect. The audit of the fixture looks at the sums.
TEST_F(CatalogAdminStoreTest, CorrectionsAndOrdersAtOnceLeaveTheStockWhole) {
  const std::string chair = Add({.on_hand = 20});
  std::atomic<int> reserved{0}, corrected{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      db::Connection db(AppUrl());
      for (int i = 0; i < 30; ++i) {
        if (t % 2 == 0) {
          const auto reply = TryReserve(db, NewUuid(), {{chair, 1}});
          ASSERT_THAT(reply, IsOk());
          if (reply->state() == v1::RESERVED) ++reserved;
          continue;
        }
        const auto done = admin_.AdjustStock(db, Adjustment(chair, -1, std::to_string(i)), "-1");
        if (done.ok() && !done->replayed) ++corrected;
        if (!done.ok()) {
          EXPECT_THAT(done, HasErrorReason("STOCK_RESERVED"));
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(reserved + corrected, 20);
  EXPECT_EQ(Stock(chair), std::to_string(reserved) + "/" + std::to_string(reserved));
}

TEST_F(CatalogAdminStoreTest, WhoeverChangesAProductTheHistorySaysSo) {
  const std::string chair = Add({.name = "Oak chair", .price = 1000});
  Script("UPDATE product SET price = 1200, name = 'Ash chair'");
  Script("UPDATE product SET name = name");
  Archive(chair);
  EXPECT_EQ(Ask("SELECT string_agg(kind || ' ' || price || ' ' || before::text, '; ' ORDER BY "
                "product_change_id) FROM product_change"),
            R"(CREATE 1000 {}; UPDATE 1200 {"name": "Oak chair", "price": 1000}; )"
            R"(ARCHIVE 1200 {"active": true})");
  const auto changes = admin_.ListChanges(connection(), chair).value();
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].operator_(), ada_);
  EXPECT_EQ(changes[1].operator_(), "");
  EXPECT_THAT(changes[1].fields(), ElementsAre("name", "price"));
  EXPECT_EQ(changes[1].price().minor_units(), 1200);
}

TEST_F(CatalogAdminStoreTest, HistoryStaysAndTheServiceCannotWriteIt) {
  const std::string chair = Add({.on_hand = 5});
  ASSERT_THAT(Adjust(Adjustment(chair, 1)), IsOk());
  for (const char* sql : {"UPDATE product_change SET price = 1", "DELETE FROM product_change",
                          "TRUNCATE product_change", "UPDATE admin_command SET reason = 'x'",
                          "DELETE FROM admin_command", "TRUNCATE admin_command"}) {
    EXPECT_FALSE(superuser().Script(sql).ok()) << sql;
    EXPECT_FALSE(connection().Script(sql).ok()) << sql;
  }
  for (const char* sql :
       {"INSERT INTO product_change DEFAULT VALUES", "INSERT INTO admin_command DEFAULT VALUES",
        "SELECT record_new_products()",
        "INSERT INTO stock_journal (product_id, delta, kind)"
        " SELECT product_id, 1, 'ADJUST' FROM stock"}) {
    EXPECT_FALSE(connection().Script(sql).ok()) << sql;
  }
}

// Of a correction, the shop's pages are told however much is left.
TEST_F(CatalogAdminStoreTest, ACorrectionMovesTheChangeCursor) {
  CatalogStore products;
  const std::string chair = Add({.on_hand = 500});
  const int64_t before = products.GetChangeCursor(connection()).value();
  ASSERT_THAT(Adjust(Adjustment(chair, 100)), IsOk());
  EXPECT_EQ(products.GetChangeCursor(connection()).value(), before + 1);
  EXPECT_FALSE(Adjust(Adjustment(chair, -10'000)).ok());
  EXPECT_EQ(products.GetChangeCursor(connection()).value(), before + 1);
}

}  // namespace
}  // namespace cartwright::catalog
