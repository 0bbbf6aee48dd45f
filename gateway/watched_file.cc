#include "gateway/watched_file.h"

#include <chrono>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "shared/telemetry/log.h"

namespace cartwright::gateway {

namespace asio = boost::asio;

namespace {

constexpr int64_t kMaxSize = 4 << 20;

}  // namespace

std::optional<WatchedFile::Version> WatchedFile::Look() const {
  struct stat status {};
  if (stat(path_.c_str(), &status) != 0) return std::nullopt;
  return Version{.inode = status.st_ino,
                 .size = status.st_size,
                 .modified_ns = status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec};
}

absl::Status WatchedFile::Read() const {
  const auto named = [this](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat(flag_, ": ", path_, ": ", what));
  };
  if (!seen_) return named("there is no such file");
  if (seen_->size > kMaxSize) return named(absl::StrCat("it is larger than ", kMaxSize, " bytes"));
  std::ifstream file(path_, std::ios::binary);
  if (!file) return named("it cannot be read");
  const std::string content(std::istreambuf_iterator<char>(file), {});
  const absl::Status status = apply_(content);
  return status.ok() ? status : named(status.message());
}

absl::Status WatchedFile::Load() {
  // Looked at before it is read: what is written in between is seen by the next poll.
  seen_ = Look();
  return Read();
}

bool WatchedFile::Poll() {
  const std::optional<Version> now = Look();
  if (now == seen_) return false;
  seen_ = now;
  const absl::Status status = Read();
  if (!status.ok()) {
    log::Error("settings.refused", status.message(), {{"flag", flag_}});
    return false;
  }
  log::Info("settings.reloaded", "A changed file of settings is in force.",
            {{"flag", flag_}, {"path", path_}});
  return true;
}

void WatchedFile::Start(asio::io_context& io, absl::Duration period) {
  asio::co_spawn(io, Watch(period), asio::detached);
}

asio::awaitable<void> WatchedFile::Watch(absl::Duration period) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (true) {
    timer.expires_after(absl::ToChronoNanoseconds(period));
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    Poll();
  }
}

}  // namespace cartwright::gateway
