#include "gateway/key_source.h"

#include <chrono>
#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "gateway/transcoder.h"
#include "shared/base/status_macros.h"
#include "shared/telemetry/log.h"

namespace cartwright::gateway {

namespace asio = boost::asio;

namespace {

constexpr auto kPeriod = std::chrono::minutes(5);
constexpr auto kRetryPeriod = std::chrono::milliseconds(250);
constexpr size_t kMaxBadKids = 1024;

}  // namespace

void KeySource::Start() { asio::co_spawn(io_, Run(), asio::detached); }

asio::awaitable<void> KeySource::Refresh(const std::string& kid) {
  if (IsKnownBad(kid, absl::Now())) co_return;
  co_await asio::co_spawn(io_, RefreshOnce(), asio::use_awaitable);
  if (!verifier_.HasKey(kid)) NoteBad(kid, absl::Now());
}

bool KeySource::IsKnownBad(const std::string& kid, absl::Time now) {
  const std::lock_guard lock(bad_mutex_);
  const auto found = bad_kids_.find(kid);
  return found != bad_kids_.end() && now < found->second;
}

void KeySource::NoteBad(const std::string& kid, absl::Time now) {
  const std::lock_guard lock(bad_mutex_);
  if (bad_kids_.size() >= kMaxBadKids) {
    absl::erase_if(bad_kids_, [now](const auto& entry) { return entry.second <= now; });
  }
  if (bad_kids_.size() >= kMaxBadKids) bad_kids_.clear();
  bad_kids_[kid] = now + bad_for_;
}

asio::awaitable<void> KeySource::Run() {
  asio::steady_timer timer(io_);
  bool failed = false;
  while (true) {
    const absl::Status status = co_await Fetch();
    if (status.ok() && failed) log::Info("jwks.fetched", "The keys of access tokens are here.");
    // At start the service may come after us; that is not worth a line per attempt.
    if (!status.ok() && !failed) log::Warn("jwks.unavailable", status.ToString());
    failed = !status.ok();
    if (failed) {
      timer.expires_after(kRetryPeriod);
    } else {
      timer.expires_after(kPeriod);
    }
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

asio::awaitable<void> KeySource::RefreshOnce() {
  if (fetching_) {
    boost::system::error_code ignored;
    co_await done_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  } else if (absl::Now() - last_fetch_ >= min_gap_) {
    const absl::Status status = co_await Fetch();
    if (!status.ok()) log::Warn("jwks.unavailable", status.ToString());
  }
}

asio::awaitable<absl::Status> KeySource::Fetch() {
  fetching_ = true;
  done_.expires_at(asio::steady_timer::time_point::max());
  last_fetch_ = absl::Now();
  const rpc::Call call = rpc::Call::Background(route_.timeout);
  const std::string nothing;
  const auto answer = co_await backends_.Call(route_.backend, route_.rpc_path, call, nothing);
  fetching_ = false;
  done_.cancel();
  CW_CO_RETURN_IF_ERROR(answer.status());
  const absl::string_view wire(reinterpret_cast<const char*>(answer->begin()), answer->size());
  CW_CO_ASSIGN_OR_RETURN(const Response response, DecodeResponse(route_, wire));
  if (response.body == last_keys_) co_return absl::OkStatus();
  CW_CO_ASSIGN_OR_RETURN(KeySet keys, KeySet::Parse(response.body));
  verifier_.SetKeys(std::make_shared<const KeySet>(std::move(keys)));
  last_keys_ = response.body;
  const std::lock_guard lock(bad_mutex_);
  bad_kids_.clear();
  co_return absl::OkStatus();
}

}  // namespace cartwright::gateway
