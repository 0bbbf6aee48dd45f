#include "gateway/client_address.h"

#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

namespace ip = boost::asio::ip;

TrustedProxies Proxies(absl::string_view list = "10.0.0.0/8, 192.0.2.7,2001:db8::/32") {
  auto proxies = TrustedProxies::Parse(list);
  EXPECT_TRUE(proxies.ok()) << proxies.status();
  return *std::move(proxies);
}

std::string Client(const std::string& peer, const std::vector<std::string>& forwarded,
                   const TrustedProxies& proxies = Proxies()) {
  boost::beast::http::fields fields;
  for (const std::string& value : forwarded) fields.insert("X-Forwarded-For", value);
  return ClientAddress(ip::make_address(peer), fields, proxies).to_string();
}

TEST(ClientAddressTest, AStrangersHeaderIsNotRead) {
  EXPECT_EQ(Client("203.0.113.9", {"198.51.100.1"}), "203.0.113.9");
  EXPECT_EQ(Client("10.0.0.1", {"198.51.100.1"}, TrustedProxies()), "10.0.0.1");
  EXPECT_EQ(Client("2001:db9::1", {"198.51.100.1"}), "2001:db9::1");
}

TEST(ClientAddressTest, TheRightmostStrangerIsTheClient) {
  const struct {
    std::vector<std::string> forwarded;
    const char* client;
  } kRows[] = {
      {{"198.51.100.1"}, "198.51.100.1"},
      // What a client makes up stands further left.
      {{"127.0.0.1, 198.51.100.1"}, "198.51.100.1"},
      {{"1.1.1.1,198.51.100.1,10.2.3.4, 192.0.2.7"}, "198.51.100.1"},
      // Several fields are one list.
      {{"1.1.1.1", "198.51.100.1", "10.2.3.4"}, "198.51.100.1"},
      {{"198.51.100.1, 2001:db8:1::5"}, "198.51.100.1"},
      {{"2001:DB9::AB"}, "2001:db9::ab"},
      {{"::ffff:198.51.100.1"}, "198.51.100.1"},
      {{"198.51.100.1:4711"}, "198.51.100.1"},
      {{"[2001:db9::1]:4711"}, "2001:db9::1"},
      {{"[2001:db9::1]"}, "2001:db9::1"},
      // Nobody but proxies: the first of them.
      {{"10.9.9.9, 10.2.3.4"}, "10.9.9.9"},
      {{}, "10.0.0.1"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Client("10.0.0.1", row.forwarded), row.client)
        << ::testing::PrintToString(row.forwarded);
  }
  EXPECT_EQ(Client("::ffff:10.0.0.1", {"198.51.100.1"}), "198.51.100.1");
  EXPECT_EQ(Client("2001:db8::1", {"198.51.100.1"}), "198.51.100.1");
}

TEST(ClientAddressTest, WhatIsNoAddressEndsTheSearch) {
  for (const char* bad :
       {"", " ", "unknown", "_hidden", "300.1.1.1", "1.2.3", "1.2.3.4.5", "1.2.3.4:", "1.2.3.4:x",
        "[2001:db9::1", "[1.2.3.4]:5", "[2001:db9::1]x", "2001:db9::1::2", "fe80::1%eth0",
        "\"198.51.100.1\"", "for=198.51.100.1", "1.2.3.4 5.6.7.8"}) {
    EXPECT_EQ(Client("10.0.0.1", {bad}), "10.0.0.1") << bad;
    EXPECT_EQ(Client("10.0.0.1", {"198.51.100.1", bad, "10.4.4.4"}), "10.4.4.4") << bad;
  }
}

TEST(ClientAddressTest, OnlyBlocksAreTrusted) {
  for (const char* bad :
       {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/8", "proxy.example",
        "2001:db8::/129", "10.1.0.0/8", "2001:db8::1/64", "/8"}) {
    const auto proxies = TrustedProxies::Parse(bad);
    ASSERT_FALSE(proxies.ok()) << bad;
    EXPECT_NE(proxies.status().message().find(bad), std::string::npos) << proxies.status();
  }
  EXPECT_FALSE(Proxies("").Has(ip::make_address("127.0.0.1")));
  const TrustedProxies all = Proxies("0.0.0.0/0,::/0");
  EXPECT_TRUE(all.Has(ip::make_address("203.0.113.1")));
  EXPECT_TRUE(all.Has(ip::make_address("2001:db9::1")));
  EXPECT_TRUE(Proxies().Has(ip::make_address("10.255.255.255")));
  EXPECT_FALSE(Proxies().Has(ip::make_address("11.0.0.0")));
  EXPECT_FALSE(Proxies().Has(ip::make_address("192.0.2.8")));
}

TEST(ClientAddressTest, AHouseholdIsOneNetwork) {
  EXPECT_EQ(NetworkOf("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(NetworkOf("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(NetworkOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(NetworkOf("2001:db8:1:2::9"), NetworkOf("2001:db8:1:2:ffff::1"));
  EXPECT_NE(NetworkOf("2001:db8:1:3::9"), NetworkOf("2001:db8:1:2::9"));
  EXPECT_EQ(NetworkOf(""), "");
}

}  // namespace
}  // namespace cartwright::gateway
