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
  ~WalletFixture() override { EXPECT_EQ(AuditFindings(), ""); }

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
