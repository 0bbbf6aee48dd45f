#include "gateway/request_deadline.h"

#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/base/status.h"

namespace cartwright::gateway {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kLimit = absl::Seconds(2);

absl::StatusOr<absl::Duration> Timeout(
    const std::vector<std::pair<const char*, const char*>>& headers) {
  boost::beast::http::fields fields;
  for (const auto& [name, value] : headers) fields.insert(name, value);
  const Request request{.fields = &fields};
  return TimeoutOf(request, kLimit);
}

TEST(RequestDeadlineTest, WithoutAWishItIsTheRoutes) { EXPECT_EQ(*Timeout({}), kLimit); }

TEST(RequestDeadlineTest, AClientMayAskForLess) {
  EXPECT_EQ(*Timeout({{"Request-Timeout", "250"}}), absl::Milliseconds(250));
  EXPECT_EQ(*Timeout({{"grpc-timeout", "250m"}}), absl::Milliseconds(250));
  EXPECT_EQ(*Timeout({{"GRPC-Timeout", "1S"}}), absl::Seconds(1));
  EXPECT_EQ(*Timeout({{"grpc-timeout", "99999999n"}}), absl::Nanoseconds(99999999));
  EXPECT_EQ(*Timeout({{"grpc-timeout", "00000700u"}}), absl::Microseconds(700));
  EXPECT_EQ(*Timeout({{"Request-Timeout", "300"}, {"grpc-timeout", "1S"}}),
            absl::Milliseconds(300));
  EXPECT_EQ(*Timeout({{"Request-Timeout", "1500"}, {"grpc-timeout", "1S"}}), absl::Seconds(1));
}

TEST(RequestDeadlineTest, MoreThanTheRoutesIsCapped) {
  for (const char* wish : {"3000m", "3S", "1M", "1H", "99999999H"}) {
    EXPECT_EQ(*Timeout({{"grpc-timeout", wish}}), kLimit) << wish;
  }
  EXPECT_EQ(*Timeout({{"Request-Timeout", "99999999"}}), kLimit);
}

TEST(RequestDeadlineTest, WhatIsMalformedIsNamed) {
  for (const char* wish : {"", "0", "-1", "+1", "1.5", "1e3", "0x1", "1 0", "100000000", "100ms",
                           "5, 5", "18446744073709551617"}) {
    const auto timeout = Timeout({{"Request-Timeout", wish}});
    EXPECT_EQ(timeout.status().code(), absl::StatusCode::kInvalidArgument) << wish;
    EXPECT_THAT(std::string(timeout.status().message()), HasSubstr("Request-Timeout"));
    EXPECT_TRUE(HasReason(timeout.status(), "INVALID_FIELD"));
  }
  for (const char* wish : {"", "m", "0m", "-1m", "1", "1s", "1x", "1 m", "100000000m", "1.5S",
                           "1mm", "m1", "99999999999999999999n"}) {
    const auto timeout = Timeout({{"grpc-timeout", wish}});
    EXPECT_EQ(timeout.status().code(), absl::StatusCode::kInvalidArgument) << wish;
    EXPECT_THAT(std::string(timeout.status().message()), HasSubstr("grpc-timeout"));
  }
  EXPECT_FALSE(Timeout({{"Request-Timeout", "5"}, {"Request-Timeout", "5"}}).ok());
}

}  // namespace
}  // namespace cartwright::gateway
