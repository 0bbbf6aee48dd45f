#include "shared/kit/kit.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/ip/tcp.hpp"
#include "cartwright/wallet/v1/wallet.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/impl/codegen/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/sync_stream.h"
#include "gtest/gtest.h"
#include "shared/base/uuid.h"
#include "shared/rpc/credentials.h"
#include "shared/rpc/grpc_status.h"
#include "shared/testing/child_process.h"
#include "shared/testing/paths.h"
#include "shared/testing/process_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::kit {
namespace {

using testing::ChildProcess;
using testing::HasErrorReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

// Waits for a condition, a minute at most.
bool Eventually(const std::function<bool()>& condition) {
  const absl::Time deadline = absl::Now() + absl::Minutes(1);
  while (!condition()) {
    if (absl::Now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

struct HttpAnswer {
  int status = 0;
  std::string body;
};

HttpAnswer HttpGet(int64_t port, const std::string& path) {
  boost::asio::ip::tcp::iostream stream;
  stream.expires_after(std::chrono::seconds(10));
  stream.connect("127.0.0.1", std::to_string(port));
  stream << "GET " << path << " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
         << std::flush;
  HttpAnswer answer;
  std::string version;
  stream >> version >> answer.status;
  const std::string rest(std::istreambuf_iterator<char>(stream), {});
  answer.body = rest.substr(std::min(rest.size(), rest.find("\r\n\r\n") + 4));
  return answer;
}

grpc::ByteBuffer Buffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string Bytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) bytes.append(slice.begin(), slice.end());
  return bytes;
}

// Calls one RPC and waits for its answer.
template <typename Response, typename Request>
absl::Status Call(grpc::Channel& channel, const char* path, const Request& request,
                  Response& response) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  const grpc::internal::RpcMethod method(path, grpc::internal::RpcMethod::NORMAL_RPC);
  return rpc::FromGrpc(
      grpc::internal::BlockingUnaryCall(&channel, method, &context, request, &response));
}

// grpc.health.v1.HealthCheckResponse.ServingStatus; 0 when there is no answer.
// `service`: its full name; empty for the process as a whole.
int Health(grpc::Channel& channel, const std::string& service = "") {
  grpc::ByteBuffer response;
  // HealthCheckRequest has one field, the name, with tag 1.
  const std::string request =
      service.empty()
          ? ""
          : absl::StrCat("\n", std::string(1, static_cast<char>(service.size())), service);
  const auto status = Call(channel, "/grpc.health.v1.Health/Check", Buffer(request), response);
  const std::string bytes = Bytes(response);
  return status.ok() && bytes.size() == 2 ? bytes[1] : 0;
}

const std::vector<std::string> kAudit = {
    absl::StrCat("--audit_dir=", testing::SourcePath("services/wallet/audit")),
    "--audit_period_ms=200"};

constexpr int kServing = 1;
constexpr int kNotServing = 2;

absl::Status GetWallet(grpc::Channel& channel) {
  wallet::v1::GetWalletRequest request;
  request.set_user_id(NewUuid());
  wallet::v1::GetWalletResponse response;
  return Call(channel, "/cartwright.wallet.v1.WalletService/GetWallet", request, response);
}

// The wallet is the process that stands for all: every one is made by the same kit.
class KitTest : public testing::ProcessFixture {
 protected:
  // Starts a wallet and waits until it is ready.
  void Start(const std::vector<std::string>& flags = {}) {
    process_ = std::make_unique<ChildProcess>(Command("wallet", flags));
    const auto serving = process_->WaitForEvent("start.serving");
    ASSERT_TRUE(serving) << process_->Output();
    port_ = serving->at("port").as_int64();
    ops_port_ = serving->at("ops_port").as_int64();
    ASSERT_TRUE(Eventually([&] { return HttpGet(ops_port_, "/readyz").status == 200; }))
        << process_->Output();
  }

  std::shared_ptr<grpc::Channel> ChannelOf(const std::string& peer) const {
    return rpc::Connect("wallet", absl::StrCat("127.0.0.1:", port_),
                        testing::TestCertificate(peer));
  }

  // Nobody can connect to the database, and who was connected is not any more.
  void LoseDatabase() {
    static constexpr db::Statement kDatabase = {"test.database", "SELECT current_database()"};
    CW_ASSERT_OK_AND_ASSIGN(const auto rows, superuser().Execute(kDatabase));
    database_ = rows[0][0].as<std::string>();
    SetAllowed(false);
    EXPECT_THAT(
        server().Script(absl::StrCat(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '",
            database_, "'")),
        IsOk());
  }
  void SetAllowed(bool allowed) {
    EXPECT_THAT(server().Script(absl::StrCat("ALTER DATABASE ", database_, " ALLOW_CONNECTIONS ",
                                             allowed ? "true" : "false")),
                IsOk());
  }

  // Calls that wait for a lock in this test's database; -1 when it does not say.
  int Waiting() {
    static constexpr db::Statement kWaiting = {
        "test.waiting",
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())"};
    const auto rows = superuser().Execute(kWaiting);
    return rows.ok() ? (*rows)[0][0].as<int>() : -1;
  }

  // Whether the audit's last round found so many rows that break the rule.
  bool Counts(const std::string& rule, int rows) const {
    const std::string line =
        absl::StrCat("\ncartwright_audit_violations{invariant=\"", rule, "\"} ", rows, "\n");
    return Get("/metrics").body.find(line) != std::string::npos;
  }

  ChildProcess& process() { return *process_; }
  int64_t port() const { return port_; }
  HttpAnswer Get(const std::string& path) const { return HttpGet(ops_port_, path); }

 private:
  // On another database than the one that is lost.
  db::Connection& server() {
    if (server_ == nullptr) {
      server_ = std::make_unique<db::Connection>(std::getenv("CARTWRIGHT_TEST_POSTGRES"));
    }
    return *server_;
  }

  std::string database_;
  std::unique_ptr<db::Connection> server_;
  std::unique_ptr<ChildProcess> process_;
  int64_t port_ = 0;
  int64_t ops_port_ = 0;
};

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
  const char* kService = "cartwright.wallet.v1.WalletService";
  EXPECT_TRUE(Eventually([&] { return Health(*gateway) == kServing; }));
  EXPECT_TRUE(Eventually([&] { return Health(*gateway, kService) == kServing; }));
  ASSERT_NO_FATAL_FAILURE(LoseDatabase());
  EXPECT_TRUE(Eventually([&] { return Get("/readyz").status == 503; }));
  EXPECT_EQ(Get("/readyz").body, "database\n");
  EXPECT_TRUE(Eventually([&] { return Health(*gateway) == kNotServing; }));
  EXPECT_EQ(Health(*gateway, kService), kNotServing);
  EXPECT_EQ(Get("/livez").status, 200);
  SetAllowed(true);
  EXPECT_TRUE(Eventually([&] { return Get("/readyz").status == 200; }));
  EXPECT_TRUE(Eventually([&] { return Health(*gateway) == kServing; }));
  EXPECT_THAT(GetWallet(*gateway), IsOk());
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
  EXPECT_THAT(process().Output(), HasSubstr(absl::StrCat("account_id=", account)));
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

TEST_F(KitTest, ASignalDrainsAndEndsWith0) {
  for (const int signal : {SIGTERM, SIGINT}) {
    ASSERT_NO_FATAL_FAILURE(Start());
    process().Signal(signal);
    EXPECT_EQ(process().WaitForExit(), 0) << process().Output();
    EXPECT_EQ(process().CountEvents("stop.draining"), 1);
    EXPECT_EQ(process().CountEvents("stop.done"), 1);
  }
}

// The account is locked by this test, so the call is under way when the signal comes.
TEST_F(KitTest, ACallUnderWayIsAnsweredBeforeTheEnd) {
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
