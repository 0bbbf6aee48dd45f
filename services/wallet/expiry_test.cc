#include <functional>
#include <iostream>
#include <map>
#include <set>
#include <thread>

#include "boost/asio/co_spawn.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/use_future.hpp"
#include "gtest/gtest.h"
#include "services/wallet/wallet_fixture_test.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::wallet {
namespace {

using ::testing::HasSubstr;

// The sweeper on real holds, with an order service whose answers a test chooses. A hold with a time
// to live of 0 is overdue at once.
class ExpiryTest : public WalletFixture {
 protected:
  ExpiryTest() : workers_({.url = AppUrl(), .threads = 2}) { Give(user_, 10'000); }

  std::string ReserveOverdue(const std::string& order, bool coordinated = true) {
    const std::string id = NewUuid();
    const WalletStore::Hold hold = {.hold_id = id,
                                    .user_id = user_,
                                    .order_id = order,
                                    .currency = "EUR",
                                    .amount = 10,
                                    .coordinated = coordinated,
                                    .time_to_live_s = 0};
    EXPECT_EQ(store_.ReserveHold(connection(), hold).value(), v1::RESERVED);
    return id;
  }

  // One sweep, to its end. `answer`: what the order service says of an order.
  void Sweep(const std::function<absl::StatusOr<bool>(const std::string&)>& answer) {
    boost::asio::io_context io;
    asked_for_.clear();
    auto ask = [&](std::string order) -> boost::asio::awaitable<absl::StatusOr<bool>> {
      asked_for_.push_back(order);
      co_return answer(order);
    };
    kit::Sweeper sweeper(io, workers_, ask, WalletStore::OverdueHolds());
    auto swept = boost::asio::co_spawn(io, sweeper.Sweep(), boost::asio::use_future);
    io.run();
    swept.get();
  }

  v1::HoldState StateOf(const std::string& id) {
    return store_.GetHold(connection(), id).value().state();
  }

  db::Workers workers_;
  std::vector<std::string> asked_for_;
};

absl::StatusOr<bool> CalledOff(const std::string&) { return true; }
absl::StatusOr<bool> Kept(const std::string&) { return false; }
absl::StatusOr<bool> Unreachable(const std::string&) { return absl::UnavailableError("down"); }

TEST_F(ExpiryTest, AnOverdueHoldIsFreedWhenTheOrderIsCalledOff) {
  const std::string id = ReserveOverdue(order_);
  Sweep(CalledOff);
  EXPECT_EQ(asked_for_, std::vector<std::string>{order_});
  EXPECT_EQ(StateOf(id), v1::EXPIRED);
  EXPECT_EQ(Balance().held, 0);
  EXPECT_EQ(Capture(id, 10), v1::EXPIRED);
  EXPECT_EQ(Release(id), v1::EXPIRED);
  EXPECT_EQ(Reserve(id, 10), v1::ABORTED);
  EXPECT_EQ(Refund(NewUuid(), id, 1), v1::EXPIRED);
  Sweep(CalledOff);
  EXPECT_TRUE(asked_for_.empty());
}

TEST_F(ExpiryTest, AHoldWhoseOrderIsDecidedOrUndecidedIsKept) {
  const std::string id = ReserveOverdue(order_);
  Sweep(Kept);
  EXPECT_EQ(StateOf(id), v1::RESERVED);
  EXPECT_THAT(metrics::Render(), HasSubstr("cartwright_holds_overdue 1\n"));
  EXPECT_EQ(Capture(id, 10), v1::CAPTURED) << "a coordinated hold has no deadline";
  Sweep(CalledOff);
  EXPECT_EQ(StateOf(id), v1::CAPTURED);
  EXPECT_THAT(metrics::Render(), HasSubstr("cartwright_holds_overdue 0\n"));
}

TEST_F(ExpiryTest, WhileNobodyCanBeAskedAllIsKeptAndFewCallsAreMade) {
  for (int i = 0; i < 100; ++i) ReserveOverdue(NewUuid());
  Sweep(Unreachable);
  EXPECT_LE(asked_for_.size(), 4u);
  EXPECT_THAT(metrics::Render(), HasSubstr("cartwright_holds_overdue 100\n"));
  Sweep(CalledOff);
  EXPECT_EQ(asked_for_.size(), 100u);
  EXPECT_EQ(Balance().held, 0);
}

TEST_F(ExpiryTest, AHoldThatIsNotOverdueIsLeftAlone) {
  Reserve(hold_, 10);
  Sweep(CalledOff);
  EXPECT_TRUE(asked_for_.empty());
  EXPECT_EQ(StateOf(hold_), v1::RESERVED);
  // Even when somebody asks for it.
  EXPECT_TRUE(connection().Execute(WalletStore::OverdueHolds().expire, {hold_}).ok());
  EXPECT_EQ(StateOf(hold_), v1::RESERVED);
}

// Holds that must stay, however many, do not stand in the way of younger ones.
TEST_F(ExpiryTest, WhatIsKeptDoesNotHideWhatMayGo) {
  std::set<std::string> stuck;
  for (int i = 0; i < 130; ++i) {
    const std::string order = NewUuid();
    ReserveOverdue(order);
    stuck.insert(order);
  }
  const std::string free = ReserveOverdue(order_);
  Sweep([&](const std::string& order) { return stuck.count(order) == 0; });
  EXPECT_EQ(StateOf(free), v1::EXPIRED);
  EXPECT_EQ(Balance().held, 1300);
  EXPECT_EQ(std::set<std::string>(asked_for_.begin(), asked_for_.end()).size(), 131u);
}

TEST_F(ExpiryTest, AUnilateralHoldEndsByItself) {
  const std::string id = ReserveOverdue(order_, /*coordinated=*/false);
  Sweep(Unreachable);
  EXPECT_TRUE(asked_for_.empty());
  EXPECT_EQ(StateOf(id), v1::EXPIRED);
  EXPECT_EQ(Balance().held, 0);
}

TEST_F(ExpiryTest, WhatNeedsNoAnswerEndsHoweverManyWaitForOne) {
  for (int i = 0; i < 100; ++i) ReserveOverdue(NewUuid());
  const std::string id = ReserveOverdue(order_, /*coordinated=*/false);
  Sweep(Unreachable);
  EXPECT_EQ(StateOf(id), v1::EXPIRED);
}

TEST_F(ExpiryTest, AnErrorAboutOneOrderKeepsNoOtherFromItsTurn) {
  ReserveOverdue(NewUuid());
  const std::string id = ReserveOverdue(order_);
  Sweep([this](const std::string& order) -> absl::StatusOr<bool> {
    if (order == order_) return true;
    return absl::InternalError("a row that nobody can read");
  });
  EXPECT_EQ(StateOf(id), v1::EXPIRED);
}

TEST_F(ExpiryTest, AUnilateralHoldIsNotCapturedLateAlthoughNobodySwept) {
  const std::string late = ReserveOverdue(order_, false), coordinated = ReserveOverdue(order_);
  CW_ASSERT_OK_AND_ASSIGN(const auto results,
                          store_.CaptureHolds(connection(), {{late, 10}, {coordinated, 10}}));
  const std::map<std::string, v1::HoldState> states(results.begin(), results.end());
  EXPECT_EQ(states.at(late), v1::EXPIRED);
  EXPECT_EQ(states.at(coordinated), v1::CAPTURED);
  EXPECT_EQ(StateOf(late), v1::EXPIRED) << "the answer is final";
  EXPECT_EQ(Balance().held, 0);
  EXPECT_EQ(Balance().posted, 9990);
}

TEST_F(ExpiryTest, WhoEndsAHoldIsAPartOfWhatWasAskedFor) {
  const std::string id = ReserveOverdue(order_, false);
  EXPECT_EQ(Reserve(id, 10), v1::MISMATCH);
  EXPECT_EQ(Reserve(id, 11), v1::MISMATCH);
}

// Goal: a unilateral hold has exactly one end. Method: it expires within a moment, while a capture,
// an expiry and a release are under way.
TEST_F(ExpiryTest, ACaptureAndAnExpiryAtOnceHaveOneWinner) {
  constexpr int kRounds = 60;
  std::map<v1::HoldState, int> ends;
  db::Connection one(AppUrl()), two(AppUrl());
  for (db::Connection* db : {&one, &two}) ASSERT_THAT(db->Ping(), testing::IsOk());
  for (int i = 1; i <= kRounds; ++i) {
    const std::string id = NewUuid();
    // From always too late, by a tenth of a millisecond more each time, to always in time.
    const int64_t microseconds = i == 1 ? 0 : i == kRounds ? 3'600'000'000 : i * 100;
    ASSERT_EQ(
        Ask("SELECT reserve_hold('" + id + "', '" + user_ + "', '" + order_ +
            "', 'EUR', 10, interval '" + std::to_string(microseconds) + " microseconds', false)"),
        "RESERVED");
    const int64_t before = Balance().posted;
    v1::HoldState captured;
    std::thread capturer([&] {
      captured = store_.CaptureHolds(one, {{id, 10}}).value().front().second;
    });
    EXPECT_THAT(two.Execute(WalletStore::OverdueHolds().expire, {id}), testing::IsOk());
    capturer.join();
    ASSERT_TRUE(captured == v1::CAPTURED || captured == v1::EXPIRED);
    EXPECT_EQ(StateOf(id), captured);
    EXPECT_EQ(Balance().held, 0);
    EXPECT_EQ(Balance().posted, before - (captured == v1::CAPTURED ? 10 : 0));
    ++ends[captured];
  }
  std::cout << ends[v1::CAPTURED] << " captured, " << ends[v1::EXPIRED] << " expired" << std::endl;
  EXPECT_GT(ends[v1::CAPTURED], 0);
  EXPECT_GT(ends[v1::EXPIRED], 0);
}

}  // namespace
}  // namespace cartwright::wallet
