#include "gateway/connection_limits.h"

#include <atomic>
#include <thread>

#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

boost::asio::ip::address Address(const char* text) { return boost::asio::ip::make_address(text); }

TEST(ConnectionLimitsTest, CountsEachClientByItself) {
  ConnectionLimits limits({.total = 10, .per_client = 2});
  EXPECT_TRUE(limits.Add(Address("10.0.0.1")));
  EXPECT_TRUE(limits.Add(Address("10.0.0.1")));
  EXPECT_FALSE(limits.Add(Address("10.0.0.1")));
  EXPECT_TRUE(limits.Add(Address("10.0.0.2")));
  limits.Remove(Address("10.0.0.1"));
  EXPECT_TRUE(limits.Add(Address("10.0.0.1")));
}

TEST(ConnectionLimitsTest, ANetworkOf64BitsIsOneClient) {
  ConnectionLimits limits({.total = 10, .per_client = 1});
  EXPECT_TRUE(limits.Add(Address("2001:db8:1:2::1")));
  EXPECT_FALSE(limits.Add(Address("2001:db8:1:2:ffff::9")));
  EXPECT_TRUE(limits.Add(Address("2001:db8:1:3::1")));
}

TEST(ConnectionLimitsTest, AnIpv4AddressIsOneClientHoweverItComes) {
  ConnectionLimits limits({.total = 10, .per_client = 1});
  EXPECT_TRUE(limits.Add(Address("10.0.0.1")));
  EXPECT_FALSE(limits.Add(Address("::ffff:10.0.0.1")));
  EXPECT_TRUE(limits.Add(Address("::ffff:10.0.0.2")));
}

TEST(ConnectionLimitsTest, HasALimitForAllOfThem) {
  ConnectionLimits limits({.total = 2, .per_client = 0});
  EXPECT_TRUE(limits.Add(Address("10.0.0.1")));
  EXPECT_TRUE(limits.Add(Address("10.0.0.1")));
  EXPECT_FALSE(limits.Add(Address("10.0.0.2")));
  limits.Remove(Address("10.0.0.1"));
  EXPECT_TRUE(limits.Add(Address("10.0.0.2")));
}

TEST(ConnectionLimitsTest, WaitsForNone) {
  ConnectionLimits limits({});
  limits.AwaitNone(absl::InfiniteDuration());
  EXPECT_TRUE(limits.Add(Address("10.0.0.1")));
  limits.AwaitNone(absl::ZeroDuration());
  limits.Remove(Address("10.0.0.1"));
  limits.AwaitNone(absl::InfiniteDuration());
}

TEST(ConnectionLimitsTest, WaitsForTheLastOneForAsLongAsItTakes) {
  ConnectionLimits limits({});
  EXPECT_TRUE(limits.Add(Address("10.0.0.1")));
  std::atomic<bool> removed{false};
  std::thread last([&] {
    removed = true;
    limits.Remove(Address("10.0.0.1"));
  });
  limits.AwaitNone(absl::InfiniteDuration());
  EXPECT_TRUE(removed);
  last.join();
}

}  // namespace
}  // namespace cartwright::gateway
