#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/wallet/ledger.h"
#include "shared/db/connection.h"
#include "shared/kit/sweeper.h"

namespace cartwright::wallet {

// Every SQL statement of the wallet. Each call is one statement and one commit; a repeated call
// answers from what the first one stored. Amounts are minor units. Stateless; a connection is
// used by one thread at a time.
class WalletStore {
 public:
  // Balances of one account; all 0 for a user who never had money.
  struct Balance {
    int64_t posted = 0;
    int64_t held = 0;
  };

  // A posting seen from one account.
  struct Posting {
    int64_t journal_id = 0;
    std::string kind;    // DEPOSIT, CAPTURE, REFUND
    int64_t amount = 0;  // negative for a debit
    int64_t balance_after = 0;
    int64_t seq = 0;
    std::optional<std::string> order_id;
    int64_t create_time_us = 0;  // since the epoch
  };

  struct History {
    Balance balance;
    std::vector<Posting> postings;  // newest first
  };

  // Balance and up to `limit` postings before place `before_seq` of the account's history.
  absl::StatusOr<History> GetWallet(db::Connection& db, const std::string& user_id,
                                    int64_t before_seq, int limit);

  struct DepositArgs {
    std::string user_id;
    std::string idempotency_key;
    std::string fingerprint;
    std::string currency;
    int64_t amount = 0;
  };

  struct DepositResult {
    enum class Outcome { kDone, kReplay, kMismatch } outcome;
    Balance balance;
    Posting posting;
  };

  // Errors: FAILED_PRECONDITION violating journal_deposit_balance_bounded when the balance would be
  // too large.
  absl::StatusOr<DepositResult> Deposit(db::Connection& db, const DepositArgs& args);

  struct Hold {
    std::string hold_id;
    std::string user_id;
    std::string order_id;
    std::string currency;
    int64_t amount = 0;
    bool coordinated = true;  // false: it expires by itself
    int time_to_live_s = 86'400;
  };

  absl::StatusOr<v1::HoldState> ReserveHold(db::Connection& db, const Hold& hold);
  absl::StatusOr<v1::HoldState> ReleaseHold(db::Connection& db, const std::string& hold_id,
                                            const std::string& reason);

  // Captures (hold id, amount), each hold once; all in one transaction, one result each.
  absl::StatusOr<std::vector<std::pair<std::string, v1::HoldState>>> CaptureHolds(
      db::Connection& db, const std::vector<std::pair<std::string, int64_t>>& captures);

  // Pays back `amount` of a captured hold; REFUNDED when it is done, also for a replay.
  absl::StatusOr<v1::HoldState> RefundHold(db::Connection& db, const std::string& refund_id,
                                           const std::string& hold_id, int64_t amount);

  // What the hold's row says; state UNKNOWN when there is none.
  absl::StatusOr<v1::GetHoldResponse> GetHold(db::Connection& db, const std::string& hold_id);

  // How overdue holds are found and freed.
  static kit::Sweeper::Work OverdueHolds();
};

}  // namespace cartwright::wallet
