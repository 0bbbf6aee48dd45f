#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/network_v4.hpp"
#include "boost/asio/ip/network_v6.hpp"
#include "boost/beast/http/fields.hpp"

namespace cartwright::gateway {

// `address`, as IPv4 when it is an IPv4 address in IPv6 form (::ffff:192.0.2.1).
boost::asio::ip::address Unmapped(const boost::asio::ip::address& address);

// What counts as one client where clients are counted: an IPv4 address, or the /64 of an IPv6
// address, since a household or a machine has a whole one. `address` itself when it is neither.
std::string NetworkOf(absl::string_view address);

// The proxies in front of the gateway, whose X-Forwarded-For is believed. Immutable, thread-safe.
class TrustedProxies {
 public:
  // None: the header is never read.
  TrustedProxies() = default;

  // From "10.0.0.0/8,2001:db8::/32,192.0.2.7". INVALID_ARGUMENT names the entry that is not an
  // address or a block, or that has bits set beyond its prefix.
  static absl::StatusOr<TrustedProxies> Parse(absl::string_view list);

  bool Has(const boost::asio::ip::address& address) const;

 private:
  std::vector<boost::asio::ip::network_v4> v4_;
  std::vector<boost::asio::ip::network_v6> v6_;
};

// The client that a request of a connection from `peer` comes from: `peer` itself, unless it is a
// trusted proxy. Then X-Forwarded-For is read, all of its fields as one list, from right to left:
// the first address that is no trusted proxy is the client. What stands left of that was written by
// strangers, and an entry that is not an address (a port is taken off) ends the search, too: then
// the address to its right is the best that is known. Thread-safe.
boost::asio::ip::address ClientAddress(const boost::asio::ip::address& peer,
                                       const boost::beast::http::fields& fields,
                                       const TrustedProxies& proxies);

}  // namespace cartwright::gateway
