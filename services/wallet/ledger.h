#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cartwright/api/v1/money.pb.h"
#include "cartwright/wallet/v1/wallet.pb.h"

// The rules of the wallet that need no database: what an amount may be, and what the journal's
// words mean to the outside. What must hold whatever the code does is in the schema.
namespace cartwright::wallet {

// INVALID_ARGUMENT naming the part of `amount` that cannot be taken in a shop of `currency`: one
// deposit or hold is 1..kMaxAmount (shared/base/money.h).
absl::Status CheckAmount(const api::v1::Money& amount, absl::string_view currency);

// What a user sees of a journal row: a capture of a hold is a purchase.
v1::Transaction::Type TransactionTypeOf(absl::string_view journal_kind);

// The state that a function of the schema named. INTERNAL for a word that this binary does not
// know: a newer schema must not be misread.
absl::StatusOr<v1::HoldState> ParseHoldState(const std::string& word);

}  // namespace cartwright::wallet
