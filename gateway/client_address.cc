#include "gateway/client_address.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "boost/asio/ip/address_v4.hpp"
#include "boost/asio/ip/address_v6.hpp"

namespace cartwright::gateway {

namespace ip = boost::asio::ip;
using boost::system::error_code;

namespace {

constexpr int kClientPrefix = 64;
constexpr size_t kMaxAddress = 48;  // the longest text of an address, with brackets

std::optional<ip::address> ParseAddress(absl::string_view text) {
  // A zone names an interface of somebody else's machine.
  if (text.empty() || text.size() > kMaxAddress || absl::StrContains(text, '%')) return {};
  error_code error;
  const ip::address address = ip::make_address(std::string(text), error);
  if (error) return {};
  return Unmapped(address);
}

// An element of X-Forwarded-For: some proxies add the port, "192.0.2.1:4711", "[2001:db8::1]:4711".
std::optional<ip::address> ParseForwarded(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  absl::string_view port;
  if (absl::ConsumePrefix(&text, "[")) {
    const size_t end = text.find(']');
    if (end == absl::string_view::npos) return {};
    port = text.substr(end + 1);
    text = text.substr(0, end);
    if (!port.empty() && !absl::ConsumePrefix(&port, ":")) return {};
    if (!absl::StrContains(text, ':')) return {};
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    const size_t colon = text.find(':');
    port = text.substr(colon + 1);
    if (port.empty()) return {};
    text = text.substr(0, colon);
  }
  if (!std::all_of(port.begin(), port.end(), absl::ascii_isdigit)) return {};
  return ParseAddress(text);
}

}  // namespace

ip::address Unmapped(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

std::string NetworkOf(absl::string_view address) {
  const auto parsed = ParseAddress(address);
  if (!parsed) return std::string(address);
  if (parsed->is_v4()) return parsed->to_string();
  return ip::network_v6(parsed->to_v6(), kClientPrefix).canonical().to_string();
}

absl::StatusOr<TrustedProxies> TrustedProxies::Parse(absl::string_view list) {
  TrustedProxies result;
  for (absl::string_view entry : absl::StrSplit(list, ',', absl::SkipWhitespace())) {
    entry = absl::StripAsciiWhitespace(entry);
    const auto bad = [&entry](absl::string_view what) {
      return absl::InvalidArgumentError(absl::StrCat("\"", entry, "\" ", what));
    };
    const std::vector<absl::string_view> parts = absl::StrSplit(entry, '/');
    const auto address = ParseAddress(parts[0]);
    if (!address || parts.size() > 2) {
      return bad("is neither an address nor a block such as 10.0.0.0/8");
    }
    const int bits = address->is_v4() ? 32 : 128;
    int prefix = bits;
    const bool has_prefix = parts.size() == 2;
    if (has_prefix && (!absl::SimpleAtoi(parts[1], &prefix) || prefix < 0 || prefix > bits)) {
      return bad(absl::StrCat("has no prefix length of 0 to ", bits));
    }
    const auto add = [&](auto network, auto& networks) {
      // 10.1.0.0/8 is 10.0.0.0/8, or meant to be /16: not to be guessed where trust is given.
      if (network.canonical() != network) return false;
      networks.push_back(network);
      return true;
    };
    const bool added =
        address->is_v4()
            ? add(ip::network_v4(address->to_v4(), static_cast<uint16_t>(prefix)), result.v4_)
            : add(ip::network_v6(address->to_v6(), static_cast<uint16_t>(prefix)), result.v6_);
    if (!added) return bad("has bits set beyond its prefix");
  }
  return result;
}

bool TrustedProxies::Has(const ip::address& address) const {
  // canonical() clears the bits beyond the prefix.
  if (address.is_v4()) {
    return std::any_of(v4_.begin(), v4_.end(), [&](const ip::network_v4& block) {
      return ip::network_v4(address.to_v4(), block.prefix_length()).canonical() == block;
    });
  }
  return std::any_of(v6_.begin(), v6_.end(), [&](const ip::network_v6& block) {
    return ip::network_v6(address.to_v6(), block.prefix_length()).canonical() == block;
  });
}

ip::address ClientAddress(const ip::address& peer, const boost::beast::http::fields& fields,
                          const TrustedProxies& proxies) {
  ip::address client = Unmapped(peer);
  if (!proxies.Has(client)) return client;
  std::vector<absl::string_view> hops;
  const auto [begin, end] = fields.equal_range("X-Forwarded-For");
  for (auto field = begin; field != end; ++field) {
    const absl::string_view value(field->value().data(), field->value().size());
    for (const absl::string_view hop : absl::StrSplit(value, ',')) hops.push_back(hop);
  }
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const auto address = ParseForwarded(*hop);
    if (!address) return client;
    client = *address;
    if (!proxies.Has(client)) return client;
  }
  return client;
}

}  // namespace cartwright::gateway
