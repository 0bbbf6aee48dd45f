#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "gateway/backends.h"
#include "gateway/revoked_sessions.h"
#include "gateway/token_verifier.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "shared/rpc/call.h"

namespace cartwright::gateway {

// What is answered while nobody can say whether a token is good: not the token's fault.
absl::Status SignInUnchecked();

// Access tokens of others: an RPC says which user of the shop each one speaks for, since whoever
// knows the providers' keys also knows the accounts (docs/adr/2026-11-28-external-accounts.md). An
// answer is remembered by the token's SHA-256 for a minute, and for ten while the service is away:
// no longer than the end of its session is. Thread-safe.
class ExternalTokens {
 public:
  // The RPC, found in the descriptors. It takes a `token`, and answers with `user_id`, `roles`,
  // `expire_time` and `session_id`, and takes a `client_ip`, as CheckExternalToken of
  // external_account.proto does. `backends` and `revoked` must outlive the result. INVALID_ARGUMENT
  // says what it lacks.
  static absl::StatusOr<std::unique_ptr<ExternalTokens>> Make(
      const Backends& backends, const google::protobuf::MethodDescriptor* method,
      const RevokedSessions& revoked, size_t cache_entries = 65536);

  // Whom it speaks for. Errors: those of the RPC (TOKEN_INVALID, TOKEN_EXPIRED), also when its
  // session has ended; SignInUnchecked() when it does not answer.
  boost::asio::awaitable<absl::StatusOr<std::shared_ptr<const Principal>>> Check(
      absl::string_view token, const std::string& client_ip, const rpc::Call& call, absl::Time now);

 private:
  struct Fields {
    const google::protobuf::FieldDescriptor* token = nullptr;
    const google::protobuf::FieldDescriptor* client_ip = nullptr;
    const google::protobuf::FieldDescriptor* user_id = nullptr;
    const google::protobuf::FieldDescriptor* roles = nullptr;
    const google::protobuf::FieldDescriptor* session_id = nullptr;
    const google::protobuf::FieldDescriptor* time = nullptr;
    const google::protobuf::FieldDescriptor* seconds = nullptr;
  };
  struct Known {
    std::shared_ptr<const Principal> principal;
    absl::Time fresh_until;
    absl::Time usable_until;  // while the service is away
  };

  ExternalTokens(const Backends& backends, const google::protobuf::MethodDescriptor& method,
                 const Fields& fields, const RevokedSessions& revoked, size_t cache_entries);

  boost::asio::awaitable<absl::StatusOr<std::shared_ptr<const Principal>>> Find(
      absl::string_view token, const std::string& client_ip, const rpc::Call& call, absl::Time now);
  boost::asio::awaitable<absl::StatusOr<std::shared_ptr<const Principal>>> Ask(
      absl::string_view token, const std::string& client_ip, const rpc::Call& call);
  Known Recall(const std::string& digest, absl::Time now);
  void Remember(const std::string& digest, const Known& known, absl::Time now);

  const Backends& backends_;
  const google::protobuf::MethodDescriptor& method_;
  const Fields fields_;
  const RevokedSessions& revoked_;
  const size_t cache_entries_;
  const std::string backend_;
  const std::string path_;
  const absl::Duration timeout_;
  google::protobuf::DynamicMessageFactory factory_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, Known> known_;
};

}  // namespace cartwright::gateway
