#pragma once

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"
#include "shared/rpc/call.h"

namespace cartwright::rpc {

// Calls to one other service, as coroutines:
//
//   auto reply = co_await wallet.Call<ReserveHoldResponse>(call, request);
//
// The RPC is found by the request's type. Every call has a deadline: that of `call` or of the
// method's policy, whichever is sooner. Nothing is retried here but what no server has seen, since
// its connection was given up (credentials.cc). Thread-safe.
class Client {
 public:
  explicit Client(std::shared_ptr<grpc::Channel> channel) : channel_(std::move(channel)) {}

  // Every status but OK leaves open whether the call had an effect (a domain's "no" is an
  // enum in an OK answer).
  template <typename Response, typename Request>
  boost::asio::awaitable<absl::StatusOr<Response>> Call(const rpc::Call& call, Request request) {
    Response response;
    absl::Status status = co_await Exchange(call, request, response);
    if (!status.ok()) co_return status;
    co_return std::move(response);
  }

 private:
  boost::asio::awaitable<absl::Status> Exchange(const rpc::Call& call,
                                                const google::protobuf::Message& request,
                                                google::protobuf::Message& response) const;

  const std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace cartwright::rpc
