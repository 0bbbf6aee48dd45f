#include "services/wallet/ledger.h"

#include "gtest/gtest.h"
#include "shared/base/money.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::wallet {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;

api::v1::Money Money(const char* currency, int64_t units) {
  api::v1::Money money;
  money.set_currency_code(currency);
  money.set_minor_units(units);
  return money;
}

TEST(LedgerTest, AmountsWithinTheBoundsAreTaken) {
  EXPECT_THAT(CheckAmount(Money("EUR", 1), "EUR"), IsOk());
  EXPECT_THAT(CheckAmount(Money("EUR", kMaxAmount), "EUR"), IsOk());
}

TEST(LedgerTest, OtherAmountsNameTheFieldAtFault) {
  const struct {
    const char* name;
    api::v1::Money amount;
    const char* field;
  } cases[] = {
      {"zero", Money("EUR", 0), "amount.minorUnits"},
      {"negative", Money("EUR", -5), "amount.minorUnits"},
      {"too large", Money("EUR", kMaxAmount + 1), "amount.minorUnits"},
      {"other currency", Money("USD", 5), "amount.currencyCode"},
      {"lower case", Money("eur", 5), "amount.currencyCode"},
      {"no currency", Money("", 5), "amount.currencyCode"},
  };
  for (const auto& test : cases) {
    const absl::Status status = CheckAmount(test.amount, "EUR");
    EXPECT_THAT(status, HasErrorReason("INVALID_FIELD")) << test.name;
    EXPECT_EQ(DetailsOf(status).violations.at(0).first, test.field) << test.name;
  }
}

TEST(LedgerTest, ACaptureIsAPurchase) {
  EXPECT_EQ(TransactionTypeOf("DEPOSIT"), v1::Transaction::DEPOSIT);
  EXPECT_EQ(TransactionTypeOf("CAPTURE"), v1::Transaction::PURCHASE);
  EXPECT_EQ(TransactionTypeOf("REFUND"), v1::Transaction::REFUND);
}

TEST(LedgerTest, AnUnknownStateIsNotGuessed) {
  EXPECT_EQ(ParseHoldState("CAPTURED").value(), v1::CAPTURED);
  EXPECT_THAT(ParseHoldState("FROZEN").status(), StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace cartwright::wallet
