#include <array>
#include <utility>

#include "gateway/test_api.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/support/byte_buffer.h"
#include "gtest/gtest.h"

namespace cartwright::gateway::testing {
namespace {

std::string Dump(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return {};
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

}  // namespace

class FakeBackend::Service : public grpc::CallbackGenericService {
 public:
  explicit Service(Respond respond) : respond_(std::move(respond)) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Reactor(*this, *context);
  }

  std::vector<Call> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(Service& service, grpc::GenericCallbackServerContext& context) : service_(service) {
      call_.method = context.method();
      call_.timeout = absl::FromChrono(context.deadline()) - absl::Now();
      for (const auto& [key, value] : context.client_metadata()) {
        call_.metadata[{key.data(), key.size()}] = std::string(value.data(), value.size());
      }
      StartRead(&buffer_);
    }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::CANCELLED);
      call_.request = Dump(buffer_);
      {
        const std::lock_guard lock(service_.mutex_);
        service_.calls_.push_back(call_);
      }
      const Answer answer = service_.respond_(call_);
      if (!answer.status.ok()) return Finish(answer.status);
      const grpc::Slice slice(answer.response);
      buffer_ = grpc::ByteBuffer(&slice, 1);
      StartWriteAndFinish(&buffer_, {}, grpc::Status::OK);
    }
    void OnDone() override { delete this; }

   private:
    Service& service_;
    Call call_;
    grpc::ByteBuffer buffer_;
  };

  const Respond respond_;
  mutable std::mutex mutex_;
  std::vector<Call> calls_;
};

FakeBackend::FakeBackend(Respond respond)
    : service_(std::make_unique<Service>(std::move(respond))) {
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(service_.get());
  server_ = builder.BuildAndStart();
  channel_ = server_->InProcessChannel({});
  // Never destroyed: see shared/testing/service_fixture.h.
  static auto* kept = new std::vector<std::shared_ptr<grpc::Channel>>;
  kept->push_back(channel_);
}

FakeBackend::~FakeBackend() { server_->Shutdown(); }

std::vector<FakeBackend::Call> FakeBackend::calls() const { return service_->calls(); }

}  // namespace cartwright::gateway::testing
