#pragma once

#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "gateway/backends.h"
#include "gateway/route.h"
#include "gateway/token_verifier.h"

namespace cartwright::gateway {

// Keeps a TokenVerifier's keys fresh: asks the RPC of `route`, whose answer is a JWK set in JSON,
// at start until it answers, then every five minutes, and when a token names an unknown key. The
// last good keys stay when the service is away. An old key is good for as long as the service
// publishes it. Whoever makes up key ids gets at most one fetch per `min_gap`, and each id one per
// two minutes.
class KeySource {
 public:
  // Everything referred to must outlive this object, and `io` must not be run by more than one
  // thread. `min_gap` is the time between two fetches that unknown keys may cause; `bad_for` the
  // time for which a key id is not asked for again after a fetch that did not bring it.
  KeySource(boost::asio::io_context& io, const Backends& backends, const Route& route,
            TokenVerifier& verifier, absl::Duration min_gap = absl::Seconds(30),
            absl::Duration bad_for = absl::Minutes(2))
      : io_(io),
        backends_(backends),
        route_(route),
        verifier_(verifier),
        min_gap_(min_gap),
        bad_for_(bad_for),
        done_(io) {}

  // Starts the refreshes, on `io`.
  void Start();

  // Waits for a fetch under way, or makes one unless the last is too young, or did not bring this
  // key id. From any executor.
  boost::asio::awaitable<void> Refresh(const std::string& kid);

 private:
  boost::asio::awaitable<void> Run();
  boost::asio::awaitable<void> RefreshOnce();
  boost::asio::awaitable<absl::Status> Fetch();
  bool IsKnownBad(const std::string& kid, absl::Time now);
  void NoteBad(const std::string& kid, absl::Time now);

  boost::asio::io_context& io_;
  const Backends& backends_;
  const Route& route_;
  TokenVerifier& verifier_;
  const absl::Duration min_gap_;
  const absl::Duration bad_for_;
  // Of the thread of `io_` only. The timer never expires: its end is told by cancelling it.
  boost::asio::steady_timer done_;
  bool fetching_ = false;
  absl::Time last_fetch_ = absl::InfinitePast();
  std::string last_keys_;
  // Key ids that a fetch did not bring, and until when that counts.
  std::mutex bad_mutex_;
  absl::flat_hash_map<std::string, absl::Time> bad_kids_;
};

}  // namespace cartwright::gateway
