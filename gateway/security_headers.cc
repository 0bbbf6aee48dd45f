#include "gateway/security_headers.h"

#include "absl/strings/string_view.h"

namespace cartwright::gateway {
namespace {

constexpr absl::string_view kAlways =
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n";

// Of what is no page: JSON that somebody opens in a tab.
constexpr absl::string_view kNothingPolicy =
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";

constexpr absl::string_view kTransportSecurity =
    "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";

}  // namespace

void AppendSecurityHeaders(const Response& response, bool over_tls, std::string& head) {
  head.append(kAlways.data(), kAlways.size());
  if (!response.Has("Content-Security-Policy")) {
    head.append(kNothingPolicy.data(), kNothingPolicy.size());
  }
  if (over_tls) head.append(kTransportSecurity.data(), kTransportSecurity.size());
}

}  // namespace cartwright::gateway
