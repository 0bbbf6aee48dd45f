#include "shared/rpc/page_token.h"

#include <string>

#include "cartwright/catalog/v1/catalog.pb.h"
#include "cartwright/order/v1/order.pb.h"
#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::rpc {
namespace {

using catalog::v1::ListProductsRequest;
using testing::HasErrorReason;
using testing::IsOk;

const PageTokens& Tokens() {
  static const auto* tokens = new PageTokens(std::string(32, 'k'));
  return *tokens;
}

// A query, and the token that continues it after "position".
ListProductsRequest Continued() {
  ListProductsRequest query;
  query.set_query("lamp");
  query.add_category("light");
  query.set_page_size(10);
  query.set_page_token(Tokens().Seal(query, "position"));
  return query;
}

TEST(PageTokenTest, ATokenOpensToItsPosition) {
  const std::string positions[] = {"", "a", std::string("\0\xff|", 3), std::string(300, 'x')};
  for (const std::string& position : positions) {
    ListProductsRequest query;
    query.set_page_token(Tokens().Seal(query, position));
    const auto opened = Tokens().Open(query);
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(*opened, position);
  }
}

TEST(PageTokenTest, NoTokenIsTheFirstPage) {
  const auto opened = Tokens().Open(ListProductsRequest());
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(*opened, "");
}

TEST(PageTokenTest, AnotherPageSizeIsTheSameQuery) {
  ListProductsRequest query = Continued();
  query.set_page_size(50);
  EXPECT_THAT(Tokens().Open(query), IsOk());
}

TEST(PageTokenTest, EveryDamagedByteIsSeen) {
  const std::string token = Continued().page_token();
  for (size_t i = 0; i < token.size(); ++i) {
    ListProductsRequest query = Continued();
    (*query.mutable_page_token())[i] = token[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(Tokens().Open(query), HasErrorReason("PAGE_TOKEN_INVALID")) << i;
  }
  for (const std::string& other : {token.substr(0, token.size() - 1), token + "A", token + "=",
                                   std::string("x"), std::string("not base64!")}) {
    ListProductsRequest query = Continued();
    query.set_page_token(other);
    EXPECT_THAT(Tokens().Open(query), HasErrorReason("PAGE_TOKEN_INVALID")) << other;
  }
}

TEST(PageTokenTest, ATokenIsOfOneQuery) {
  ListProductsRequest query = Continued();
  query.set_query("lamps");
  EXPECT_THAT(Tokens().Open(query), HasErrorReason("PAGE_TOKEN_INVALID"));
  query = Continued();
  query.clear_category();
  EXPECT_THAT(Tokens().Open(query), HasErrorReason("PAGE_TOKEN_INVALID"));
  query = Continued();
  query.set_min_price(0);
  EXPECT_THAT(Tokens().Open(query), HasErrorReason("PAGE_TOKEN_INVALID"));
}

// Two methods whose queries have the same bytes.
TEST(PageTokenTest, ATokenIsOfOneMethod) {
  order::v1::ListOrdersRequest orders;
  orders.set_page_token(Tokens().Seal(ListProductsRequest(), "position"));
  EXPECT_THAT(Tokens().Open(orders), HasErrorReason("PAGE_TOKEN_INVALID"));
}

TEST(PageTokenTest, ATokenIsOfOneKey) {
  const PageTokens others(std::string(32, 'o'));
  EXPECT_THAT(others.Open(Continued()), HasErrorReason("PAGE_TOKEN_INVALID"));
}

TEST(PageTokenTest, APageHas20WhenNothingIsAsked) {
  EXPECT_EQ(PageSizeOr(0), 20);
  EXPECT_EQ(PageSizeOr(7), 7);
}

}  // namespace
}  // namespace cartwright::rpc
