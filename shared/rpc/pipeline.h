#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cartwright/api/v1/policy.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "prometheus/histogram.h"
#include "shared/rpc/call.h"
#include "shared/rpc/validator.h"

namespace cartwright::rpc {

// Names the caller of an RPC from its verified certificate; empty when it has none.
using PeerName = std::function<std::string(const grpc::CallbackServerContext&)>;

// The service name in the SPIFFE id of the peer's certificate
// (spiffe://cartwright/order -> "order").
std::string PeerNameFromCertificate(const grpc::CallbackServerContext& context);

// What every call of one method passes through, before and after its handler: metrics, deadline,
// peer identity, access rule, field validation; then status mapping and the log of failures.
// Lives as long as the server; thread-safe.
class Pipeline {
 public:
  // Aborts when the method declares no policy: what is not declared is denied.
  Pipeline(const google::protobuf::MethodDescriptor& method, PeerName peer_name);

  // One call under way.
  struct Active {
    Call call;
    absl::Time start;
    std::function<void(grpc::Status)> finish;              // of the call's reactor
    const grpc::CallbackServerContext* context = nullptr;  // of a unary call; good until finish
    bool cut_off = false;  // a stream that the client, its time or the drain ended: no failure

    // True when nobody waits for the answer any more: what did not begin yet is better not begun.
    // Whoever has lost an answer asks again, and must not meet what came of the first call late.
    bool abandoned() const { return context != nullptr && context->IsCancelled(); }
  };

  // Fills `active` and decides whether the handler may run.
  absl::Status Admit(const grpc::CallbackServerContext& context,
                     const google::protobuf::Message& request, Active& active) const;

  // Answers the call, exactly once.
  void Finish(const Active& active, const absl::Status& status) const;

  // Runs a handler; what it throws, against the rules, becomes INTERNAL here.
  absl::Status Guard(const std::function<absl::Status()>& body) const;

 private:
  prometheus::Histogram& DurationFor(absl::StatusCode code) const;

  const std::string name_;
  const api::v1::MethodPolicy policy_;
  const PeerName peer_name_;
  const Validator validator_;
  mutable std::array<std::atomic<prometheus::Histogram*>, 17> durations_{};  // by code
};

}  // namespace cartwright::rpc
