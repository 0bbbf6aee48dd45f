#include "gateway/reloader.h"

#include <sys/stat.h>

#include <csignal>
#include <utility>

#include "absl/strings/str_cat.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/signal_set.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "shared/telemetry/log.h"
#include "shared/telemetry/metrics.h"

namespace cartwright::gateway {

namespace asio = boost::asio;

namespace {

constexpr auto kPeriod = std::chrono::seconds(5);

}  // namespace

std::string FileWatch::Look() const {
  std::string text;
  for (const std::string& path : paths_) {
    struct stat found {};
    if (stat(path.c_str(), &found) != 0) {
      absl::StrAppend(&text, "absent;");
      continue;
    }
    absl::StrAppend(&text, found.st_dev, ".", found.st_ino, ".", found.st_size, ".",
                    found.st_mtim.tv_sec, ".", found.st_mtim.tv_nsec, ";");
  }
  return text;
}

bool FileWatch::Changed() {
  std::string now = Look();
  if (now == seen_) return false;
  seen_ = std::move(now);
  return true;
}

void Reloader::Add(const std::string& what, FileWatch watch, std::function<absl::Status()> load) {
  auto& family = metrics::GaugeFamily("cartwright_gateway_reload_failed",
                                      "1 while a file is not in use because it is not good.");
  auto& failed = family.Add({{"what", what}});
  failed.Set(0);
  items_.push_back({what, std::move(watch), std::move(load), &failed});
}

void Reloader::Start() {
  asio::co_spawn(io_, Poll(), asio::detached);
  asio::co_spawn(io_, AwaitSignals(), asio::detached);
}

void Reloader::Check(bool all) {
  for (Item& item : items_) {
    if (!item.watch.Changed() && !all) continue;
    const absl::Status status = item.load();
    item.failed->Set(status.ok() ? 0 : 1);
    if (status.ok()) {
      log::Info("reload.done", "A file was read again and is in use.", {{"what", item.what}});
    } else {
      log::Warn("reload.failed", absl::StrCat("What was in use stays in use: ", status.message()),
                {{"what", item.what}});
    }
  }
}

asio::awaitable<void> Reloader::Poll() {
  asio::steady_timer timer(io_);
  while (true) {
    timer.expires_after(kPeriod);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    Check(/*all=*/false);
  }
}

asio::awaitable<void> Reloader::AwaitSignals() {
  asio::signal_set signals(io_, SIGHUP);
  while (true) {
    co_await signals.async_wait(asio::use_awaitable);
    Check(/*all=*/true);
  }
}

}  // namespace cartwright::gateway
