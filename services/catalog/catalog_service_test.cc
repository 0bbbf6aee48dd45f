#include "services/catalog/catalog_service.h"

#include <set>

#include "gtest/gtest.h"
#include "services/catalog/shop_fixture_test.h"
#include "shared/testing/service_fixture.h"

namespace cartwright::catalog {
namespace {

using testing::HasErrorReason;
using testing::StatusIs;

class CatalogServiceTest : public ShopFixture {
 protected:
  CatalogServiceTest()
      : workers_({.url = AppUrl(), .threads = 2}),
        service_(products_, stock_, "EUR", std::string(32, 'k'), absl::InfiniteDuration()),
        server_(&workers_) {
    using S = CatalogService;
    server_.Serve(service_, &S::ListProducts, &S::GetProduct, &S::ListCategories,
                  &S::BatchGetProducts, &S::GetChangeCursor, &S::ReserveStock, &S::BatchCommitStock,
                  &S::ReleaseStock, &S::ReturnStock, &S::GetReservation);
    server_.Start();
  }

  absl::StatusOr<v1::ListProductsResponse> List(const v1::ListProductsRequest& request) {
    return server_.Call<v1::ListProductsResponse>(request);
  }

  v1::ReserveStockRequest Wish(const std::string& product, int quantity) {
    v1::ReserveStockRequest request;
    request.set_order_id(NewUuid());
    auto* line = request.add_lines();
    line->set_product_id(product);
    line->set_quantity(quantity);
    return request;
  }

  CatalogStore products_;
  StockStore stock_;
  db::Workers workers_;
  CatalogService service_;
  testing::ServiceFixture server_;
};

TEST_F(CatalogServiceTest, AProductIsShownWithPriceStockAndVersion) {
  v1::GetProductRequest get;
  get.set_id(Add({.name = "Oak chair", .price = 12900, .on_hand = 4}));
  CW_ASSERT_OK_AND_ASSIGN(const auto response, server_.Call<v1::GetProductResponse>(get));
  const v1::Product& product = response.product();
  EXPECT_EQ(product.id(), get.id());
  EXPECT_EQ(product.category(), "chairs");
  EXPECT_EQ(product.price().currency_code(), "EUR");
  EXPECT_EQ(product.price().minor_units(), 12900);
  EXPECT_EQ(product.available(), 4);
  EXPECT_GT(product.create_time().seconds(), 0);
  EXPECT_FALSE(product.etag().empty());
  Script("UPDATE product SET price = 1");
  EXPECT_NE(server_.Call<v1::GetProductResponse>(get)->product().etag(), product.etag());
}

TEST_F(CatalogServiceTest, WhatDoesNotExistIsNotFound) {
  v1::GetProductRequest get;
  for (const std::string& id : {NewUuid(), std::string("nonsense")}) {
    get.set_id(id);
    EXPECT_THAT(server_.Call<v1::GetProductResponse>(get), HasErrorReason("RESOURCE_NOT_FOUND"));
  }
}

TEST_F(CatalogServiceTest, AListIsPagedWithTotalAndFacetsOnEveryPage) {
  for (int i = 0; i < 5; ++i) Add({.category = i < 3 ? "chairs" : "tables"});
  v1::ListProductsRequest request;
  request.set_page_size(2);
  std::set<std::string> ids;
  int pages = 0;
  do {
    CW_ASSERT_OK_AND_ASSIGN(const auto page, List(request));
    ++pages;
    for (const auto& product : page.products()) ids.insert(product.id());
    EXPECT_EQ(page.total_size(), 5);
    ASSERT_EQ(page.facets_size(), 2);
    EXPECT_EQ(page.facets(0).category(), "chairs");
    EXPECT_EQ(page.facets(0).count(), 3);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(ids.size(), 5u);
  EXPECT_EQ(pages, 3);
}

TEST_F(CatalogServiceTest, TheTotalIsOfTheCategoryAndTheFacetsAreNot) {
  for (int i = 0; i < 5; ++i) Add({.category = i < 3 ? "chairs" : "tables"});
  v1::ListProductsRequest request;
  request.add_category("tables");
  CW_ASSERT_OK_AND_ASSIGN(const auto page, List(request));
  EXPECT_EQ(page.products_size(), 2);
  EXPECT_EQ(page.total_size(), 2);
  EXPECT_EQ(page.facets_size(), 2);
  EXPECT_EQ(page.next_page_token(), "");
}

TEST_F(CatalogServiceTest, ATokenBelongsToItsQuery) {
  for (int i = 0; i < 3; ++i) Add({});
  v1::ListProductsRequest request;
  request.set_page_size(1);
  request.set_page_token(List(request)->next_page_token());
  ASSERT_TRUE(List(request).ok());
  v1::ListProductsRequest other = request;
  other.set_order_by("price");
  EXPECT_THAT(List(other), HasErrorReason("PAGE_TOKEN_INVALID"));
  other = request;
  other.mutable_page_token()->back() ^= 1;
  EXPECT_THAT(List(other), HasErrorReason("PAGE_TOKEN_INVALID"));
  request.set_page_size(100);
  EXPECT_EQ(List(request)->products_size(), 2) << "the page's size is not part of the query";
}

TEST_F(CatalogServiceTest, TheLongestNameFitsATokenThatIsTaken) {
  std::string chairs;
  for (int i = 0; i < 160; ++i) chairs += "\xf0\x9f\xaa\x91";
  for (int i = 0; i < 2; ++i) Add({.name = chairs});
  v1::ListProductsRequest request;
  request.set_page_size(1);
  request.set_page_token(List(request)->next_page_token());
  CW_ASSERT_OK_AND_ASSIGN(const auto last, List(request));
  EXPECT_EQ(last.products_size(), 1);
  EXPECT_EQ(last.next_page_token(), "");
}

TEST_F(CatalogServiceTest, AMistypedSearchFindsAndPagesOn) {
  for (int i = 0; i < 5; ++i) Add({.name = "Oak chair " + std::to_string(i)});
  Add({.name = "Lamp"});
  for (const char* text : {"char", "chiar"}) {
    v1::ListProductsRequest request;
    request.set_query(text);
    request.set_page_size(2);
    std::set<std::string> names;
    do {
      CW_ASSERT_OK_AND_ASSIGN(const auto page, List(request));
      EXPECT_EQ(page.total_size(), 5);
      for (const auto& product : page.products()) names.insert(product.name());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(names.size(), 5u) << text;
    EXPECT_EQ(names.count("Lamp"), 0u);
  }
}

// A well-spelt word that only the category filter leaves without a product is not a mistake.
TEST_F(CatalogServiceTest, AnEmptyCategoryDoesNotMakeTheSearchForgiving) {
  Add({.name = "Oak chair", .category = "chairs"});
  Add({.name = "Chain table", .category = "tables"});
  v1::ListProductsRequest request;
  request.set_query("chair");
  request.add_category("tables");
  CW_ASSERT_OK_AND_ASSIGN(const auto page, List(request));
  EXPECT_EQ(page.products_size(), 0);
  EXPECT_EQ(page.total_size(), 0);
  EXPECT_EQ(page.facets(0).category(), "chairs");
}

TEST_F(CatalogServiceTest, BadQueriesNameWhatIsWrong) {
  v1::ListProductsRequest request;
  request.set_min_price(2);
  request.set_max_price(1);
  const auto answer = List(request);
  EXPECT_THAT(answer, HasErrorReason("INVALID_FIELD"));
  EXPECT_EQ(DetailsOf(answer.status()).violations.at(0).first, "minPrice");
  v1::ListProductsRequest order;
  order.set_order_by("size");
  EXPECT_THAT(List(order), HasErrorReason("INVALID_FIELD"));
}

TEST_F(CatalogServiceTest, CategoriesAreListed) {
  Add({.category = "tables"});
  CW_ASSERT_OK_AND_ASSIGN(const auto response,
                          server_.Call<v1::ListCategoriesResponse>(v1::ListCategoriesRequest()));
  ASSERT_EQ(response.categories_size(), 2);
  EXPECT_EQ(response.categories(0).id(), "chairs");
  EXPECT_EQ(response.categories(1).product_count(), 1);
}

TEST_F(CatalogServiceTest, ABatchLeavesOutWhatDoesNotExist) {
  v1::BatchGetProductsRequest request;
  const std::string id = Add({.description = "text"});
  request.add_ids(id);
  request.add_ids(NewUuid());
  CW_ASSERT_OK_AND_ASSIGN(const auto response,
                          server_.Call<v1::BatchGetProductsResponse>(request, "cart"));
  ASSERT_EQ(response.products_size(), 1);
  EXPECT_EQ(response.products(0).product().id(), id);
  EXPECT_EQ(response.products(0).product().description(), "");
  EXPECT_TRUE(response.products(0).active());
  request.clear_ids();
  EXPECT_EQ(server_.Call<v1::BatchGetProductsResponse>(request, "cart")->products_size(), 0);
}

TEST_F(CatalogServiceTest, OnlyTheOrderServiceMovesStock) {
  const auto wish = Wish(Add({}), 1);
  EXPECT_THAT(server_.Call<v1::ReserveStockResponse>(wish, "gateway"),
              HasErrorReason("CALLER_NOT_ALLOWED"));
  EXPECT_THAT(server_.Call<v1::ReserveStockResponse>(wish, ""),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(server_.Call<v1::ReserveStockResponse>(wish, "order")->state(), v1::RESERVED);
  v1::BatchCommitStockRequest commit;
  commit.add_order_ids(wish.order_id());
  v1::ReleaseStockRequest release;
  release.set_order_id(wish.order_id());
  v1::ReturnStockRequest back;
  back.set_order_id(wish.order_id());
  v1::GetReservationRequest look;
  look.set_order_id(wish.order_id());
  for (const char* caller : {"gateway", "wallet", "cart", "identity", "catalog"}) {
    const auto refused = StatusIs(absl::StatusCode::kPermissionDenied);
    EXPECT_THAT(server_.Call<v1::BatchCommitStockResponse>(commit, caller), refused);
    EXPECT_THAT(server_.Call<v1::ReleaseStockResponse>(release, caller), refused);
    EXPECT_THAT(server_.Call<v1::ReturnStockResponse>(back, caller), refused);
    EXPECT_THAT(server_.Call<v1::GetReservationResponse>(look, caller), refused);
  }
  EXPECT_EQ(server_.Call<v1::GetReservationResponse>(look, "order")->state(), v1::RESERVED);
}

TEST_F(CatalogServiceTest, StockIsReservedCommittedReturnedAndReleased) {
  const std::string chair = Add({.on_hand = 5});
  const auto bought = Wish(chair, 2), left = Wish(chair, 3), late = Wish(chair, 1);
  EXPECT_EQ(server_.Call<v1::ReserveStockResponse>(bought, "order")->state(), v1::RESERVED);
  EXPECT_EQ(server_.Call<v1::ReserveStockResponse>(left, "order")->state(), v1::RESERVED);
  CW_ASSERT_OK_AND_ASSIGN(const auto refused,
                          server_.Call<v1::ReserveStockResponse>(late, "order"));
  EXPECT_EQ(refused.state(), v1::REFUSED);
  ASSERT_EQ(refused.shortages_size(), 1);
  EXPECT_EQ(refused.shortages(0).available(), 0);
  v1::BatchCommitStockRequest commit;
  commit.add_order_ids(bought.order_id());
  CW_ASSERT_OK_AND_ASSIGN(const auto committed,
                          server_.Call<v1::BatchCommitStockResponse>(commit, "order"));
  ASSERT_EQ(committed.results_size(), 1);
  EXPECT_EQ(committed.results(0).order_id(), bought.order_id());
  EXPECT_EQ(committed.results(0).state(), v1::COMMITTED);
  v1::ReleaseStockRequest release;
  release.set_order_id(left.order_id());
  EXPECT_EQ(server_.Call<v1::ReleaseStockResponse>(release, "order")->state(), v1::RELEASED);
  v1::GetProductRequest get;
  get.set_id(chair);
  EXPECT_EQ(server_.Call<v1::GetProductResponse>(get)->product().available(), 3);
  v1::ReturnStockRequest back;
  back.set_order_id(bought.order_id());
  EXPECT_EQ(server_.Call<v1::ReturnStockResponse>(back, "order")->state(), v1::RETURNED);
  EXPECT_EQ(server_.Call<v1::GetProductResponse>(get)->product().available(), 5);
}

TEST_F(CatalogServiceTest, NothingIsNamedTwice) {
  auto wish = Wish(Add({}), 1);
  *wish.add_lines() = wish.lines(0);
  EXPECT_THAT(server_.Call<v1::ReserveStockResponse>(wish, "order"),
              HasErrorReason("INVALID_FIELD"));
  v1::BatchCommitStockRequest commit;
  for (int i = 0; i < 2; ++i) commit.add_order_ids(wish.order_id());
  EXPECT_THAT(server_.Call<v1::BatchCommitStockResponse>(commit, "order"),
              HasErrorReason("INVALID_FIELD"));
}

}  // namespace
}  // namespace cartwright::catalog
