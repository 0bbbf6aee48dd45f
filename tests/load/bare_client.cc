// What an answer that the gateway transcodes is measured against: a gRPC client that asks for the
// same list of products, parses the answer, and nothing else. It is the gateway to the catalog:
// over mutual TLS, with the gateway's certificate.
//
//   bare_client HOST:PORT TLS_DIRECTORY CALLS_AT_ONCE
//
// Reads numbers from stdin, makes so many calls for each, and prints how many were answered well.
// Ends with its input.

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>

#include "cartwright/catalog/v1/catalog.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "shared/rpc/credentials.h"

namespace catalog = cartwright::catalog::v1;

namespace {

constexpr int kPageSize = 20;
constexpr const char* kMethod = "/cartwright.catalog.v1.CatalogService/ListProducts";

// Makes calls, so many at once, each the next one when it has its answer.
class Caller {
 public:
  explicit Caller(const std::shared_ptr<grpc::Channel>& channel) : stub_(channel) {
    request_.set_page_size(kPageSize);
  }

  // Blocks until `count` calls have their answers; how many of them were whole pages.
  int Make(int count, int at_once) {
    std::unique_lock lock(mutex_);
    left_ = count;
    good_ = 0;
    for (int i = 0; i < at_once && left_ > 0; ++i) Start();
    idle_.wait(lock, [this] { return left_ == 0 && under_way_ == 0; });
    return good_;
  }

 private:
  struct Call {
    grpc::ClientContext context;
    catalog::ListProductsResponse response;
  };

  // REQUIRES: mutex_ is held.
  void Start() {
    --left_;
    ++under_way_;
    auto* call = new Call;
    stub_.UnaryCall(&call->context, kMethod, {}, &request_, &call->response,
                    [this, call](const grpc::Status& status) { End(call, status); });
  }

  void End(Call* call, const grpc::Status& status) {
    const std::unique_ptr<Call> owner(call);
    const std::lock_guard lock(mutex_);
    --under_way_;
    if (status.ok() && call->response.products_size() == kPageSize) ++good_;
    if (left_ > 0) Start();
    if (under_way_ == 0) idle_.notify_all();
  }

  grpc::TemplatedGenericStub<catalog::ListProductsRequest, catalog::ListProductsResponse> stub_;
  catalog::ListProductsRequest request_;
  std::mutex mutex_;
  std::condition_variable idle_;
  int left_ = 0;
  int under_way_ = 0;
  int good_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: bare_client HOST:PORT TLS_DIRECTORY CALLS_AT_ONCE\n");
    return 1;
  }
  const std::string tls = argv[2];
  Caller caller(cartwright::rpc::Connect(
      "catalog", argv[1],
      {.cert = tls + "/gateway.crt", .key = tls + "/gateway.key", .ca = tls + "/ca.crt"}));
  int count = 0;
  while (std::cin >> count) {
    std::printf("%d\n", caller.Make(count, std::atoi(argv[3])));
    std::fflush(stdout);
  }
}
