#include "shared/rpc/targets.h"

#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::rpc {
namespace {

using testing::StatusIs;

TEST(TargetsTest, OneAddressIsLeftToTheResolver) {
  const auto targets = ParseTargets("cart=cart.shop:81,wallet=[::1]:85");
  ASSERT_TRUE(targets.ok()) << targets.status();
  EXPECT_EQ(targets->at("cart"), "cart.shop:81");
  EXPECT_EQ(targets->at("wallet"), "[::1]:85");
}

TEST(TargetsTest, SeveralAddressesAreOneTarget) {
  const auto targets = ParseTargets("cart=127.0.0.1:81+127.0.0.1:101,wallet=[::1]:85+[::2]:85");
  ASSERT_TRUE(targets.ok()) << targets.status();
  EXPECT_EQ(targets->at("cart"), "ipv4:127.0.0.1:81,127.0.0.1:101");
  EXPECT_EQ(targets->at("wallet"), "ipv6:[::1]:85,[::2]:85");
}

TEST(TargetsTest, NothingIsNoTarget) {
  const auto targets = ParseTargets("");
  ASSERT_TRUE(targets.ok()) << targets.status();
  EXPECT_TRUE(targets->empty());
}

TEST(TargetsTest, AWrongEntryIsNamed) {
  for (const char* text : {"wallet", "wallet=", "=a:1", "wallet=a", "wallet=a:1+", "wallet=+a:1",
                           "wallet=a:1+b:1", "wallet=1.2.3.4:1+a:1", "wallet=1.2.3.4:1+[::1]:1"}) {
    const auto targets = ParseTargets(std::string("cart=a:1,") + text);
    EXPECT_THAT(targets, StatusIs(absl::StatusCode::kInvalidArgument)) << text;
    EXPECT_NE(targets.status().message().find(text), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace cartwright::rpc
