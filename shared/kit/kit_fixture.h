#pragma once

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
#include "grpcpp/create_channel.h"
#include "grpcpp/impl/codegen/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/support/byte_buffer.h"
#include "gtest/gtest.h"
#include "re2/re2.h"
#include "shared/base/secret.h"
#include "shared/base/uuid.h"
#include "shared/rpc/credentials.h"
#include "shared/rpc/grpc_status.h"
#include "shared/testing/child_process.h"
#include "shared/testing/paths.h"
#include "shared/testing/process_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::kit {

using testing::ChildProcess;
using testing::IsOk;

// Waits for a condition, a minute at most.
inline bool Eventually(const std::function<bool()>& condition) {
  const absl::Time deadline = absl::Now() + absl::Minutes(1);
  while (!condition()) {
    if (absl::Now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// What HttpGet got; status 0 when nobody answered.
struct HttpAnswer {
  int status = 0;
  std::string body;
};

inline HttpAnswer HttpGet(int64_t port, const std::string& path) {
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

inline grpc::ByteBuffer Buffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

inline std::string Bytes(const grpc::ByteBuffer& buffer) {
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
inline int Health(grpc::Channel& channel, const std::string& service = "") {
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

inline const std::vector<std::string> kAudit = {
    absl::StrCat("--audit_dir=", testing::SourcePath("services/wallet/audit")),
    "--audit_period_ms=200"};

constexpr int kServing = 1;
constexpr int kNotServing = 2;

inline absl::Status GetWallet(grpc::Channel& channel) {
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

  // One that calls whatever the health of the process is, as those of callers do not.
  std::shared_ptr<grpc::Channel> StubbornChannel() const {
    const rpc::TlsFiles files = testing::TestCertificate("gateway");
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("wallet");
    const auto credentials =
        grpc::SslCredentials({*ReadFile(files.ca), *ReadFile(files.key), *ReadFile(files.cert)});
    return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port_), credentials, arguments);
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

  // Calls of a method that the process has answered, or another one with that port for operators.
  int CallsTo(const std::string& method) const { return CallsTo(method, ops_port_); }
  static int CallsTo(const std::string& method, int64_t ops_port) {
    static const RE2 kCount(R"(rpc_server_call_duration_seconds_count\{([^}]*)\} (\d+))");
    const std::string metrics = HttpGet(ops_port, "/metrics").body;
    re2::StringPiece rest(metrics);
    std::string labels;
    int count = 0;
    int sum = 0;
    while (RE2::FindAndConsume(&rest, kCount, &labels, &count)) {
      if (labels.find(absl::StrCat("/", method, "\"")) != std::string::npos) sum += count;
    }
    return sum;
  }

  ChildProcess& process() { return *process_; }
  int64_t port() const { return port_; }
  int64_t ops_port() const { return ops_port_; }
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

}  // namespace cartwright::kit
