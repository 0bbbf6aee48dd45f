#include "shared/kit/kit.h"

#include <malloc.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/steady_timer.hpp"
#include "grpc/support/log.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/server_builder.h"
#include "shared/base/uuid.h"
#include "shared/kit/die.h"
#include "shared/kit/flags.h"
#include "shared/kit/ops_server.h"
#include "shared/rpc/targets.h"
#include "shared/telemetry/log.h"

namespace cartwright::kit {
namespace {

constexpr auto kHealthPeriod = std::chrono::milliseconds(500);
// Two missed checks and a margin for a queue: NOT_SERVING within 5 s of a dead database.
constexpr int64_t kDatabaseSilenceMs = 3000;

int64_t SteadyMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// gRPC's own lines, in our form; what it calls an error concerns one connection.
void LogGrpc(gpr_log_func_args* line) {
  const log::Fields fields = {{"source", absl::StrCat(line->file, ":", line->line)}};
  if (line->severity == GPR_LOG_SEVERITY_ERROR) {
    log::Warn("grpc.log", line->message, fields);
  } else {
    log::Info("grpc.log", line->message, fields);
  }
}

}  // namespace

Kit::Kit(std::string name)
    : name_(std::move(name)),
      instance_id_(absl::StrCat(name_, ":", NewUuid())),
      work_(boost::asio::make_work_guard(io_)) {
  // Blocked before any thread exists, so that only sigwait in Run sees them.
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // glibc keeps an arena per thread, up to 8 per core, and gives little of it back: after a burst
  // that costs more than it saves the handful of threads of a process.
  mallopt(M_ARENA_MAX, 2);
  gpr_set_log_function(LogGrpc);
}

db::Workers& Kit::database() {
  if (database_ != nullptr) return *database_;
  migrations_ = OrDie(ReadMigrations());
  database_ = std::make_unique<db::Workers>(db::Workers::Options{
      .url = OrDie(ReadDatabaseUrl()),
      .url_file = absl::GetFlag(FLAGS_database_url_file),
      .threads = absl::GetFlag(FLAGS_database_workers),
      .queue_limit = static_cast<size_t>(absl::GetFlag(FLAGS_database_queue))});
  ReadyWhen([this]() -> std::string {
    const bool fresh = SteadyMs() - database_seen_ms_.load() < kDatabaseSilenceMs;
    return fresh ? "" : "database";
  });
  return *database_;
}

rpc::TlsFiles Kit::tls() const {
  OrDie(ReadFileOf("tls_cert_file", absl::GetFlag(FLAGS_tls_cert_file)));
  OrDie(ReadFileOf("tls_key_file", absl::GetFlag(FLAGS_tls_key_file)));
  OrDie(ReadFileOf("tls_ca_file", absl::GetFlag(FLAGS_tls_ca_file)));
  return {.cert = absl::GetFlag(FLAGS_tls_cert_file),
          .key = absl::GetFlag(FLAGS_tls_key_file),
          .ca = absl::GetFlag(FLAGS_tls_ca_file)};
}

std::string Kit::currency() const { return absl::GetFlag(FLAGS_currency); }

std::string Kit::key_file(const std::string& name, const std::string& path) const {
  return OrDie(ReadKeyFileOf(name, path));
}

std::string Kit::page_token_key() const {
  return key_file("page_token_key_file", absl::GetFlag(FLAGS_page_token_key_file));
}

rpc::Client& Kit::peer(const std::string& name) {
  auto& client = peers_[name];
  if (client != nullptr) return *client;
  const auto targets = OrDie(rpc::ParseTargets(absl::GetFlag(FLAGS_peers)));
  const auto target = targets.find(name);
  if (target == targets.end()) {
    Die(absl::InvalidArgumentError(absl::StrCat("--peers must have ", name, "=host:port")));
  }
  client = std::make_unique<rpc::Client>(rpc::Connect(name, target->second, tls()));
  return *client;
}

rpc::Server& Kit::rpc_server() {
  if (rpc_server_ == nullptr) {
    rpc_server_ = std::make_unique<rpc::Server>(&database(), io_.get_executor(),
                                                rpc::PeerNameFromCertificate);
  }
  return *rpc_server_;
}

std::string Kit::Missing() const {
  if (draining_) return "draining";
  for (const auto& check : checks_) {
    if (std::string missing = check(); !missing.empty()) return missing;
  }
  return "";
}

// Callers watch the health: who is told that the process is ready can count on being served.
std::string Kit::Unready() const {
  std::string missing = Missing();
  if (missing.empty() && grpc_server_ != nullptr && !announced_) missing = "health";
  return missing;
}

uint16_t Kit::StartOps() {
  const OpsServer ops{.address = absl::GetFlag(FLAGS_ops_listen),
                      .unready = [this] { return Unready(); }};
  return OrDie(ops.Start(io_));
}

// The bound port; 0 when there are no RPCs to serve.
int Kit::StartRpc() {
  if (rpc_server_ == nullptr) return 0;
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  const std::string address = absl::GetFlag(FLAGS_listen);
  int port = 0;
  builder.AddListeningPort(address, rpc::ServerCredentials(tls()), &port);
  // Only reflection is a synchronous service; it needs no more than one poller.
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 1);
  // Without a grace: a connection ends with its last call, and every call has a deadline.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                             absl::GetFlag(FLAGS_connection_age_s) * 1000);
  rpc_server_->AddTo(builder);
  grpc_server_ = builder.BuildAndStart();
  if (grpc_server_ == nullptr) {
    Die(absl::UnavailableError(absl::StrCat("--listen: cannot listen on ", address)));
  }
  for (const std::string& service : rpc_server_->Services()) {
    grpc_server_->GetHealthCheckService()->SetServingStatus(service, false);
  }
  // Of the server as a whole, and of each service that has a status.
  grpc_server_->GetHealthCheckService()->SetServingStatus(false);
  return port;
}

// The check runs on a worker like any call, so that it also sees a dead worker. One at a time: in
// an outage, checks must not fill the queue.
void Kit::CheckDatabase() {
  const uint64_t answered = database_->Answered();
  const bool busy = answered != std::exchange(answered_, answered);
  if (!checking_.exchange(true)) {
    db::Workers::Task task{.run =
                               [this](db::Connection& connection) {
                                 SeeDatabase(migrated_
                                                 ? connection.Ping()
                                                 : db::CheckMigrated(connection, migrations_));
                                 checking_ = false;
                               },
                           .expire = [this](absl::Status) { checking_ = false; }};
    if (database_->Submit(task)) return;
    checking_ = false;
  }
  // The check waits, or found a full queue: a database that answers is busy, not dead.
  if (busy && migrated_) database_seen_ms_ = SteadyMs();
}

// Checks follow each other many times a second: an outage is two lines, at its start and its end.
void Kit::SeeDatabase(const absl::Status& status) {
  if (!status.ok()) {
    if (!outage_.exchange(true)) log::Warn("database.unready", status.message());
    return;
  }
  migrated_ = true;
  database_seen_ms_ = SteadyMs();
  if (outage_.exchange(false)) log::Info("database.ready", "The database answers again.");
}

void Kit::StartAuditor() {
  if (database_ == nullptr || absl::GetFlag(FLAGS_audit_dir).empty()) return;
  auditor_ = std::make_unique<Auditor>(
      Auditor::Options{.url = OrDie(ReadDatabaseUrl()),
                       .url_file = absl::GetFlag(FLAGS_database_url_file),
                       .rules = OrDie(ReadAuditRules()),
                       .period = std::chrono::milliseconds(absl::GetFlag(FLAGS_audit_period_ms))});
}

void Kit::StartSealer() {
  if (database_ == nullptr) return;
  sealer_ = std::make_unique<Sealer>(io_, *database_, [this] { return migrated_.load(); });
  sealer_->Start(std::chrono::milliseconds(absl::GetFlag(FLAGS_audit_seal_ms)));
}

void Kit::WatchHealth() {
  auto timer = std::make_shared<boost::asio::steady_timer>(io_);
  auto tick = std::make_shared<std::function<void()>>();
  *tick = [this, timer, tick] {
    if (draining_) return;
    if (database_ != nullptr) CheckDatabase();
    if (grpc_server_ != nullptr) {
      const bool serves = Missing().empty();
      grpc_server_->GetHealthCheckService()->SetServingStatus(serves);
      announced_ = serves;
    }
    timer->expires_after(Unready().empty() ? kHealthPeriod : kHealthPeriod / 10);
    timer->async_wait([tick](const boost::system::error_code&) { (*tick)(); });
  };
  boost::asio::post(io_, *tick);
}

[[noreturn]] void Kit::Run() {
  const int port = StartRpc();
  const uint16_t ops_port = StartOps();
  WatchHealth();
  StartAuditor();
  StartSealer();
  threads_.emplace_back([this] { io_.run(); });
  log::Info("start.serving", "The process serves.", {{"port", port}, {"ops_port", ops_port}});
  int signal = 0;
  const sigset_t signals = StopSignals();
  sigwait(&signals, &signal);
  log::Info("stop.draining", "The process drains.", {{"signal", signal}});
  Drain();
}

[[noreturn]] void Kit::Drain() {
  draining_ = true;
  for (const auto& hook : notice_hooks_) hook();
  // Clients watch this (shared/rpc/credentials.cc) and send their next calls to other replicas: a
  // call that came after Shutdown would be lost.
  if (grpc_server_ != nullptr) grpc_server_->GetHealthCheckService()->Shutdown();
  std::this_thread::sleep_for(std::chrono::seconds(absl::GetFlag(FLAGS_drain_notice_s)));
  if (grpc_server_ != nullptr) {
    rpc_server_->EndStreams();
    grpc_server_->Shutdown(std::chrono::system_clock::now() +
                           std::chrono::seconds(absl::GetFlag(FLAGS_drain_timeout_s)));
  }
  for (const auto& hook : drain_hooks_) hook();
  log::Info("stop.done", "The process ends.");
  log::Shutdown();
  // No destructors: every call has been answered and every hook has run, so nothing is left that
  // they could save, while gRPC 1.51 can abort when the last user of its callback queue goes.
  std::_Exit(0);
}

}  // namespace cartwright::kit
