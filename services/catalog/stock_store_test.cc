#include "services/catalog/stock_store.h"

#include <algorithm>
#include <atomic>
#include <iostream>
#include <map>
#include <random>
#include <thread>

#include "gtest/gtest.h"
#include "services/catalog/stock_fixture_test.h"

namespace cartwright::catalog {
namespace {

using testing::IsOk;
using Lines = StockLines;

using StockStoreTest = StockFixture;

TEST_F(StockStoreTest, AReservationSetsStockAsideAndCommitTakesIt) {
  const std::string chair = Add({.on_hand = 10}), table = Add({.on_hand = 3});
  EXPECT_EQ(Reserve(order_, {{chair, 4}, {table, 3}}), v1::RESERVED);
  EXPECT_EQ(Stock(chair), "10/4");
  EXPECT_EQ(Stock(table), "3/3");
  EXPECT_EQ(Commit(order_), v1::COMMITTED);
  EXPECT_EQ(Stock(chair), "6/0");
  EXPECT_EQ(Stock(table), "0/0");
}

TEST_F(StockStoreTest, AllLinesOrNoneAndTheShortagesAreNamed) {
  const std::string plenty = Add({.on_hand = 10}), few = Add({.on_hand = 2}), unknown = NewUuid(),
                    archived = Add({.on_hand = 5});
  Script("UPDATE product SET active = false WHERE product_id = '" + archived + "'");
  CW_ASSERT_OK_AND_ASSIGN(
      const auto refused,
      TryReserve(connection(), order_, {{plenty, 1}, {few, 3}, {unknown, 1}, {archived, 2}}));
  EXPECT_EQ(refused.state(), v1::REFUSED);
  std::map<std::string, std::pair<int, int64_t>> shortages;
  for (const auto& s : refused.shortages()) {
    shortages[s.product_id()] = {s.requested(), s.available()};
  }
  EXPECT_EQ(shortages, (decltype(shortages){{few, {3, 2}}, {unknown, {1, 0}}, {archived, {2, 0}}}));
  EXPECT_EQ(Stock(plenty), "10/0");
}

TEST_F(StockStoreTest, ARefusalIsFinalAndAnswersTheSameForEver) {
  const std::string chair = Add({.on_hand = 2});
  CW_ASSERT_OK_AND_ASSIGN(const auto first, TryReserve(connection(), order_, {{chair, 3}}));
  Script(
      "UPDATE stock SET on_hand = 50; INSERT INTO stock_journal (product_id, delta, kind) VALUES"
      " ('" +
      chair + "', 48, 'ADJUST')");
  CW_ASSERT_OK_AND_ASSIGN(const auto again, TryReserve(connection(), order_, {{chair, 3}}));
  EXPECT_EQ(first.state(), v1::REFUSED);
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(Release(order_), v1::REFUSED);
  EXPECT_EQ(Commit(order_), v1::REFUSED);
  EXPECT_EQ(Reserve(order_, {{chair, 1}}), v1::MISMATCH);
  EXPECT_EQ(Stock(chair), "50/0");
}

TEST_F(StockStoreTest, AReplayedReserveReservesOnce) {
  const std::string chair = Add({.on_hand = 10}), table = Add({.on_hand = 10});
  EXPECT_EQ(Reserve(order_, {{chair, 4}, {table, 1}}), v1::RESERVED);
  EXPECT_EQ(Reserve(order_, {{table, 1}, {chair, 4}}), v1::RESERVED);
  EXPECT_EQ(Reserve(order_, {{chair, 5}, {table, 1}}), v1::MISMATCH);
  EXPECT_EQ(Reserve(order_, {{chair, 4}}), v1::MISMATCH);
  EXPECT_EQ(Stock(chair), "10/4");
  Commit(order_);
  EXPECT_EQ(Reserve(order_, {{chair, 4}, {table, 1}}), v1::COMMITTED);
  EXPECT_EQ(Stock(chair), "6/0");
}

TEST_F(StockStoreTest, AReleaseThatComesFirstLeavesATombstone) {
  const std::string chair = Add({.on_hand = 10});
  EXPECT_EQ(Release(order_), v1::RELEASED);
  EXPECT_EQ(Reserve(order_, {{chair, 1}}), v1::ABORTED);
  EXPECT_EQ(Release(order_), v1::RELEASED);
  EXPECT_EQ(Commit(order_), v1::RELEASED);
  EXPECT_EQ(Stock(chair), "10/0");
}

TEST_F(StockStoreTest, AReleasedReservationCannotComeBack) {
  const std::string chair = Add({.on_hand = 10});
  Reserve(order_, {{chair, 4}});
  EXPECT_EQ(Release(order_), v1::RELEASED);
  EXPECT_EQ(Stock(chair), "10/0");
  EXPECT_EQ(Release(order_), v1::RELEASED);
  EXPECT_EQ(Reserve(order_, {{chair, 4}}), v1::ABORTED);
  EXPECT_EQ(Commit(order_), v1::RELEASED);
  EXPECT_EQ(Stock(chair), "10/0");
}

TEST_F(StockStoreTest, ACommitIsOnceAndForGood) {
  const std::string chair = Add({.on_hand = 10});
  EXPECT_EQ(Commit(order_), v1::UNKNOWN);
  Reserve(order_, {{chair, 4}});
  EXPECT_EQ(Commit(order_), v1::COMMITTED);
  EXPECT_EQ(Commit(order_), v1::COMMITTED);
  EXPECT_EQ(Release(order_), v1::COMMITTED);
  EXPECT_EQ(Stock(chair), "6/0");
  EXPECT_EQ(Ask("SELECT count(*) || ' ' || sum(delta) FROM stock_journal WHERE kind = 'COMMIT'"),
            "1 -4");
}

TEST_F(StockStoreTest, ABatchAnswersForEachOrderAndSharesProducts) {
  const std::string chair = Add({.on_hand = 10}), table = Add({.on_hand = 10});
  const std::string second = NewUuid(), released = NewUuid(), unknown = NewUuid();
  Reserve(order_, {{chair, 2}, {table, 1}});
  Reserve(second, {{chair, 3}});
  Reserve(released, {{chair, 1}});
  Release(released);
  const auto states = CommitAll({second, unknown, order_, released});
  EXPECT_EQ(states.size(), 4u);
  EXPECT_EQ(states.at(order_), v1::COMMITTED);
  EXPECT_EQ(states.at(second), v1::COMMITTED);
  EXPECT_EQ(states.at(released), v1::RELEASED);
  EXPECT_EQ(states.at(unknown), v1::UNKNOWN);
  EXPECT_EQ(Stock(chair), "5/0");
  EXPECT_EQ(Stock(table), "9/0");
}

// The role that serves cannot move stock but by the functions, and nobody can edit history.
TEST_F(StockStoreTest, TheSchemaGuardsItselfAgainstItsOwner) {
  const std::string chair = Add({.on_hand = 10});
  Reserve(order_, {{chair, 4}});
  for (const char* sql :
       {"UPDATE stock SET on_hand = on_hand + 1", "DELETE FROM stock_journal",
        "UPDATE reservation SET reason = ''", "INSERT INTO reservation_line DEFAULT VALUES",
        "UPDATE product SET price = 1", "DELETE FROM category", "SELECT refuse_change()"}) {
    const auto status = connection().Script(sql);
    EXPECT_NE(status.message().find("permission denied"), std::string::npos) << sql;
  }
  for (const char* sql :
       {"UPDATE stock_journal SET delta = 1", "DELETE FROM stock_journal", "TRUNCATE stock_journal",
        "TRUNCATE reservation CASCADE", "TRUNCATE stock CASCADE", "TRUNCATE reservation_line",
        "UPDATE reservation SET expire_time = now()", "UPDATE reservation_line SET quantity = 1",
        "DELETE FROM reservation", "UPDATE reservation SET fingerprint = ''",
        "UPDATE reservation SET state = 'REFUSED', shortages = '[]', decide_time = now()",
        "UPDATE reservation SET state = 'COMMITTED', decide_time = now()",
        "UPDATE stock SET reserved = 11", "UPDATE stock SET reserved = -1", "DELETE FROM product",
        "INSERT INTO stock_journal (product_id, delta, kind) SELECT product_id, 0, 'ADJUST' FROM"
        " stock",
        "INSERT INTO stock_journal (product_id, delta, kind) SELECT product_id, 1, 'RETURN' FROM"
        " stock"}) {
    EXPECT_FALSE(superuser().Script(sql).ok()) << sql;
  }
  EXPECT_EQ(Release(order_), v1::RELEASED);
  EXPECT_FALSE(superuser().Script("UPDATE reservation SET state = 'COMMITTED'").ok());
  const std::string table = Add({.on_hand = 10});
  EXPECT_THAT(superuser().Script("INSERT INTO reservation_line SELECT order_id, '" + table +
                                 "', 1 FROM reservation"),
              testing::ViolatesConstraint("reservation_lines_are_in_time"));
  // Nobody else gets in by a function.
  EXPECT_EQ(
      Ask("SELECT count(*) FROM pg_proc LEFT JOIN LATERAL aclexplode(proacl) a ON true"
          " WHERE pronamespace = 'catalog'::regnamespace AND (proacl IS NULL OR grantee = 0)"),
      "0");
}

TEST_F(StockStoreTest, OfManyOrdersForTheLastPiecesExactlyThoseWin) {
  const std::string chair = Add({.on_hand = 7});
  std::atomic<int> won{0}, refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 20; ++t) {
    threads.emplace_back([&] {
      db::Connection db(AppUrl());
      const auto response = TryReserve(db, NewUuid(), {{chair, 1}});
      ASSERT_THAT(response, IsOk());
      if (response->state() == v1::RESERVED) ++won;
      if (response->state() == v1::REFUSED) ++refused;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 7);
  EXPECT_EQ(refused, 13);
  EXPECT_EQ(Stock(chair), "7/7");
}

TEST_F(StockStoreTest, ConcurrentReservesOfOneOrderGetOneAnswer) {
  const std::string chair = Add({.on_hand = 5});
  std::atomic<int> reserved{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 10; ++t) {
    threads.emplace_back([&] {
      db::Connection db(AppUrl());
      // Only one fits: a second effect would turn into a refusal.
      const auto response = TryReserve(db, order_, {{chair, 4}});
      ASSERT_THAT(response, IsOk());
      if (response->state() == v1::RESERVED && response->shortages().empty()) ++reserved;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(reserved, 10);
  EXPECT_EQ(Stock(chair), "5/4");
}

// Goal: whatever order calls arrive in, stock moves once, nothing deadlocks, and C1 and C2 stand.
// Method: many threads send random reserves (some overdue at once), releases, expiries, returns and
// batch commits of the same few orders, whose lines name the same few products in random order.
TEST_F(StockStoreTest, RacingCallsLeaveTheStockWhole) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  std::vector<std::string> products, orders;
  for (int i = 0; i < 4; ++i) products.push_back(Add({.on_hand = 30}));
  for (int i = 0; i < 40; ++i) orders.push_back(NewUuid());
  StockStore hasty(0);
  const db::Statement expire = StockStore::OverdueReservations().expire;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(seed + t);
      db::Connection db(AppUrl());
      for (int i = 0; i < 80; ++i) {
        const std::string& order = orders[random() % orders.size()];
        Lines lines;
        for (const auto& product : products) lines.emplace_back(product, 3);
        std::shuffle(lines.begin(), lines.end(), random);
        std::vector<std::string> batch = orders;
        std::shuffle(batch.begin(), batch.end(), random);
        batch.resize(1 + random() % 5);
        switch (random() % 8) {
          case 0:
          case 1:
          case 2: EXPECT_THAT(TryReserve(db, order, lines), IsOk()); break;
          case 3: EXPECT_THAT(TryReserve(db, order, lines, hasty), IsOk()); break;
          case 4: EXPECT_THAT(store_.ReleaseStock(db, order, "race"), IsOk()); break;
          case 5: EXPECT_THAT(store_.ReturnStock(db, order), IsOk()); break;
          case 6: EXPECT_THAT(db.Execute(expire, {order}).status(), IsOk()); break;
          default: EXPECT_THAT(store_.BatchCommitStock(db, batch), IsOk());
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

// What is reserved while a batch waits for its locks has no place in their order, so it is not in
// it.
TEST_F(StockStoreTest, ACommitTakesOnlyTheReservationsThatItHasLocked) {
  const std::string chair = Add({.on_hand = 10}), table = Add({.on_hand = 10});
  Reserve(order_, {{chair, 1}});
  const std::string late = NewUuid();
  db::Connection blocker(SuperuserUrl());
  ASSERT_THAT(blocker.Script("BEGIN; SELECT 1 FROM reservation FOR UPDATE"), IsOk());
  std::thread committer([&] {
    db::Connection db(AppUrl());
    ASSERT_THAT(store_.BatchCommitStock(db, {order_, late}), IsOk());
  });
  while (Ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
             " AND wait_event_type = 'Lock'") == "0") {
    std::this_thread::yield();
  }
  Reserve(late, {{table, 1}});
  ASSERT_THAT(blocker.Script("ROLLBACK"), IsOk());
  committer.join();
  EXPECT_EQ(Stock(chair), "9/0");
  EXPECT_EQ(Stock(table), "10/1");
}

// A reserve that is sent twice while the order already commits: nobody waits for stock with a lock
// that the other needs. (Postgres answers a deadlock with an error after a second.)
TEST_F(StockStoreTest, AReplayAndACommitAtOnceDoNotBlockEachOther) {
  const std::string chair = Add({.on_hand = 1000}), table = Add({.on_hand = 1000});
  constexpr int kRounds = 150;
  std::vector<std::string> orders;
  for (int i = 0; i < kRounds; ++i) orders.push_back(NewUuid());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      db::Connection db(AppUrl());
      for (const std::string& order : orders) {
        if (t < 3) {
          EXPECT_THAT(TryReserve(db, order, {{chair, 1}, {table, 1}}), IsOk());
        }
        EXPECT_THAT(store_.BatchCommitStock(db, {order}), IsOk());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Stock(chair), "850/0");
  EXPECT_EQ(Stock(table), "850/0");
}

// Reserve and release of one order at the same moment: in the end nothing is reserved, and the
// reserve either went first (RESERVED) or came too late (ABORTED).
TEST_F(StockStoreTest, AReserveAndAReleaseAtOnceLeaveNothingReserved) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  std::mt19937 random(seed);
  const std::string chair = Add({.on_hand = 9}), table = Add({.on_hand = 9});
  db::Connection one(AppUrl()), two(AppUrl());
  for (int i = 0; i < 40; ++i) {
    const std::string order = NewUuid();
    const Lines lines = random() % 2 ? Lines{{chair, 1}, {table, 2}} : Lines{{table, 5}};
    absl::StatusOr<v1::ReserveStockResponse> reserved;
    std::thread reserver([&] { reserved = TryReserve(one, order, lines); });
    const auto released = store_.ReleaseStock(two, order, "race");
    reserver.join();
    ASSERT_THAT(reserved, IsOk());
    ASSERT_THAT(released, IsOk());
    EXPECT_EQ(*released, v1::RELEASED);
    EXPECT_TRUE(reserved->state() == v1::RESERVED || reserved->state() == v1::ABORTED);
    ASSERT_EQ(Stock(chair), "9/0");
    ASSERT_EQ(Stock(table), "9/0");
  }
}

}  // namespace
}  // namespace cartwright::catalog
