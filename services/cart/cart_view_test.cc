#include "services/cart/cart_view.h"

#include <set>

#include "gtest/gtest.h"
#include "shared/base/money.h"
#include "shared/base/uuid.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::cart {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;

constexpr const char* kUser = "00000000-0000-4000-8000-000000000001";
constexpr const char* kChair = "00000000-0000-4000-8000-00000000000a";
constexpr const char* kTable = "00000000-0000-4000-8000-00000000000b";

Snapshot Sold(int64_t price, int available = kMaxQuantity) {
  return {.name = "Chair",
          .image_url = "/chair.webp",
          .unit_price = price,
          .available = available,
          .active = true};
}

Snapshot NotSold(int64_t price) {
  Snapshot snapshot = Sold(price, 0);
  snapshot.active = false;
  return snapshot;
}

StoredLine Line(const std::string& product_id, int quantity, int64_t added_price,
                const Snapshot& last) {
  return {.product_id = product_id, .quantity = quantity, .added_price = added_price, .last = last};
}

v1::MergeCartRequest MergeOf(const std::vector<std::pair<std::string, int>>& items) {
  v1::MergeCartRequest request;
  for (const auto& [id, quantity] : items) {
    auto* item = request.add_items();
    item->set_product_id(id);
    item->set_quantity(quantity);
  }
  return request;
}

v1::Cart Shown(StoredCart cart, const PriceList& prices) {
  ApplyPrices(prices, cart);
  return ToCart(cart, prices, kUser, "EUR");
}

TEST(CartViewTest, ALineShowsWhatStandsInTheWayOfBuyingIt) {
  using Problems = std::vector<int>;
  const struct {
    const char* name;
    std::optional<Snapshot> now;
    Problems problems;
    int64_t subtotal;
  } cases[] = {
      {"nothing", Sold(500), {}, 1500},
      {"just enough", Sold(500, 3), {}, 1500},
      {"dearer", Sold(501), {v1::PRICE_CHANGED}, 1503},
      {"cheaper", Sold(499), {v1::PRICE_CHANGED}, 1497},
      {"one is missing", Sold(500, 2), {v1::OUT_OF_STOCK}, 1500},
      {"both", Sold(600, 0), {v1::PRICE_CHANGED, v1::OUT_OF_STOCK}, 1800},
      {"archived", NotSold(700), {v1::NOT_AVAILABLE}, 0},
      {"gone", std::nullopt, {v1::NOT_AVAILABLE}, 0},
  };
  for (const auto& test : cases) {
    const v1::Cart cart =
        Shown({.version = 1, .lines = {Line(kChair, 3, 500, Sold(500))}}, {{kChair, test.now}});
    const auto& problems = cart.items(0).problems();
    EXPECT_EQ(Problems(problems.begin(), problems.end()), test.problems) << test.name;
    EXPECT_EQ(cart.subtotal().minor_units(), test.subtotal) << test.name;
    EXPECT_EQ(cart.items(0).added_price().minor_units(), 500) << test.name;
    EXPECT_EQ(cart.item_count(), 3) << test.name;
    EXPECT_FALSE(cart.stale()) << test.name;
  }
}

TEST(CartViewTest, AProductThatIsGoneKeepsItsLastNameAndPrice) {
  const v1::Cart cart =
      Shown({.version = 1, .lines = {Line(kChair, 2, 500, Sold(600))}}, {{kChair, std::nullopt}});
  EXPECT_EQ(cart.items(0).name(), "Chair");
  EXPECT_EQ(cart.items(0).unit_price().minor_units(), 600);
  EXPECT_EQ(cart.items(0).line_total().minor_units(), 1200);
}

TEST(CartViewTest, ALineThatCouldNotBeLookedUpMakesTheCartStale) {
  const StoredCart cart = {
      .version = 1, .lines = {Line(kChair, 1, 500, Sold(500)), Line(kTable, 1, 900, Sold(900))}};
  EXPECT_TRUE(Shown(cart, {}).stale());
  EXPECT_TRUE(Shown(cart, {{kChair, Sold(500)}}).stale());
  EXPECT_FALSE(Shown(cart, {{kChair, Sold(500)}, {kTable, std::nullopt}}).stale());
  EXPECT_EQ(Shown(cart, {}).subtotal().minor_units(), 1400);
  EXPECT_FALSE(Shown({}, {}).stale()) << "an empty cart needs no prices";
}

TEST(CartViewTest, TheLargestCartDoesNotOverflow) {
  StoredCart cart{.version = 1};
  for (int i = 0; i < 100; ++i) {
    cart.lines.push_back(Line(NewUuid(), kMaxQuantity, kMaxAmount, Sold(kMaxAmount)));
  }
  const v1::Cart view = Shown(cart, {});
  EXPECT_EQ(view.subtotal().minor_units(), 100 * kMaxQuantity * kMaxAmount);
  EXPECT_EQ(view.item_count(), 9900);
}

TEST(CartViewTest, OnlyLinesWhoseSnapshotDiffersAreRefreshed) {
  StoredCart cart = {.lines = {Line(kChair, 1, 500, Sold(500)), Line(kTable, 1, 900, Sold(900))}};
  const PriceList prices = {{kChair, Sold(500)}, {kTable, Sold(950)}};
  const auto changed = ApplyPrices(prices, cart);
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].product_id, kTable);
  EXPECT_EQ(changed[0].last, Sold(950));
  EXPECT_TRUE(ApplyPrices(prices, cart).empty());
}

TEST(CartViewTest, VersionsDifferBetweenUsersAndStates) {
  std::set<std::string> versions;
  for (const char* user : {kUser, kChair, kTable}) {
    for (int64_t version = 0; version < 50; ++version) versions.insert(VersionOf(user, version));
  }
  EXPECT_EQ(versions.size(), 150u);
  EXPECT_EQ(VersionOf(kUser, 7), VersionOf(kUser, 7));
}

class ReadPricesTest : public ::testing::Test {
 protected:
  absl::Status Read(const std::string& currency, int64_t price, int64_t available) {
    catalog::v1::BatchGetProductsRequest request;
    request.add_ids(kChair);
    request.add_ids(kTable);
    catalog::v1::BatchGetProductsResponse response;
    auto* entry = response.add_products();
    entry->set_active(true);
    entry->mutable_product()->set_id(kChair);
    entry->mutable_product()->set_name("Chair");
    entry->mutable_product()->set_image_url("/chair.webp");
    entry->mutable_product()->mutable_price()->set_currency_code(currency);
    entry->mutable_product()->mutable_price()->set_minor_units(price);
    entry->mutable_product()->set_available(available);
    return ReadPrices(request, response, "EUR", prices_);
  }

  PriceList prices_;
};

TEST_F(ReadPricesTest, AProductThatIsLeftOutIsGone) {
  ASSERT_THAT(Read("EUR", 500, 3), IsOk());
  EXPECT_EQ(prices_.at(kChair), Sold(500, 3));
  EXPECT_EQ(prices_.at(kTable), std::nullopt);
}

TEST_F(ReadPricesTest, StockIsCountedToWhatALineCanWant) {
  ASSERT_THAT(Read("EUR", 500, 5'000'000'000), IsOk());
  EXPECT_EQ(prices_.at(kChair)->available, kMaxQuantity);
}

TEST_F(ReadPricesTest, AnAnswerThatMakesNoSenseIsNoAnswer) {
  EXPECT_THAT(Read("USD", 500, 3), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(Read("EUR", -1, 3), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(Read("EUR", kMaxAmount + 1, 3), StatusIs(absl::StatusCode::kInternal));
  EXPECT_TRUE(prices_.empty());
}

TEST(FindSnapshotTest, TheCatalogsWordComesBeforeThatOfTheLine) {
  const StoredCart cart = {.lines = {Line(kChair, 1, 500, Sold(500))}};
  EXPECT_EQ(FindSnapshot(kChair, {{kChair, Sold(600)}}, cart).value(), Sold(600));
  EXPECT_EQ(FindSnapshot(kChair, {}, cart).value(), Sold(500));
  EXPECT_THAT(FindSnapshot(kChair, {{kChair, std::nullopt}}, cart),
              HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(FindSnapshot(kChair, {{kChair, NotSold(5)}}, cart),
              HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(FindSnapshot(kTable, {}, cart), HasErrorReason("DEPENDENCY_UNAVAILABLE"));
}

TEST(PlanMergeTest, DuplicatesAreSummedInTheOrderOfTheRequest) {
  const PriceList prices = {{kChair, Sold(5)}, {kTable, Sold(9)}};
  CW_ASSERT_OK_AND_ASSIGN(
      const MergePlan plan,
      PlanMerge(MergeOf({{kTable, 60}, {kChair, 1}, {kTable, 70}}), prices, {}));
  ASSERT_EQ(plan.additions.size(), 2u);
  EXPECT_EQ(plan.additions[0].product_id, kTable);
  EXPECT_EQ(plan.additions[0].quantity, 130);
  EXPECT_EQ(plan.additions[1].product_id, kChair);
  EXPECT_TRUE(plan.refused.empty());
}

TEST(PlanMergeTest, WhatIsNotSoldIsToldAndDoesNotStopTheRest) {
  const PriceList prices = {{kChair, Sold(5)}, {kTable, NotSold(9)}, {kUser, std::nullopt}};
  CW_ASSERT_OK_AND_ASSIGN(
      const MergePlan plan,
      PlanMerge(MergeOf({{"../chair", 2}, {kTable, 3}, {kUser, 4}, {kChair, 1}}), prices, {}));
  EXPECT_EQ(plan.additions.size(), 1u);
  ASSERT_EQ(plan.refused.size(), 3u);
  for (const auto& adjustment : plan.refused) {
    EXPECT_EQ(adjustment.reason(), v1::Adjustment::NOT_AVAILABLE);
    EXPECT_EQ(adjustment.granted(), 0);
  }
  EXPECT_EQ(plan.refused[0].product_id(), "../chair");
  EXPECT_EQ(plan.refused[0].requested(), 2);
}

TEST(PlanMergeTest, AMergeOfUnknownProductsIsNotBegunInPart) {
  const StoredCart cart = {.lines = {Line(kChair, 1, 500, Sold(500))}};
  EXPECT_THAT(PlanMerge(MergeOf({{kChair, 1}, {kTable, 1}}), {}, cart),
              HasErrorReason("DEPENDENCY_UNAVAILABLE"));
  EXPECT_THAT(PlanMerge(MergeOf({{kChair, 1}}), {}, cart), IsOk());
}

TEST(PlanMergeTest, WhatWasGrantedInPartIsToldWithItsReason) {
  const MergePlan plan = {
      .additions = {{kChair, 10, Sold(5)}, {kTable, 3, Sold(9)}, {kUser, 4, Sold(1)}}};
  StoredCart merged = {.lines = {Line(kChair, 99, 5, Sold(5)), Line(kUser, 4, 1, Sold(1))}};
  merged.lines[0].granted = 7;
  merged.lines[1].granted = 4;
  const auto adjustments = AdjustmentsOf(plan, merged);
  ASSERT_EQ(adjustments.size(), 2u);
  EXPECT_EQ(adjustments[0].reason(), v1::Adjustment::LINE_LIMIT);
  EXPECT_EQ(adjustments[0].requested(), 10);
  EXPECT_EQ(adjustments[0].granted(), 7);
  EXPECT_EQ(adjustments[1].reason(), v1::Adjustment::CART_FULL);
  EXPECT_EQ(adjustments[1].product_id(), kTable);
  EXPECT_EQ(adjustments[1].granted(), 0);
}

}  // namespace
}  // namespace cartwright::cart
