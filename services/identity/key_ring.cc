#include "services/identity/key_ring.h"

#include <chrono>
#include <set>

#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "shared/base/status_macros.h"
#include "shared/db/async.h"
#include "shared/telemetry/log.h"

namespace cartwright::identity {

namespace asio = boost::asio;

namespace {

constexpr auto kPeriod = std::chrono::minutes(1);
constexpr auto kRetryPeriod = std::chrono::milliseconds(200);
constexpr absl::Duration kLoadTimeout = absl::Seconds(5);
constexpr const char* kSigning = "SIGNING";
constexpr const char* kNext = "NEXT";

}  // namespace

KeyRing::KeyRing(db::Workers& workers, IdentityStore& store, std::string sealing_key)
    : workers_(workers), store_(store), sealing_key_(std::move(sealing_key)) {}

void KeyRing::Start(asio::io_context& io) { asio::co_spawn(io, Watch(), asio::detached); }

asio::awaitable<void> KeyRing::Watch() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  bool failed = false;
  while (true) {
    const absl::Status status = co_await Load(absl::Now() + kLoadTimeout);
    // One line per outage: the database may come after us.
    if (!status.ok() && !failed) log::Error("signing_keys.unavailable", status.message());
    if (status.ok() && failed) log::Info("signing_keys.loaded", "The signing keys are here.");
    failed = !status.ok();
    if (failed) {
      timer.expires_after(kRetryPeriod);
    } else {
      timer.expires_after(kPeriod);
    }
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<absl::Status> KeyRing::Load(absl::Time deadline) {
  const auto read = [this](db::Connection& db) { return Read(db); };
  CW_CO_ASSIGN_OR_RETURN(Keys keys, co_await db::Run(workers_, deadline, read));
  const std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
  co_return absl::OkStatus();
}

absl::StatusOr<KeyRing::Keys> KeyRing::Read(db::Connection& db) const {
  CW_ASSIGN_OR_RETURN(const auto sealed_keys, ListOrMake(db));
  Keys keys;
  for (const auto& sealed : sealed_keys) {
    CW_ASSIGN_OR_RETURN(SigningKey key,
                        SigningKey::Open(sealed.key_id, sealed.sealed, sealing_key_));
    keys.published.push_back(key.jwk());
    if (sealed.state == kSigning) keys.signer = std::make_shared<const SigningKey>(std::move(key));
  }
  if (keys.signer == nullptr) return absl::DataLossError("no signing key is marked as SIGNING");
  return keys;
}

absl::StatusOr<std::vector<IdentityStore::SealedKey>> KeyRing::ListOrMake(
    db::Connection& db) const {
  CW_ASSIGN_OR_RETURN(auto sealed_keys, store_.ListSigningKeys(db));
  std::set<std::string> missing = {kNext};
  // With keys of which none signs, something is wrong that a new key would only hide.
  if (sealed_keys.empty()) missing.insert(kSigning);
  for (const auto& key : sealed_keys) missing.erase(key.state);
  if (missing.empty()) return sealed_keys;
  for (const std::string& state : missing) {
    const SigningKey made = SigningKey::Generate();
    CW_RETURN_IF_ERROR(store_.AddSigningKey(
        db, {.key_id = made.id(), .sealed = made.Seal(sealing_key_), .state = state}));
  }
  // Another replica may have been first.
  return store_.ListSigningKeys(db);
}

std::shared_ptr<const SigningKey> KeyRing::signer() const {
  const std::lock_guard lock(mutex_);
  return keys_.signer;
}

std::vector<v1::Jwk> KeyRing::published() const {
  const std::lock_guard lock(mutex_);
  return keys_.published;
}

}  // namespace cartwright::identity
