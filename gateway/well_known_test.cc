#include "gateway/well_known.h"

#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

TEST(WellKnownTest, TimestampsRoundTrip) {
  const struct {
    const char* text;
    SecondsNanos value;
  } kRows[] = {{"1970-01-01T00:00:00Z", {0, 0}},
               {"2026-02-28T23:59:59.123Z", {1772323199, 123'000'000}},
               {"2024-02-29T12:00:00.000001Z", {1709208000, 1'000}},
               {"2024-02-29T12:00:00.000000001Z", {1709208000, 1}},
               {"1969-12-31T23:59:59.500Z", {-1, 500'000'000}},
               {"0001-01-01T00:00:00Z", {-62135596800, 0}},
               {"9999-12-31T23:59:59.999999999Z", {253402300799, 999'999'999}}};
  for (const auto& row : kRows) {
    EXPECT_EQ(ParseTimestamp(row.text), row.value) << row.text;
    std::string printed;
    EXPECT_TRUE(AppendTimestamp(row.value, printed));
    EXPECT_EQ(printed, row.text);
  }
}

TEST(WellKnownTest, TimestampsTakeOffsets) {
  EXPECT_EQ(ParseTimestamp("1970-01-01T01:30:00+01:30"), (SecondsNanos{0, 0}));
  EXPECT_EQ(ParseTimestamp("1969-12-31T23:00:00-01:00"), (SecondsNanos{0, 0}));
  EXPECT_EQ(ParseTimestamp("1970-01-01T00:00:00.5Z"), (SecondsNanos{0, 500'000'000}));
}

TEST(WellKnownTest, TimestampsRefuseOtherForms) {
  for (const char* text : {"",
                           "1970-01-01",
                           "1970-01-01T00:00:00",
                           "1970-01-01t00:00:00Z",
                           "1970-01-01T00:00:00z",
                           "1970-01-01 00:00:00Z",
                           "1970-1-01T00:00:00Z",
                           "1970-02-30T00:00:00Z",
                           "2023-02-29T00:00:00Z",
                           "1970-13-01T00:00:00Z",
                           "1970-00-01T00:00:00Z",
                           "1970-01-00T00:00:00Z",
                           "1970-01-01T24:00:00Z",
                           "1970-01-01T00:60:00Z",
                           "1970-01-01T00:00:60Z",
                           "1970-01-01T00:00:00.Z",
                           "1970-01-01T00:00:00.1234567890Z",
                           "1970-01-01T00:00:00,5Z",
                           "0000-01-01T00:00:00Z",
                           "10000-01-01T00:00:00Z",
                           "1970-01-01T00:00:00+1:00",
                           "1970-01-01T00:00:00+24:00",
                           "1970-01-01T00:00:00Z ",
                           "0001-01-01T00:00:00+01:00",
                           "9999-12-31T23:59:59-01:00",
                           "+970-01-01T00:00:00Z"}) {
    EXPECT_EQ(ParseTimestamp(text), std::nullopt) << text;
  }
}

TEST(WellKnownTest, OutOfRangeTimesAreNotPrinted) {
  std::string out;
  EXPECT_FALSE(AppendTimestamp({253402300800, 0}, out));
  EXPECT_FALSE(AppendTimestamp({-62135596801, 0}, out));
  EXPECT_FALSE(AppendTimestamp({0, -1}, out));
  EXPECT_FALSE(AppendTimestamp({0, 1'000'000'000}, out));
  EXPECT_FALSE(AppendDuration({1, -1}, out));
  EXPECT_FALSE(AppendDuration({315576000001, 0}, out));
}

TEST(WellKnownTest, DurationsRoundTrip) {
  const struct {
    const char* text;
    SecondsNanos value;
  } kRows[] = {{"0s", {0, 0}},   {"1.500s", {1, 500'000'000}},         {"-0.001s", {0, -1'000'000}},
               {"-5s", {-5, 0}}, {"315576000000s", {315576000000, 0}}, {"0.000000001s", {0, 1}}};
  for (const auto& row : kRows) {
    EXPECT_EQ(ParseDuration(row.text), row.value) << row.text;
    std::string printed;
    EXPECT_TRUE(AppendDuration(row.value, printed));
    EXPECT_EQ(printed, row.text);
  }
  for (const char* text : {"", "s", "1", "1h", ".5s", "1.s", "+1s", "1s ", "1e3s", "--1s",
                           "315576000001s", "1.0000000001s", "99999999999999999999s"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

TEST(WellKnownTest, FieldPathsChangeCaseAndBack) {
  EXPECT_EQ(PathToSnakeCase("user.displayName"), "user.display_name");
  EXPECT_EQ(PathToCamelCase("user.display_name"), "user.displayName");
  EXPECT_EQ(PathToSnakeCase("display_name"), std::nullopt);
  EXPECT_EQ(PathToCamelCase("displayName"), std::nullopt);
  EXPECT_EQ(PathToCamelCase("a_"), std::nullopt);
  EXPECT_EQ(PathToCamelCase("a__b"), std::nullopt);
}

}  // namespace
}  // namespace cartwright::gateway
