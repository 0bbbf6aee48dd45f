#include "services/wallet/wallet_store.h"

#include <atomic>
#include <iostream>
#include <limits>
#include <random>
#include <set>
#include <thread>

#include "gtest/gtest.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::wallet {
namespace {

using testing::IsOk;
using testing::ViolatesConstraint;
using Outcome = WalletStore::DepositResult::Outcome;

constexpr int64_t kNewest = std::numeric_limits<int64_t>::max();

class WalletStoreTest : public testing::PostgresFixture {
 protected:
  WalletStoreTest() : PostgresFixture("wallet", "wallet") {}
  ~WalletStoreTest() override { EXPECT_EQ(AuditFindings(), ""); }

  void Give(const std::string& user, int64_t amount) {
    ASSERT_THAT(Deposit(user, NewUuid(), amount), IsOk());
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
};

TEST_F(WalletStoreTest, ADepositIsPostedOnceWhateverIsRepeated) {
  CW_ASSERT_OK_AND_ASSIGN(const auto first, Deposit(user_, "k", 500));
  CW_ASSERT_OK_AND_ASSIGN(const auto again, Deposit(user_, "k", 500));
  EXPECT_EQ(first.outcome, Outcome::kDone);
  EXPECT_EQ(again.outcome, Outcome::kReplay);
  EXPECT_EQ(again.posting.journal_id, first.posting.journal_id);
  EXPECT_EQ(again.posting.balance_after, 500);
  EXPECT_EQ(Balance().posted, 500);
}

TEST_F(WalletStoreTest, AKeyWithAnotherPayloadMovesNothing) {
  Give(user_, 100);
  CW_ASSERT_OK_AND_ASSIGN(const auto first, Deposit(user_, "k", 500));
  CW_ASSERT_OK_AND_ASSIGN(const auto other, Deposit(user_, "k", 501));
  EXPECT_EQ(other.outcome, Outcome::kMismatch);
  EXPECT_EQ(Balance().posted, 600);
}

TEST_F(WalletStoreTest, KeysBelongToTheirUser) {
  CW_ASSERT_OK_AND_ASSIGN(const auto mine, Deposit(user_, "k", 500));
  CW_ASSERT_OK_AND_ASSIGN(const auto theirs, Deposit(NewUuid(), "k", 700));
  EXPECT_EQ(theirs.outcome, Outcome::kDone);
}

TEST_F(WalletStoreTest, ABalanceTooLargeIsRefusedAndTheKeyStaysFree) {
  for (int i = 0; i < 1000; ++i) Give(user_, 1'000'000'000'000);
  const auto refused = Deposit(user_, "one more", 1);
  EXPECT_THAT(refused, ViolatesConstraint("account_balance_bounded"));
  auto rows = superuser().Execute({"keys", "SELECT 1 FROM operation WHERE idempotency_key = $1"},
                                  {"one more"});
  EXPECT_TRUE(rows.value().empty());
}

TEST_F(WalletStoreTest, AHoldSetsMoneyAsideAndCaptureTakesIt) {
  Give(user_, 1000);
  EXPECT_EQ(Reserve(hold_, 600), v1::RESERVED);
  EXPECT_EQ(Balance().posted, 1000);
  EXPECT_EQ(Balance().held, 600);
  EXPECT_EQ(Capture(hold_, 600), v1::CAPTURED);
  EXPECT_EQ(Balance().posted, 400);
  EXPECT_EQ(Balance().held, 0);
}

TEST_F(WalletStoreTest, APartialCaptureFreesTheRest) {
  Give(user_, 1000);
  Reserve(hold_, 600);
  EXPECT_EQ(Capture(hold_, 250), v1::CAPTURED);
  EXPECT_EQ(Balance().posted, 750);
  EXPECT_EQ(Balance().held, 0);
}

TEST_F(WalletStoreTest, EveryAnswerOfAHoldIsFinal) {
  Give(user_, 100);
  EXPECT_EQ(Reserve(hold_, 101), v1::REFUSED);
  Give(user_, 1000);
  EXPECT_EQ(Reserve(hold_, 101), v1::REFUSED) << "a top-up must not turn a refusal";
  EXPECT_EQ(Release(hold_), v1::REFUSED);
  EXPECT_EQ(Capture(hold_, 101), v1::REFUSED);
}

TEST_F(WalletStoreTest, AReplayedReserveHoldsOnce) {
  Give(user_, 1000);
  EXPECT_EQ(Reserve(hold_, 600), v1::RESERVED);
  EXPECT_EQ(Reserve(hold_, 600), v1::RESERVED);
  EXPECT_EQ(Reserve(hold_, 601), v1::MISMATCH);
  EXPECT_EQ(Balance().held, 600);
  Capture(hold_, 600);
  EXPECT_EQ(Reserve(hold_, 600), v1::CAPTURED);
}

TEST_F(WalletStoreTest, AReleaseThatComesFirstLeavesATombstone) {
  Give(user_, 1000);
  EXPECT_EQ(Release(hold_), v1::RELEASED);
  EXPECT_EQ(Reserve(hold_, 600), v1::ABORTED);
  EXPECT_EQ(Release(hold_), v1::RELEASED);
  EXPECT_EQ(Balance().held, 0);
}

TEST_F(WalletStoreTest, AReleasedHoldCannotComeBack) {
  Give(user_, 1000);
  Reserve(hold_, 600);
  EXPECT_EQ(Release(hold_), v1::RELEASED);
  EXPECT_EQ(Reserve(hold_, 600), v1::ABORTED);
  EXPECT_EQ(Capture(hold_, 600), v1::RELEASED);
  EXPECT_EQ(Balance().posted, 1000);
}

TEST_F(WalletStoreTest, ACaptureIsRefusedWhereItContradicts) {
  Give(user_, 1000);
  EXPECT_EQ(Capture(hold_, 5), v1::UNKNOWN);
  Reserve(hold_, 600);
  EXPECT_EQ(Capture(hold_, 601), v1::MISMATCH);
  EXPECT_EQ(Capture(hold_, 600), v1::CAPTURED);
  EXPECT_EQ(Capture(hold_, 600), v1::CAPTURED);
  EXPECT_EQ(Capture(hold_, 599), v1::MISMATCH);
  EXPECT_EQ(Release(hold_), v1::CAPTURED);
  EXPECT_EQ(Balance().posted, 400);
}

TEST_F(WalletStoreTest, ABatchAnswersForEachHold) {
  Give(user_, 1000);
  const std::string second = NewUuid(), unknown = NewUuid();
  Reserve(hold_, 300);
  Reserve(second, 200);
  CW_ASSERT_OK_AND_ASSIGN(
      const auto results,
      store_.CaptureHolds(connection(), {{unknown, 1}, {second, 200}, {hold_, 300}}));
  const std::map<std::string, v1::HoldState> by_id(results.begin(), results.end());
  EXPECT_EQ(by_id.at(unknown), v1::UNKNOWN);
  EXPECT_EQ(by_id.at(second), v1::CAPTURED);
  EXPECT_EQ(by_id.at(hold_), v1::CAPTURED);
  EXPECT_EQ(Balance().posted, 500);
}

TEST_F(WalletStoreTest, TheHistoryIsPagedByPlaceWithRunningBalances) {
  for (int i = 1; i <= 5; ++i) Give(user_, i * 100);
  Reserve(hold_, 150);
  Capture(hold_, 150);
  CW_ASSERT_OK_AND_ASSIGN(const auto newest, store_.GetWallet(connection(), user_, kNewest, 2));
  ASSERT_EQ(newest.postings.size(), 2u);
  EXPECT_EQ(newest.postings[0].kind, "CAPTURE");
  EXPECT_EQ(newest.postings[0].amount, -150);
  EXPECT_EQ(newest.postings[0].balance_after, 1350);
  EXPECT_EQ(newest.postings[0].order_id, order_);
  EXPECT_EQ(newest.postings[1].balance_after, 1500);
  CW_ASSERT_OK_AND_ASSIGN(const auto older,
                          store_.GetWallet(connection(), user_, newest.postings.back().seq, 10));
  ASSERT_EQ(older.postings.size(), 4u);
  EXPECT_EQ(older.postings.back().balance_after, 100);
}

TEST_F(WalletStoreTest, AUserWithoutMoneyHasAnEmptyWallet) {
  CW_ASSERT_OK_AND_ASSIGN(const auto history, store_.GetWallet(connection(), user_, kNewest, 5));
  EXPECT_EQ(history.balance.posted, 0);
  EXPECT_TRUE(history.postings.empty());
}

// The role that serves cannot move money but by the functions, and nobody can edit history.
TEST_F(WalletStoreTest, TheSchemaGuardsItselfAgainstItsOwner) {
  Give(user_, 1000);
  Reserve(hold_, 10);
  for (const char* sql : {"UPDATE account SET posted = posted + 1", "DELETE FROM journal",
                          "UPDATE hold SET amount = 1", "INSERT INTO operation DEFAULT VALUES"}) {
    const auto status = connection().Script(sql);
    EXPECT_NE(status.message().find("permission denied"), std::string::npos) << sql;
  }
  for (const char* sql :
       {"UPDATE journal SET amount = 1", "DELETE FROM journal", "TRUNCATE journal",
        "DELETE FROM hold", "UPDATE hold SET amount = 1", "DELETE FROM account",
        "UPDATE hold SET state = 'CAPTURED', captured = 10",
        "UPDATE operation SET fingerprint = ''"}) {
    EXPECT_FALSE(superuser().Script(sql).ok()) << sql;
  }
}

// Goal: whatever order calls arrive in, money is held once and W1..W7 stand. Method: many
// threads send random reserves, releases and captures of the same few holds of one user.
TEST_F(WalletStoreTest, RacingCallsLeaveTheLedgerWhole) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  Give(user_, 10'000);
  std::vector<std::string> holds;
  for (int i = 0; i < 12; ++i) holds.push_back(NewUuid());
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(seed + t);
      db::Connection db(AppUrl());
      for (int i = 0; i < 60; ++i) {
        const std::string& id = holds[random() % holds.size()];
        switch (random() % 4) {
          case 0:
          case 1:
            EXPECT_THAT(store_.ReserveHold(db, {id, user_, order_, "EUR", 1500}), IsOk());
            break;
          case 2: EXPECT_THAT(store_.ReleaseHold(db, id, "race"), IsOk()); break;
          default: {
            const std::string& other = holds[random() % holds.size()];
            if (other == id) break;
            EXPECT_THAT(store_.CaptureHolds(db, {{other, 1500}, {id, 1500}}), IsOk());
          }
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST_F(WalletStoreTest, OfManyOrdersForTheLastMoneyExactlyTheAffordableOnesWin) {
  Give(user_, 700);
  std::atomic<int> won{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 20; ++t) {
    threads.emplace_back([&] {
      db::Connection db(AppUrl());
      const auto state = store_.ReserveHold(db, {NewUuid(), user_, order_, "EUR", 100});
      ASSERT_THAT(state, IsOk());
      if (*state == v1::RESERVED) ++won;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 7);
}

TEST_F(WalletStoreTest, ConcurrentDepositsWithOneKeyAllGetTheOneResult) {
  std::atomic<int> done{0};
  std::vector<int64_t> ids(10);
  std::vector<std::thread> threads;
  for (int64_t& id : ids) {
    threads.emplace_back([&] {
      db::Connection db(AppUrl());
      const auto result = store_.Deposit(db, {user_, "k", "f", "EUR", 100});
      ASSERT_THAT(result, IsOk());
      if (result->outcome == Outcome::kDone) ++done;
      id = result->posting.journal_id;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, 1);
  EXPECT_GT(ids[0], 0);
  EXPECT_EQ(std::set<int64_t>(ids.begin(), ids.end()).size(), 1u);
  EXPECT_EQ(Balance().posted, 100);
}

}  // namespace
}  // namespace cartwright::wallet
