#pragma once

#include <array>
#include <condition_variable>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "boost/asio/ip/address.hpp"

namespace cartwright::gateway {

// How many connections there are, altogether and of each client: an IPv4 address, or an IPv6
// network of 64 bits, of which one customer has all addresses. Holds one entry per client that is
// connected. Thread-safe.
class ConnectionLimits {
 public:
  struct Options {
    size_t total = 10'000;
    size_t per_client = 100;  // 0: any number
  };
  explicit ConnectionLimits(const Options& options) : options_(options) {}

  // Counts a connection of `client`; false, and it is not counted, when there are too many. A proxy
  // speaks for many clients: its connections count in the total alone.
  bool Add(const boost::asio::ip::address& client, bool is_proxy = false);
  // The end of a connection that was counted so.
  void Remove(const boost::asio::ip::address& client, bool is_proxy = false);

  // Blocks until there is none, `timeout` at most.
  void AwaitNone(absl::Duration timeout);

 private:
  using Client = std::array<unsigned char, 8>;
  static Client ClientOf(const boost::asio::ip::address& address);

  const Options options_;
  std::mutex mutex_;
  std::condition_variable none_;
  size_t total_ = 0;
  absl::flat_hash_map<Client, size_t> per_client_;
};

}  // namespace cartwright::gateway
