#include <chrono>
#include <csignal>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "shared/kit/kit_fixture.h"

namespace cartwright::kit {
namespace {

using ::testing::HasSubstr;

class DrainTest : public KitTest {};

TEST_F(DrainTest, ASignalDrainsAndEndsWith0) {
  for (const int signal : {SIGTERM, SIGINT}) {
    ASSERT_NO_FATAL_FAILURE(Start());
    process().Signal(signal);
    EXPECT_EQ(process().WaitForExit(), 0) << process().Output();
    EXPECT_EQ(process().CountEvents("stop.draining"), 1);
    EXPECT_EQ(process().CountEvents("stop.done"), 1);
  }
}

// What a container's health check runs: the same binary, which asks the process that serves.
TEST_F(DrainTest, AProbeSaysWhetherTheProcessIsReady) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto probe = [this] {
    auto asking = std::make_unique<ChildProcess>(
        Command("wallet", {"--probe", absl::StrCat("--ops_listen=0.0.0.0:", ops_port())}));
    asking->WaitForExit();
    return asking;
  };
  EXPECT_EQ(probe()->WaitForExit(), 0) << probe()->Output();
  ASSERT_NO_FATAL_FAILURE(LoseDatabase());
  EXPECT_TRUE(Eventually([&] { return Get("/readyz").status == 503; }));
  EXPECT_EQ(probe()->Output(), "wallet: not ready: database");
  EXPECT_EQ(probe()->WaitForExit(), 1);
  process().Signal(SIGKILL);
  process().WaitForExit();
  EXPECT_THAT(probe()->Output(), HasSubstr("nobody answers at 0.0.0.0:"));
}

TEST_F(DrainTest, WhoDrainsGetsNoMoreCalls) {
  ASSERT_NO_FATAL_FAILURE(Start({"--drain_notice_s=60"}));
  ChildProcess other(Command("wallet"));
  const auto serving = other.WaitForEvent("start.serving");
  ASSERT_TRUE(serving) << other.Output();
  const auto gateway = rpc::Connect(
      "wallet",
      absl::StrCat("ipv4:127.0.0.1:", port(), ",127.0.0.1:", serving->at("port").as_int64()),
      testing::TestCertificate("gateway"));
  const int64_t other_ops_port = serving->at("ops_port").as_int64();
  ASSERT_TRUE(Eventually([&] {
    return GetWallet(*gateway).ok() && CallsTo("GetWallet") > 0 &&
           CallsTo("GetWallet", other_ops_port) > 0;
  }));
  process().Signal(SIGTERM);
  ASSERT_TRUE(process().WaitForEvent("stop.draining"));
  const auto last_is_elsewhere = [&] {
    const int before = CallsTo("GetWallet");
    for (int i = 0; i < 10; ++i) EXPECT_THAT(GetWallet(*gateway), IsOk());
    return CallsTo("GetWallet") == before;
  };
  EXPECT_TRUE(Eventually(last_is_elsewhere));
}

TEST_F(DrainTest, AnOldConnectionIsGivenUp) {
  ASSERT_NO_FATAL_FAILURE(Start({"--connection_age_s=1"}));
  const auto gateway = ChannelOf("gateway");
  ASSERT_THAT(GetWallet(*gateway), IsOk());
  // It is given up by the server alone: nothing else ends it.
  const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(30);
  EXPECT_TRUE(gateway->WaitForStateChange(GRPC_CHANNEL_READY, deadline));
  EXPECT_THAT(GetWallet(*gateway), IsOk());
}

// The account is locked by this test, so the call is under way when the signal comes.
TEST_F(DrainTest, ACallUnderWayIsAnsweredBeforeTheEnd) {
  ASSERT_NO_FATAL_FAILURE(Start());
  db::Connection blocker(SuperuserUrl());
  ASSERT_THAT(blocker.Script("BEGIN; LOCK TABLE account IN ACCESS EXCLUSIVE MODE"), IsOk());
  const auto gateway = ChannelOf("gateway");
  absl::Status deposited = absl::UnknownError("not answered");
  std::thread caller([&] {
    wallet::v1::DepositRequest request;
    request.set_user_id(NewUuid());
    request.set_idempotency_key("key");
    request.mutable_amount()->set_currency_code("EUR");
    request.mutable_amount()->set_minor_units(100);
    wallet::v1::DepositResponse response;
    deposited = Call(*gateway, "/cartwright.wallet.v1.WalletService/Deposit", request, response);
  });
  EXPECT_TRUE(Eventually([&] { return Waiting() == 1; }));
  process().Signal(SIGTERM);
  EXPECT_TRUE(process().WaitForEvent("stop.draining"));
  EXPECT_TRUE(Eventually([&] { return Get("/readyz").status == 503; }));
  EXPECT_THAT(blocker.Script("COMMIT"), IsOk());
  caller.join();
  EXPECT_THAT(deposited, IsOk());
  EXPECT_EQ(process().WaitForExit(), 0) << process().Output();
}

}  // namespace
}  // namespace cartwright::kit
