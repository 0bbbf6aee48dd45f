#include "services/wallet/wallet_service.h"

#include <limits>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "services/wallet/ledger.h"
#include "shared/base/money.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/db/sql_error.h"

namespace cartwright::wallet {
namespace {

// What makes two calls with one key the same call.
std::string Fingerprint(const api::v1::Money& amount) {
  return Sha256(absl::StrCat(amount.currency_code(), ":", amount.minor_units()));
}

}  // namespace

WalletService::WalletService(WalletStore& store, std::string currency, std::string page_token_key,
                             int hold_ttl_s)
    : store_(store),
      currency_(std::move(currency)),
      page_tokens_(std::move(page_token_key)),
      hold_ttl_s_(hold_ttl_s) {}

absl::StatusOr<v1::GetWalletResponse> WalletService::GetWallet(
    db::Connection& db, const v1::GetWalletRequest& request) {
  CW_ASSIGN_OR_RETURN(const std::string position, page_tokens_.Open(request));
  int64_t before_seq = std::numeric_limits<int64_t>::max();
  if (!position.empty() && !absl::SimpleAtoi(position, &before_seq)) {
    return absl::InternalError("a signed page token holds no number");
  }
  const int page_size = rpc::PageSizeOr(request.page_size());
  // One more than the page, to know whether another one follows.
  CW_ASSIGN_OR_RETURN(auto history,
                      store_.GetWallet(db, request.user_id(), before_seq, page_size + 1));
  v1::GetWalletResponse response;
  *response.mutable_wallet() = ToWallet(history.balance);
  if (history.postings.size() > static_cast<size_t>(page_size)) {
    history.postings.pop_back();
    response.set_next_page_token(
        page_tokens_.Seal(request, absl::StrCat(history.postings.back().seq)));
  }
  for (const auto& posting : history.postings) {
    *response.add_transactions() = ToTransaction(posting);
  }
  return response;
}

absl::StatusOr<v1::DepositResponse> WalletService::Deposit(db::Connection& db,
                                                           const v1::DepositRequest& request) {
  CW_RETURN_IF_ERROR(CheckAmount(request.amount(), currency_));
  const auto result = store_.Deposit(db, {.user_id = request.user_id(),
                                          .idempotency_key = request.idempotency_key(),
                                          .fingerprint = Fingerprint(request.amount()),
                                          .currency = currency_,
                                          .amount = request.amount().minor_units()});
  if (!result.ok() && db::ConstraintOf(result.status()) == "journal_deposit_balance_bounded") {
    return InvalidField("amount.minorUnits", "would make the balance too large");
  }
  CW_RETURN_IF_ERROR(result.status());
  using Outcome = WalletStore::DepositResult::Outcome;
  if (result->outcome == Outcome::kMismatch) {
    return Error(absl::StatusCode::kInvalidArgument, api::v1::IDEMPOTENCY_KEY_REUSED,
                 "This Idempotency-Key was used for another deposit.");
  }
  v1::DepositResponse response;
  *response.mutable_wallet() = ToWallet(result->balance);
  *response.mutable_transaction() = ToTransaction(result->posting);
  response.set_replayed(result->outcome == Outcome::kReplay);
  return response;
}

absl::StatusOr<v1::ReserveHoldResponse> WalletService::ReserveHold(
    db::Connection& db, const v1::ReserveHoldRequest& request) {
  CW_RETURN_IF_ERROR(CheckAmount(request.amount(), currency_));
  CW_ASSIGN_OR_RETURN(
      const v1::HoldState state,
      store_.ReserveHold(db,
                         {.hold_id = request.hold_id(),
                          .user_id = request.user_id(),
                          .order_id = request.order_id(),
                          .currency = currency_,
                          .amount = request.amount().minor_units(),
                          .coordinated = request.coordination() != v1::UNILATERAL,
                          .time_to_live_s = request.has_ttl_s() ? request.ttl_s() : hold_ttl_s_}));
  v1::ReserveHoldResponse response;
  response.set_state(state);
  return response;
}

absl::StatusOr<v1::CaptureHoldResponse> WalletService::CaptureHold(
    db::Connection& db, const v1::CaptureHoldRequest& request) {
  CW_ASSIGN_OR_RETURN(const auto results,
                      store_.CaptureHolds(db, {{request.hold_id(), request.minor_units()}}));
  v1::CaptureHoldResponse response;
  response.set_state(results.front().second);
  return response;
}

absl::StatusOr<v1::BatchCaptureHoldsResponse> WalletService::BatchCaptureHolds(
    db::Connection& db, const v1::BatchCaptureHoldsRequest& request) {
  std::set<std::string> seen;
  std::vector<std::pair<std::string, int64_t>> captures;
  for (const auto& capture : request.captures()) {
    if (!seen.insert(capture.hold_id()).second) {
      return InvalidField("captures", "must name each hold once");
    }
    captures.emplace_back(capture.hold_id(), capture.minor_units());
  }
  CW_ASSIGN_OR_RETURN(const auto results, store_.CaptureHolds(db, captures));
  v1::BatchCaptureHoldsResponse response;
  for (const auto& [hold_id, state] : results) {
    auto* result = response.add_results();
    result->set_hold_id(hold_id);
    result->set_state(state);
  }
  return response;
}

absl::StatusOr<v1::ReleaseHoldResponse> WalletService::ReleaseHold(
    db::Connection& db, const v1::ReleaseHoldRequest& request) {
  CW_ASSIGN_OR_RETURN(const v1::HoldState state,
                      store_.ReleaseHold(db, request.hold_id(), request.reason()));
  v1::ReleaseHoldResponse response;
  response.set_state(state);
  return response;
}

absl::StatusOr<v1::RefundHoldResponse> WalletService::RefundHold(
    db::Connection& db, const v1::RefundHoldRequest& request) {
  CW_ASSIGN_OR_RETURN(
      const v1::HoldState state,
      store_.RefundHold(db, request.refund_id(), request.hold_id(), request.minor_units()));
  v1::RefundHoldResponse response;
  response.set_state(state);
  return response;
}

absl::StatusOr<v1::GetHoldResponse> WalletService::GetHold(db::Connection& db,
                                                           const v1::GetHoldRequest& request) {
  return store_.GetHold(db, request.hold_id());
}

v1::Wallet WalletService::ToWallet(const WalletStore::Balance& balance) const {
  v1::Wallet wallet;
  SetMoney(currency_, balance.posted, wallet.mutable_balance());
  SetMoney(currency_, balance.held, wallet.mutable_held());
  SetMoney(currency_, balance.posted - balance.held, wallet.mutable_available());
  return wallet;
}

v1::Transaction WalletService::ToTransaction(const WalletStore::Posting& posting) const {
  v1::Transaction transaction;
  transaction.set_id(absl::StrCat(posting.journal_id));
  transaction.set_type(TransactionTypeOf(posting.kind));
  SetMoney(currency_, posting.amount, transaction.mutable_amount());
  SetMoney(currency_, posting.balance_after, transaction.mutable_balance_after());
  if (posting.order_id) transaction.set_order_id(*posting.order_id);
  *transaction.mutable_create_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(posting.create_time_us);
  return transaction;
}

}  // namespace cartwright::wallet
