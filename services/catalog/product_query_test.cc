#include "services/catalog/product_query.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/base/uuid.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::catalog {
namespace {

using ::testing::ElementsAre;
using testing::HasErrorReason;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::StatusIs;

TEST(ProductQueryTest, TheOrderDependsOnWhetherThereAreWords) {
  const struct {
    const char* query;
    const char* order_by;
    ProductOrder want;
  } cases[] = {
      {"", "", ProductOrder::kName},
      {"chair", "", ProductOrder::kRelevance},
      {"chair", "relevance", ProductOrder::kRelevance},
      {"", "relevance", ProductOrder::kName},
      {" \t ", "", ProductOrder::kName},
      {"chair", "name", ProductOrder::kName},
      {"chair", "price", ProductOrder::kPrice},
      {"", "price desc", ProductOrder::kPriceDescending},
      {"", "newest", ProductOrder::kNewest},
  };
  for (const auto& test : cases) {
    v1::ListProductsRequest request;
    request.set_query(test.query);
    request.set_order_by(test.order_by);
    EXPECT_EQ(ParseQuery(request)->order, test.want) << test.query << "/" << test.order_by;
  }
}

TEST(ProductQueryTest, CategoriesAreASet) {
  v1::ListProductsRequest request;
  for (const char* category : {"tables", "chairs", "tables"}) request.add_category(category);
  EXPECT_THAT(ParseQuery(request)->categories, ElementsAre("chairs", "tables"));
}

TEST(ProductQueryTest, PricesThatContradictEachOtherNameTheField) {
  v1::ListProductsRequest request;
  request.set_min_price(500);
  request.set_max_price(499);
  const absl::Status status = ParseQuery(request).status();
  EXPECT_THAT(status, HasErrorReason("INVALID_FIELD"));
  EXPECT_EQ(DetailsOf(status).violations.at(0).first, "minPrice");
  request.set_max_price(500);
  EXPECT_TRUE(ParseQuery(request)->HasPrice());
  EXPECT_FALSE(ParseQuery(v1::ListProductsRequest())->HasPrice());
  v1::ListProductsRequest nothing_costs_nothing;
  nothing_costs_nothing.set_max_price(0);
  EXPECT_TRUE(ParseQuery(nothing_costs_nothing)->HasPrice());
}

TEST(ProductQueryTest, APositionComesBackAsItWent) {
  for (const char* key : {"Oak chair", "~=", "12", "2026-01-01 00:00:00.000001+00", "\xc3\xa4"}) {
    const ProductPosition position = {Spelling::kForgiving, NewUuid(), key};
    const auto back = ParsePosition(FormatPosition(position));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back->spelling, Spelling::kForgiving);
    EXPECT_EQ(back->product_id, position.product_id);
    EXPECT_EQ(back->key, key);
  }
  for (const char* text : {"", "=", "?018f0000-0000-7000-8000-000000000000key"}) {
    EXPECT_THAT(ParsePosition(text).status(), StatusIs(absl::StatusCode::kInternal)) << text;
  }
}

TEST(ProductQueryTest, FacetsAreSharedByTheCategoriesOfAQueryOnly) {
  ProductQuery query{.text = "chair", .order = ProductOrder::kName};
  const std::string key = FacetKey(query, Spelling::kExact);
  ProductQuery other = query;
  other.categories = {"chairs"};
  other.order = ProductOrder::kPrice;
  EXPECT_EQ(FacetKey(other, Spelling::kExact), key);
  EXPECT_NE(FacetKey(query, Spelling::kForgiving), key);
  for (auto change :
       {+[](ProductQuery& q) { q.text = "table"; }, +[](ProductQuery& q) { q.min_price = 1; },
        +[](ProductQuery& q) { q.max_price = 1; }, +[](ProductQuery& q) { q.in_stock = true; }}) {
    ProductQuery changed = query;
    change(changed);
    EXPECT_NE(FacetKey(changed, Spelling::kExact), key);
  }
}

TEST(ProductQueryTest, TheTotalIsThatOfTheChosenCategoriesUpToTenThousand) {
  const FacetCounts facets = {{"chairs", 6000}, {"lamps", 3999}, {"tables", 2}};
  EXPECT_EQ(TotalSize(facets, {}), 10'000);
  EXPECT_EQ(TotalSize(facets, {"lamps", "tables"}), 4001);
  EXPECT_EQ(TotalSize(facets, {"chairs", "lamps"}), 9999);
  EXPECT_EQ(TotalSize(facets, {"none"}), 0);
  EXPECT_EQ(TotalSize({}, {}), 0);
}

TEST(ProductQueryTest, OneSlipIsALetterMoreLessOtherOrSwapped) {
  const std::string slips = OneSlipAway("Char");
  for (const char* word : {"(", "chair:A", "car:A", "chat:A", "cahr:A", "char:A"}) {
    EXPECT_THAT(slips, HasSubstr(word));
  }
  EXPECT_THAT(slips, Not(HasSubstr("charm!")));
  EXPECT_THAT(slips, Not(HasSubstr("|cherry:A")));
  EXPECT_THAT(OneSlipAway("chiar"), HasSubstr("|chair:A"));
  EXPECT_THAT(OneSlipAway("oak chiar"), HasSubstr(")&("));
}

TEST(ProductQueryTest, OnlyPlainWordsAreVaried) {
  for (const char* text : {"", "ab", "a'b|c", "(((",
                           "stra\xc3\x9f"
                           "e",
                           "abcdefghijklmnopq", "<->"}) {
    EXPECT_EQ(OneSlipAway(text), "") << text;
  }
  EXPECT_EQ(OneSlipAway("aaa bbb ccc ddd eee"), OneSlipAway("aaa bbb ccc ddd"));
}

TEST(ProductQueryTest, TheEtagChangesWithTheVersionAndTheProduct) {
  EXPECT_EQ(EtagOf("a", 1), EtagOf("a", 1));
  EXPECT_NE(EtagOf("a", 1), EtagOf("a", 2));
  EXPECT_NE(EtagOf("a", 1), EtagOf("b", 1));
}

TEST(ProductQueryTest, TheFingerprintIsThatOfTheLinesInAnyOrder) {
  const auto request = [](std::vector<std::pair<std::string, int>> lines) {
    v1::ReserveStockRequest made;
    for (const auto& [id, quantity] : lines) {
      auto* line = made.add_lines();
      line->set_product_id(id);
      line->set_quantity(quantity);
    }
    return made;
  };
  const std::string print = Fingerprint(request({{"a", 1}, {"b", 2}}));
  EXPECT_EQ(Fingerprint(request({{"b", 2}, {"a", 1}})), print);
  EXPECT_NE(Fingerprint(request({{"a", 2}, {"b", 1}})), print);
  EXPECT_NE(Fingerprint(request({{"a", 1}})), print);
}

}  // namespace
}  // namespace cartwright::catalog
