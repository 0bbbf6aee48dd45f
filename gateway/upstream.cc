#include "gateway/upstream.h"

#include <algorithm>
#include <mutex>
#include <random>
#include <utility>

#include "boost/asio/redirect_error.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "google/rpc/error_details.pb.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/rpc/breaker.h"
#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::gateway {

namespace asio = boost::asio;

namespace {

constexpr const char* kRetryInfo = "type.googleapis.com/google.rpc.RetryInfo";

// One length: a shopper who is told to wait must know how long.
constexpr rpc::Circuit::Pauses kPauses = {
    .first = absl::Seconds(5), .max = absl::Seconds(5), .jitter = false};

bool NobodyIsThere(const absl::Status& status) {
  return absl::IsUnavailable(status) && DetailsOf(status).reason.empty();
}

// Says nothing about the service: a client can make it so.
bool SaysNothing(const absl::Status& status) {
  return absl::IsCancelled(status) || absl::IsDeadlineExceeded(status);
}

absl::Status CircuitOpen(absl::Duration left) {
  absl::Status status =
      Error(absl::StatusCode::kUnavailable, api::v1::CIRCUIT_OPEN,
            "A part of the shop cannot be reached right now; try again in some seconds.");
  google::rpc::RetryInfo info;
  const absl::Duration wait = std::max(left, absl::Seconds(1));
  info.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1))));
  status.SetPayload(kRetryInfo, absl::Cord(info.SerializeAsString()));
  return status;
}

double Random() {
  static thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<>(0, 1)(generator);
}

}  // namespace

struct Upstream::Backend {
  Backend(const std::string& service, const RetryBudget::Options& retries)
      : name(service), load(service), budget(retries) {
    open.Set(0);
  }

  const std::string name;
  LoadShedder::Backend load;
  prometheus::Gauge& open = rpc::BreakerGauge(name);
  prometheus::Counter& retries =
      metrics::CounterFamily("cartwright_gateway_retries_total", "Calls that were made again.")
          .Add({{"backend", name}});
  std::mutex mutex;
  rpc::Circuit circuit{kPauses};
  RetryBudget budget;
};

class Upstream::Ticket {
 public:
  Ticket(Backend& backend, bool is_probe) : backend_(backend), is_probe_(is_probe) {}
  Ticket(const Ticket&) = delete;
  ~Ticket() {
    if (done_ || !is_probe_) return;
    const std::lock_guard lock(backend_.mutex);
    backend_.circuit.Abandon();
  }

 private:
  friend class Upstream;
  Backend& backend_;
  const bool is_probe_;
  bool done_ = false;
};

Upstream::Upstream(const Backends& backends, Options options)
    : backends_(backends), options_(std::move(options)), shedder_(options_.load) {
  for (const std::string& name : backends.Names()) {
    by_name_.emplace(name, std::make_unique<Backend>(name, options_.retries));
  }
}

Upstream::~Upstream() = default;

Upstream::Backend* Upstream::Find(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second.get();
}

absl::StatusOr<std::shared_ptr<Upstream::Ticket>> Upstream::Admit(Backend& backend) {
  const absl::Time now = options_.now();
  const std::lock_guard lock(backend.mutex);
  const bool is_probe = backend.circuit.open();
  if (!backend.circuit.Admit(now)) return CircuitOpen(backend.circuit.PauseLeft(now));
  return std::make_shared<Ticket>(backend, is_probe);
}

void Upstream::Report(Ticket& ticket, const absl::Status& status) {
  if (std::exchange(ticket.done_, true)) return;
  Backend& backend = ticket.backend_;
  const std::lock_guard lock(backend.mutex);
  rpc::Circuit& circuit = backend.circuit;
  const bool was_open = circuit.open();
  // A call from before the circuit opened: whether it is time to close it, the probe will tell.
  if (was_open && !ticket.is_probe_) return;
  if (SaysNothing(status)) {
    if (ticket.is_probe_) circuit.Abandon();
    return;
  }
  circuit.Report(options_.now(), NobodyIsThere(status) ? status : absl::OkStatus());
  if (circuit.open() == was_open) return;
  backend.open.Set(circuit.open() ? 1 : 0);
  if (circuit.open()) {
    log::Warn("breaker.open", status.message(), {{"peer", backend.name}});
  } else {
    log::Info("breaker.closed", "The peer answers again.", {{"peer", backend.name}});
  }
}

bool Upstream::MayRetry(Backend& backend) {
  const std::lock_guard lock(backend.mutex);
  return backend.budget.Withdraw();
}

std::chrono::microseconds Upstream::Backoff() const {
  const auto span = options_.max_backoff - options_.min_backoff;
  const double part = options_.random ? options_.random() : Random();
  return options_.min_backoff +
         std::chrono::microseconds(static_cast<int64_t>(part * static_cast<double>(span.count())));
}

asio::awaitable<absl::StatusOr<grpc::Slice>> Upstream::Call(const Route& route,
                                                            const rpc::Call& call,
                                                            const std::string& request,
                                                            ClientPresence* client,
                                                            CallFacts& facts) {
  Backend* const backend = Find(route.backend);
  if (backend == nullptr) {
    co_return co_await backends_.Call(route.backend, route.rpc_path, call, request);
  }
  facts.backend = backend->name;
  CW_CO_ASSIGN_OR_RETURN(const auto permit, shedder_.Admit(PriorityOf(route), backend->load));
  const bool repeatable = route.http_method == "GET" || facts.keyed;
  if (repeatable) {
    const std::lock_guard lock(backend->mutex);
    backend->budget.Deposit(options_.now());
  }
  const absl::Time start = absl::Now();
  absl::StatusOr<grpc::Slice> answer = absl::UnknownError("");
  for (int attempt = 1;; ++attempt) {
    const auto ticket = Admit(*backend);
    // What the attempt before has found says more than that there will be no other.
    if (!ticket.ok()) co_return attempt == 1 ? ticket.status() : answer.status();
    facts.attempts = attempt;
    answer = co_await backends_.Call(route.backend, route.rpc_path, call, request, client);
    Report(**ticket, answer.status());
    facts.upstream_time = absl::Now() - start;
    facts.grpc_status = answer.status().code();
    // A service that says so itself may mean a commit that is in doubt: its replay would answer as
    // if it were safe. That is for the client to find out, later.
    if (!repeatable || attempt == kMaxAttempts || !NobodyIsThere(answer.status())) break;
    const auto pause = Backoff();
    if (absl::Now() + absl::FromChrono(pause) >= call.deadline || !MayRetry(*backend)) break;
    asio::steady_timer timer(co_await asio::this_coro::executor, pause);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    backend->retries.Increment();
  }
  // A service that cancels a call by itself is a service that is ending.
  if (absl::IsCancelled(answer.status()) && (client == nullptr || !client->gone())) {
    co_return Error(absl::StatusCode::kUnavailable, api::v1::DEPENDENCY_UNAVAILABLE,
                    "A part of the shop has given up on this; try again.");
  }
  co_return answer;
}

absl::StatusOr<Upstream::Stream> Upstream::Open(const asio::any_io_executor& executor,
                                                const Route& route, const rpc::Call& call,
                                                const std::string& request, CallFacts& facts) {
  Stream stream;
  if (Backend* const backend = Find(route.backend)) {
    facts.backend = backend->name;
    CW_ASSIGN_OR_RETURN(stream.ticket, Admit(*backend));
    facts.attempts = 1;
  }
  CW_ASSIGN_OR_RETURN(stream.source,
                      backends_.Open(executor, route.backend, route.rpc_path, call, request));
  return stream;
}

}  // namespace cartwright::gateway
