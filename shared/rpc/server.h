#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/co_spawn.hpp"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/server_builder.h"
#include "shared/base/status.h"
#include "shared/db/workers.h"
#include "shared/rpc/pipeline.h"
#include "shared/rpc/policy.h"
#include "shared/rpc/stream.h"

namespace cartwright::rpc {

// Registers the methods of a service with gRPC, each behind the same pipeline, and runs them:
//
//   absl::StatusOr<DepositResponse> Deposit(db::Connection&, const DepositRequest&);
//     blocks, on a database worker;
//   boost::asio::awaitable<absl::StatusOr<AddItemResponse>> AddItem(const Call&, const
//   AddItemRequest&);
//     a coroutine, which calls other services;
//   boost::asio::awaitable<absl::Status> WatchOrder(const Call&, const WatchOrderRequest&,
//                                                   Writer<OrderEvent>&);
//     a coroutine that answers with a stream.
//
// A method finds its RPC by its request type, so no generated gRPC class is needed; reflection
// still lists the service. The handler objects must outlive the gRPC server.
class Server {
 public:
  // `workers` may be null when no blocking method is registered.
  Server(db::Workers* workers, boost::asio::any_io_executor executor, PeerName peer_name);

  // Registers `methods` of `owner`, all RPCs of one service. Aborts when one is missing: a
  // declared RPC that answers UNIMPLEMENTED is a bug.
  template <typename Owner, typename... Methods>
  void Register(Owner& owner, Methods... methods) {
    (Add(owner, methods), ...);
    CheckComplete();
  }

  // Full names of the registered services.
  std::vector<std::string> Services() const;

  // Adds the registered services to a gRPC server.
  void AddTo(grpc::ServerBuilder& builder);

  // Ends the streams under way, with UNAVAILABLE, so that a drain need not wait for them.
  void EndStreams() { streams_.Drain(); }

 private:
  // A service made from its descriptor, as generated code would make it.
  class DescribedService final : public grpc::Service {
   public:
    void Add(const char* path, grpc::internal::RpcMethod::RpcType type,
             grpc::internal::MethodHandler* handler);

   private:
    int count_ = 0;
  };

  struct Entry {
    std::string path;
    std::unique_ptr<Pipeline> pipeline;
  };

  // Coroutines under way at once; more are refused.
  static constexpr int kMaxCoroutines = 1024;

  template <typename Owner, typename Request, typename Response>
  void Add(Owner& owner,
           absl::StatusOr<Response> (Owner::*method)(db::Connection&, const Request&)) {
    const Pipeline& pipeline = NewEntry(*Request::descriptor());
    Handle<Request, Response>(
        [this, &pipeline, &owner, method](std::shared_ptr<Pipeline::Active> active,
                                          const Request* request, Response* response) {
          db::Workers::Task task{
              .run =
                  [=, &pipeline, &owner](db::Connection& connection) {
                    pipeline.Finish(*active, pipeline.Guard([&]() -> absl::Status {
                      if (active->abandoned()) return absl::CancelledError("nobody waits for it");
                      connection.set_actor(active->call.peer);
                      absl::StatusOr<Response> result = (owner.*method)(connection, *request);
                      if (result.ok()) *response = *std::move(result);
                      return result.status();
                    }));
                  },
              .expire = [=, &pipeline](absl::Status status) { pipeline.Finish(*active, status); },
              .deadline = active->call.deadline};
          if (!workers_->Submit(task)) task.expire(Overloaded());
        },
        pipeline);
  }

  template <typename Owner, typename Request, typename Response>
  void Add(Owner& owner,
           boost::asio::awaitable<absl::StatusOr<Response>> (Owner::*method)(const Call&,
                                                                             const Request&)) {
    const Pipeline& pipeline = NewEntry(*Request::descriptor());
    Handle<Request, Response>(
        [this, &pipeline, &owner, method](std::shared_ptr<Pipeline::Active> active,
                                          const Request* request, Response* response) {
          auto filled = Fill(owner, method, active->call, *request, *response);
          Spawn(pipeline, std::move(active), std::move(filled));
        },
        pipeline);
  }

  template <typename Owner, typename Request, typename Response>
  void Add(Owner& owner,
           boost::asio::awaitable<absl::Status> (Owner::*method)(const Call&, const Request&,
                                                                 Writer<Response>&)) {
    const Pipeline& pipeline = NewEntry(*Request::descriptor());
    auto start = [this, &pipeline, &owner, method](
                     grpc::CallbackServerContext* context,
                     const Request* request) -> grpc::ServerWriteReactor<Response>* {
      auto stream = StreamReactor<Response>::Make(executor_, *context);
      auto active = std::make_shared<Pipeline::Active>();
      active->finish = [reactor = stream.get()](grpc::Status status) { reactor->Finish(status); };
      absl::Status admitted = pipeline.Admit(*context, *request, *active);
      if (admitted.ok()) admitted = streams_.Add(stream);
      if (!admitted.ok()) {
        active->cut_off = absl::IsUnavailable(admitted);  // by the drain
        pipeline.Finish(*active, admitted);
        return stream.get();
      }
      const auto run = [=, &owner]() -> boost::asio::awaitable<absl::Status> {
        stream->Begin(active->call.deadline);
        co_return co_await (owner.*method)(active->call, *request, *stream);
      };
      boost::asio::co_spawn(executor_, run,
                            [=, this, &pipeline](std::exception_ptr error, absl::Status result) {
                              stream->Close();
                              streams_.Remove(stream);
                              active->cut_off = !stream->status().ok();
                              pipeline.Finish(*active, pipeline.Guard([&]() -> absl::Status {
                                if (error) std::rethrow_exception(error);
                                return result;
                              }));
                            });
      return stream.get();
    };
    AddHandler(*Request::descriptor(),
               new grpc::internal::CallbackServerStreamingHandler<Request, Response>(start));
  }

  // The call of a method as a coroutine of one type for all of them.
  template <typename Owner, typename Method, typename Request, typename Response>
  static boost::asio::awaitable<absl::Status> Fill(Owner& owner, Method method, const Call& call,
                                                   const Request& request, Response& response) {
    absl::StatusOr<Response> result = co_await (owner.*method)(call, request);
    if (result.ok()) response = *std::move(result);
    co_return result.status();
  }
  // Runs it and finishes `active` with its status; refuses when too many are under way.
  void Spawn(const Pipeline& pipeline, std::shared_ptr<Pipeline::Active> active,
             boost::asio::awaitable<absl::Status> coroutine);

  template <typename Request, typename Response, typename Start>
  void Handle(Start start, const Pipeline& pipeline) {
    AddHandler(*Request::descriptor(),
               new grpc::internal::CallbackUnaryHandler<Request, Response>(
                   [start, &pipeline](grpc::CallbackServerContext* context, const Request* request,
                                      Response* response) -> grpc::ServerUnaryReactor* {
                     auto active = std::make_shared<Pipeline::Active>();
                     active->context = context;
                     auto* reactor = context->DefaultReactor();
                     active->finish = [reactor](grpc::Status status) { reactor->Finish(status); };
                     if (absl::Status admitted = pipeline.Admit(*context, *request, *active);
                         admitted.ok()) {
                       start(std::move(active), request, response);
                     } else {
                       pipeline.Finish(*active, admitted);
                     }
                     return reactor;
                   }));
  }

  static absl::Status Overloaded();
  const Pipeline& NewEntry(const google::protobuf::Descriptor& request);
  void AddHandler(const google::protobuf::Descriptor& request,
                  grpc::internal::MethodHandler* handler);
  void CheckComplete() const;

  db::Workers* const workers_;
  const boost::asio::any_io_executor executor_;
  const PeerName peer_name_;
  std::atomic<int> coroutines_{0};
  Streams streams_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::vector<
      std::pair<const google::protobuf::ServiceDescriptor*, std::unique_ptr<DescribedService>>>
      services_;
};

}  // namespace cartwright::rpc
