#include "shared/rpc/credentials.h"

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/use_future.hpp"
#include "cartwright/wallet/v1/wallet.pb.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "shared/base/uuid.h"
#include "shared/rpc/client.h"
#include "shared/testing/process_fixture.h"

namespace cartwright::rpc {
namespace {

// Counts the calls, and refuses each of them in a way that no connection does.
class Counter : public grpc::CallbackGenericService {
 public:
  std::atomic<int> calls{0};

 private:
  struct Refusal : grpc::ServerGenericBidiReactor {
    Refusal() { Finish(grpc::Status(grpc::StatusCode::ABORTED, "counted")); }
    void OnDone() override { delete this; }
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    ++calls;
    return new Refusal;
  }
};

boost::asio::awaitable<void> CallOften(Client& client, int calls, std::vector<absl::Status>& lost) {
  wallet::v1::GetWalletRequest request;
  request.set_user_id(NewUuid());
  for (int i = 0; i < calls; ++i) {
    const auto answer = co_await client.Call<wallet::v1::GetWalletResponse>(
        Call::Background(absl::Seconds(30)), request);
    if (!absl::IsAborted(answer.status())) lost.push_back(answer.status());
  }
}

// Servers give connections up all the time: old ones, and all when they drain. A call that was on
// its way to one of them goes to the next one, and no call goes to two.
TEST(CredentialsTest, AConnectionThatIsGivenUpLosesNoCall) {
  constexpr int kCallers = 16;
  constexpr int kCallsEach = 500;
  constexpr int kConnectionAgeMs = 5;
  grpc::EnableDefaultHealthCheckService(true);
  Counter counter;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", ServerCredentials(testing::TestCertificate("wallet")),
                           &port);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMs);
  builder.RegisterCallbackGenericService(&counter);
  const auto server = builder.BuildAndStart();
  server->GetHealthCheckService()->SetServingStatus(true);

  Client client(
      Connect("wallet", absl::StrCat("127.0.0.1:", port), testing::TestCertificate("gateway")));
  boost::asio::io_context io;
  std::vector<absl::Status> lost;
  std::vector<std::future<void>> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.push_back(
        boost::asio::co_spawn(io, CallOften(client, kCallsEach, lost), boost::asio::use_future));
  }
  io.run();
  for (auto& caller : callers) caller.get();
  EXPECT_EQ(lost.size(), 0) << lost.front();
  EXPECT_EQ(counter.calls, kCallers * kCallsEach);
  server->Shutdown();
}

}  // namespace
}  // namespace cartwright::rpc
