#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/support/sync_stream.h"
#include "shared/kit/kit_fixture.h"

namespace cartwright::kit {
namespace {

using testing::HasErrorReason;
using ::testing::HasSubstr;
using testing::StatusIs;

TEST_F(KitTest, TheOpsPortAnswers) {
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_EQ(Get("/livez").status, 200);
  EXPECT_EQ(Get("/readyz").body, "ok\n");
  EXPECT_EQ(Get("/none").status, 404);
  const auto gateway = ChannelOf("gateway");
  ASSERT_THAT(GetWallet(*gateway), IsOk());
  const HttpAnswer metrics = Get("/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_THAT(metrics.body, HasSubstr("\nrpc_server_call_duration_seconds_count{"));
  EXPECT_THAT(metrics.body, HasSubstr("cartwright.wallet.v1.WalletService/GetWallet"));
}

TEST_F(KitTest, ACallerIsWhoItsCertificateNames) {
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_THAT(GetWallet(*ChannelOf("gateway")), IsOk());
  EXPECT_THAT(GetWallet(*ChannelOf("catalog")), HasErrorReason("CALLER_NOT_ALLOWED"));
  // The server has a certificate of our authority, but not of that name.
  const auto impostor = rpc::Connect("order", absl::StrCat("127.0.0.1:", port()),
                                     testing::TestCertificate("gateway"));
  EXPECT_THAT(GetWallet(*impostor), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(KitTest, HealthAndReadinessFollowTheDatabase) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto gateway = ChannelOf("gateway");
  const auto asking = StubbornChannel();
  const char* kService = "cartwright.wallet.v1.WalletService";
  EXPECT_TRUE(Eventually([&] { return Health(*asking) == kServing; }));
  EXPECT_TRUE(Eventually([&] { return Health(*asking, kService) == kServing; }));
  ASSERT_NO_FATAL_FAILURE(LoseDatabase());
  EXPECT_TRUE(Eventually([&] { return Get("/readyz").status == 503; }));
  EXPECT_EQ(Get("/readyz").body, "database\n");
  EXPECT_TRUE(Eventually([&] { return Health(*asking) == kNotServing; }));
  EXPECT_EQ(Health(*asking, kService), kNotServing);
  // Callers need not ask: nobody is there to whom they would send anything.
  EXPECT_TRUE(Eventually([&] { return absl::IsUnavailable(GetWallet(*gateway)); }));
  EXPECT_EQ(Get("/livez").status, 200);
  SetAllowed(true);
  EXPECT_TRUE(Eventually([&] { return Get("/readyz").status == 200; }));
  EXPECT_TRUE(Eventually([&] { return Health(*asking) == kServing; }));
  // The channel watches the health on its own, and may hear of it a moment later.
  EXPECT_TRUE(Eventually([&] { return GetWallet(*gateway).ok(); }));
  // Dozens of checks failed, but there was one outage.
  ASSERT_TRUE(process().WaitForEvent("database.ready"));
  EXPECT_EQ(process().CountEvents("database.unready"), 1) << process().Output();
  EXPECT_EQ(process().CountEvents("database.ready"), 1);
}

TEST_F(KitTest, AProcessIsNotReadyBeforeItsDatabaseIsMigrated) {
  ASSERT_THAT(superuser().Script("ALTER TABLE schema_migrations RENAME TO hidden"), IsOk());
  ChildProcess process(Command("wallet"));
  const auto serving = process.WaitForEvent("start.serving");
  ASSERT_TRUE(serving) << process.Output();
  ASSERT_TRUE(process.WaitForEvent("database.unready"));
  const int64_t port = serving->at("ops_port").as_int64();
  EXPECT_EQ(HttpGet(port, "/readyz").status, 503);
  ASSERT_THAT(superuser().Script("ALTER TABLE hidden RENAME TO schema_migrations"), IsOk());
  EXPECT_TRUE(Eventually([&] { return HttpGet(port, "/readyz").status == 200; }));
}

TEST_F(KitTest, WhatBreaksARuleIsLoggedAndCounted) {
  ASSERT_NO_FATAL_FAILURE(Start(kAudit));
  EXPECT_TRUE(Eventually([&] { return Counts("W2", 0); })) << process().Output();
  const std::string account = NewUuid();
  // Money from nowhere.
  ASSERT_THAT(superuser().Script(
                  absl::StrCat("INSERT INTO account (account_id, kind, currency, posted) VALUES ('",
                               account, "', 'USER', 'EUR', 5)")),
              IsOk());
  EXPECT_TRUE(Eventually([&] { return Counts("W2", 1) && Counts("W1", 1); }));
  EXPECT_TRUE(Counts("W3", 0));
  ASSERT_TRUE(process().WaitForEvent("audit.violation"));
  // Lines are written a moment after what they tell of is counted.
  const std::string row = absl::StrCat("account_id=", account);
  EXPECT_TRUE(Eventually([&] { return absl::StrContains(process().Output(), row); }))
      << process().Output();
  ASSERT_THAT(superuser().Script("SET session_replication_role = replica; DELETE FROM account"),
              IsOk());
  EXPECT_TRUE(Eventually([&] { return Counts("W2", 0) && Counts("W1", 0); }));
}

// The audit waits for a lock that this test has; in the same way it would wait for a slow rule.
TEST_F(KitTest, AnAuditThatHangsHurtsNobody) {
  db::Connection blocker(SuperuserUrl());
  ASSERT_THAT(blocker.Script("BEGIN; LOCK TABLE operation IN ACCESS EXCLUSIVE MODE"), IsOk());
  std::vector<std::string> flags = kAudit;
  flags.push_back("--database_workers=1");
  ASSERT_NO_FATAL_FAILURE(Start(flags));
  EXPECT_TRUE(Eventually([&] { return Waiting() == 1; })) << process().Output();
  EXPECT_THAT(GetWallet(*ChannelOf("gateway")), IsOk());
  EXPECT_EQ(Get("/readyz").status, 200);
  const std::string never = "\ncartwright_audit_last_success_timestamp_seconds 0\n";
  EXPECT_THAT(Get("/metrics").body, HasSubstr(never));
  EXPECT_THAT(blocker.Script("COMMIT"), IsOk());
  EXPECT_TRUE(Eventually([&] { return Get("/metrics").body.find(never) == std::string::npos; }));
}

// Rounds fail, and do so silently but for the first; afterwards they go on.
TEST_F(KitTest, AnAuditOutlivesItsDatabase) {
  ASSERT_NO_FATAL_FAILURE(Start(kAudit));
  EXPECT_TRUE(Eventually([&] { return Counts("W1", 0); })) << process().Output();
  ASSERT_NO_FATAL_FAILURE(LoseDatabase());
  ASSERT_TRUE(process().WaitForEvent("audit.failed")) << process().Output();
  EXPECT_EQ(Get("/livez").status, 200);
  SetAllowed(true);
  db::Connection back(SuperuserUrl());  // the one from before is lost, too
  ASSERT_THAT(back.Script("INSERT INTO account (account_id, kind, currency, posted)"
                          " VALUES (gen_random_uuid(), 'USER', 'EUR', 5)"),
              IsOk());
  EXPECT_TRUE(Eventually([&] { return Counts("W1", 1); }));
}

TEST_F(KitTest, ReflectionListsTheService) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto gateway = ChannelOf("gateway");
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  const grpc::internal::RpcMethod method(
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
      grpc::internal::RpcMethod::BIDI_STREAMING);
  using Factory = grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>;
  const std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream(
      Factory::Create(gateway.get(), method, &context));
  // ServerReflectionRequest{list_services: "*"}
  ASSERT_TRUE(stream->Write(Buffer("\x3a\x01*")));
  grpc::ByteBuffer response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_THAT(Bytes(response), HasSubstr("cartwright.wallet.v1.WalletService"));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace cartwright::kit
