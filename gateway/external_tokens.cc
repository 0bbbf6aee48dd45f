#include "gateway/external_tokens.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/route_compiler.h"
#include "shared/auth/jwt.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/rpc/policy.h"
#include "shared/telemetry/log.h"

namespace cartwright::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

namespace {

// After this long a role, a key or a whole provider that was taken away counts.
constexpr absl::Duration kFresh = absl::Minutes(1);
// RevokedSessions knows for longer that a session has ended.
constexpr absl::Duration kUsable = absl::Minutes(10);

absl::StatusOr<const FieldDescriptor*> FieldOf(const Descriptor& message, const char* name,
                                               FieldDescriptor::Type type, bool repeated = false) {
  const FieldDescriptor* field = message.FindFieldByName(name);
  if (field != nullptr && field->type() == type && field->is_repeated() == repeated) return field;
  return absl::InvalidArgumentError(
      absl::StrCat(message.full_name(), " has no field \"", name, "\" of the type that is needed"));
}

}  // namespace

absl::Status SignInUnchecked() {
  return Error(absl::StatusCode::kUnavailable, api::v1::DEPENDENCY_UNAVAILABLE,
               "Nobody's sign-in can be checked right now; try again.");
}

absl::StatusOr<std::unique_ptr<ExternalTokens>> ExternalTokens::Make(const Backends& backends,
                                                                     const MethodDescriptor* method,
                                                                     const RevokedSessions& revoked,
                                                                     size_t cache_entries) {
  if (method == nullptr) return absl::InvalidArgumentError("there is no such RPC");
  const std::string backend = BackendOf(*method->file());
  if (!backends.Has(backend)) {
    return absl::InvalidArgumentError(absl::StrCat("--backends has no ", backend, " to ask"));
  }
  using F = FieldDescriptor;
  Fields fields;
  CW_ASSIGN_OR_RETURN(fields.token, FieldOf(*method->input_type(), "token", F::TYPE_STRING));
  CW_ASSIGN_OR_RETURN(fields.client_ip,
                      FieldOf(*method->input_type(), "client_ip", F::TYPE_STRING));
  const Descriptor& answer = *method->output_type();
  CW_ASSIGN_OR_RETURN(fields.user_id, FieldOf(answer, "user_id", F::TYPE_STRING));
  CW_ASSIGN_OR_RETURN(fields.roles, FieldOf(answer, "roles", F::TYPE_STRING, true));
  CW_ASSIGN_OR_RETURN(fields.session_id, FieldOf(answer, "session_id", F::TYPE_STRING));
  CW_ASSIGN_OR_RETURN(fields.time, FieldOf(answer, "expire_time", F::TYPE_MESSAGE));
  CW_ASSIGN_OR_RETURN(fields.seconds,
                      FieldOf(*fields.time->message_type(), "seconds", F::TYPE_INT64));
  return std::unique_ptr<ExternalTokens>(
      new ExternalTokens(backends, *method, fields, revoked, cache_entries));
}

ExternalTokens::ExternalTokens(const Backends& backends, const MethodDescriptor& method,
                               const Fields& fields, const RevokedSessions& revoked,
                               size_t cache_entries)
    : backends_(backends),
      method_(method),
      fields_(fields),
      revoked_(revoked),
      cache_entries_(cache_entries),
      backend_(BackendOf(*method.file())),
      path_(rpc::PathOf(method)),
      timeout_(rpc::TimeoutOf(rpc::PolicyOf(method).value_or(api::v1::MethodPolicy()))) {}

boost::asio::awaitable<absl::StatusOr<std::shared_ptr<const Principal>>> ExternalTokens::Check(
    absl::string_view token, const std::string& client_ip, const rpc::Call& call, absl::Time now) {
  auto principal = co_await Find(token, client_ip, call, now);
  if (principal.ok() && revoked_.Has((*principal)->session, now)) co_return InvalidToken();
  co_return principal;
}

boost::asio::awaitable<absl::StatusOr<std::shared_ptr<const Principal>>> ExternalTokens::Find(
    absl::string_view token, const std::string& client_ip, const rpc::Call& call, absl::Time now) {
  const std::string digest = Sha256(token);
  const Known known = Recall(digest, now);
  if (known.principal != nullptr && now < known.fresh_until) co_return known.principal;
  auto principal = co_await Ask(token, client_ip, call);
  if (principal.ok()) {
    const absl::Time end = (*principal)->expires;
    Remember(digest, {*principal, std::min(now + kFresh, end), std::min(now + kUsable, end)}, now);
  } else if (principal.status().code() != absl::StatusCode::kUnauthenticated) {
    log::Warn("external_token.unchecked", principal.status().message(),
              {{"request_id", call.request_id}});
    if (known.principal != nullptr) co_return known.principal;
    co_return SignInUnchecked();
  }
  co_return principal;
}

boost::asio::awaitable<absl::StatusOr<std::shared_ptr<const Principal>>> ExternalTokens::Ask(
    absl::string_view token, const std::string& client_ip, const rpc::Call& call) {
  const std::unique_ptr<Message> request(factory_.GetPrototype(method_.input_type())->New());
  request->GetReflection()->SetString(request.get(), fields_.token, std::string(token));
  request->GetReflection()->SetString(request.get(), fields_.client_ip, client_ip);
  rpc::Call child = call;
  child.deadline = std::min(call.deadline, absl::Now() + timeout_);
  CW_CO_ASSIGN_OR_RETURN(
      const grpc::Slice slice,
      co_await backends_.Call(backend_, path_, child, request->SerializeAsString()));
  const std::unique_ptr<Message> answer(factory_.GetPrototype(method_.output_type())->New());
  if (!answer->ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    co_return absl::InternalError("the answer is not what the descriptors say");
  }
  const auto& read = *answer->GetReflection();
  Principal principal{.subject = read.GetString(*answer, fields_.user_id),
                      .session = read.GetString(*answer, fields_.session_id)};
  for (int i = 0; i < read.FieldSize(*answer, fields_.roles); ++i) {
    principal.roles.push_back(read.GetRepeatedString(*answer, fields_.roles, i));
  }
  const Message& time = read.GetMessage(*answer, fields_.time);
  principal.expires = absl::FromUnixSeconds(time.GetReflection()->GetInt64(time, fields_.seconds));
  co_return std::make_shared<const Principal>(std::move(principal));
}

ExternalTokens::Known ExternalTokens::Recall(const std::string& digest, absl::Time now) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(digest);
  if (found == known_.end() || found->second.usable_until <= now) return {};
  return found->second;
}

void ExternalTokens::Remember(const std::string& digest, const Known& known, absl::Time now) {
  const std::lock_guard lock(mutex_);
  if (known_.size() >= cache_entries_) {
    absl::erase_if(known_, [&](const auto& entry) { return entry.second.usable_until <= now; });
  }
  if (known_.size() >= cache_entries_) known_.clear();
  known_[digest] = known;
}

}  // namespace cartwright::gateway
