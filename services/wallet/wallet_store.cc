#include "services/wallet/wallet_store.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"
#include "shared/db/durable.h"

namespace cartwright::wallet {
namespace {

// A row that says to the audit log, in the same statement, who called. What it is read for comes
// from the select list, or behind OFFSET 0, so after it.
#define CW_ACTOR(value) "set_config('cartwright.actor', " value ", true)"

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
  SELECT (d).result, (d).journal_id, (d).balance_after, (d).posted, (d).held, (d).amount,
         (extract(epoch FROM (d).create_time) * 1000000)::bigint AS create_time_us
  FROM (SELECT deposit($1, $2, $3, $4, $5) AS d FROM )sql" CW_ACTOR("$6") " OFFSET 0) s"};

// One row, one state.
constexpr db::Statement kReserveHold = {
    "wallet.reserve_hold",
    "SELECT reserve_hold($1, $2, $3, $4, $5, make_interval(secs => $6), $7) FROM " CW_ACTOR("$8")};
constexpr db::Statement kReleaseHold = {"wallet.release_hold",
                                        "SELECT release_hold($1, $2) FROM " CW_ACTOR("$3")};

// One row per hold.
constexpr db::Statement kCaptureHolds = {
    "wallet.capture_holds",
    "SELECT (c).hold_id, (c).result FROM (SELECT capture_holds($1::uuid[], $2::bigint[]) AS c "
    "FROM " CW_ACTOR("$3") " OFFSET 0) s"};

// One row, one state.
constexpr db::Statement kRefundHold = {"wallet.refund_hold",
                                       "SELECT refund_hold($1, $2, $3, $4) FROM " CW_ACTOR("$5")};

// One row or none, by the primary key. A tombstone has no order, user or time to live.
constexpr db::Statement kGetHold = {"wallet.get_hold", R"sql(
  SELECT state, coalesce(order_id::text, ''), coalesce(account_id::text, ''), amount,
         coalesce(captured, 0), refunded, coalesce(reason, ''),
         (extract(epoch FROM create_time) * 1000000)::bigint,
         (extract(epoch FROM decide_time) * 1000000)::bigint,
         (extract(epoch FROM expire_time) * 1000000)::bigint
  FROM hold WHERE hold_id = $1
)sql"};

// Overdue holds, by hold_open_by_expire_time.
constexpr db::Statement kFindOverdueHolds = {"wallet.find_overdue_holds", R"sql(
  SELECT hold_id, order_id, coordinated FROM hold
  WHERE state = 'RESERVED' AND expire_time <= now() ORDER BY coordinated, expire_time
  OFFSET $1 LIMIT $2
)sql"};
constexpr db::Statement kExpireHold = {"wallet.expire_hold",
                                       "SELECT expire_hold($1) FROM " CW_ACTOR("'wallet'")};

// One row, from the open holds alone: they have an index of their own.
constexpr db::Statement kCountHolds = {"wallet.count_holds", R"sql(
  SELECT count(*), count(*) FILTER (WHERE expire_time <= now()),
         coalesce(extract(epoch FROM now() - min(create_time)), 0)::bigint
  FROM hold WHERE state = 'RESERVED'
)sql"};

void SetTime(const pqxx::field& us,
             google::protobuf::Timestamp* (v1::GetHoldResponse::*mutable_time)(),
             v1::GetHoldResponse& hold) {
  if (us.is_null()) return;
  *(hold.*mutable_time)() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(us.as<int64_t>());
}

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
                            args.currency, args.amount, db.actor()}));
  const pqxx::row row = rows[0];
  const std::string result = row["result"].as<std::string>();
  using Outcome = DepositResult::Outcome;
  if (result == "REPLAY") CW_RETURN_IF_ERROR(db::AwaitDurable(db));
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
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kReserveHold, {hold.hold_id, hold.user_id, hold.order_id, hold.currency,
                                hold.amount, hold.time_to_live_s, hold.coordinated, db.actor()}));
  return ParseHoldState(rows[0][0].c_str());
}

absl::StatusOr<v1::HoldState> WalletStore::ReleaseHold(db::Connection& db,
                                                       const std::string& hold_id,
                                                       const std::string& reason) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kReleaseHold, {hold_id, reason, db.actor()}));
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
                      db.Execute(kCaptureHolds, {db::Array(ids), db::Array(amounts), db.actor()}));
  std::vector<std::pair<std::string, v1::HoldState>> results;
  for (const auto& row : rows) {
    CW_ASSIGN_OR_RETURN(const v1::HoldState state, ParseHoldState(row[1].c_str()));
    results.emplace_back(row[0].as<std::string>(), state);
  }
  return results;
}

absl::StatusOr<v1::HoldState> WalletStore::RefundHold(db::Connection& db,
                                                      const std::string& refund_id,
                                                      const std::string& hold_id, int64_t amount) {
  const std::string fingerprint = Sha256(absl::StrCat(hold_id, ":", amount));
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kRefundHold, {refund_id, hold_id, amount, db::Bytes(fingerprint), db.actor()}));
  return ParseHoldState(rows[0][0].c_str());
}

absl::StatusOr<v1::GetHoldResponse> WalletStore::GetHold(db::Connection& db,
                                                         const std::string& hold_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kGetHold, {hold_id}));
  v1::GetHoldResponse hold;
  hold.set_state(v1::UNKNOWN);
  if (rows.empty()) return hold;
  const pqxx::row row = rows[0];
  CW_ASSIGN_OR_RETURN(const v1::HoldState state, ParseHoldState(row[0].c_str()));
  hold.set_state(state);
  hold.set_order_id(row[1].c_str());
  hold.set_user_id(row[2].c_str());
  hold.set_minor_units(row[3].as<int64_t>());
  hold.set_captured(row[4].as<int64_t>());
  hold.set_refunded(row[5].as<int64_t>());
  hold.set_reason(row[6].c_str());
  SetTime(row[7], &v1::GetHoldResponse::mutable_create_time, hold);
  SetTime(row[8], &v1::GetHoldResponse::mutable_decide_time, hold);
  SetTime(row[9], &v1::GetHoldResponse::mutable_expire_time, hold);
  return hold;
}

kit::Sweeper::Work WalletStore::OverdueHolds() {
  return {.noun = "hold", .find = kFindOverdueHolds, .expire = kExpireHold, .count = kCountHolds};
}

}  // namespace cartwright::wallet
