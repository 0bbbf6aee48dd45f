#pragma once

#include <string>

#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "grpcpp/server_context.h"

namespace cartwright::rpc {

// What travels with a piece of work across processes: who asked, until when, and the ids under
// which logs and traces find it. A value; copies are independent.
struct Call {
  std::string peer;         // service name in the caller's certificate: "gateway", "order"
  std::string request_id;   // [A-Za-z0-9._-]{8,64}
  std::string traceparent;  // W3C Trace Context, version 00
  absl::Time deadline = absl::InfiniteFuture();

  // Work that no RPC asked for, such as that of a recovery worker.
  static Call Background(absl::Duration timeout);
};

// Reads the metadata and the deadline of a call that arrived; missing ids are made.
Call ReadCall(const grpc::CallbackServerContext& context, std::string peer);

// Gives a child call the ids of `call`, and its deadline or `timeout` from now, whichever is
// sooner.
void WriteCall(const Call& call, absl::Duration timeout, grpc::ClientContext& context);

// A new request id, and a new root traceparent with a random trace id.
std::string NewRequestId();
std::string NewTraceparent();

// True for a well-formed traceparent of version 00 with non-zero ids.
bool IsTraceparent(absl::string_view text);

}  // namespace cartwright::rpc
