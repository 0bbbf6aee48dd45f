#include "gateway/backends.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "shared/base/async_result.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/rpc/grpc_status.h"
#include "shared/rpc/targets.h"

namespace cartwright::gateway {

namespace asio = boost::asio;

namespace {

struct Exchange {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};

}  // namespace

absl::StatusOr<Backends> Backends::Make(absl::string_view addresses, const Connect& connect) {
  Backends backends;
  const auto targets = rpc::ParseTargets(addresses);
  if (!targets.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--backends: ", targets.status().message()));
  }
  for (const auto& [name, target] : *targets) backends.channels_[name] = connect(name, target);
  return backends;
}

std::vector<std::string> Backends::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, channel] : channels_) names.push_back(name);
  return names;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Backends::ChannelTo(
    const std::string& backend) const {
  const auto channel = channels_.find(backend);
  if (channel != channels_.end()) return channel->second;
  return absl::UnavailableError(absl::StrCat("--backends has no ", backend));
}

absl::StatusOr<std::shared_ptr<BackendStream>> Backends::Open(const asio::any_io_executor& executor,
                                                              const std::string& backend,
                                                              const std::string& path,
                                                              const rpc::Call& call,
                                                              const std::string& request) const {
  CW_ASSIGN_OR_RETURN(const auto channel, ChannelTo(backend));
  return BackendStream::Open(executor, channel, path, call, request);
}

asio::awaitable<absl::StatusOr<grpc::Slice>> Backends::Call(const std::string& backend,
                                                            const std::string& path,
                                                            const rpc::Call& call,
                                                            const std::string& request,
                                                            ClientPresence* client) const {
  CW_CO_ASSIGN_OR_RETURN(const auto channel, ChannelTo(backend));
  auto exchange = std::make_shared<Exchange>();
  const grpc::Slice bytes(request);
  exchange->request = grpc::ByteBuffer(&bytes, 1);
  rpc::WriteCall(call, absl::InfiniteDuration(), exchange->context);
  if (client != nullptr && client->gone()) co_return absl::CancelledError("the client is gone");
  if (client != nullptr) client->Watch([exchange] { exchange->context.TryCancel(); });
  auto start = [exchange, &path, &channel](auto done) {
    grpc::GenericStub stub(channel);
    stub.UnaryCall(&exchange->context, path, {}, &exchange->request, &exchange->response,
                   [done, exchange](grpc::Status status) { done(std::move(status)); });
  };
  const grpc::Status status = co_await AsyncResult<grpc::Status>(std::move(start));
  if (client != nullptr) client->Unwatch();
  if (!status.ok()) co_return BackendError(status);
  grpc::Slice answer;
  // One slice is the rule; a large answer may come in several.
  if (!exchange->response.TrySingleSlice(&answer).ok() &&
      !exchange->response.DumpToSingleSlice(&answer).ok()) {
    co_return Error(absl::StatusCode::kInternal, api::v1::UPSTREAM_INVALID, "no answer");
  }
  co_return answer;
}

}  // namespace cartwright::gateway
