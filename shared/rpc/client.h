#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "shared/base/async_result.h"
#include "shared/rpc/call.h"
#include "shared/rpc/grpc_status.h"
#include "shared/rpc/policy.h"

namespace cartwright::rpc {

// Calls to one other service, as coroutines:
//
//   auto reply = co_await wallet.Call<ReserveHoldResponse>(call, request);
//
// The RPC is found by the request's type. Every call has a deadline: that of `call` or of the
// method's policy, whichever is sooner. Nothing is retried here. Thread-safe.
class Client {
 public:
  explicit Client(std::shared_ptr<grpc::Channel> channel) : channel_(std::move(channel)) {}

  // Every status but OK leaves open whether the call had an effect (a domain's "no" is an
  // enum in an OK answer).
  template <typename Response, typename Request>
  boost::asio::awaitable<absl::StatusOr<Response>> Call(const rpc::Call& call, Request request) {
    auto exchange = std::make_shared<Exchange<Request, Response>>();
    exchange->request = std::move(request);
    const auto* method = MethodOf(*Request::descriptor());
    WriteCall(call, TimeoutOf(*PolicyOf(*method)), exchange->context);
    auto start = [this, exchange, path = PathOf(*method)](auto done) {
      grpc::TemplatedGenericStub<Request, Response> stub(channel_);
      stub.UnaryCall(&exchange->context, path, {}, &exchange->request, &exchange->response,
                     [done, exchange](grpc::Status status) { done(std::move(status)); });
    };
    const grpc::Status status = co_await AsyncResult<grpc::Status>(std::move(start));
    if (!status.ok()) co_return FromGrpc(status);
    co_return std::move(exchange->response);
  }

 private:
  template <typename Request, typename Response>
  struct Exchange {
    grpc::ClientContext context;
    Request request;
    Response response;
  };

  const std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace cartwright::rpc
