#include <thread>

#include "gtest/gtest.h"
#include "services/catalog/stock_fixture_test.h"

namespace cartwright::catalog {
namespace {

using testing::IsOk;
using StockReturnTest = StockFixture;

TEST_F(StockReturnTest, ThePiecesOfACommittedOrderComeBackOnce) {
  const std::string chair = Add({.on_hand = 10}), table = Add({.on_hand = 3});
  Reserve(order_, {{chair, 4}, {table, 3}});
  Commit(order_);
  EXPECT_EQ(Return(order_), v1::RETURNED);
  EXPECT_EQ(Return(order_), v1::RETURNED);
  EXPECT_EQ(Stock(chair), "10/0");
  EXPECT_EQ(Stock(table), "3/0");
  EXPECT_EQ(Ask("SELECT count(*) || ' ' || sum(delta) FROM stock_journal WHERE kind = 'RETURN'"),
            "2 7");
}

TEST_F(StockReturnTest, WhatWasNotCommittedDoesNotComeBack) {
  const std::string chair = Add({.on_hand = 10});
  EXPECT_EQ(Return(order_), v1::UNKNOWN);
  Reserve(order_, {{chair, 4}});
  EXPECT_EQ(Return(order_), v1::RESERVED);
  Release(order_);
  EXPECT_EQ(Return(order_), v1::RELEASED);
  const std::string refused = NewUuid(), tombstone = NewUuid();
  Reserve(refused, {{chair, 11}});
  Release(tombstone);
  EXPECT_EQ(Return(refused), v1::REFUSED);
  EXPECT_EQ(Return(tombstone), v1::RELEASED);
  EXPECT_EQ(Stock(chair), "10/0");
}

// A call of the checkout that arrives after the return must hear what it would have heard before.
TEST_F(StockReturnTest, ToLateCallsAReturnedOrderIsCommitted) {
  const std::string chair = Add({.on_hand = 10});
  Reserve(order_, {{chair, 4}});
  Commit(order_);
  Return(order_);
  EXPECT_EQ(Reserve(order_, {{chair, 4}}), v1::COMMITTED);
  EXPECT_EQ(Reserve(order_, {{chair, 5}}), v1::MISMATCH);
  EXPECT_EQ(Commit(order_), v1::COMMITTED);
  EXPECT_EQ(Release(order_), v1::COMMITTED);
  EXPECT_EQ(Stock(chair), "10/0");
}

TEST_F(StockReturnTest, TheSchemaRefusesAReturnWithoutItsJournal) {
  const std::string chair = Add({.on_hand = 10}), open = NewUuid();
  Reserve(order_, {{chair, 4}});
  Commit(order_);
  Reserve(open, {{chair, 1}});
  const std::string posting =
      "INSERT INTO stock_journal (product_id, delta, kind, order_id) SELECT product_id, 4,"
      " 'RETURN', order_id FROM reservation_line WHERE order_id = '" +
      order_ + "'; ";
  const std::string state = "UPDATE reservation SET state = 'RETURNED' WHERE order_id = '";
  for (const std::string& sql :
       {state + order_ + "'", posting, state + open + "'",
        posting + state + order_ + "'; UPDATE reservation SET reason = 'x'"}) {
    EXPECT_FALSE(superuser().Script("BEGIN; " + sql + "; COMMIT").ok()) << sql;
    (void)superuser().Script("ROLLBACK");
  }
  EXPECT_FALSE(connection().Script("SELECT check_return_is_journaled()").ok());
}

TEST_F(StockReturnTest, AReservationIsShownAsItStands) {
  const std::string chair = Add({.on_hand = 10}), table = Add({.on_hand = 3});
  CW_ASSERT_OK_AND_ASSIGN(const auto unknown, store_.GetReservation(connection(), order_));
  EXPECT_EQ(unknown.state(), v1::UNKNOWN);
  EXPECT_FALSE(unknown.has_create_time());
  Reserve(order_, {{chair, 4}, {table, 3}});
  CW_ASSERT_OK_AND_ASSIGN(const auto open, store_.GetReservation(connection(), order_));
  EXPECT_EQ(open.state(), v1::RESERVED);
  EXPECT_EQ(open.lines_size(), 2);
  EXPECT_EQ(open.lines(0).quantity() + open.lines(1).quantity(), 7);
  EXPECT_GT(open.expire_time().seconds(), open.create_time().seconds());
  EXPECT_FALSE(open.has_decide_time());
  Release(order_);
  CW_ASSERT_OK_AND_ASSIGN(const auto released, store_.GetReservation(connection(), order_));
  EXPECT_EQ(released.state(), v1::RELEASED);
  EXPECT_EQ(released.reason(), "test");
  EXPECT_TRUE(released.has_decide_time());
}

// Two returns, and a commit that is sent again, at the same moment: the pieces come back once.
TEST_F(StockReturnTest, RacingReturnsPutThePiecesBackOnce) {
  const std::string chair = Add({.on_hand = 10}), table = Add({.on_hand = 10});
  for (int i = 0; i < 20; ++i) {
    const std::string order = NewUuid();
    Reserve(order, {{table, 2}, {chair, 1}});
    Commit(order);
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        db::Connection db(AppUrl());
        if (t == 0) {
          EXPECT_THAT(store_.BatchCommitStock(db, {order}), IsOk());
        } else {
          EXPECT_EQ(store_.ReturnStock(db, order).value_or(v1::UNKNOWN), v1::RETURNED);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    ASSERT_EQ(Stock(chair), "10/0");
    ASSERT_EQ(Stock(table), "10/0");
  }
}

}  // namespace
}  // namespace cartwright::catalog
