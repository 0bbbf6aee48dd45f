#include <iostream>
#include <random>
#include <thread>

#include "gtest/gtest.h"
#include "services/wallet/wallet_fixture_test.h"

namespace cartwright::wallet {
namespace {

using testing::IsOk;

class RefundTest : public WalletFixture {
 protected:
  RefundTest() { Give(user_, 1000); }

  // Runs `first` and `second` on connections of their own, started as one.
  template <typename First, typename Second>
  void Race(First first, Second second) {
    db::Connection one(AppUrl()), two(AppUrl());
    std::thread other([&] { first(one); });
    second(two);
    other.join();
  }

  const std::string refund_ = NewUuid();
};

TEST_F(RefundTest, MoneyGoesBackToWhoPaidAsAPostingOfItsOwn) {
  const std::string hold = Buy(600);
  EXPECT_EQ(Refund(refund_, hold, 600), v1::REFUNDED);
  CW_ASSERT_OK_AND_ASSIGN(const auto wallet, store_.GetWallet(connection(), user_, kNewest, 10));
  EXPECT_EQ(wallet.balance.posted, 1000);
  ASSERT_EQ(wallet.postings.size(), 3u);
  EXPECT_EQ(wallet.postings[0].kind, "REFUND");
  EXPECT_EQ(wallet.postings[0].amount, 600);
  EXPECT_EQ(wallet.postings[0].balance_after, 1000);
  EXPECT_EQ(wallet.postings[0].order_id, order_);
  EXPECT_EQ(Ask("SELECT sum(posted) FROM account WHERE kind = 'MERCHANT'"), "0");
}

TEST_F(RefundTest, ARefundIsPostedOnceWhateverIsRepeated) {
  const std::string hold = Buy(600);
  EXPECT_EQ(Refund(refund_, hold, 200), v1::REFUNDED);
  EXPECT_EQ(Refund(refund_, hold, 200), v1::REFUNDED);
  EXPECT_EQ(Refund(refund_, hold, 201), v1::MISMATCH);
  EXPECT_EQ(Refund(refund_, Buy(200), 200), v1::MISMATCH) << "the id is of another hold";
  EXPECT_EQ(Balance().posted, 400);
}

TEST_F(RefundTest, AFullRefundIsReplayedAlthoughNothingIsLeft) {
  const std::string hold = Buy(600);
  EXPECT_EQ(Refund(refund_, hold, 600), v1::REFUNDED);
  EXPECT_EQ(Refund(refund_, hold, 600), v1::REFUNDED);
  EXPECT_EQ(Refund(NewUuid(), hold, 1), v1::MISMATCH);
  EXPECT_EQ(Balance().posted, 1000);
}

TEST_F(RefundTest, PartsAddUpToWhatWasTakenAndNoMore) {
  const std::string hold = NewUuid();
  Reserve(hold, 600);
  Capture(hold, 500);
  EXPECT_EQ(Refund(NewUuid(), hold, 501), v1::MISMATCH) << "held is not taken";
  EXPECT_EQ(Refund(NewUuid(), hold, 300), v1::REFUNDED);
  EXPECT_EQ(Refund(NewUuid(), hold, 201), v1::MISMATCH);
  EXPECT_EQ(Refund(NewUuid(), hold, 200), v1::REFUNDED);
  EXPECT_EQ(Balance().posted, 1000);
}

TEST_F(RefundTest, WhatWasNotTakenDoesNotGoBack) {
  EXPECT_EQ(Refund(refund_, hold_, 1), v1::UNKNOWN);
  Reserve(hold_, 600);
  EXPECT_EQ(Refund(refund_, hold_, 1), v1::RESERVED);
  Release(hold_);
  EXPECT_EQ(Refund(refund_, hold_, 1), v1::RELEASED);
  const std::string refused = NewUuid(), tombstone = NewUuid();
  Reserve(refused, 5000);
  Release(tombstone);
  EXPECT_EQ(Refund(refund_, refused, 1), v1::REFUSED);
  EXPECT_EQ(Refund(refund_, tombstone, 1), v1::RELEASED);
  EXPECT_EQ(Balance().posted, 1000);
  EXPECT_EQ(Ask("SELECT count(*) FROM operation WHERE kind = 'REFUND'"), "0");
}

// Whoever filled the account to the brim since must get the money all the same.
TEST_F(RefundTest, ARefundIsNotBoundByTheLimitOfDeposits) {
  const std::string hold = Buy(1000);
  for (int i = 0; i < 1000; ++i) Give(user_, 1'000'000'000'000);
  EXPECT_EQ(Refund(refund_, hold, 1000), v1::REFUNDED);
  EXPECT_EQ(Balance().posted, 1'000'000'000'001'000);
}

TEST_F(RefundTest, EverythingElseOfACapturedHoldStays) {
  const std::string hold = Buy(600);
  EXPECT_EQ(Refund(refund_, hold, 200), v1::REFUNDED);
  EXPECT_EQ(Capture(hold, 600), v1::CAPTURED);
  EXPECT_EQ(Reserve(hold, 600), v1::CAPTURED);
  EXPECT_EQ(Release(hold), v1::CAPTURED);
  const std::string posting =
      "INSERT INTO journal (kind, debit_id, credit_id, currency, amount, order_id, refund_id,"
      " refund_of, debit_seq, debit_after, credit_seq, credit_after)"
      " SELECT 'REFUND', credit_id, debit_id, currency, 1, order_id, gen_random_uuid(), hold_id,"
      " 90, 0, 90, 0 FROM journal WHERE kind = 'CAPTURE'";
  for (const std::string& sql :
       {std::string("UPDATE hold SET refunded = refunded + 1"),  // without its posting
        posting,                                                 // without the hold
        std::string("UPDATE hold SET refunded = 100"),
        std::string("UPDATE hold SET refunded = 601"),
        std::string("UPDATE hold SET refunded = 300, captured = 500"),
        std::string("UPDATE journal SET refund_id = gen_random_uuid()"),
        std::string("INSERT INTO journal (kind, debit_id, credit_id, currency, amount, debit_seq,"
                    " debit_after, credit_seq, credit_after, order_id) SELECT 'REFUND', credit_id,"
                    " debit_id, currency, 1, 90, 0, 90, 0, order_id FROM journal"
                    " WHERE kind = 'CAPTURE'")}) {
    EXPECT_FALSE(superuser().Script(sql).ok()) << sql;
  }
}

TEST_F(RefundTest, AHoldIsShownAsItStands) {
  CW_ASSERT_OK_AND_ASSIGN(const auto unknown, store_.GetHold(connection(), hold_));
  EXPECT_EQ(unknown.state(), v1::UNKNOWN);
  EXPECT_FALSE(unknown.has_create_time());
  Reserve(hold_, 600);
  CW_ASSERT_OK_AND_ASSIGN(const auto open, store_.GetHold(connection(), hold_));
  EXPECT_EQ(open.state(), v1::RESERVED);
  EXPECT_FALSE(open.has_decide_time());
  EXPECT_GT(open.expire_time().seconds(), open.create_time().seconds());
  Capture(hold_, 500);
  Refund(refund_, hold_, 200);
  CW_ASSERT_OK_AND_ASSIGN(const auto hold, store_.GetHold(connection(), hold_));
  EXPECT_EQ(hold.state(), v1::CAPTURED);
  EXPECT_EQ(hold.order_id(), order_);
  EXPECT_EQ(hold.user_id(), user_);
  EXPECT_EQ(hold.minor_units(), 600);
  EXPECT_EQ(hold.captured(), 500);
  EXPECT_EQ(hold.refunded(), 200);
  EXPECT_TRUE(hold.has_decide_time());
  const std::string tombstone = NewUuid();
  Release(tombstone);
  CW_ASSERT_OK_AND_ASSIGN(const auto dead, store_.GetHold(connection(), tombstone));
  EXPECT_EQ(dead.state(), v1::RELEASED);
  EXPECT_EQ(dead.order_id(), "");
  EXPECT_EQ(dead.reason(), "test");
}

// Goal: of refunds that race, no more goes back than was taken, and each id has one effect.
// Method: the same id twice; two ids that do not fit together; one id for two holds.
TEST_F(RefundTest, RacingRefundsPayBackOnce) {
  for (int i = 0; i < 20; ++i) {
    const std::string hold = Buy(20), other = Buy(20), same = NewUuid(), shared = NewUuid();
    v1::HoldState one, two;
    const auto refund = [&](v1::HoldState& state, const std::string& id, const std::string& of,
                            int64_t amount) {
      return [&state, id, of, amount, this](db::Connection& db) {
        const auto answer = store_.RefundHold(db, id, of, amount);
        ASSERT_THAT(answer, IsOk());
        state = *answer;
      };
    };
    Race(refund(one, same, hold, 5), refund(two, same, hold, 5));
    EXPECT_EQ(one, v1::REFUNDED);
    EXPECT_EQ(two, v1::REFUNDED);
    Race(refund(one, NewUuid(), hold, 10), refund(two, NewUuid(), hold, 10));
    EXPECT_EQ((one == v1::REFUNDED) + (two == v1::REFUNDED), 1);
    Race(refund(one, shared, hold, 5), refund(two, shared, other, 5));
    EXPECT_EQ((one == v1::REFUNDED) + (two == v1::REFUNDED), 1);
    EXPECT_EQ(
        Ask("SELECT sum(refunded) FROM hold WHERE hold_id IN ('" + hold + "', '" + other + "')"),
        "20");
  }
}

}  // namespace
}  // namespace cartwright::wallet
