#include "gateway/request_deadline.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"

namespace cartwright::gateway {
namespace {

constexpr absl::string_view kPlain = "Request-Timeout";
constexpr absl::string_view kGrpc = "grpc-timeout";
// gRPC's own bound; more than that is no time that anybody waits.
constexpr size_t kMaxDigits = 8;

// Zero for what is not 1..8 digits of a positive number.
int64_t PositiveNumber(absl::string_view digits) {
  int64_t number = 0;
  const bool well_formed = !digits.empty() && digits.size() <= kMaxDigits &&
                           std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit);
  return well_formed && absl::SimpleAtoi(digits, &number) ? number : 0;
}

// Zero for what is no unit of gRPC.
absl::Duration UnitOf(char unit) {
  switch (unit) {
    case 'H': return absl::Hours(1);
    case 'M': return absl::Minutes(1);
    case 'S': return absl::Seconds(1);
    case 'm': return absl::Milliseconds(1);
    case 'u': return absl::Microseconds(1);
    case 'n': return absl::Nanoseconds(1);
    default: return absl::ZeroDuration();
  }
}

absl::Status Malformed(absl::string_view header, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, api::v1::INVALID_FIELD,
               absl::StrCat("The ", header, " header must be ", what, "."));
}

absl::Status Shorten(const Request& request, absl::string_view header, absl::string_view what,
                     absl::Duration (*parse)(absl::string_view), absl::Duration& timeout) {
  const size_t count = request.Count(header);
  if (count == 0) return absl::OkStatus();
  const absl::Duration wish = parse(request.Header(header));
  if (count > 1 || wish <= absl::ZeroDuration()) return Malformed(header, what);
  timeout = std::min(timeout, wish);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<absl::Duration> TimeoutOf(const Request& request, absl::Duration limit) {
  absl::Duration timeout = limit;
  CW_RETURN_IF_ERROR(Shorten(
      request, kPlain, "one number of milliseconds, 1 to 99999999",
      [](absl::string_view text) { return absl::Milliseconds(PositiveNumber(text)); }, timeout));
  CW_RETURN_IF_ERROR(Shorten(
      request, kGrpc, "one number, 1 to 99999999, and a unit: H, M, S, m, u or n",
      [](absl::string_view text) {
        if (text.empty()) return absl::ZeroDuration();
        return PositiveNumber(text.substr(0, text.size() - 1)) * UnitOf(text.back());
      },
      timeout));
  return timeout;
}

}  // namespace cartwright::gateway
