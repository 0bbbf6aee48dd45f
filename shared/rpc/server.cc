#include "shared/rpc/server.h"

#include <algorithm>
#include <cstdlib>

#include "shared/telemetry/log.h"

namespace cartwright::rpc {
namespace {

[[noreturn]] void Die(absl::string_view event, absl::string_view name) {
  log::Error(event, name);
  log::Shutdown();
  std::abort();
}

}  // namespace

Server::Server(db::Workers* workers, boost::asio::any_io_executor executor, PeerName peer_name)
    : workers_(workers), executor_(std::move(executor)), peer_name_(std::move(peer_name)) {}

void Server::DescribedService::Add(const char* path, grpc::internal::RpcMethod::RpcType type,
                                   grpc::internal::MethodHandler* handler) {
  AddMethod(new grpc::internal::RpcServiceMethod(path, type, nullptr));
  MarkMethodCallback(count_++, handler);
}

const Pipeline& Server::NewEntry(const google::protobuf::Descriptor& request) {
  const auto* method = MethodOf(request);
  if (method == nullptr) Die("start.no_rpc", request.full_name());
  entries_.push_back(std::make_unique<Entry>(
      Entry{PathOf(*method), std::make_unique<Pipeline>(*method, peer_name_)}));
  return *entries_.back()->pipeline;
}

void Server::AddHandler(const google::protobuf::Descriptor& request,
                        grpc::internal::MethodHandler* handler) {
  using Method = grpc::internal::RpcMethod;
  const auto* method = MethodOf(request);
  const auto* service = method->service();
  auto found = std::find_if(services_.begin(), services_.end(),
                            [&](const auto& entry) { return entry.first == service; });
  if (found == services_.end()) {
    services_.emplace_back(service, std::make_unique<DescribedService>());
    found = services_.end() - 1;
  }
  const auto type = method->server_streaming() ? Method::SERVER_STREAMING : Method::NORMAL_RPC;
  found->second->Add(entries_.back()->path.c_str(), type, handler);
}

void Server::Spawn(const Pipeline& pipeline, std::shared_ptr<Pipeline::Active> active,
                   boost::asio::awaitable<absl::Status> coroutine) {
  if (coroutines_.fetch_add(1) >= kMaxCoroutines) {
    coroutines_.fetch_sub(1);
    return pipeline.Finish(*active, Overloaded());
  }
  boost::asio::co_spawn(executor_, std::move(coroutine),
                        [this, &pipeline, active](std::exception_ptr error, absl::Status status) {
                          coroutines_.fetch_sub(1);
                          pipeline.Finish(*active, pipeline.Guard([&]() -> absl::Status {
                            if (error) std::rethrow_exception(error);
                            return status;
                          }));
                        });
}

void Server::CheckComplete() const {
  for (const auto& [service, unused] : services_) {
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string path = PathOf(*service->method(i));
      const bool served = std::any_of(entries_.begin(), entries_.end(),
                                      [&](const auto& entry) { return entry->path == path; });
      if (!served) Die("start.unserved_rpc", path);
    }
  }
}

std::vector<std::string> Server::Services() const {
  std::vector<std::string> names;
  for (const auto& [service, unused] : services_) names.push_back(service->full_name());
  return names;
}

void Server::AddTo(grpc::ServerBuilder& builder) {
  for (const auto& [unused, service] : services_) builder.RegisterService(service.get());
}

absl::Status Server::Overloaded() {
  return Error(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED,
               "The service has too much to do; try again.");
}

}  // namespace cartwright::rpc
