#include "services/wallet/wallet_store.h"

#include <set>

#include "gtest/gtest.h"
#include "services/wallet/wallet_fixture_test.h"

namespace cartwright::wallet {
namespace {

using testing::IsOk;
using testing::ViolatesConstraint;
using Outcome = WalletStore::DepositResult::Outcome;

using WalletStoreTest = WalletFixture;

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
  EXPECT_THAT(refused, ViolatesConstraint("journal_deposit_balance_bounded"));
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
  for (const char* sql :
       {"UPDATE account SET posted = posted + 1", "DELETE FROM journal", "TRUNCATE journal",
        "UPDATE hold SET amount = 1", "INSERT INTO operation DEFAULT VALUES",
        "INSERT INTO journal (amount) VALUES (1)", "UPDATE hold SET refunded = 1",
        "SELECT post(gen_random_uuid(), 'USER', 'EUR', 1)", "SELECT refuse_change()"}) {
    const auto status = connection().Script(sql);
    EXPECT_NE(status.message().find("permission denied"), std::string::npos) << sql;
  }
  for (const char* sql :
       {"UPDATE journal SET amount = 1", "DELETE FROM journal", "TRUNCATE journal CASCADE",
        "DELETE FROM hold", "UPDATE hold SET amount = 1", "DELETE FROM account",
        "UPDATE hold SET state = 'CAPTURED', captured = 10", "TRUNCATE hold CASCADE",
        "UPDATE operation SET fingerprint = ''", "DELETE FROM operation", "TRUNCATE operation",
        "TRUNCATE account CASCADE", "UPDATE hold SET coordinated = false",
        "UPDATE hold SET expire_time = now()", "UPDATE hold SET refunded = 1",
        "CREATE TEMP TABLE h AS SELECT * FROM hold; UPDATE h SET hold_id = gen_random_uuid(),"
        " order_id = gen_random_uuid(), state = 'CAPTURED', captured = 10, decide_time = now();"
        " INSERT INTO hold SELECT * FROM h"}) {
    EXPECT_FALSE(superuser().Script(sql).ok()) << sql;
  }
  // Nobody else gets in by a function, and none of them can be fooled with another search path.
  EXPECT_EQ(Ask("SELECT count(*) FROM pg_proc LEFT JOIN LATERAL aclexplode(proacl) a ON true"
                " WHERE pronamespace = 'wallet'::regnamespace AND (proacl IS NULL OR grantee = 0)"),
            "0");
  EXPECT_EQ(Ask("SELECT count(*) FROM pg_proc WHERE pronamespace = 'wallet'::regnamespace"
                " AND prosecdef AND proconfig[1] NOT LIKE 'search_path=%'"),
            "0");
}

}  // namespace
}  // namespace cartwright::wallet
