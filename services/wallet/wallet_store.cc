#include "services/wallet/wallet_store.h"

#include "shared/base/status_macros.h"

namespace cartwright::wallet {
namespace {

// A hold's time to live: past it an alarm rings; the order service decides what happens.
constexpr const char* kHoldTimeToLive = "24 hours";

// The account's balance beside each row of a page of its history, or alone when the page is
// empty. Debits by journal_debit_seq_key, credits by journal_credit_seq_key.
constexpr db::Statement kGetWallet = {"wallet.get_wallet", R"sql(
  SELECT a.posted, a.held, p.journal_id, p.kind, p.amount, p.balance_after, p.seq, p.order_id,
         (extract(epoch FROM p.create_time) * 1000000)::bigint AS create_time_us
  FROM account a LEFT JOIN (
    (SELECT journal_id, kind, -amount AS amount, debit_after AS balance_after, debit_seq AS seq,
            order_id, create_time
     FROM journal WHERE debit_id = $1 AND debit_seq < $2 ORDER BY debit_seq DESC LIMIT $3)
    UNION ALL
    (SELECT journal_id, kind, amount, credit_after, credit_seq, order_id, create_time
     FROM journal WHERE credit_id = $1 AND credit_seq < $2 ORDER BY credit_seq DESC LIMIT $3)
    ORDER BY seq DESC LIMIT $3) p ON true
  WHERE a.account_id = $1
  ORDER BY p.seq DESC
)sql"};

// One row: see the function.
constexpr db::Statement kDeposit = {"wallet.deposit", R"sql(
  SELECT result, journal_id, balance_after, posted, held, amount,
         (extract(epoch FROM create_time) * 1000000)::bigint AS create_time_us
  FROM deposit($1, $2, $3, $4, $5)
)sql"};

// One row, one state.
constexpr db::Statement kReserveHold = {"wallet.reserve_hold",
                                        "SELECT reserve_hold($1, $2, $3, $4, $5, $6)"};
constexpr db::Statement kReleaseHold = {"wallet.release_hold", "SELECT release_hold($1, $2)"};

// One row per hold.
constexpr db::Statement kCaptureHolds = {
    "wallet.capture_holds", "SELECT hold_id, result FROM capture_holds($1::uuid[], $2::bigint[])"};

WalletStore::Posting ReadPosting(const pqxx::row& row) {
  WalletStore::Posting posting{.journal_id = row["journal_id"].as<int64_t>(),
                               .kind = row["kind"].as<std::string>(),
                               .amount = row["amount"].as<int64_t>(),
                               .balance_after = row["balance_after"].as<int64_t>(),
                               .seq = row["seq"].as<int64_t>(),
                               .create_time_us = row["create_time_us"].as<int64_t>()};
  if (!row["order_id"].is_null()) posting.order_id = row["order_id"].as<std::string>();
  return posting;
}

}  // namespace

absl::StatusOr<WalletStore::History> WalletStore::GetWallet(db::Connection& db,
                                                            const std::string& user_id,
                                                            int64_t before_seq, int limit) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kGetWallet, {user_id, before_seq, limit}));
  History history;
  for (const auto& row : rows) {
    history.balance = {row["posted"].as<int64_t>(), row["held"].as<int64_t>()};
    if (!row["journal_id"].is_null()) history.postings.push_back(ReadPosting(row));
  }
  return history;
}

absl::StatusOr<WalletStore::DepositResult> WalletStore::Deposit(db::Connection& db,
                                                                const DepositArgs& args) {
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kDeposit, {args.user_id, args.idempotency_key, db::Bytes(args.fingerprint),
                            args.currency, args.amount}));
  const pqxx::row row = rows[0];
  const std::string result = row["result"].as<std::string>();
  using Outcome = DepositResult::Outcome;
  return DepositResult{.outcome = result == "OK"       ? Outcome::kDone
                                  : result == "REPLAY" ? Outcome::kReplay
                                                       : Outcome::kMismatch,
                       .balance = {row["posted"].as<int64_t>(), row["held"].as<int64_t>()},
                       .posting = {.journal_id = row["journal_id"].as<int64_t>(),
                                   .kind = "DEPOSIT",
                                   .amount = row["amount"].as<int64_t>(),
                                   .balance_after = row["balance_after"].as<int64_t>(),
                                   .create_time_us = row["create_time_us"].as<int64_t>()}};
}

absl::StatusOr<v1::HoldState> WalletStore::ReserveHold(db::Connection& db, const Hold& hold) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kReserveHold, {hold.hold_id, hold.user_id, hold.order_id,
                                                hold.currency, hold.amount, kHoldTimeToLive}));
  return ParseHoldState(rows[0][0].c_str());
}

absl::StatusOr<v1::HoldState> WalletStore::ReleaseHold(db::Connection& db,
                                                       const std::string& hold_id,
                                                       const std::string& reason) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kReleaseHold, {hold_id, reason}));
  return ParseHoldState(rows[0][0].c_str());
}

absl::StatusOr<std::vector<std::pair<std::string, v1::HoldState>>> WalletStore::CaptureHolds(
    db::Connection& db, const std::vector<std::pair<std::string, int64_t>>& captures) {
  std::vector<std::string> ids;
  std::vector<int64_t> amounts;
  for (const auto& [id, amount] : captures) {
    ids.push_back(id);
    amounts.push_back(amount);
  }
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kCaptureHolds, {db::Array(ids), db::Array(amounts)}));
  std::vector<std::pair<std::string, v1::HoldState>> results;
  for (const auto& row : rows) {
    CW_ASSIGN_OR_RETURN(const v1::HoldState state, ParseHoldState(row[1].c_str()));
    results.emplace_back(row[0].as<std::string>(), state);
  }
  return results;
}

}  // namespace cartwright::wallet
