#include "services/cart/cart_service.h"

#include <map>

#include "gtest/gtest.h"
#include "services/cart/fake_catalog.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/service_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::cart {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;

class CartServiceTest : public testing::PostgresFixture {
 protected:
  CartServiceTest()
      : PostgresFixture("cart", "cart"),
        workers_({.url = AppUrl(), .threads = 2}),
        catalog_server_(catalog_),
        service_(workers_, store_, catalog_server_.client(), "EUR"),
        server_(&workers_) {
    using S = CartService;
    server_.Serve(service_, &S::GetCart, &S::AddItem, &S::UpdateItem, &S::RemoveItem, &S::ClearCart,
                  &S::MergeCart, &S::RemoveOrderedItems);
    server_.Start();
    catalog_.Put(chair_, 500);
    catalog_.Put(table_, 9900);
  }

  absl::StatusOr<v1::Cart> Get(const std::string& peer = "gateway") {
    v1::GetCartRequest request;
    request.set_user_id(user_);
    return CartOf(server_.Call<v1::GetCartResponse>(request, peer));
  }

  absl::StatusOr<v1::Cart> Add(const std::string& product_id, int quantity) {
    v1::AddItemRequest request;
    request.set_user_id(user_);
    request.set_product_id(product_id);
    request.set_quantity(quantity);
    return CartOf(server_.Call<v1::AddItemResponse>(request));
  }

  absl::StatusOr<v1::Cart> Update(const std::string& product_id, int quantity) {
    v1::UpdateItemRequest request;
    request.set_user_id(user_);
    request.set_product_id(product_id);
    request.set_quantity(quantity);
    return CartOf(server_.Call<v1::UpdateItemResponse>(request));
  }

  absl::StatusOr<v1::MergeCartResponse> Merge(
      const std::vector<std::pair<std::string, int>>& items) {
    v1::MergeCartRequest request;
    request.set_user_id(user_);
    for (const auto& [id, quantity] : items) {
      auto* item = request.add_items();
      item->set_product_id(id);
      item->set_quantity(quantity);
    }
    return server_.Call<v1::MergeCartResponse>(request);
  }

  absl::Status Fill(int count) {
    std::vector<std::pair<std::string, int>> items;
    for (int i = 0; i < count; ++i) {
      items.emplace_back(NewUuid(), 1);
      catalog_.Put(items.back().first, 100);
    }
    return Merge(items).status();
  }

  template <typename Response>
  static absl::StatusOr<v1::Cart> CartOf(absl::StatusOr<Response> response) {
    if (!response.ok()) return response.status();
    return response->cart();
  }

  CartStore store_;
  db::Workers workers_;
  FakeCatalog catalog_;
  CatalogServer catalog_server_;
  CartService service_;
  testing::ServiceFixture server_;
  const std::string user_ = NewUuid();
  const std::string chair_ = NewUuid();
  const std::string table_ = NewUuid();
};

TEST_F(CartServiceTest, AnEmptyCartAsksNobody) {
  CW_ASSERT_OK_AND_ASSIGN(const v1::Cart cart, Get());
  EXPECT_EQ(cart.items_size(), 0);
  EXPECT_EQ(cart.subtotal().currency_code(), "EUR");
  EXPECT_EQ(cart.subtotal().minor_units(), 0);
  EXPECT_FALSE(cart.version().empty());
  EXPECT_FALSE(cart.stale());
  EXPECT_EQ(catalog_.calls(), 0);
}

TEST_F(CartServiceTest, AnAddedProductIsShownAtTheCatalogsPrice) {
  ASSERT_THAT(Add(chair_, 2), IsOk());
  CW_ASSERT_OK_AND_ASSIGN(const v1::Cart cart, Add(table_, 1));
  ASSERT_EQ(cart.items_size(), 2);
  EXPECT_EQ(cart.items(0).product_id(), chair_);
  EXPECT_EQ(cart.items(0).name(), "Product " + chair_);
  EXPECT_EQ(cart.items(0).line_total().minor_units(), 1000);
  EXPECT_EQ(cart.subtotal().minor_units(), 10'900);
  EXPECT_EQ(cart.item_count(), 3);
  EXPECT_FALSE(cart.stale());
  EXPECT_EQ(catalog_.calls(), 2) << "one question per call";
  EXPECT_EQ(Get("order")->SerializeAsString(), cart.SerializeAsString());
}

TEST_F(CartServiceTest, WhatIsNotSoldCannotBeAdded) {
  catalog_.Put(table_, 9900, 10, /*active=*/false);
  EXPECT_THAT(Add(table_, 1), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(Add(NewUuid(), 1), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(Add("chair", 1), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Add(chair_, 0), HasErrorReason("INVALID_FIELD"));
  EXPECT_THAT(Add(chair_, 100), HasErrorReason("INVALID_FIELD"));
  EXPECT_EQ(Get()->items_size(), 0);
}

TEST_F(CartServiceTest, StockIsNotCheckedButShown) {
  catalog_.Put(chair_, 500, 1);
  CW_ASSERT_OK_AND_ASSIGN(const v1::Cart cart, Add(chair_, 2));
  ASSERT_EQ(cart.items(0).problems_size(), 1);
  EXPECT_EQ(cart.items(0).problems(0), v1::OUT_OF_STOCK);
}

TEST_F(CartServiceTest, TooManyPiecesSayHowManyAreThere) {
  ASSERT_THAT(Add(chair_, 90), IsOk());
  const auto refused = Add(chair_, 10);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition));
  const ErrorDetails details = DetailsOf(refused.status());
  EXPECT_EQ(details.reason, "LINE_LIMIT");
  EXPECT_EQ(details.metadata.at("productId"), chair_);
  EXPECT_EQ(details.metadata.at("quantity"), "90");
}

TEST_F(CartServiceTest, AFullCartTakesNoOtherProduct) {
  ASSERT_THAT(Fill(100), IsOk());
  EXPECT_THAT(Add(chair_, 1), HasErrorReason("CART_FULL"));
  EXPECT_EQ(Get()->items_size(), 100);
}

TEST_F(CartServiceTest, UpdateSetsAndZeroRemoves) {
  ASSERT_THAT(Add(chair_, 2), IsOk());
  EXPECT_EQ(Update(chair_, 7)->subtotal().minor_units(), 3500);
  EXPECT_EQ(Update(chair_, 0)->items_size(), 0);
  EXPECT_THAT(Update(chair_, 0), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(Update(chair_, 1), HasErrorReason("RESOURCE_NOT_FOUND"));
}

TEST_F(CartServiceTest, RemoveAndClearAnswerWithWhatIsLeft) {
  ASSERT_THAT(Add(chair_, 2), IsOk());
  ASSERT_THAT(Add(table_, 1), IsOk());
  v1::RemoveItemRequest remove;
  remove.set_user_id(user_);
  remove.set_product_id(chair_);
  for (int i = 0; i < 2; ++i) {
    CW_ASSERT_OK_AND_ASSIGN(const auto left, server_.Call<v1::RemoveItemResponse>(remove));
    ASSERT_EQ(left.cart().items_size(), 1);
    EXPECT_EQ(left.cart().items(0).product_id(), table_);
  }
  const std::string before = Get()->version();
  v1::ClearCartRequest clear;
  clear.set_user_id(user_);
  CW_ASSERT_OK_AND_ASSIGN(const auto cleared, server_.Call<v1::ClearCartResponse>(clear));
  EXPECT_EQ(cleared.cart().items_size(), 0);
  EXPECT_NE(cleared.cart().version(), before);
}

TEST_F(CartServiceTest, ReadsFollowTheCatalogAndKeepTheVersion) {
  ASSERT_THAT(Add(chair_, 2), IsOk());
  ASSERT_THAT(Add(table_, 1), IsOk());
  const std::string version = Get()->version();
  catalog_.Put(chair_, 600);
  catalog_.Drop(table_);
  CW_ASSERT_OK_AND_ASSIGN(const v1::Cart cart, Get());
  EXPECT_EQ(cart.items(0).unit_price().minor_units(), 600);
  EXPECT_EQ(cart.items(0).added_price().minor_units(), 500);
  ASSERT_EQ(cart.items(0).problems_size(), 1);
  EXPECT_EQ(cart.items(0).problems(0), v1::PRICE_CHANGED);
  ASSERT_EQ(cart.items(1).problems_size(), 1);
  EXPECT_EQ(cart.items(1).problems(0), v1::NOT_AVAILABLE);
  EXPECT_EQ(cart.items(1).name(), "Product " + table_);
  EXPECT_EQ(cart.subtotal().minor_units(), 1200) << "what is gone costs nothing";
  EXPECT_EQ(cart.version(), version);
}

TEST_F(CartServiceTest, WithoutTheCatalogTheLastKnownPricesAreShown) {
  ASSERT_THAT(Add(chair_, 2), IsOk());
  catalog_.Put(chair_, 600);
  ASSERT_THAT(Get(), IsOk());
  catalog_.Put(chair_, 700);
  catalog_.set_down(true);
  CW_ASSERT_OK_AND_ASSIGN(v1::Cart cart, Get());
  EXPECT_TRUE(cart.stale());
  EXPECT_EQ(cart.subtotal().minor_units(), 1200) << "as the last read saw it";
  ASSERT_EQ(cart.items(0).problems_size(), 1);
  EXPECT_EQ(cart.items(0).problems(0), v1::PRICE_CHANGED);
  CW_ASSERT_OK_AND_ASSIGN(cart, Update(chair_, 3));
  EXPECT_TRUE(cart.stale());
  EXPECT_EQ(cart.subtotal().minor_units(), 1800);
  catalog_.set_down(false);
  EXPECT_FALSE(Get()->stale());
}

TEST_F(CartServiceTest, ACatalogThatDoesNotAnswerIsNotWaitedForLong) {
  ASSERT_THAT(Add(chair_, 2), IsOk());
  catalog_.Hold();
  const auto cart = Get();
  catalog_.Release();
  ASSERT_THAT(cart, IsOk());
  EXPECT_TRUE(cart->stale());
  EXPECT_EQ(cart->subtotal().minor_units(), 1000);
}

TEST_F(CartServiceTest, WithoutTheCatalogOnlyKnownProductsAreAdded) {
  ASSERT_THAT(Add(chair_, 2), IsOk());
  catalog_.set_down(true);
  EXPECT_THAT(Add(table_, 1), HasErrorReason("DEPENDENCY_UNAVAILABLE"));
  EXPECT_THAT(Add(table_, 1), StatusIs(absl::StatusCode::kUnavailable));
  CW_ASSERT_OK_AND_ASSIGN(const v1::Cart cart, Add(chair_, 3));
  EXPECT_TRUE(cart.stale());
  EXPECT_EQ(cart.items(0).quantity(), 5);
  EXPECT_THAT(Merge({{chair_, 1}, {table_, 1}}), HasErrorReason("DEPENDENCY_UNAVAILABLE"));
  EXPECT_EQ(Get()->item_count(), 5) << "a merge is whole or not at all";
  EXPECT_EQ(Merge({{chair_, 1}})->cart().item_count(), 6);
}

TEST_F(CartServiceTest, AnAnswerWithoutAUsablePriceIsNoAnswer) {
  ASSERT_THAT(Add(chair_, 2), IsOk());
  catalog_.Put(chair_, -1);
  CW_ASSERT_OK_AND_ASSIGN(const v1::Cart cart, Get());
  EXPECT_TRUE(cart.stale());
  EXPECT_EQ(cart.subtotal().minor_units(), 1000);
}

// Goal: a line that came in after the catalog was asked is not taken for a product that is gone.
// Method: another call adds it while the fake answers.
TEST_F(CartServiceTest, ALineThatComesInMeanwhileIsNotMistakenForAGoneOne) {
  ASSERT_THAT(Get(), IsOk());
  catalog_.Meanwhile([this] {
    const Snapshot table = {"Table", "/table", 9900, 5, true};
    EXPECT_THAT(
        store_.AddItems(connection(), user_, {{table_, 1, table}}, CartStore::Overflow::kRefuse),
        IsOk());
  });
  CW_ASSERT_OK_AND_ASSIGN(const v1::Cart cart, Add(chair_, 1));
  ASSERT_EQ(cart.items_size(), 2);
  EXPECT_EQ(cart.items(0).product_id(), table_);
  EXPECT_EQ(cart.items(0).problems_size(), 0);
  EXPECT_TRUE(cart.stale()) << "nobody asked for the price of the table";
  EXPECT_FALSE(Get()->stale());
}

TEST_F(CartServiceTest, AMergeCapsAndSaysSo) {
  ASSERT_THAT(Fill(98), IsOk());
  ASSERT_THAT(Add(chair_, 90), IsOk());
  const std::string last = NewUuid();
  catalog_.Put(last, 5);
  CW_ASSERT_OK_AND_ASSIGN(
      const auto merged,
      Merge({{chair_, 5}, {"not an id", 2}, {table_, 3}, {last, 4}, {chair_, 6}}));
  std::map<std::string, v1::Adjustment> by_id;
  for (const auto& adjustment : merged.adjustments()) by_id[adjustment.product_id()] = adjustment;
  ASSERT_EQ(by_id.size(), 3u);
  EXPECT_EQ(by_id.at(chair_).reason(), v1::Adjustment::LINE_LIMIT);
  EXPECT_EQ(by_id.at(chair_).requested(), 11);
  EXPECT_EQ(by_id.at(chair_).granted(), 9);
  EXPECT_EQ(by_id.at("not an id").reason(), v1::Adjustment::NOT_AVAILABLE);
  EXPECT_EQ(by_id.at(last).reason(), v1::Adjustment::CART_FULL);
  EXPECT_EQ(merged.cart().items_size(), 100);
  EXPECT_EQ(merged.cart().items(99).product_id(), table_);
  EXPECT_FALSE(merged.cart().stale());
}

TEST_F(CartServiceTest, AHundredLinesAndAHundredItemsAreMergedInTwoQuestions) {
  ASSERT_THAT(Fill(100), IsOk());
  const int before = catalog_.calls();
  std::vector<std::pair<std::string, int>> items;
  for (int i = 0; i < 100; ++i) items.emplace_back(NewUuid(), 1);
  CW_ASSERT_OK_AND_ASSIGN(const auto merged, Merge(items));
  EXPECT_EQ(merged.adjustments_size(), 100);
  EXPECT_EQ(catalog_.calls() - before, 2);
  EXPECT_FALSE(merged.cart().stale());
}

TEST_F(CartServiceTest, AnEmptyMergeIsARead) {
  ASSERT_THAT(Add(chair_, 2), IsOk());
  CW_ASSERT_OK_AND_ASSIGN(const auto merged, Merge({}));
  EXPECT_EQ(merged.cart().SerializeAsString(), Get()->SerializeAsString());
}

TEST_F(CartServiceTest, OnlyTheOrderServiceTakesWhatWasOrdered) {
  ASSERT_THAT(Add(chair_, 5), IsOk());
  v1::RemoveOrderedItemsRequest request;
  request.set_user_id(user_);
  request.set_order_id(NewUuid());
  auto* item = request.add_items();
  item->set_product_id(chair_);
  item->set_quantity(2);
  EXPECT_THAT(server_.Call<v1::RemoveOrderedItemsResponse>(request, "gateway"),
              HasErrorReason("CALLER_NOT_ALLOWED"));
  EXPECT_EQ(Get()->item_count(), 5);
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(server_.Call<v1::RemoveOrderedItemsResponse>(request, "order"), IsOk());
    EXPECT_EQ(Get()->item_count(), 3);
  }
}

}  // namespace
}  // namespace cartwright::cart
