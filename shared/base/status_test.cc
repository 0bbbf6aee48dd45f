#include "shared/base/status.h"

#include "gtest/gtest.h"

namespace cartwright {
namespace {

TEST(StatusTest, OnlyAnErrorWithAReasonThatIsNoFaultOfOursIsPublic) {
  using Code = absl::StatusCode;
  const struct {
    absl::Status status;
    bool is_public;
    const char* message;
  } cases[] = {
      {NotFound("cart"), true, "There is no such cart."},
      {Error(Code::kUnavailable, api::v1::OVERLOADED, "Later."), true, "Later."},
      {absl::UnavailableError("no route to 10.0.0.7"), false,
       "The service cannot answer now; try again."},
      {absl::NotFoundError("table cart"), false, "There is no such resource."},
      {absl::InternalError("table cart"), false, "Something went wrong."},
      {Error(Code::kInternal, api::v1::OVERLOADED, "table cart"), false, "Something went wrong."},
      {Error(Code::kUnknown, api::v1::OVERLOADED, "table cart"), false, "Something went wrong."},
      {Error(Code::kDataLoss, api::v1::OVERLOADED, "table cart"), false, "Something went wrong."},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(IsPublic(test.status), test.is_public) << test.status;
    EXPECT_EQ(PublicMessage(test.status), test.message) << test.status;
  }
}

TEST(StatusTest, InvalidFieldsNamesThemAllAndSaysTheFirst) {
  const absl::Status status =
      InvalidFields({{"name", "must not be empty"}, {"age", "is required"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "name must not be empty");
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, "INVALID_FIELD");
  EXPECT_EQ(details.domain, "cartwright.api.v1");
  EXPECT_EQ(details.violations,
            (decltype(details.violations){{"name", "must not be empty"}, {"age", "is required"}}));
  EXPECT_EQ(DetailsOf(InvalidField("age", "is required")).violations,
            (decltype(details.violations){{"age", "is required"}}));
}

}  // namespace
}  // namespace cartwright
