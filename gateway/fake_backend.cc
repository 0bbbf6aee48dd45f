#include <array>
#include <condition_variable>
#include <deque>
#include <optional>
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

// What the test wrote and the reactor has not sent yet.
struct FakeBackend::Feed::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::string> messages;
  std::optional<grpc::Status> end;
  std::function<void()> go_on;  // set while the reactor waits for something to send
  bool cancelled = false;

  void Change(const std::function<void()>& change) {
    std::function<void()> wake;
    {
      const std::lock_guard lock(mutex);
      change();
      wake = std::exchange(go_on, nullptr);
    }
    changed.notify_all();
    if (wake) wake();
  }
};

void FakeBackend::Feed::Write(std::string message) {
  state_->Change([&] { state_->messages.push_back(std::move(message)); });
}

void FakeBackend::Feed::End(grpc::Status status) {
  state_->Change([&] { state_->end = status; });
}

bool FakeBackend::Feed::AwaitCancelled() {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, std::chrono::seconds(30),
                                  [this] { return state_->cancelled; });
}

std::shared_ptr<FakeBackend::Feed> FakeBackend::MakeFeed() {
  return std::shared_ptr<Feed>(new Feed(std::make_shared<Feed::State>()));
}

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
      if (answer.feed != nullptr) {
        std::unique_lock lock(mutex_);
        feed_ = answer.feed->state_;
        // The caller may have gone since the test heard of the call.
        if (cancelled_) {
          lock.unlock();
          Cancel(*feed_);
        }
      }
      if (feed_ != nullptr) return SendNext();
      if (!answer.status.ok()) return Finish(answer.status);
      const grpc::Slice slice(answer.response);
      buffer_ = grpc::ByteBuffer(&slice, 1);
      StartWriteAndFinish(&buffer_, {}, grpc::Status::OK);
    }
    void OnWriteDone(bool ok) override {
      if (feed_ == nullptr) return;
      ok ? SendNext() : Finish(grpc::Status::CANCELLED);
    }
    void OnCancel() override {
      std::shared_ptr<Feed::State> feed;
      {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        feed = feed_;
      }
      if (feed != nullptr) Cancel(*feed);
    }
    void OnDone() override { delete this; }

   private:
    static void Cancel(Feed::State& feed) {
      feed.Change([&] {
        feed.cancelled = true;
        feed.end = grpc::Status::CANCELLED;
      });
    }

    // The next message, or the end; waits for the test when there is neither.
    void SendNext() {
      std::unique_lock lock(feed_->mutex);
      if (!feed_->messages.empty()) {
        const grpc::Slice slice(feed_->messages.front());
        feed_->messages.pop_front();
        lock.unlock();
        buffer_ = grpc::ByteBuffer(&slice, 1);
        StartWrite(&buffer_);
      } else if (feed_->end) {
        const grpc::Status status = *feed_->end;
        lock.unlock();
        Finish(status);
      } else {
        feed_->go_on = [this] { SendNext(); };
      }
    }

    Service& service_;
    Call call_;
    grpc::ByteBuffer buffer_;
    std::mutex mutex_;
    std::shared_ptr<Feed::State> feed_;
    bool cancelled_ = false;
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

FakeBackend::~FakeBackend() { Stop(); }

void FakeBackend::Stop() { server_->Shutdown(); }

std::vector<FakeBackend::Call> FakeBackend::calls() const { return service_->calls(); }

}  // namespace cartwright::gateway::testing
