#pragma once

#include <string>

#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "gateway/backends.h"
#include "gateway/route.h"
#include "gateway/token_verifier.h"

namespace cartwright::gateway {

// Keeps a TokenVerifier's keys fresh: asks the RPC of `route`, whose answer is a JWK set in JSON,
// at start until it answers, then every five minutes, and when a token names an unknown key.
// The last good keys stay when the service is away.
class KeySource {
 public:
  // Everything referred to must outlive this object, and `io` must not be run by more than one
  // thread. `min_gap` is the time between two fetches that unknown keys may cause.
  KeySource(boost::asio::io_context& io, const Backends& backends, const Route& route,
            TokenVerifier& verifier, absl::Duration min_gap = absl::Seconds(1))
      : io_(io),
        backends_(backends),
        route_(route),
        verifier_(verifier),
        min_gap_(min_gap),
        done_(io) {}

  // Starts the refreshes, on `io`.
  void Start();

  // Waits for a fetch under way, or makes one unless the last is too young. From any executor.
  boost::asio::awaitable<void> Refresh();

 private:
  boost::asio::awaitable<void> Run();
  boost::asio::awaitable<void> RefreshOnce();
  boost::asio::awaitable<absl::Status> Fetch();

  boost::asio::io_context& io_;
  const Backends& backends_;
  const Route& route_;
  TokenVerifier& verifier_;
  const absl::Duration min_gap_;
  // Of the thread of `io_` only. The timer never expires: its end is told by cancelling it.
  boost::asio::steady_timer done_;
  bool fetching_ = false;
  absl::Time last_fetch_ = absl::InfinitePast();
  std::string last_keys_;
};

}  // namespace cartwright::gateway
