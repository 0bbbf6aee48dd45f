#include "gateway/change_watch.h"

#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "shared/telemetry/log.h"

namespace cartwright::gateway {

namespace asio = boost::asio;

namespace {

// Several questions fit into kTrustTime, so that one lost answer makes nothing stale.
constexpr auto kPeriod = std::chrono::milliseconds(500);
constexpr absl::Duration kTimeout = absl::Milliseconds(800);

}  // namespace

void ChangeGroup::Hear(absl::Time asked, absl::string_view cursor) {
  const bool first = heard_us_.load(std::memory_order_relaxed) == 0;
  if (first || cursor != cursor_) {
    cursor_ = std::string(cursor);
    generation_.fetch_add(1, std::memory_order_acq_rel);
  }
  heard_us_.store(absl::ToUnixMicros(asked), std::memory_order_release);
}

ChangeGroup* ChangeWatch::Add(const Route& route) {
  if (route.cursor_path.empty()) return nullptr;
  auto& watched = watched_[route.cursor_path];
  if (watched == nullptr) {
    watched = std::make_unique<Watched>();
    watched->backend = route.backend;
    watched->rpc_path = route.cursor_path;
    if (started_) asio::co_spawn(io_, Run(*watched), asio::detached);
  }
  return &watched->group;
}

void ChangeWatch::Start() {
  started_ = true;
  for (const auto& [path, watched] : watched_) {
    asio::co_spawn(io_, Run(*watched), asio::detached);
  }
}

asio::awaitable<void> ChangeWatch::Run(Watched& watched) {
  asio::steady_timer timer(io_);
  while (true) {
    timer.expires_after(kPeriod);
    co_await AskOnce(watched);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

asio::awaitable<void> ChangeWatch::AskOnce(Watched& watched) {
  const absl::Time asked = absl::Now();
  const rpc::Call call = rpc::Call::Background(kTimeout);
  const std::string nothing;
  const auto answer = co_await backends_.Call(watched.backend, watched.rpc_path, call, nothing);
  // One line when it begins, one when it is over.
  if (!answer.ok() && !watched.failed) {
    log::Warn("cache.changes_unknown", answer.status().ToString());
  }
  if (answer.ok() && watched.failed) {
    log::Info("cache.changes_known", "The service says again what changed.");
  }
  watched.failed = !answer.ok();
  if (!answer.ok()) co_return;
  watched.group.Hear(asked, {reinterpret_cast<const char*>(answer->begin()), answer->size()});
}

}  // namespace cartwright::gateway
