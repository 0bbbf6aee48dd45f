#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "shared/base/status.h"

// Matchers for absl::Status and StatusOr, which Abseil 20220623 lacks:
//
//   EXPECT_THAT(store.Deposit(...), IsOk());
//   EXPECT_THAT(service.GetOrder(...), StatusIs(absl::StatusCode::kNotFound));
//   EXPECT_THAT(service.Login(...), HasErrorReason("INVALID_CREDENTIALS"));
namespace cartwright::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& value) {
  return value.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

MATCHER_P(StatusIs, code, "has status code " + absl::StatusCodeToString(code)) {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code;
}

MATCHER_P(HasErrorReason, reason, "has the reason " + std::string(reason)) {
  *result_listener << StatusOf(arg).ToString();
  return DetailsOf(StatusOf(arg)).reason == reason;
}

MATCHER_P(ViolatesConstraint, name, "violates the constraint " + std::string(name)) {
  *result_listener << StatusOf(arg).ToString();
  return std::string(StatusOf(arg).message()).find("\"" + std::string(name) + "\"") !=
         std::string::npos;
}

}  // namespace cartwright::testing

// The value of a StatusOr, or the end of the test.
#define CW_ASSERT_OK_AND_ASSIGN(target, expression) \
  CW_ASSERT_OK_AND_ASSIGN_INNER(CW_TEST_CONCAT(cw_result_, __LINE__), target, expression)
#define CW_ASSERT_OK_AND_ASSIGN_INNER(temporary, target, expression) \
  auto temporary = (expression);                                     \
  ASSERT_TRUE(temporary.ok()) << temporary.status();                 \
  target = *std::move(temporary)
#define CW_TEST_CONCAT(a, b) CW_TEST_CONCAT_INNER(a, b)
#define CW_TEST_CONCAT_INNER(a, b) a##b
