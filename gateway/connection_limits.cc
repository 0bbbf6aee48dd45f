#include "gateway/connection_limits.h"

#include <algorithm>

#include "gateway/client_address.h"

namespace cartwright::gateway {

namespace ip = boost::asio::ip;

namespace {

// The end of a longer wait is beyond what the clock can say: it would be in the past.
constexpr absl::Duration kLongestWait = absl::Hours(24 * 365);

}  // namespace

ConnectionLimits::Client ConnectionLimits::ClientOf(const ip::address& address) {
  Client client{};
  const ip::address unmapped = Unmapped(address);
  if (unmapped.is_v6()) {
    const auto bytes = unmapped.to_v6().to_bytes();
    std::copy_n(bytes.begin(), client.size(), client.begin());
    return client;
  }
  const auto bytes = unmapped.to_v4().to_bytes();
  // No network of IPv6 that is in use begins with 255.
  client.fill(0xff);
  std::copy(bytes.begin(), bytes.end(), client.end() - bytes.size());
  return client;
}

bool ConnectionLimits::Add(const ip::address& client, bool is_proxy) {
  const std::lock_guard lock(mutex_);
  if (total_ >= options_.total) return false;
  if (!is_proxy) {
    size_t& count = per_client_[ClientOf(client)];
    if (options_.per_client != 0 && count >= options_.per_client) return false;
    ++count;
  }
  ++total_;
  return true;
}

void ConnectionLimits::Remove(const ip::address& client, bool is_proxy) {
  const std::lock_guard lock(mutex_);
  if (!is_proxy) {
    const auto found = per_client_.find(ClientOf(client));
    if (--found->second == 0) per_client_.erase(found);
  }
  if (--total_ == 0) none_.notify_all();
}

void ConnectionLimits::AwaitNone(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  none_.wait_for(lock, absl::ToChronoNanoseconds(std::min(timeout, kLongestWait)),
                 [this] { return total_ == 0; });
}

}  // namespace cartwright::gateway
