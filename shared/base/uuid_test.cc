#include "shared/base/uuid.h"

#include <set>

#include "gtest/gtest.h"

namespace cartwright {
namespace {

TEST(UuidTest, NewOnesAreCanonicalDistinctAndOrdered) {
  std::set<std::string> seen;
  std::string last_time;
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = NewUuid();
    EXPECT_TRUE(IsUuid(uuid)) << uuid;
    EXPECT_EQ(uuid[14], '7');
    EXPECT_TRUE(seen.insert(uuid).second);
    EXPECT_GE(uuid.substr(0, 13), last_time);
    last_time = uuid.substr(0, 13);
  }
}

// The example of RFC 9562, appendix A.4.
TEST(UuidTest, NamedOnesAreThoseOfTheStandard) {
  EXPECT_EQ(NamedUuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com"),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

TEST(UuidTest, OnlyTheCanonicalFormIsOne) {
  EXPECT_TRUE(IsUuid("2ed6657d-e927-568b-95e1-2665a8aea6a2"));
  EXPECT_FALSE(IsUuid("2ED6657D-e927-568b-95e1-2665a8aea6a2"));
  EXPECT_FALSE(IsUuid("{ed6657d-e927-568b-95e1-2665a8aea6a}"));
  EXPECT_FALSE(IsUuid("2ed6657d-e927-568b-95e1-2665a8aea6a"));
  EXPECT_FALSE(IsUuid(""));
}

}  // namespace
}  // namespace cartwright
