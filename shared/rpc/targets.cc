#include "shared/rpc/targets.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "re2/re2.h"

namespace cartwright::rpc {
namespace {

bool IsIpv4(absl::string_view address) {
  static const RE2 kIpv4(R"((?:\d{1,3}\.){3}\d{1,3}:\d+)");
  return RE2::FullMatch(re2::StringPiece(address.data(), address.size()), kIpv4);
}

// Empty when the addresses make no target.
std::string TargetOf(const std::vector<absl::string_view>& addresses) {
  const auto all = [&](auto is) { return std::all_of(addresses.begin(), addresses.end(), is); };
  // Without a "=" there are none: what is missing is split into nothing, not into an empty address.
  if (addresses.empty() || !all(IsAddress)) return "";
  if (addresses.size() == 1) return std::string(addresses[0]);
  if (all(IsIpv4)) return absl::StrCat("ipv4:", absl::StrJoin(addresses, ","));
  const auto is_ipv6 = [](absl::string_view address) { return address[0] == '['; };
  return all(is_ipv6) ? absl::StrCat("ipv6:", absl::StrJoin(addresses, ",")) : "";
}

}  // namespace

bool IsAddress(absl::string_view text) {
  static const RE2 kAddress(R"((?:\[[0-9a-fA-F:.]+\]|[^\s:/,+=\[\]]+):(\d{1,5}))");
  int port = 0;
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kAddress, &port) &&
         port <= 65535;
}

absl::StatusOr<std::map<std::string, std::string>> ParseTargets(absl::string_view text) {
  std::map<std::string, std::string> targets;
  for (absl::string_view entry : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> peer =
        absl::StrSplit(entry, absl::MaxSplits('=', 1));
    std::string target = TargetOf(absl::StrSplit(peer.second, '+'));
    if (peer.first.empty() || target.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", entry, "\" is not name=host:port, or name=ip:port+ip:port"));
    }
    targets[std::string(peer.first)] = std::move(target);
  }
  return targets;
}

}  // namespace cartwright::rpc
