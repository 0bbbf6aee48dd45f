#include "gateway/revocation_source.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "gateway/external_tokens.h"
#include "gateway/route_compiler.h"
#include "shared/auth/jwt.h"
#include "shared/base/status_macros.h"
#include "shared/rpc/policy.h"
#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::gateway {

namespace asio = boost::asio;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

namespace {

constexpr absl::Duration kRetryPeriod = absl::Milliseconds(250);
// In one round: the next one, a moment later, goes on from there.
constexpr int kMaxAnswers = 1000;

absl::StatusOr<const FieldDescriptor*> FieldOf(const Descriptor& message, const char* name,
                                               FieldDescriptor::Type type, bool repeated = false) {
  const FieldDescriptor* field = message.FindFieldByName(name);
  if (field != nullptr && field->type() == type && field->is_repeated() == repeated) return field;
  return absl::InvalidArgumentError(
      absl::StrCat(message.full_name(), " has no field \"", name, "\" of the type that is needed"));
}

absl::Duration TimeoutOf(const MethodDescriptor& method) {
  return rpc::TimeoutOf(rpc::PolicyOf(method).value_or(api::v1::MethodPolicy()));
}

// How it came to be known whether a session is live: kAnswered by the service, after it was asked
// about; kRemembered from what the service said last; kUnknown at all, so that the call was
// refused.
enum class Known { kAnswered, kRemembered, kUnknown };

void CountCheck(Known known) {
  static const std::array<prometheus::Counter*, 3> counters = [] {
    auto& family = metrics::CounterFamily("cartwright_session_checks_total",
                                          "Calls that need a live session, by how that was known.");
    return std::array<prometheus::Counter*, 3>{&family.Add({{"known", "answered"}}),
                                               &family.Add({{"known", "remembered"}}),
                                               &family.Add({{"known", "unknown"}})};
  }();
  counters[static_cast<size_t>(known)]->Increment();
}

}  // namespace

absl::StatusOr<std::unique_ptr<RevocationSource>> RevocationSource::Make(
    asio::io_context& io, const Backends& backends, const MethodDescriptor* method,
    RevokedSessions& revoked, const Options& options) {
  if (method == nullptr) return absl::InvalidArgumentError("there is no such RPC");
  const std::string backend = BackendOf(*method->file());
  if (!backends.Has(backend)) {
    return absl::InvalidArgumentError(absl::StrCat("--backends has no ", backend, " to ask"));
  }
  using F = FieldDescriptor;
  Fields fields;
  CW_ASSIGN_OR_RETURN(fields.cursor, FieldOf(*method->input_type(), "cursor", F::TYPE_STRING));
  const Descriptor& answer = *method->output_type();
  CW_ASSIGN_OR_RETURN(fields.sessions, FieldOf(answer, "sessions", F::TYPE_MESSAGE, true));
  CW_ASSIGN_OR_RETURN(fields.next_cursor, FieldOf(answer, "next_cursor", F::TYPE_STRING));
  CW_ASSIGN_OR_RETURN(fields.more, FieldOf(answer, "more", F::TYPE_BOOL));
  const Descriptor& session = *fields.sessions->message_type();
  CW_ASSIGN_OR_RETURN(fields.id, FieldOf(session, "id", F::TYPE_STRING));
  CW_ASSIGN_OR_RETURN(fields.time, FieldOf(session, "tokens_expire_time", F::TYPE_MESSAGE));
  CW_ASSIGN_OR_RETURN(fields.seconds,
                      FieldOf(*fields.time->message_type(), "seconds", F::TYPE_INT64));
  return std::unique_ptr<RevocationSource>(
      new RevocationSource(io, backends, *method, fields, revoked, options));
}

RevocationSource::RevocationSource(asio::io_context& io, const Backends& backends,
                                   const MethodDescriptor& method, const Fields& fields,
                                   RevokedSessions& revoked, const Options& options)
    : io_(io),
      backends_(backends),
      method_(method),
      fields_(fields),
      revoked_(revoked),
      options_(options),
      backend_(BackendOf(*method.file())),
      path_(rpc::PathOf(method)),
      timeout_(TimeoutOf(method)),
      pause_(io) {}

void RevocationSource::Start() { asio::co_spawn(io_, Run(), asio::detached); }

asio::awaitable<void> RevocationSource::Run() {
  bool failed = false;
  while (true) {
    // Whoever comes from here on comes after this question has begun, and waits for the next one.
    const auto waiting = std::exchange(waiting_, {});
    const absl::Status status = co_await Poll();
    for (const auto& waiter : waiting) {
      waiter->answer = status;
      waiter->answered.cancel();
    }
    if (status.ok() && failed) log::Info("revocations.fetched", "Ended sessions are known again.");
    if (!status.ok() && !failed) log::Warn("revocations.unavailable", status.ToString());
    failed = !status.ok();
    if (!waiting_.empty()) continue;
    pause_.expires_after(absl::ToChronoNanoseconds(failed ? kRetryPeriod : options_.period));
    boost::system::error_code ignored;
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

asio::awaitable<absl::Status> RevocationSource::CheckLive(const std::string& session,
                                                          absl::Time deadline) {
  const absl::Status known = co_await asio::co_spawn(io_, CatchUp(deadline), asio::use_awaitable);
  CW_CO_RETURN_IF_ERROR(known);
  // Whether one that has no name is live nobody can say.
  if (session.empty() || revoked_.Has(session, absl::Now())) co_return InvalidToken();
  co_return absl::OkStatus();
}

// Until what ended before this call is known, as well as it can be.
asio::awaitable<absl::Status> RevocationSource::CatchUp(absl::Time deadline) {
  auto waiter = std::make_shared<Waiter>(io_);
  waiting_.push_back(waiter);
  pause_.cancel();
  waiter->answered.expires_after(
      absl::ToChronoNanoseconds(std::max(deadline - absl::Now(), absl::ZeroDuration())));
  boost::system::error_code ignored;
  co_await waiter->answered.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  if (waiter->answer && waiter->answer->ok()) {
    CountCheck(Known::kAnswered);
    co_return absl::OkStatus();
  }
  // A client that gives little time must not get by on what was known before.
  if (!waiter->answer) {
    CountCheck(Known::kUnknown);
    co_return absl::DeadlineExceededError("before the session was known to be live");
  }
  const bool usable = known_at_ && absl::FromChrono(Clock::now() - *known_at_) < options_.max_age;
  CountCheck(usable ? Known::kRemembered : Known::kUnknown);
  co_return usable ? absl::OkStatus() : SignInUnchecked();
}

asio::awaitable<absl::Status> RevocationSource::Poll() {
  const Clock::time_point began = Clock::now();
  bool more = true;
  for (int i = 0; more && i < kMaxAnswers; ++i) {
    CW_CO_ASSIGN_OR_RETURN(more, co_await Ask());
  }
  revoked_.Prune(absl::Now());
  if (more) co_return absl::UnavailableError("there are more ended sessions than one round reads");
  loaded_ = true;
  known_at_ = began;
  co_return absl::OkStatus();
}

// One answer; true when there is more already.
asio::awaitable<absl::StatusOr<bool>> RevocationSource::Ask() {
  const std::unique_ptr<Message> request(factory_.GetPrototype(method_.input_type())->New());
  request->GetReflection()->SetString(request.get(), fields_.cursor, cursor_);
  const rpc::Call call = rpc::Call::Background(timeout_);
  CW_CO_ASSIGN_OR_RETURN(
      const grpc::Slice slice,
      co_await backends_.Call(backend_, path_, call, request->SerializeAsString()));
  const std::unique_ptr<Message> answer(factory_.GetPrototype(method_.output_type())->New());
  if (!answer->ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    co_return absl::InternalError("the answer is not what the descriptors say");
  }
  const auto& read = *answer->GetReflection();
  for (int i = 0; i < read.FieldSize(*answer, fields_.sessions); ++i) {
    const Message& session = read.GetRepeatedMessage(*answer, fields_.sessions, i);
    const Message& time = session.GetReflection()->GetMessage(session, fields_.time);
    const absl::Time until =
        absl::FromUnixSeconds(time.GetReflection()->GetInt64(time, fields_.seconds));
    const bool added = revoked_.Add(session.GetReflection()->GetString(session, fields_.id), until);
    if (!added && !std::exchange(full_, true)) {
      log::Error("revocations.full", "There is no room for more ended sessions.");
    }
  }
  cursor_ = read.GetString(*answer, fields_.next_cursor);
  co_return read.GetBool(*answer, fields_.more);
}

}  // namespace cartwright::gateway
