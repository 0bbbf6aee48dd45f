#include "services/catalog/facet_cache.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace cartwright::catalog {
namespace {

TEST(FacetCacheTest, AnswersWhatWasPutIn) {
  FacetCache cache(absl::Hours(1));
  EXPECT_EQ(cache.Find("a"), std::nullopt);
  cache.Insert("a", {{"chairs", 3}});
  cache.Insert("b", {});
  EXPECT_EQ(cache.Find("a"), (FacetCounts{{"chairs", 3}}));
  EXPECT_EQ(cache.Find("b"), FacetCounts{}) << "no match is an answer, too";
  cache.Insert("a", {{"chairs", 4}});
  EXPECT_EQ(cache.Find("a"), (FacetCounts{{"chairs", 4}}));
}

TEST(FacetCacheTest, ForgetsWhatIsTooOld) {
  FacetCache cache(absl::ZeroDuration());
  cache.Insert("a", {{"chairs", 3}});
  EXPECT_EQ(cache.Find("a"), std::nullopt);
}

TEST(FacetCacheTest, DoesNotGrowWithoutEnd) {
  FacetCache cache(absl::Hours(1));
  constexpr int kMany = 5000;
  for (int i = 0; i < kMany; ++i) cache.Insert(absl::StrCat(i), {});
  int kept = 0;
  for (int i = 0; i < kMany; ++i) kept += cache.Find(absl::StrCat(i)).has_value() ? 1 : 0;
  EXPECT_GT(kept, 0);
  EXPECT_LE(kept, 1024);
}

}  // namespace
}  // namespace cartwright::catalog
