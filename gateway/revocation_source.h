#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "gateway/backends.h"
#include "gateway/revoked_sessions.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"

namespace cartwright::gateway {

// Keeps a RevokedSessions up to date: asks an RPC every second which sessions were ended lately,
// and once more whenever somebody must know it as of now (docs/adr/2026-11-28-live-sessions.md).
// What is known stays when the service is away; then a session that ends there is not refused here
// until it is back, or its tokens expire.
class RevocationSource {
 public:
  struct Options {
    absl::Duration period = absl::Seconds(1);
    // While the service does not answer, what it said last says whether a session is live for so
    // long.
    absl::Duration max_age = absl::Minutes(1);
  };

  // The RPC, found in the descriptors. It takes a `cursor`, and answers with `sessions` (`id`,
  // `tokens_expire_time`), `next_cursor` and `more`, as ListRevokedSessions of identity.proto does.
  // INVALID_ARGUMENT says what it lacks.
  static absl::StatusOr<std::unique_ptr<RevocationSource>> Make(
      boost::asio::io_context& io, const Backends& backends,
      const google::protobuf::MethodDescriptor* method, RevokedSessions& revoked,
      const Options& options);

  // Starts asking, on `io`, which must not be run by more than one thread.
  void Start();

  // Asks until there is no more for now. On `io`, one at a time.
  boost::asio::awaitable<absl::Status> Poll();

  // Whether there was an answer since the start: before it, an ended session would pass. From any
  // thread.
  bool IsLoaded() const { return loaded_.load(); }

  // OK when the session was live after this was called: the answer to a question that began later.
  // One question is under way at a time, and all who came before it began share it. Errors:
  // TOKEN_INVALID for a session that has ended, or none; DEADLINE_EXCEEDED after `deadline`; when
  // the service does not answer, what it said last counts, and SignInUnchecked() when that is older
  // than `max_age`. REQUIRES: Start(). From any thread.
  boost::asio::awaitable<absl::Status> CheckLive(const std::string& session, absl::Time deadline);

 private:
  using Clock = std::chrono::steady_clock;  // an age must not jump with the time of day

  // One who waits for the next question. Of the thread of `io_`.
  struct Waiter {
    explicit Waiter(boost::asio::io_context& io) : answered(io) {}
    // Told by cancelling it: a timer is what Asio has for a condition.
    boost::asio::steady_timer answered;
    std::optional<absl::Status> answer;
  };

  // The fields of the messages.
  struct Fields {
    const google::protobuf::FieldDescriptor* cursor = nullptr;
    const google::protobuf::FieldDescriptor* sessions = nullptr;
    const google::protobuf::FieldDescriptor* id = nullptr;
    const google::protobuf::FieldDescriptor* time = nullptr;
    const google::protobuf::FieldDescriptor* seconds = nullptr;
    const google::protobuf::FieldDescriptor* next_cursor = nullptr;
    const google::protobuf::FieldDescriptor* more = nullptr;
  };

  RevocationSource(boost::asio::io_context& io, const Backends& backends,
                   const google::protobuf::MethodDescriptor& method, const Fields& fields,
                   RevokedSessions& revoked, const Options& options);

  boost::asio::awaitable<void> Run();
  boost::asio::awaitable<absl::StatusOr<bool>> Ask();
  boost::asio::awaitable<absl::Status> CatchUp(absl::Time deadline);

  boost::asio::io_context& io_;
  const Backends& backends_;
  const google::protobuf::MethodDescriptor& method_;
  const Fields fields_;
  RevokedSessions& revoked_;
  const Options options_;
  const std::string backend_;
  const std::string path_;
  const absl::Duration timeout_;
  google::protobuf::DynamicMessageFactory factory_;
  std::string cursor_;
  bool full_ = false;  // said so already
  std::atomic<bool> loaded_{false};
  // Of the thread of `io_`.
  boost::asio::steady_timer pause_;  // between two questions
  std::vector<std::shared_ptr<Waiter>> waiting_;
  std::optional<Clock::time_point> known_at_;  // when the question began that was answered last
};

}  // namespace cartwright::gateway
