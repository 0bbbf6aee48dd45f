#include "services/wallet/wallet_service.h"

#include "gtest/gtest.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/service_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::wallet {
namespace {

using testing::HasErrorReason;
using testing::StatusIs;

class WalletServiceTest : public testing::PostgresFixture {
 protected:
  WalletServiceTest()
      : PostgresFixture("wallet", "wallet"),
        workers_({.url = AppUrl(), .threads = 2}),
        service_(store_, "EUR", std::string(32, 'k')),
        server_(&workers_) {
    using S = WalletService;
    server_.Serve(service_, &S::GetWallet, &S::Deposit, &S::ReserveHold, &S::CaptureHold,
                  &S::BatchCaptureHolds, &S::ReleaseHold, &S::RefundHold, &S::GetHold);
    server_.Start();
  }

  absl::StatusOr<v1::DepositResponse> Deposit(const std::string& key, int64_t units,
                                              const std::string& currency = "EUR") {
    v1::DepositRequest request;
    request.set_user_id(user_);
    request.set_idempotency_key(key);
    request.mutable_amount()->set_currency_code(currency);
    request.mutable_amount()->set_minor_units(units);
    return server_.Call<v1::DepositResponse>(request);
  }

  v1::ReserveHoldRequest Hold(int64_t units) {
    v1::ReserveHoldRequest request;
    request.set_hold_id(NewUuid());
    request.set_user_id(user_);
    request.set_order_id(NewUuid());
    request.mutable_amount()->set_currency_code("EUR");
    request.mutable_amount()->set_minor_units(units);
    return request;
  }

  WalletStore store_;
  db::Workers workers_;
  WalletService service_;
  testing::ServiceFixture server_;
  const std::string user_ = NewUuid();
};

TEST_F(WalletServiceTest, ADepositAnswersWithTheWalletAndTheTransaction) {
  CW_ASSERT_OK_AND_ASSIGN(const auto response, Deposit("k", 1234));
  EXPECT_EQ(response.wallet().available().minor_units(), 1234);
  EXPECT_EQ(response.transaction().type(), v1::Transaction::DEPOSIT);
  EXPECT_EQ(response.transaction().balance_after().minor_units(), 1234);
  EXPECT_GT(response.transaction().create_time().seconds(), 0);
  EXPECT_FALSE(response.replayed());
  CW_ASSERT_OK_AND_ASSIGN(const auto replay, Deposit("k", 1234));
  EXPECT_TRUE(replay.replayed());
  EXPECT_EQ(replay.transaction().id(), response.transaction().id());
}

TEST_F(WalletServiceTest, BadDepositsNameWhatIsWrong) {
  EXPECT_THAT(Deposit("k", 0), HasErrorReason("INVALID_FIELD"));
  EXPECT_THAT(Deposit("k", 5, "USD"), HasErrorReason("INVALID_FIELD"));
  EXPECT_THAT(Deposit("", 5), StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_TRUE(Deposit("k", 5).ok());
  EXPECT_THAT(Deposit("k", 6), HasErrorReason("IDEMPOTENCY_KEY_REUSED"));
}

TEST_F(WalletServiceTest, OnlyTheOrderServiceMayHoldMoney) {
  ASSERT_TRUE(Deposit("k", 1000).ok());
  const auto hold = Hold(10);
  EXPECT_THAT(server_.Call<v1::ReserveHoldResponse>(hold, "gateway"),
              HasErrorReason("CALLER_NOT_ALLOWED"));
  EXPECT_THAT(server_.Call<v1::ReserveHoldResponse>(hold, ""),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(server_.Call<v1::ReserveHoldResponse>(hold, "order")->state(), v1::RESERVED);
}

TEST_F(WalletServiceTest, AHoldIsCapturedAndShownAsAPurchase) {
  ASSERT_TRUE(Deposit("k", 1000).ok());
  const auto hold = Hold(300);
  ASSERT_EQ(server_.Call<v1::ReserveHoldResponse>(hold, "order")->state(), v1::RESERVED);
  v1::CaptureHoldRequest capture;
  capture.set_hold_id(hold.hold_id());
  capture.set_minor_units(300);
  EXPECT_EQ(server_.Call<v1::CaptureHoldResponse>(capture, "order")->state(), v1::CAPTURED);
  v1::ReleaseHoldRequest release;
  release.set_hold_id(hold.hold_id());
  EXPECT_EQ(server_.Call<v1::ReleaseHoldResponse>(release, "order")->state(), v1::CAPTURED);

  v1::GetWalletRequest get;
  get.set_user_id(user_);
  CW_ASSERT_OK_AND_ASSIGN(const auto wallet, server_.Call<v1::GetWalletResponse>(get));
  EXPECT_EQ(wallet.wallet().balance().minor_units(), 700);
  EXPECT_EQ(wallet.transactions(0).type(), v1::Transaction::PURCHASE);
  EXPECT_EQ(wallet.transactions(0).amount().minor_units(), -300);
  EXPECT_EQ(wallet.transactions(0).order_id(), hold.order_id());
}

TEST_F(WalletServiceTest, ARefundIsShownAndOnlyTheOrderServiceMayMakeIt) {
  ASSERT_TRUE(Deposit("k", 1000).ok());
  const auto hold = Hold(300);
  ASSERT_EQ(server_.Call<v1::ReserveHoldResponse>(hold, "order")->state(), v1::RESERVED);
  v1::CaptureHoldRequest capture;
  capture.set_hold_id(hold.hold_id());
  capture.set_minor_units(300);
  ASSERT_EQ(server_.Call<v1::CaptureHoldResponse>(capture, "order")->state(), v1::CAPTURED);
  v1::RefundHoldRequest refund;
  refund.set_refund_id(NewUuid());
  refund.set_hold_id(hold.hold_id());
  refund.set_minor_units(300);
  v1::GetHoldRequest look;
  look.set_hold_id(hold.hold_id());
  EXPECT_THAT(server_.Call<v1::RefundHoldResponse>(refund, "gateway"),
              HasErrorReason("CALLER_NOT_ALLOWED"));
  EXPECT_THAT(server_.Call<v1::GetHoldResponse>(look, "gateway"),
              HasErrorReason("CALLER_NOT_ALLOWED"));
  EXPECT_EQ(server_.Call<v1::RefundHoldResponse>(refund, "order")->state(), v1::REFUNDED);
  EXPECT_EQ(server_.Call<v1::GetHoldResponse>(look, "order")->refunded(), 300);
  v1::GetWalletRequest get;
  get.set_user_id(user_);
  CW_ASSERT_OK_AND_ASSIGN(const auto wallet, server_.Call<v1::GetWalletResponse>(get));
  EXPECT_EQ(wallet.wallet().balance().minor_units(), 1000);
  EXPECT_EQ(wallet.transactions(0).type(), v1::Transaction::REFUND);
  EXPECT_EQ(wallet.transactions(0).order_id(), hold.order_id());
}

TEST_F(WalletServiceTest, NobodyButTheOrderServiceTakesOrFreesMoney) {
  ASSERT_TRUE(Deposit("k", 1000).ok());
  const auto hold = Hold(300);
  ASSERT_EQ(server_.Call<v1::ReserveHoldResponse>(hold, "order")->state(), v1::RESERVED);
  v1::CaptureHoldRequest capture;
  capture.set_hold_id(hold.hold_id());
  capture.set_minor_units(300);
  v1::BatchCaptureHoldsRequest batch;
  *batch.add_captures() = capture;
  v1::ReleaseHoldRequest release;
  release.set_hold_id(hold.hold_id());
  for (const char* caller : {"gateway", "catalog", "cart", "identity", "wallet", ""}) {
    using absl::StatusCode;
    EXPECT_THAT(server_.Call<v1::CaptureHoldResponse>(capture, caller),
                StatusIs(StatusCode::kPermissionDenied));
    EXPECT_THAT(server_.Call<v1::BatchCaptureHoldsResponse>(batch, caller),
                StatusIs(StatusCode::kPermissionDenied));
    EXPECT_THAT(server_.Call<v1::ReleaseHoldResponse>(release, caller),
                StatusIs(StatusCode::kPermissionDenied));
  }
  v1::GetHoldRequest look;
  look.set_hold_id(hold.hold_id());
  EXPECT_EQ(server_.Call<v1::GetHoldResponse>(look, "order")->state(), v1::RESERVED);
}

TEST_F(WalletServiceTest, ABatchThatNamesAHoldTwiceIsRefused) {
  v1::BatchCaptureHoldsRequest batch;
  const std::string id = NewUuid();
  for (int i = 0; i < 2; ++i) {
    auto* capture = batch.add_captures();
    capture->set_hold_id(id);
    capture->set_minor_units(1);
  }
  EXPECT_THAT(server_.Call<v1::BatchCaptureHoldsResponse>(batch, "order"),
              HasErrorReason("INVALID_FIELD"));
}

TEST_F(WalletServiceTest, HistoryIsPagedAndTokensBelongToTheirUser) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Deposit(std::to_string(i), 100).ok());
  v1::GetWalletRequest get;
  get.set_user_id(user_);
  get.set_page_size(2);
  std::vector<std::string> ids;
  do {
    CW_ASSERT_OK_AND_ASSIGN(const auto page, server_.Call<v1::GetWalletResponse>(get));
    for (const auto& transaction : page.transactions()) ids.push_back(transaction.id());
    get.set_page_token(page.next_page_token());
    if (ids.size() == 2) {
      v1::GetWalletRequest theirs = get;
      theirs.set_user_id(NewUuid());
      EXPECT_THAT(server_.Call<v1::GetWalletResponse>(theirs),
                  HasErrorReason("PAGE_TOKEN_INVALID"));
    }
  } while (!get.page_token().empty());
  EXPECT_EQ(ids.size(), 5u);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 5u);
}

}  // namespace
}  // namespace cartwright::wallet
