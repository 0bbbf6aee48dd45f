#include "gateway/security_headers.h"

#include "absl/strings/str_cat.h"
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

}  // namespace

void AppendSecurityHeaders(const Response& response, int hsts_max_age_s, std::string& head) {
  head.append(kAlways.data(), kAlways.size());
  if (!response.Has("Content-Security-Policy")) {
    head.append(kNothingPolicy.data(), kNothingPolicy.size());
  }
  if (hsts_max_age_s > 0) {
    absl::StrAppend(&head, "Strict-Transport-Security: max-age=", hsts_max_age_s, "\r\n");
  }
}

}  // namespace cartwright::gateway
