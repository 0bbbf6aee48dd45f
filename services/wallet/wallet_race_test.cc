#include <algorithm>
#include <atomic>
#include <iostream>
#include <random>
#include <set>
#include <thread>

#include "gtest/gtest.h"
#include "services/wallet/wallet_fixture_test.h"

namespace cartwright::wallet {
namespace {

using testing::IsOk;
using Outcome = WalletStore::DepositResult::Outcome;

using WalletRaceTest = WalletFixture;

// Goal: whatever order calls arrive in, money is held, taken and paid back once, nothing deadlocks,
// and W1..W8 stand. Method: many threads send random reserves, releases, captures, refunds and
// expiries of the same few holds of two users; a third of the holds is overdue at once, and a half
// of those is unilateral.
TEST_F(WalletRaceTest, RacingCallsLeaveTheLedgerWhole) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  const std::string users[] = {user_, NewUuid()};
  for (const std::string& user : users) Give(user, 10'000);
  std::vector<std::string> holds, refunds;
  for (int i = 0; i < 24; ++i) holds.push_back(NewUuid());
  for (int i = 0; i < 12; ++i) refunds.push_back(NewUuid());
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(seed + t);
      db::Connection db(AppUrl());
      for (int i = 0; i < 120; ++i) {
        const size_t which = random() % holds.size();
        const std::string& id = holds[which];
        switch (random() % 6) {
          case 0:
          case 1:
            EXPECT_THAT(
                store_.ReserveHold(db, {id, users[which % 2], order_, "EUR", 1500,
                                        /*coordinated=*/which % 6 != 0, which % 3 == 0 ? 0 : 1000}),
                IsOk());
            break;
          case 2: EXPECT_THAT(store_.ReleaseHold(db, id, "race"), IsOk()); break;
          case 3:
            EXPECT_THAT(store_.RefundHold(db, refunds[random() % refunds.size()], id, 300), IsOk());
            break;
          case 4:
            EXPECT_THAT(db.Execute(WalletStore::OverdueHolds().expire, {id}).status(), IsOk());
            break;
          default: {
            std::set<std::string> some;
            for (int n = 0; n < 5; ++n) some.insert(holds[random() % holds.size()]);
            std::vector<std::pair<std::string, int64_t>> batch;
            for (const std::string& hold : some) batch.emplace_back(hold, 1200);
            std::shuffle(batch.begin(), batch.end(), random);
            EXPECT_THAT(store_.CaptureHolds(db, batch), IsOk());
          }
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  // A run that moves nothing proves nothing.
  EXPECT_NE(Ask("SELECT count(*) FROM journal WHERE kind = 'CAPTURE'"), "0");
}

TEST_F(WalletRaceTest, OfManyOrdersForTheLastMoneyExactlyTheAffordableOnesWin) {
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

TEST_F(WalletRaceTest, ConcurrentDepositsWithOneKeyAllGetTheOneResult) {
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

// Row 22: in the end nothing is held; the reserve went first, or came too late.
TEST_F(WalletRaceTest, AReserveAndAReleaseAtOnceLeaveNothingHeld) {
  Give(user_, 100);
  db::Connection one(AppUrl()), two(AppUrl());
  for (int i = 0; i < 40; ++i) {
    const std::string id = NewUuid();
    absl::StatusOr<v1::HoldState> reserved;
    std::thread reserver([&] {
      reserved = store_.ReserveHold(one, {id, user_, order_, "EUR", 100});
    });
    const auto released = store_.ReleaseHold(two, id, "race");
    reserver.join();
    ASSERT_THAT(reserved, IsOk());
    ASSERT_THAT(released, IsOk());
    EXPECT_EQ(*released, v1::RELEASED);
    EXPECT_TRUE(*reserved == v1::RESERVED || *reserved == v1::ABORTED);
    ASSERT_EQ(Balance().held, 0);
  }
}

// Row 32: two batches with the same holds in opposite orders.
TEST_F(WalletRaceTest, OverlappingBatchesCaptureEachHoldOnceWithoutADeadlock) {
  const std::string other = NewUuid();
  for (const std::string& user : {user_, other}) Give(user, 10'000);
  for (int round = 0; round < 10; ++round) {
    std::vector<std::pair<std::string, int64_t>> batch;
    for (int i = 0; i < 30; ++i) {
      const std::string id = NewUuid();
      ASSERT_THAT(store_.ReserveHold(connection(), {id, i % 2 ? user_ : other, order_, "EUR", 10}),
                  IsOk());
      batch.emplace_back(id, 10);
    }
    const std::vector<std::pair<std::string, int64_t>> reversed(batch.rbegin(), batch.rend());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        db::Connection db(AppUrl());
        const auto results = store_.CaptureHolds(db, t % 2 == 0 ? batch : reversed);
        ASSERT_THAT(results, IsOk());
        for (const auto& [id, state] : *results) EXPECT_EQ(state, v1::CAPTURED);
      });
    }
    for (auto& thread : threads) thread.join();
  }
  EXPECT_EQ(Ask("SELECT count(*) || ' ' || count(DISTINCT hold_id) FROM journal"
                " WHERE kind = 'CAPTURE'"),
            "300 300");
  EXPECT_EQ(Ask("SELECT count(*) > 4 FROM account WHERE kind = 'MERCHANT'"), "t") << "shards";
}

// Row 32: what is reserved while a batch waits for its locks has no place in their order, so it is
// not in it.
TEST_F(WalletRaceTest, ACaptureTakesOnlyTheHoldsThatItHasLocked) {
  Give(user_, 1000);
  Reserve(hold_, 100);
  const std::string late = NewUuid();
  db::Connection blocker(SuperuserUrl());
  ASSERT_THAT(blocker.Script("BEGIN; SELECT 1 FROM hold FOR UPDATE"), IsOk());
  std::thread capturer([&] {
    db::Connection db(AppUrl());
    const auto results = store_.CaptureHolds(db, {{hold_, 100}, {late, 100}});
    ASSERT_THAT(results, IsOk());
    for (const auto& [id, state] : *results) {
      EXPECT_EQ(state, id == late ? v1::UNKNOWN : v1::CAPTURED);
    }
  });
  while (Ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
             " AND wait_event_type = 'Lock'") == "0") {
    std::this_thread::yield();
  }
  EXPECT_EQ(Reserve(late, 100), v1::RESERVED);
  ASSERT_THAT(blocker.Script("ROLLBACK"), IsOk());
  capturer.join();
  EXPECT_EQ(Ask("SELECT state FROM hold WHERE hold_id = '" + late + "'"), "RESERVED");
}

// Row 19. Goal: a hold without its money set aside cannot be seen. Method: the reserve waits for
// the account's row after it wrote the hold; there its backend is killed.
TEST_F(WalletRaceTest, AReserveThatDiesBetweenHoldAndAccountLeavesNothing) {
  Give(user_, 1000);
  db::Connection blocker(SuperuserUrl());
  ASSERT_THAT(blocker.Script("BEGIN; SELECT 1 FROM account FOR UPDATE"), IsOk());
  absl::Status died;
  std::thread reserver([&] {
    db::Connection db(AppUrl());
    died = store_.ReserveHold(db, {hold_, user_, order_, "EUR", 600}).status();
  });
  while (Ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE"
             " datname = current_database() AND usename = 'wallet_app'"
             " AND wait_event_type = 'Lock'") == "0") {
    std::this_thread::yield();
  }
  reserver.join();
  EXPECT_FALSE(died.ok());
  ASSERT_THAT(blocker.Script("ROLLBACK"), IsOk());
  EXPECT_EQ(Ask("SELECT count(*) FROM hold"), "0");
  EXPECT_EQ(Reserve(hold_, 600), v1::RESERVED);
  EXPECT_EQ(Balance().held, 600);
}

}  // namespace
}  // namespace cartwright::wallet
