#include "shared/rpc/validator.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cartwright/cart/v1/cart.pb.h"
#include "cartwright/catalog/v1/catalog.pb.h"
#include "cartwright/identity/v1/identity.pb.h"
#include "cartwright/order/v1/order.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::rpc {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;
using Violations = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kUser = "2ed6657d-e927-568b-95e1-2665a8aea6a2";

template <typename Request>
Request FromJson(const std::string& json) {
  Request request;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &request);
  EXPECT_TRUE(parsed.ok()) << parsed.ToString() << " " << json;
  return request;
}

absl::Status Check(const google::protobuf::Message& request) {
  return Validator(*request.GetDescriptor()).Check(request);
}

// Expects exactly one violation of `request`.
void ExpectViolation(const google::protobuf::Message& request, const std::string& field,
                     const std::string& description) {
  const absl::Status status = Check(request);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument)) << request.DebugString();
  EXPECT_THAT(status, HasErrorReason("INVALID_FIELD"));
  EXPECT_EQ(DetailsOf(status).violations, (Violations{{field, description}}));
}

order::v1::CheckoutRequest Checkout() {
  return FromJson<order::v1::CheckoutRequest>(absl::StrCat(R"({
    "userId": ")",
                                                           kUser, R"(",
    "idempotencyKey": "k",
    "shippingAddress": {"fullName": "A B", "line1": "Street 1", "city": "Bonn",
                        "postalCode": "53111", "countryCode": "DE"}})"));
}

cart::v1::AddItemRequest AddItem(int quantity) {
  cart::v1::AddItemRequest request;
  request.set_user_id(kUser);
  request.set_product_id(kUser);
  request.set_quantity(quantity);
  return request;
}

identity::v1::RegisterRequest Register() {
  identity::v1::RegisterRequest request;
  request.set_email("a@b.example");
  request.set_password("twelve chars");
  request.set_display_name("A");
  return request;
}

TEST(ValidatorTest, WhatIsInBoundsPasses) {
  EXPECT_THAT(Check(Checkout()), IsOk());
  EXPECT_THAT(Check(AddItem(1)), IsOk());
  EXPECT_THAT(Check(AddItem(99)), IsOk());
  EXPECT_THAT(Check(Register()), IsOk());
  EXPECT_THAT(Check(catalog::v1::ListProductsRequest()), IsOk());
}

TEST(ValidatorTest, NumbersHaveARange) {
  const std::string range = "must be between 1 and 99";
  ExpectViolation(AddItem(0), "quantity", range);
  ExpectViolation(AddItem(100), "quantity", range);
  ExpectViolation(AddItem(-1), "quantity", range);
  catalog::v1::ListProductsRequest query;
  query.set_min_price(-1);
  ExpectViolation(query, "minPrice", "must be at least 0");
}

// A field with presence may be 0, but not absent.
TEST(ValidatorTest, PresenceIsNotAValue) {
  cart::v1::UpdateItemRequest request;
  request.set_user_id(kUser);
  request.set_product_id(kUser);
  ExpectViolation(request, "quantity", "is required");
  request.set_quantity(0);
  EXPECT_THAT(Check(request), IsOk());
}

TEST(ValidatorTest, LengthsAreCharactersNotBytes) {
  auto request = Register();
  request.set_password("eleven char");
  ExpectViolation(request, "password", "must have 12 to 128 characters");
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "\xc3\xa4";
  request = Register();
  request.set_display_name(wide);
  EXPECT_THAT(Check(request), IsOk());
  request.set_display_name(wide + "x");
  ExpectViolation(request, "displayName", "must have 1 to 100 characters");
}

TEST(ValidatorTest, RequiredTextIsNotEmpty) {
  auto request = Register();
  request.clear_display_name();
  ExpectViolation(request, "displayName", "must not be empty");
}

TEST(ValidatorTest, TextWithoutABoundStillHasOne) {
  auto request = Register();
  request.set_user_agent(std::string(1024, 'x'));
  EXPECT_THAT(Check(request), IsOk());
  request.set_user_agent(std::string(1025, 'x'));
  ExpectViolation(request, "userAgent", "must have 0 to 1024 characters");
}

TEST(ValidatorTest, PatternsMatchTheWholeText) {
  auto request = Checkout();
  for (const char* code : {"de", "DEU", "D", "DE "}) {
    request.mutable_shipping_address()->set_country_code(code);
    ExpectViolation(request, "shippingAddress.countryCode",
                    "must be a country code of ISO 3166-1 alpha-2");
  }
  catalog::v1::ListProductsRequest query;
  query.set_order_by("price");
  EXPECT_THAT(Check(query), IsOk());
  query.set_order_by("price; DROP");
  EXPECT_THAT(Check(query), HasErrorReason("INVALID_FIELD"));
}

TEST(ValidatorTest, TextHasNoZeroCharacter) {
  auto request = Checkout();
  request.mutable_shipping_address()->set_city(std::string("B\0nn", 4));
  ExpectViolation(request, "shippingAddress.city", "must not contain a zero character");
}

TEST(ValidatorTest, AnAbsentMessageIsNotLookedInto) {
  auto request = Checkout();
  request.clear_shipping_address();
  ExpectViolation(request, "shippingAddress", "is required");
}

TEST(ValidatorTest, ItemsAreCountedAndNamedByIndex) {
  cart::v1::RemoveOrderedItemsRequest request;
  request.set_user_id(kUser);
  request.set_order_id(kUser);
  ExpectViolation(request, "items", "must have 1 to 100 items");
  for (int i = 0; i < 100; ++i) {
    auto& item = *request.add_items();
    item.set_product_id(kUser);
    item.set_quantity(1);
  }
  EXPECT_THAT(Check(request), IsOk());
  request.mutable_items(7)->set_quantity(0);
  ExpectViolation(request, "items[7].quantity", "must be between 1 and 99");
  request.mutable_items(7)->set_quantity(1);
  *request.add_items() = request.items(0);
  ExpectViolation(request, "items", "must have 1 to 100 items");
}

TEST(ValidatorTest, EachTextOfAListIsChecked) {
  catalog::v1::ListProductsRequest query;
  query.add_category("light");
  query.add_category("");
  query.add_category("Not a category");
  ExpectViolation(query, "category[2]", "must be the id of a category");
}

TEST(ValidatorTest, EveryViolationIsNamed) {
  auto request = Checkout();
  request.clear_idempotency_key();
  request.mutable_shipping_address()->clear_city();
  request.mutable_shipping_address()->set_line1(std::string(201, 'x'));
  EXPECT_EQ(DetailsOf(Check(request)).violations,
            (Violations{{"idempotencyKey", "must not be empty"},
                        {"shippingAddress.line1", "must have 1 to 200 characters"},
                        {"shippingAddress.city", "must not be empty"}}));
}

TEST(ValidatorTest, AMalformedIdNamesNothing) {
  for (const char* id : {"x", "2ED6657D-E927-568B-95E1-2665A8AEA6A2", "' OR 1=1 --"}) {
    auto request = AddItem(1);
    request.set_product_id(id);
    EXPECT_THAT(Check(request), StatusIs(absl::StatusCode::kNotFound)) << id;
  }
}

TEST(ValidatorTest, AnotherViolationGoesBeforeAMalformedId) {
  auto request = AddItem(0);
  request.set_product_id("x");
  ExpectViolation(request, "quantity", "must be between 1 and 99");
}

}  // namespace
}  // namespace cartwright::rpc
