#include <thread>

#include "boost/asio/co_spawn.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/use_future.hpp"
#include "gtest/gtest.h"
#include "services/catalog/stock_fixture_test.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::catalog {
namespace {

using ::testing::HasSubstr;

// The sweeper on real reservations that are overdue at once, with an order service whose answer a
// test chooses.
class StockExpiryTest : public StockFixture {
 protected:
  StockExpiryTest() : workers_({.url = AppUrl(), .threads = 2}) {}

  // A reservation of 4 chairs.
  std::string ReserveOverdue() {
    const std::string order = NewUuid();
    EXPECT_EQ(TryReserve(connection(), order, {{chair_, 4}}, hasty_).value().state(), v1::RESERVED);
    return order;
  }

  // One sweep; how often the order service was asked.
  int Sweep(const absl::StatusOr<bool>& answer) {
    boost::asio::io_context io;
    int asked = 0;
    auto ask = [&](std::string) -> boost::asio::awaitable<absl::StatusOr<bool>> {
      ++asked;
      co_return answer;
    };
    kit::Sweeper sweeper(io, workers_, ask, StockStore::OverdueReservations());
    auto swept = boost::asio::co_spawn(io, sweeper.Sweep(), boost::asio::use_future);
    io.run();
    swept.get();
    return asked;
  }

  StockStore hasty_{0};
  db::Workers workers_;
  const std::string chair_ = Add({.on_hand = 10});
};

TEST_F(StockExpiryTest, AnOverdueReservationIsFreedWhenTheOrderIsCalledOff) {
  const std::string order = ReserveOverdue();
  EXPECT_EQ(Sweep(true), 1);
  EXPECT_EQ(Stock(chair_), "10/0");
  EXPECT_EQ(store_.GetReservation(connection(), order)->state(), v1::EXPIRED);
  EXPECT_EQ(Reserve(order, {{chair_, 4}}), v1::ABORTED);
  EXPECT_EQ(Commit(order), v1::EXPIRED);
  EXPECT_EQ(Release(order), v1::RELEASED);
  EXPECT_EQ(Return(order), v1::EXPIRED);
  EXPECT_EQ(Sweep(true), 0);
}

TEST_F(StockExpiryTest, WhatTheOrderServiceDoesNotCallOffIsKept) {
  const std::string order = ReserveOverdue();
  const std::string young = NewUuid();
  Reserve(young, {{chair_, 1}});
  for (const absl::StatusOr<bool>& answer :
       {absl::StatusOr<bool>(false), absl::StatusOr<bool>(absl::UnavailableError("down"))}) {
    EXPECT_EQ(Sweep(answer), 1);
    EXPECT_EQ(Stock(chair_), "10/5");
    EXPECT_THAT(metrics::Render(), HasSubstr("cartwright_reservations_overdue 1\n"));
    EXPECT_THAT(metrics::Render(), HasSubstr("cartwright_reservations_open 2\n"));
  }
  EXPECT_EQ(Commit(order), v1::COMMITTED);
  EXPECT_EQ(Sweep(true), 0);
  EXPECT_EQ(Stock(chair_), "6/1");
}

// Commit and expiry at the same moment: one of them wins, and the stock is what the winner says.
TEST_F(StockExpiryTest, ACommitAndAnExpiryAtOnceHaveOneWinner) {
  for (int i = 0; i < 30; ++i) {
    const std::string order = ReserveOverdue();
    v1::ReservationState committed;
    std::thread committer([&] {
      db::Connection db(AppUrl());
      committed = store_.BatchCommitStock(db, {order}).value().results(0).state();
    });
    db::Connection db(AppUrl());
    EXPECT_TRUE(db.Execute(StockStore::OverdueReservations().expire, {order}).ok());
    committer.join();
    ASSERT_TRUE(committed == v1::COMMITTED || committed == v1::EXPIRED);
    EXPECT_EQ(store_.GetReservation(connection(), order)->state(), committed);
    EXPECT_EQ(Ask("SELECT reserved FROM stock"), "0");
    if (committed == v1::COMMITTED) {
      EXPECT_EQ(Return(order), v1::RETURNED);
    }
  }
  EXPECT_EQ(Stock(chair_), "10/0");
}

}  // namespace
}  // namespace cartwright::catalog
