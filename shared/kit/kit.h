#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "grpcpp/server.h"
#include "shared/db/migrator.h"
#include "shared/db/workers.h"
#include "shared/kit/auditor.h"
#include "shared/kit/sealer.h"
#include "shared/rpc/client.h"
#include "shared/rpc/credentials.h"
#include "shared/rpc/server.h"

namespace cartwright::kit {

// What a process gets for free: database workers, calls to peers, an RPC server behind the
// pipeline, an event loop, health, metrics, and an orderly end. shared/kit/README.md is the
// guide. Used by one thread, the main one, at start and at the end.
class Kit {
 public:
  // `name`: the service, as in certificates. A wrong setting or a missing file is fatal in every
  // function of the kit: one clear line that names the flag, exit 1.
  explicit Kit(std::string name);

  // Name of the service, as in certificates.
  const std::string& name() const { return name_; }

  // Names this process among its replicas, in leases and the like; new at every start.
  const std::string& instance_id() const { return instance_id_; }

  // The database workers, started by the first call; the process is ready only while the
  // database answers and every migration is applied.
  db::Workers& database();

  // The event loop that coroutines run on.
  boost::asio::io_context& io() { return io_; }

  // A client of the service `name`, whose address --peers must have.
  rpc::Client& peer(const std::string& name);

  // The files of --tls_*; a process without a certificate does not start.
  rpc::TlsFiles tls() const;

  // The shop's one currency, ISO 4217.
  std::string currency() const;

  // The 32 bytes in the file that the flag `name` (without dashes) has as its value `path`; a
  // process without a key that it needs does not start.
  std::string key_file(const std::string& name, const std::string& path) const;

  // The key of page tokens, from --page_token_key_file.
  std::string page_token_key() const;

  // Makes an object that lives until the process ends; it is never destroyed.
  template <typename T, typename... Args>
  T& Own(Args&&... args) {
    auto object = std::make_shared<T>(std::forward<Args>(args)...);
    owned_.push_back(object);
    return *object;
  }

  // Serves the RPCs of one service; see shared/rpc/server.h.
  template <typename Owner, typename... Methods>
  void Serve(Owner& owner, Methods... methods) {
    rpc_server().Register(owner, methods...);
  }

  // The process is ready only while `check` returns an empty string (what is missing, else).
  // Called from the event loop: it must not block.
  void ReadyWhen(std::function<std::string()> check) { checks_.push_back(std::move(check)); }

  // Called on the main thread when the process is told to end, while it still serves for
  // --drain_notice_s. Must not block.
  void OnNotice(std::function<void()> hook) { notice_hooks_.push_back(std::move(hook)); }

  // Called on the main thread when the process drains, in the order of registration, after the
  // RPC server has answered its last call and while the event loop and the database workers still
  // run. May block; nothing cuts it short, so it keeps to --drain_timeout_s by itself.
  void OnDrain(std::function<void()> hook) { drain_hooks_.push_back(std::move(hook)); }

  // Serves until SIGTERM or SIGINT, then drains and ends the process with code 0.
  [[noreturn]] void Run();

 private:
  rpc::Server& rpc_server();
  std::string Missing() const;
  std::string Unready() const;
  uint16_t StartOps();
  int StartRpc();
  void WatchHealth();
  void StartAuditor();
  void StartSealer();
  void CheckDatabase();
  void SeeDatabase(const absl::Status& status);
  [[noreturn]] void Drain();

  const std::string name_;
  const std::string instance_id_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<db::Workers> database_;
  std::unique_ptr<Auditor> auditor_;
  std::unique_ptr<Sealer> sealer_;
  std::vector<db::Migration> migrations_;
  std::map<std::string, std::unique_ptr<rpc::Client>> peers_;
  std::unique_ptr<rpc::Server> rpc_server_;
  std::unique_ptr<grpc::Server> grpc_server_;
  std::vector<std::shared_ptr<void>> owned_;
  std::vector<std::function<std::string()>> checks_;
  std::vector<std::function<void()>> notice_hooks_;
  std::vector<std::function<void()>> drain_hooks_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> announced_{false};        // gRPC health says that the process serves
  std::atomic<bool> migrated_{false};         // once true, it stays true
  std::atomic<bool> checking_{false};         // a check of the database waits or runs
  uint64_t answered_ = 0;                     // what the workers had answers to at the last check
  std::atomic<bool> outage_{false};           // the database failed and has not answered since
  std::atomic<int64_t> database_seen_ms_{0};  // steady clock; when the database last answered
  std::vector<std::thread> threads_;
};

}  // namespace cartwright::kit
