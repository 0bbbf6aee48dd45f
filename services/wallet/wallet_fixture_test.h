#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/wallet/wallet_store.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::wallet {

constexpr int64_t kNewest = std::numeric_limits<int64_t>::max();

// A wallet with one user, and short names for the calls of its store. After every test the
// invariants of the ledger must hold.
class WalletFixture : public testing::PostgresFixture {
 protected:
  WalletFixture() : PostgresFixture("wallet", "wallet") {}
  ~WalletFixture() override { ExpectInvariants(); }

  // The invariants W1 to W8 of the ledger: each query returns no row.
  void ExpectInvariants() {
    static constexpr const char* kQueries[] = {
        "SELECT currency FROM account GROUP BY 1 HAVING sum(posted) <> 0",
        "SELECT account_id FROM account a WHERE posted <> "
        " coalesce((SELECT sum(amount) FROM journal WHERE credit_id = a.account_id), 0)"
        " - coalesce((SELECT sum(amount) FROM journal WHERE debit_id = a.account_id), 0)",
        "SELECT account_id FROM account a WHERE held <> coalesce((SELECT sum(amount) FROM hold"
        " WHERE account_id = a.account_id AND state = 'RESERVED'), 0)",
        "SELECT account_id FROM account WHERE held < 0 OR (kind <> 'WORLD' AND posted < held)",
        "SELECT 1 FROM hold h FULL JOIN (SELECT * FROM journal WHERE kind = 'CAPTURE') j"
        " USING (hold_id) WHERE (h.state = 'CAPTURED') IS DISTINCT FROM (j.journal_id IS NOT NULL)"
        " OR j.amount <> h.captured OR j.debit_id <> h.account_id",
        "WITH e AS (SELECT debit_id a, debit_seq s, debit_after b, -amount d FROM journal UNION ALL"
        " SELECT credit_id, credit_seq, credit_after, amount FROM journal), c AS (SELECT *,"
        " lag(s, 1, 0::bigint) OVER w ps, lag(b, 1, 0::bigint) OVER w pb FROM e"
        " WINDOW w AS (PARTITION BY a ORDER BY s)) SELECT * FROM c WHERE s <> ps + 1 OR b <> pb + "
        "d",
        "SELECT account_id FROM account a WHERE seq <> (SELECT count(*) FROM journal"
        " WHERE debit_id = a.account_id OR credit_id = a.account_id)",
        "SELECT 1 FROM operation LEFT JOIN journal USING (journal_id) WHERE amount IS NULL",
        // What was paid back is the sum of the refunds.
        "SELECT hold_id FROM hold h WHERE refunded <> coalesce((SELECT sum(amount) FROM journal"
        " WHERE refund_of = h.hold_id), 0)",
    };
    int number = 0;
    for (const char* query : kQueries) {
      const std::string name = "invariant" + std::to_string(++number);
      auto rows = superuser().Execute({name.c_str(), query});
      ASSERT_THAT(rows, testing::IsOk());
      EXPECT_TRUE(rows->empty()) << "W" << number << " is violated";
    }
  }

  void Give(const std::string& user, int64_t amount) {
    ASSERT_THAT(Deposit(user, NewUuid(), amount), testing::IsOk());
  }

  absl::StatusOr<WalletStore::DepositResult> Deposit(const std::string& user,
                                                     const std::string& key, int64_t amount) {
    return store_.Deposit(connection(), {.user_id = user,
                                         .idempotency_key = key,
                                         .fingerprint = std::to_string(amount),
                                         .currency = "EUR",
                                         .amount = amount});
  }

  v1::HoldState Reserve(const std::string& id, int64_t amount) {
    return store_
        .ReserveHold(connection(), {.hold_id = id,
                                    .user_id = user_,
                                    .order_id = order_,
                                    .currency = "EUR",
                                    .amount = amount})
        .value();
  }

  v1::HoldState Release(const std::string& id) {
    return store_.ReleaseHold(connection(), id, "test").value();
  }

  v1::HoldState Refund(const std::string& refund, const std::string& id, int64_t amount) {
    return store_.RefundHold(connection(), refund, id, amount).value();
  }

  // A hold of `amount` that is captured in full.
  std::string Buy(int64_t amount) {
    const std::string id = NewUuid();
    EXPECT_EQ(Reserve(id, amount), v1::RESERVED);
    EXPECT_EQ(Capture(id, amount), v1::CAPTURED);
    return id;
  }

  // The first column of the first row.
  std::string Ask(const std::string& sql) {
    // Not the text itself: Postgres cuts names at 63 bytes.
    const std::string name = "test.ask" + std::to_string(asked_++);
    auto rows = superuser().Execute({name.c_str(), sql.c_str()});
    EXPECT_THAT(rows, testing::IsOk());
    return rows.ok() && !rows->empty() ? (*rows)[0][0].c_str() : "";
  }

  v1::HoldState Capture(const std::string& id, int64_t amount) {
    return store_.CaptureHolds(connection(), {{id, amount}}).value().front().second;
  }

  WalletStore::Balance Balance() {
    return store_.GetWallet(connection(), user_, kNewest, 1).value().balance;
  }

  WalletStore store_;
  const std::string user_ = NewUuid();
  const std::string order_ = NewUuid();
  const std::string hold_ = NewUuid();

 private:
  int asked_ = 0;
};

}  // namespace cartwright::wallet
