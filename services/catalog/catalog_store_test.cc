#include "services/catalog/catalog_store.h"

#include <algorithm>
#include <functional>
#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/catalog/shop_fixture_test.h"

namespace cartwright::catalog {
namespace {

using ::testing::ElementsAre;
using testing::HasErrorReason;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::UnorderedElementsAre;
using testing::ViolatesConstraint;

class CatalogStoreTest : public ShopFixture {
 protected:
  CatalogStore::Page Find(const ProductQuery& query, Spelling spelling = Spelling::kExact,
                          int limit = 100) {
    return store_.ListProducts(connection(), query, {spelling}, limit, true).value();
  }

  std::vector<std::string> Names(const ProductQuery& query, Spelling spelling = Spelling::kExact) {
    std::vector<std::string> names;
    for (const auto& product : Find(query, spelling).products) names.push_back(product.name);
    return names;
  }

  // Ids of all pages of `page_size`; `between` runs after each page.
  std::vector<std::string> Walk(
      const ProductQuery& query, int page_size, Spelling spelling = Spelling::kExact,
      const std::function<void()>& between = [] {}) {
    std::vector<std::string> ids;
    ProductPosition after = {spelling};
    while (true) {
      const auto page = store_.ListProducts(connection(), query, after, page_size, false);
      EXPECT_THAT(page, IsOk());
      if (!page.ok() || page->products.empty()) return ids;
      for (const auto& product : page->products) ids.push_back(product.product_id);
      after = {spelling, page->products.back().product_id, page->products.back().sort_key};
      between();
    }
  }

  CatalogStore store_;
};

constexpr ProductOrder kOrders[] = {ProductOrder::kName, ProductOrder::kPrice,
                                    ProductOrder::kPriceDescending, ProductOrder::kNewest,
                                    ProductOrder::kRelevance};

TEST_F(CatalogStoreTest, AProductIsReadWhole) {
  const std::string id = Add(
      {.name = "Oak chair", .price = 12900, .on_hand = 4, .description = "A chair of solid oak."});
  CW_ASSERT_OK_AND_ASSIGN(const auto product, store_.GetProduct(connection(), id));
  EXPECT_EQ(product.product_id, id);
  EXPECT_EQ(product.name, "Oak chair");
  EXPECT_EQ(product.description, "A chair of solid oak.");
  EXPECT_EQ(product.category_id, "chairs");
  EXPECT_EQ(product.price, 12900);
  EXPECT_EQ(product.image_url, "/media/p.svg");
  EXPECT_EQ(product.available, 4);
  EXPECT_GT(product.create_time_us, 0);
}

TEST_F(CatalogStoreTest, AvailableIsWhatIsNotReserved) {
  const std::string id = Add({.on_hand = 4});
  Script("SELECT reserve_stock('" + NewUuid() + "', ARRAY['" + id +
         "']::uuid[], ARRAY[3], 'f', '1 day')");
  EXPECT_EQ(store_.GetProduct(connection(), id)->available, 1);
  EXPECT_EQ(store_.BatchGetProducts(connection(), {id})->at(0).available, 1);
  EXPECT_EQ(Find({}).products.at(0).available, 1);
}

TEST_F(CatalogStoreTest, AnArchivedProductIsKnownToOrdersOnly) {
  const std::string id = Add({.name = "Gone chair", .description = "text"});
  Script("UPDATE product SET active = false");
  EXPECT_THAT(store_.GetProduct(connection(), id), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(store_.GetProduct(connection(), NewUuid()), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(Find({}).products, IsEmpty());
  EXPECT_THAT(*Find({}).facets, IsEmpty());
  EXPECT_THAT(Find({.text = "gone", .order = ProductOrder::kRelevance}).products, IsEmpty());
  CW_ASSERT_OK_AND_ASSIGN(const auto batch, store_.BatchGetProducts(connection(), {NewUuid(), id}));
  ASSERT_EQ(batch.size(), 1u);
  EXPECT_FALSE(batch[0].active);
  EXPECT_EQ(batch[0].description, "");
  EXPECT_EQ(store_.ListCategories(connection())->at(0).product_count, 0);
}

TEST_F(CatalogStoreTest, CategoriesStandInTheShopsOrderWithTheirCounts) {
  Add({.category = "tables"});
  Add({.category = "tables"});
  CW_ASSERT_OK_AND_ASSIGN(const auto categories, store_.ListCategories(connection()));
  ASSERT_EQ(categories.size(), 2u);
  EXPECT_EQ(categories[0].category_id, "chairs");
  EXPECT_EQ(categories[0].product_count, 0);
  EXPECT_EQ(categories[1].name, "Tables");
  EXPECT_EQ(categories[1].product_count, 2);
}

TEST_F(CatalogStoreTest, EachOrderSorts) {
  Add({.name = "b", .price = 300});
  Add({.name = "c", .price = 100});
  Add({.name = "a", .price = 200});
  EXPECT_THAT(Names({.order = ProductOrder::kName}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Names({.order = ProductOrder::kPrice}), ElementsAre("c", "a", "b"));
  EXPECT_THAT(Names({.order = ProductOrder::kPriceDescending}), ElementsAre("b", "a", "c"));
  EXPECT_THAT(Names({.order = ProductOrder::kNewest}), ElementsAre("a", "c", "b"));
}

TEST_F(CatalogStoreTest, ANameWeighsMoreThanADescription) {
  Add({.name = "Bench", .description = "Goes with every chair."});
  Add({.name = "Oak chair", .description = "For the kitchen."});
  Add({.name = "Lamp", .description = "Light."});
  EXPECT_THAT(Names({.text = "chairs", .order = ProductOrder::kRelevance}),
              ElementsAre("Oak chair", "Bench"));
  EXPECT_THAT(Names({.text = "oak chair", .order = ProductOrder::kName}), ElementsAre("Oak chair"));
  EXPECT_THAT(Names({.text = "chair -oak", .order = ProductOrder::kName}), ElementsAre("Bench"));
}

TEST_F(CatalogStoreTest, AMistypedWordFindsWhatIsMeant) {
  Add({.name = "Oak chair"});
  Add({.name = "China cup", .description = "A chair stands beside it."});
  Add({.name = "Steel lamp"});
  for (const char* text : {"char", "chiar", "chairr", "chaur", "oak chiar", "CHIAR"}) {
    const ProductQuery query{.text = text, .order = ProductOrder::kRelevance};
    EXPECT_THAT(Names(query), IsEmpty()) << text;
    EXPECT_EQ(Names(query, Spelling::kForgiving).at(0), "Oak chair") << text;
  }
  const ProductQuery nonsense{.text = "xqzzv", .order = ProductOrder::kRelevance};
  EXPECT_THAT(Names(nonsense, Spelling::kForgiving), IsEmpty());
  // Two slips, in a word too long for one: trigrams.
  Add({.name = "Upholstered stool"});
  EXPECT_THAT(
      Names({.text = "upholstred stol", .order = ProductOrder::kRelevance}, Spelling::kForgiving),
      ElementsAre("Upholstered stool"));
}

TEST_F(CatalogStoreTest, WhateverIsTypedIsAQuery) {
  Add({.name = "Oak chair"});
  for (const char* text : {"'", "\\", "a & | b", "\"", "(((", "!", "<->", "%", "the",
                           "\xf0\x9f\xaa\x91", "$1", ":*"}) {
    for (const Spelling spelling : {Spelling::kExact, Spelling::kForgiving}) {
      EXPECT_THAT(store_.ListProducts(connection(), {.text = text}, {spelling}, 5, true), IsOk())
          << text;
    }
  }
}

TEST_F(CatalogStoreTest, FiltersNarrowAndFacetsIgnoreTheCategory) {
  Add({.name = "Oak chair", .category = "chairs", .price = 100});
  Add({.name = "Oak table", .category = "tables", .price = 200});
  Add({.name = "Oak stool", .category = "chairs", .price = 300, .on_hand = 0});
  for (const char* text : {"", "oak"}) {
    const auto with = [&](ProductQuery query) {
      query.text = text;
      return query;
    };
    EXPECT_THAT(Names(with({.categories = {"chairs"}})), ElementsAre("Oak chair", "Oak stool"));
    EXPECT_THAT(Names(with({.categories = {"chairs", "tables"}})),
                ElementsAre("Oak chair", "Oak stool", "Oak table"));
    EXPECT_THAT(Names(with({.categories = {"none"}})), IsEmpty());
    EXPECT_EQ(Find(with({.categories = {"none"}})).facets,
              (FacetCounts{{"chairs", 2}, {"tables", 1}}));
    EXPECT_THAT(Names(with({.min_price = 200, .max_price = 300})),
                ElementsAre("Oak stool", "Oak table"));
    EXPECT_EQ(Find(with({.min_price = 200})).facets, (FacetCounts{{"chairs", 1}, {"tables", 1}}));
    EXPECT_THAT(Names(with({.in_stock = true})), ElementsAre("Oak chair", "Oak table"));
    EXPECT_EQ(Find(with({.categories = {"tables"}, .in_stock = true})).facets,
              (FacetCounts{{"chairs", 1}, {"tables", 1}}));
    EXPECT_THAT(Names(with({.categories = {"chairs"}, .min_price = 101, .in_stock = true})),
                IsEmpty());
  }
}

TEST_F(CatalogStoreTest, FacetsAreCountedOnlyWhenAskedFor) {
  Add({});
  const auto page = store_.ListProducts(connection(), {}, {}, 5, false);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->facets, std::nullopt);
  EXPECT_EQ(page->products.size(), 1u);
}

// Every combination of order, words and filters pages through all its products, each once,
// although names and prices repeat.
TEST_F(CatalogStoreTest, EveryShapeOfQueryPagesWithoutGapsOrRepeats) {
  for (int i = 0; i < 24; ++i) {
    Add({.name = i % 3 == 0 ? "Oak chair" : "Oak chair " + std::to_string(i % 4),
         .category = i % 2 == 0 ? "chairs" : "tables",
         .price = 100 + i % 5});
  }
  Script("UPDATE product SET create_time = '2026-01-01' WHERE price < 103");
  for (const ProductOrder order : kOrders) {
    for (int shape = 0; shape < 32; ++shape) {
      const bool words = shape & 1 || order == ProductOrder::kRelevance;
      const bool exact = !words || shape & 2;
      const Spelling spelling = exact ? Spelling::kExact : Spelling::kForgiving;
      ProductQuery query{.text = !words  ? ""
                                 : exact ? "chairs"
                                         : "chiar",
                         .in_stock = (shape & 4) != 0,
                         .order = order};
      if (shape & 8) query.max_price = 1000;
      if (shape & 16) query.categories = {"chairs", "tables"};
      const auto ids = Walk(query, 5, spelling);
      EXPECT_EQ(ids.size(), 24u) << "order " << static_cast<int>(order) << " shape " << shape;
      EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 24u);
      std::vector<std::string> at_once;
      for (const auto& p : Find(query, spelling).products) at_once.push_back(p.product_id);
      EXPECT_EQ(ids, at_once) << "order " << static_cast<int>(order) << " shape " << shape;
    }
  }
}

TEST_F(CatalogStoreTest, WhileProductsAreAddedNoneIsSkippedOrRepeated) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto add = [&] {
    return Add({.name = "Chair " + std::to_string(random() % 5),
                .price = static_cast<int64_t>(1 + random() % 5)});
  };
  std::set<std::string> before;
  for (int i = 0; i < 30; ++i) before.insert(add());
  for (const ProductOrder order : {ProductOrder::kName, ProductOrder::kPrice,
                                   ProductOrder::kPriceDescending, ProductOrder::kNewest}) {
    int more = 20;
    const auto ids = Walk({.order = order}, 4, Spelling::kExact, [&] {
      if (more-- > 0) add();
    });
    const std::set<std::string> seen(ids.begin(), ids.end());
    EXPECT_EQ(seen.size(), ids.size());
    EXPECT_TRUE(std::includes(seen.begin(), seen.end(), before.begin(), before.end()));
  }
}

TEST_F(CatalogStoreTest, ALongNameStillPages) {
  for (int i = 0; i < 3; ++i) Add({.name = std::string(200, 'n')});
  EXPECT_EQ(Walk({}, 1).size(), 3u);
}

TEST_F(CatalogStoreTest, TheVersionChangesWithWhatTheShopSays) {
  const std::string id = Add({});
  const auto version = [&] { return store_.GetProduct(connection(), id)->update_time_us; };
  int64_t last = version();
  for (const char* change : {"name = 'Sofa'", "description = 'Other'", "price = 7",
                             "image_url = '/o'", "category_id = 'tables'"}) {
    Script(std::string("UPDATE product SET ") + change);
    EXPECT_GT(version(), last) << change;
    last = version();
    Script(std::string("UPDATE product SET ") + change);
    EXPECT_EQ(version(), last) << "nothing changed";
  }
  EXPECT_THAT(Names({.text = "sofas"}), ElementsAre("Sofa")) << "the search follows";
}

TEST_F(CatalogStoreTest, TheSchemaRefusesWhatCannotBeSold) {
  Add({});
  const struct {
    const char* change;
    const char* constraint;
  } cases[] = {
      {"price = 0", "product_price_bounded"},
      {"price = 1000000001", "product_price_bounded"},
      {"name = ''", "product_name_length"},
      {"name = repeat('n', 201)", "product_name_length"},
      {"name = repeat('\xf0\x9f\xaa\x91', 161)", "product_name_fits_page_token"},
      {"description = repeat('d', 4001)", "product_description_length"},
      {"category_id = 'none'", "product_category_fkey"},
  };
  for (const auto& test : cases) {
    EXPECT_THAT(superuser().Script(std::string("UPDATE product SET ") + test.change),
                ViolatesConstraint(test.constraint));
  }
}

}  // namespace
}  // namespace cartwright::catalog
