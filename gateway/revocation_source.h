#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "gateway/backends.h"
#include "gateway/revoked_sessions.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"

namespace cartwright::gateway {

// Keeps a RevokedSessions up to date: asks an RPC every second which sessions were ended lately.
// What is known stays when the service is away; then a session that ends there is not refused here
// until it is back, or its tokens expire.
class RevocationSource {
 public:
  // The RPC, found in the descriptors. It takes a `cursor`, and answers with `sessions` (`id`,
  // `tokens_expire_time`), `next_cursor` and `more`, as ListRevokedSessions of identity.proto does.
  // INVALID_ARGUMENT says what it lacks.
  static absl::StatusOr<std::unique_ptr<RevocationSource>> Make(
      boost::asio::io_context& io, const Backends& backends,
      const google::protobuf::MethodDescriptor* method, RevokedSessions& revoked);

  // Starts asking, on `io`, which must not be run by more than one thread.
  void Start(absl::Duration period = absl::Seconds(1));

  // Asks until there is no more for now. On `io`, one at a time.
  boost::asio::awaitable<absl::Status> Poll();

  // Whether there was an answer since the start: before it, an ended session would pass. From any
  // thread.
  bool IsLoaded() const { return loaded_.load(); }

 private:
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
                   RevokedSessions& revoked);

  boost::asio::awaitable<void> Run(absl::Duration period);
  boost::asio::awaitable<absl::StatusOr<bool>> Ask();

  boost::asio::io_context& io_;
  const Backends& backends_;
  const google::protobuf::MethodDescriptor& method_;
  const Fields fields_;
  RevokedSessions& revoked_;
  const std::string backend_;
  const std::string path_;
  const absl::Duration timeout_;
  google::protobuf::DynamicMessageFactory factory_;
  std::string cursor_;
  bool full_ = false;  // said so already
  std::atomic<bool> loaded_{false};
};

}  // namespace cartwright::gateway
