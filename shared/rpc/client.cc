#include "shared/rpc/client.h"

#include <functional>
#include <string>

#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/byte_buffer.h"
#include "shared/base/async_result.h"
#include "shared/failpoint/failpoint.h"
#include "shared/rpc/grpc_status.h"
#include "shared/rpc/policy.h"

namespace cartwright::rpc {
namespace {

// One call under way, from bytes to bytes.
struct Flight {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};

std::shared_ptr<Flight> NewFlight(const Call& call, absl::Duration timeout,
                                  const std::string& request) {
  auto flight = std::make_shared<Flight>();
  const grpc::Slice bytes(request);
  flight->request = grpc::ByteBuffer(&bytes, 1);
  WriteCall(call, timeout, flight->context);
  return flight;
}

void Start(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
           const std::shared_ptr<Flight>& flight, std::function<void(grpc::Status)> done) {
  grpc::GenericStub stub(channel);
  stub.UnaryCall(
      &flight->context, path, {}, &flight->request, &flight->response,
      [done = std::move(done), flight](grpc::Status status) { done(std::move(status)); });
}

}  // namespace

boost::asio::awaitable<absl::Status> Client::Exchange(const rpc::Call& call,
                                                      const google::protobuf::Message& request,
                                                      google::protobuf::Message& response) const {
  const auto* method = MethodOf(*request.GetDescriptor());
  const std::string path = PathOf(*method);
  const std::string bytes = request.SerializeAsString();
  const absl::Duration timeout = TimeoutOf(*PolicyOf(*method));
  const auto flight = NewFlight(call, timeout, bytes);
  const absl::Time deadline = absl::FromChrono(flight->context.deadline());
  std::function<void()> again;
  if constexpr (failpoint::kEnabled) {
    again = [ids = call, channel = channel_, path, bytes, timeout]() mutable {
      ids.deadline = absl::InfiniteFuture();
      Start(channel, path, NewFlight(ids, timeout, bytes), [](const grpc::Status&) {});
    };
    absl::Status lost = co_await failpoint::AtSend(method->name(), "before", deadline, again);
    if (!lost.ok()) co_return lost;
  }
  auto start = [this, &path, &flight](auto done) { Start(channel_, path, flight, done); };
  const grpc::Status status = co_await AsyncResult<grpc::Status>(std::move(start));
  if constexpr (failpoint::kEnabled) {
    absl::Status lost = co_await failpoint::AtSend(method->name(), "after", deadline, again);
    if (!lost.ok()) co_return lost;
  }
  if (!status.ok()) co_return FromGrpc(status);
  grpc::ProtoBufferReader reader(&flight->response);
  if (!reader.status().ok() || !response.ParseFromZeroCopyStream(&reader)) {
    co_return absl::InternalError(path + ": an answer that is none");
  }
  co_return absl::OkStatus();
}

}  // namespace cartwright::rpc
