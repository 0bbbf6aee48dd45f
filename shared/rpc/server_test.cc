#include "shared/rpc/server.h"

#include <atomic>
#include <cstdlib>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "boost/asio/io_context.hpp"
#include "cartwright/wallet/v1/wallet.pb.h"
#include "gtest/gtest.h"
#include "shared/base/uuid.h"
#include "shared/telemetry/log.h"
#include "shared/testing/service_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::rpc {
namespace {

using testing::HasErrorReason;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;
namespace v1 = wallet::v1;

// A wallet whose methods do what a test says: one that blocks, one that is a coroutine.
class FakeWallet {
 public:
  std::function<absl::Status()> deposit = [] { return absl::OkStatus(); };
  std::function<absl::Status(const Call&)> get_wallet = [](const Call&) {
    return absl::OkStatus();
  };
  std::atomic<int> deposits{0};
  std::atomic<int> wallets{0};

  absl::StatusOr<v1::DepositResponse> Deposit(db::Connection&, const v1::DepositRequest&) {
    ++deposits;
    return Answer<v1::DepositResponse>(deposit());
  }
  boost::asio::awaitable<absl::StatusOr<v1::GetWalletResponse>> GetWallet(
      const Call& call, const v1::GetWalletRequest&) {
    ++wallets;
    co_return Answer<v1::GetWalletResponse>(get_wallet(call));
  }
  // The RPCs that no test asks for.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Other(db::Connection&, const Request&) {
    return Response();
  }

 private:
  template <typename Response>
  static absl::StatusOr<Response> Answer(const absl::Status& status) {
    if (status.ok()) return Response();
    return status;
  }
};

v1::DepositRequest ADeposit() {
  v1::DepositRequest request;
  request.set_user_id(NewUuid());
  request.set_idempotency_key("key");
  request.mutable_amount()->set_currency_code("EUR");
  return request;
}

v1::GetWalletRequest AWallet() {
  v1::GetWalletRequest request;
  request.set_user_id(NewUuid());
  return request;
}

// The fake never touches its connection, so there is no database.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest() : workers_({.url = "", .threads = 1, .queue_limit = 1}), server_(&workers_) {
    Serve(server_, wallet_);
  }

  static void Serve(testing::ServiceFixture& server, FakeWallet& wallet) {
    using S = FakeWallet;
    server.Serve(wallet, &S::GetWallet, &S::Deposit,
                 &S::Other<v1::ReserveHoldRequest, v1::ReserveHoldResponse>,
                 &S::Other<v1::CaptureHoldRequest, v1::CaptureHoldResponse>,
                 &S::Other<v1::BatchCaptureHoldsRequest, v1::BatchCaptureHoldsResponse>,
                 &S::Other<v1::ReleaseHoldRequest, v1::ReleaseHoldResponse>,
                 &S::Other<v1::RefundHoldRequest, v1::RefundHoldResponse>,
                 &S::Other<v1::GetHoldRequest, v1::GetHoldResponse>);
    server.Start();
  }

  absl::Status Deposit(const std::string& peer = "gateway") {
    return server_.Call<v1::DepositResponse>(ADeposit(), peer).status();
  }
  absl::Status GetWallet(const std::string& peer = "gateway") {
    return server_.Call<v1::GetWalletResponse>(AWallet(), peer).status();
  }
  // From the peer that called last.
  absl::Status DepositWithin(absl::Duration timeout) {
    return server_
        .Await(server_.client().Call<v1::DepositResponse>(Call::Background(timeout), ADeposit()))
        .status();
  }

  // The first deposit keeps the only worker busy until `release` is set; returns when it does.
  std::thread Occupy(std::promise<void>& release) {
    auto started = std::make_shared<std::promise<void>>();
    wallet_.deposit = [this, started, &release] {
      if (wallet_.deposits == 1) {
        started->set_value();
        release.get_future().wait();
      }
      return absl::OkStatus();
    };
    std::thread busy([this] { EXPECT_THAT(DepositWithin(absl::Seconds(10)), IsOk()); });
    started->get_future().wait();
    return busy;
  }

  // Until a call waits behind the one of Occupy.
  void AwaitQueued() {
    const absl::Time patience = absl::Now() + absl::Seconds(30);
    while (workers_.QueueDepth() == 0) {
      ASSERT_LT(absl::Now(), patience);
      std::this_thread::yield();
    }
  }

  FakeWallet wallet_;
  db::Workers workers_;
  testing::ServiceFixture server_;
};

TEST_F(ServerTest, BothKindsOfMethodsAnswer) {
  EXPECT_THAT(Deposit(), IsOk());
  EXPECT_THAT(GetWallet(), IsOk());
}

TEST_F(ServerTest, OnlyDeclaredCallersMayCall) {
  for (const char* peer : {"order", "catalog", "Gateway", "gateway2"}) {
    for (const absl::Status& status : {Deposit(peer), GetWallet(peer)}) {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied)) << peer;
      EXPECT_THAT(status, HasErrorReason("CALLER_NOT_ALLOWED"));
    }
  }
  EXPECT_EQ(wallet_.deposits + wallet_.wallets, 0);
}

TEST_F(ServerTest, ACallerWithoutANameMayNotCall) {
  EXPECT_THAT(Deposit(""), HasErrorReason("CALLER_NOT_ALLOWED"));
  EXPECT_THAT(GetWallet(""), HasErrorReason("CALLER_NOT_ALLOWED"));
  EXPECT_EQ(wallet_.deposits + wallet_.wallets, 0);
}

TEST_F(ServerTest, AnInvalidRequestDoesNotReachTheMethod) {
  v1::DepositRequest request = ADeposit();
  request.clear_idempotency_key();
  request.clear_amount();
  const auto status = server_.Call<v1::DepositResponse>(request).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(status, HasErrorReason("INVALID_FIELD"));
  const auto violations = DetailsOf(status).violations;
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(violations[0].first, "idempotencyKey");
  EXPECT_EQ(violations[1].first, "amount");
  EXPECT_EQ(wallet_.deposits, 0);
}

TEST_F(ServerTest, WhatAMethodThrowsIsInternalAndStaysHere) {
  wallet_.deposit = []() -> absl::Status { throw std::runtime_error("table wallet.secret"); };
  wallet_.get_wallet = [](const Call&) -> absl::Status {
    throw std::runtime_error("table wallet.secret");
  };
  for (const absl::Status& status : {Deposit(), GetWallet()}) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
  }
  // And the worker and the event loop go on.
  wallet_.deposit = [] { return absl::OkStatus(); };
  wallet_.get_wallet = [](const Call&) { return absl::OkStatus(); };
  EXPECT_THAT(Deposit(), IsOk());
  EXPECT_THAT(GetWallet(), IsOk());
}

TEST_F(ServerTest, ErrorsWithoutAReasonLoseTheirText) {
  for (const absl::StatusCode code :
       {absl::StatusCode::kInternal, absl::StatusCode::kUnavailable, absl::StatusCode::kDataLoss,
        absl::StatusCode::kFailedPrecondition, absl::StatusCode::kAborted}) {
    wallet_.deposit = [code] { return absl::Status(code, "constraint secret_pkey"); };
    const absl::Status status = Deposit();
    EXPECT_THAT(status, StatusIs(code));
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
  }
}

TEST_F(ServerTest, TheDetailsOfAnErrorArrive) {
  wallet_.deposit = [] {
    return MakeError(absl::StatusCode::kFailedPrecondition, "The card is refused.",
                     {.reason = "CARD_REFUSED",
                      .domain = "cartwright.wallet.v1",
                      .metadata = {{"limit", "100"}, {"currency", "EUR"}},
                      .violations = {{"amount.minorUnits", "is too much"}}});
  };
  const absl::Status status = Deposit();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(status.message(), "The card is refused.");
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, "CARD_REFUSED");
  EXPECT_EQ(details.domain, "cartwright.wallet.v1");
  EXPECT_EQ(details.metadata,
            (std::map<std::string, std::string>{{"limit", "100"}, {"currency", "EUR"}}));
  EXPECT_EQ(
      details.violations,
      (std::vector<std::pair<std::string, std::string>>{{"amount.minorUnits", "is too much"}}));
}

TEST_F(ServerTest, ACallCarriesItsIdsAndTheSoonerDeadline) {
  Call sent = Call::Background(absl::Milliseconds(1900));
  Call received;
  wallet_.get_wallet = [&](const Call& call) {
    received = call;
    return absl::OkStatus();
  };
  ASSERT_THAT(server_.Await(server_.client().Call<v1::GetWalletResponse>(sent, AWallet())), IsOk());
  EXPECT_EQ(received.peer, "gateway");
  EXPECT_EQ(received.request_id, sent.request_id);
  EXPECT_EQ(received.traceparent, sent.traceparent);
  // gRPC rounds to milliseconds.
  EXPECT_LE(received.deadline, sent.deadline + absl::Milliseconds(2));
  sent.deadline = absl::InfiniteFuture();
  const absl::Time before = absl::Now();
  ASSERT_THAT(server_.Await(server_.client().Call<v1::GetWalletResponse>(sent, AWallet())), IsOk());
  EXPECT_GE(received.deadline, before);
  EXPECT_LE(received.deadline, absl::Now() + absl::Seconds(2));
}

// The only worker is busy until the deadline of the next call has passed, which waits in the queue.
TEST_F(ServerTest, ACallWhoseDeadlinePassedIsNotRun) {
  std::promise<void> release;
  std::thread busy = Occupy(release);
  constexpr absl::Duration kTimeout = absl::Seconds(1);
  std::thread late(
      [&] { EXPECT_THAT(DepositWithin(kTimeout), StatusIs(absl::StatusCode::kDeadlineExceeded)); });
  AwaitQueued();
  // The server counts from when it heard of the call; and gRPC's own clock may lag by some
  // milliseconds.
  const absl::Time over = absl::Now() + kTimeout + absl::Milliseconds(20);
  late.join();
  while (absl::Now() < over) std::this_thread::yield();
  release.set_value();
  busy.join();
  // The late call has the only place in the queue until the worker looks at it.
  const absl::Time patience = absl::Now() + absl::Seconds(30);
  while (workers_.QueueDepth() > 0 && absl::Now() < patience) std::this_thread::yield();
  EXPECT_THAT(Deposit(), IsOk());
  EXPECT_EQ(wallet_.deposits, 2);
}

TEST_F(ServerTest, WhatTheQueueCannotTakeIsRefused) {
  std::promise<void> release;
  std::thread busy = Occupy(release);
  std::thread queued([&] { EXPECT_THAT(DepositWithin(absl::Seconds(10)), IsOk()); });
  AwaitQueued();
  const absl::Status refused = DepositWithin(absl::Seconds(10));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(refused, HasErrorReason("OVERLOADED"));
  release.set_value();
  busy.join();
  queued.join();
}

TEST(ServerDeathTest, AServiceWithAnUnservedRpcDoesNotStart) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto serve_a_part = [] {
    log::Init("test", "info");
    boost::asio::io_context io;
    FakeWallet wallet;
    Server server(nullptr, io.get_executor(), [](const auto&) { return std::string(); });
    using S = FakeWallet;
    server.Register(wallet, &S::GetWallet, &S::Deposit);
  };
  EXPECT_DEATH(serve_a_part(), "unserved_rpc.*/cartwright.wallet.v1.WalletService/ReserveHold");
}

#ifdef __SANITIZE_THREAD__
// Goal: what ThreadSanitizer is told of gRPC (deploy/sanitizers/grpc_border.cc) does not hide the
// races of handlers. Method: two of them write to the same place, with nothing between them but an
// atomic that orders nothing.
TEST_F(ServerTest, TwoHandlersThatRaceAreReported) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto race = [] {
    FakeWallet wallet;
    db::Workers workers({.url = "", .threads = 2, .queue_limit = 2});
    testing::ServiceFixture server(&workers);
    Serve(server, wallet);
    std::atomic<int> here{0};
    int shared = 0;
    wallet.deposit = [&] {
      here.fetch_add(1, std::memory_order_relaxed);
      while (here.load(std::memory_order_relaxed) < 2) std::this_thread::yield();
      ++shared;
      return absl::OkStatus();
    };
    const auto deposit = [&] {
      (void)server.Await(server.client().Call<v1::DepositResponse>(
          Call::Background(absl::Seconds(30)), ADeposit()));
    };
    std::thread other(deposit);
    deposit();
    other.join();
    std::exit(0);  // which is 66 after a report
  };
  EXPECT_EXIT(race(), ::testing::ExitedWithCode(66), "data race");
}
#endif

}  // namespace
}  // namespace cartwright::rpc
