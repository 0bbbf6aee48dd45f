#include "services/wallet/ledger.h"

#include "absl/strings/str_cat.h"
#include "shared/base/money.h"
#include "shared/base/status.h"

namespace cartwright::wallet {

absl::Status CheckAmount(const api::v1::Money& amount, absl::string_view currency) {
  if (amount.currency_code() != currency) {
    return InvalidField("amount.currencyCode", absl::StrCat("must be ", currency));
  }
  if (amount.minor_units() < 1 || amount.minor_units() > kMaxAmount) {
    return InvalidField("amount.minorUnits", absl::StrCat("must be between 1 and ", kMaxAmount));
  }
  return absl::OkStatus();
}

v1::Transaction::Type TransactionTypeOf(absl::string_view journal_kind) {
  if (journal_kind == "DEPOSIT") return v1::Transaction::DEPOSIT;
  if (journal_kind == "CAPTURE") return v1::Transaction::PURCHASE;
  if (journal_kind == "REFUND") return v1::Transaction::REFUND;
  return v1::Transaction::TYPE_UNSPECIFIED;
}

absl::StatusOr<v1::HoldState> ParseHoldState(const std::string& word) {
  v1::HoldState state;
  if (v1::HoldState_Parse(word, &state)) return state;
  return absl::InternalError(absl::StrCat("unknown hold state ", word));
}

}  // namespace cartwright::wallet
