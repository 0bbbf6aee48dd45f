#pragma once

#include <string>

#include "gtest/gtest.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::catalog {

// A catalog with the categories "chairs" and "tables" and what a test adds. After every test the
// invariants of the stock must hold.
class ShopFixture : public testing::PostgresFixture {
 protected:
  ShopFixture() : PostgresFixture("catalog", "catalog") {
    Script(
        "INSERT INTO category (category_id, name, position)"
        " VALUES ('tables', 'Tables', 2), ('chairs', 'Chairs', 1)");
  }
  ~ShopFixture() override { EXPECT_EQ(AuditFindings(), ""); }

  struct NewProduct {
    std::string name = "Oak chair";
    std::string category = "chairs";
    int64_t price = 1000;
    int64_t on_hand = 10;
    std::string description = "";
  };

  // Adds a product with its stock; its id.
  std::string Add(const NewProduct& product) {
    static constexpr db::Statement kAdd = {"test.add", R"sql(
      WITH p AS (INSERT INTO product (product_id, name, category_id, price, description, image_url)
                 VALUES ($1, $2, $3, $4, $6, '/media/p.svg'))
      INSERT INTO stock (product_id, on_hand) VALUES ($1, $5))sql"};
    static constexpr db::Statement kJournal = {
        "test.journal",
        "INSERT INTO stock_journal (product_id, delta, kind)"
        " SELECT $1, $2::bigint, 'INITIAL' WHERE $2::bigint > 0"};
    const std::string id = NewUuid();
    EXPECT_THAT(superuser().Execute(kAdd, {id, product.name, product.category, product.price,
                                           product.on_hand, product.description}),
                testing::IsOk());
    EXPECT_THAT(superuser().Execute(kJournal, {id, product.on_hand}), testing::IsOk());
    return id;
  }

  void Script(const std::string& sql) { ASSERT_THAT(superuser().Script(sql), testing::IsOk()); }

  // The first column of the first row.
  std::string Ask(const std::string& sql) {
    // Not the text itself: Postgres cuts names at 63 bytes.
    const std::string name = "test.ask" + std::to_string(asked_++);
    auto rows = superuser().Execute({name.c_str(), sql.c_str()});
    EXPECT_THAT(rows, testing::IsOk());
    return rows.ok() && !rows->empty() ? (*rows)[0][0].c_str() : "";
  }

 private:
  int asked_ = 0;
};

}  // namespace cartwright::catalog
