#include "shared/rpc/pipeline.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "grpcpp/security/auth_context.h"
#include "shared/base/status.h"
#include "shared/failpoint/failpoint.h"
#include "shared/rpc/grpc_status.h"
#include "shared/rpc/policy.h"
#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::rpc {
namespace {

api::v1::MethodPolicy PolicyOrDie(const google::protobuf::MethodDescriptor& method) {
  absl::StatusOr<api::v1::MethodPolicy> policy = PolicyOf(method);
  if (!policy.ok()) {
    log::Error("start.no_policy", policy.status().message());
    log::Shutdown();
    std::abort();
  }
  return *std::move(policy);
}

// A failure of ours, as opposed to a refusal of something that the caller asked for.
bool IsOurFault(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss || code == absl::StatusCode::kUnavailable ||
         code == absl::StatusCode::kDeadlineExceeded;
}

}  // namespace

std::string PeerNameFromCertificate(const grpc::CallbackServerContext& context) {
  constexpr absl::string_view kTrustDomain = "spiffe://cartwright/";
  const auto auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) return {};
  for (const grpc::string_ref& id : auth->FindPropertyValues("peer_spiffe_id")) {
    absl::string_view name(id.data(), id.size());
    if (absl::ConsumePrefix(&name, kTrustDomain)) return std::string(name);
  }
  return {};
}

Pipeline::Pipeline(const google::protobuf::MethodDescriptor& method, PeerName peer_name)
    : name_(PathOf(method).substr(1)),
      policy_(PolicyOrDie(method)),
      peer_name_(std::move(peer_name)),
      validator_(*method.input_type()) {}

absl::Status Pipeline::Admit(const grpc::CallbackServerContext& context,
                             const google::protobuf::Message& request, Active& active) const {
  active.start = absl::Now();
  active.call = ReadCall(context, peer_name_(context));
  active.call.deadline = std::min(active.call.deadline, active.start + TimeoutOf(policy_));
  if (active.call.deadline <= active.start) {
    return absl::DeadlineExceededError("expired on arrival");
  }
  const auto& callers = policy_.callers();
  if (std::find(callers.begin(), callers.end(), active.call.peer) == callers.end()) {
    log::Warn("authz_fail", "A caller was refused.",
              {{"rpc.method", name_}, {"peer", active.call.peer}});
    return Error(absl::StatusCode::kPermissionDenied, api::v1::CALLER_NOT_ALLOWED,
                 "This caller may not call this method.");
  }
  return validator_.Check(request);
}

void Pipeline::Finish(const Active& active, const absl::Status& status) const {
  const absl::Duration elapsed = absl::Now() - active.start;
  DurationFor(status.code()).Observe(absl::ToDoubleSeconds(elapsed));
  if (IsOurFault(status.code()) && !active.cut_off) {
    log::Error("rpc.failed", status.message(),
               {{"rpc.method", name_},
                {"rpc.status_code", absl::StatusCodeToString(status.code())},
                {"request_id", active.call.request_id},
                {"trace_id", active.call.traceparent.substr(3, 32)},
                {"duration_ms", absl::ToDoubleMilliseconds(elapsed)}});
  }
  if constexpr (failpoint::kEnabled) {
    return failpoint::AtReply(name_.substr(name_.find('/') + 1), active.call.deadline,
                              ToGrpc(status), active.finish);
  }
  active.finish(ToGrpc(status));
}

absl::Status Pipeline::Guard(const std::function<absl::Status()>& body) const {
  try {
    return body();
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

prometheus::Histogram& Pipeline::DurationFor(absl::StatusCode code) const {
  std::atomic<prometheus::Histogram*>& duration = durations_[static_cast<size_t>(code)];
  prometheus::Histogram* histogram = duration.load(std::memory_order_acquire);
  if (histogram == nullptr) {
    static auto& family = metrics::HistogramFamily(
        "rpc_server_call_duration_seconds", "Duration of the RPCs that this process served.");
    histogram =
        &family.Add({{"rpc_method", name_}, {"rpc_status_code", absl::StatusCodeToString(code)}},
                    metrics::DurationBuckets());
    duration.store(histogram, std::memory_order_release);
  }
  return *histogram;
}

}  // namespace cartwright::rpc
