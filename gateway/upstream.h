#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "gateway/backends.h"
#include "gateway/http_message.h"
#include "gateway/load_shedder.h"
#include "gateway/retry_budget.h"
#include "gateway/route.h"
#include "grpcpp/support/slice.h"
#include "shared/rpc/call.h"

namespace cartwright::gateway {

// Calls of services as requests make them: bounded in number, repeated once where that is safe,
// and not made at all while nobody is there. Thread-safe; what threads share is locked for moments.
//
// Only UNAVAILABLE that the gRPC library made counts against a service: one that answers with an
// error is up, and what a client can cause (its deadline, its going away) says nothing. Exports
// cartwright_breaker_open{peer} and cartwright_gateway_retries_total{backend}.
class Upstream {
 public:
  struct Options {
    LoadShedder::Options load = {};
    RetryBudget::Options retries = {};
    // A retry comes after a random time between these two.
    std::chrono::microseconds min_backoff = std::chrono::milliseconds(25);
    std::chrono::microseconds max_backoff = std::chrono::milliseconds(100);
    std::function<absl::Time()> now = absl::Now;
    std::function<double()> random;  // [0, 1); null: a generator of the thread
  };

  // How a call goes on once it is admitted; a probe of an open circuit, if it is one, is over with
  // this object at the latest.
  class Ticket;

  struct Stream {
    std::shared_ptr<BackendStream> source;
    std::shared_ptr<Ticket> ticket;
  };

  static constexpr int kMaxAttempts = 2;

  // `backends` must outlive the object.
  Upstream(const Backends& backends, Options options);
  ~Upstream();

  // Calls the RPC of `route`, twice if the first attempt found nobody, the route is a read or
  // `facts.keyed`, and time and budget allow. Writes into `facts` what the access log wants to
  // know. Cancelled when `client`, which may be null, goes.
  //
  // Errors: OVERLOADED, CIRCUIT_OPEN; CANCELLED only when the client is gone; those of
  // Backends::Call.
  boost::asio::awaitable<absl::StatusOr<grpc::Slice>> Call(const Route& route,
                                                           const rpc::Call& call,
                                                           const std::string& request,
                                                           ClientPresence* client,
                                                           CallFacts& facts);

  // Opens a server stream, to be read on `executor`. Streams have a bound of their own
  // (StreamOptions), and are not repeated. Report is to be told how it began. Errors: CIRCUIT_OPEN.
  absl::StatusOr<Stream> Open(const boost::asio::any_io_executor& executor, const Route& route,
                              const rpc::Call& call, const std::string& request, CallFacts& facts);

  // How the call of `ticket` ended, or that a stream has begun. Once.
  void Report(Ticket& ticket, const absl::Status& status);

 private:
  struct Backend;

  Backend* Find(const std::string& name) const;
  absl::StatusOr<std::shared_ptr<Ticket>> Admit(Backend& backend);
  bool MayRetry(Backend& backend);
  std::chrono::microseconds Backoff() const;

  const Backends& backends_;
  const Options options_;
  LoadShedder shedder_;
  std::map<std::string, std::unique_ptr<Backend>> by_name_;
};

}  // namespace cartwright::gateway
