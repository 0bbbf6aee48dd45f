#include "gateway/throttle.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cartwright/api/v1/error_reason.pb.h"
#include "gateway/client_address.h"
#include "gateway/wire.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"

namespace cartwright::gateway {
namespace {

constexpr size_t kMaxApiKey = 128;
constexpr absl::Duration kDay = absl::Hours(24);

int64_t SecondsUp(absl::Duration duration) {
  return absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1)));
}

absl::Status TooMany(api::v1::ErrorReason reason, absl::string_view sentence,
                     absl::Duration retry_after) {
  return RetryAfter(Error(absl::StatusCode::kResourceExhausted, reason, sentence), retry_after);
}

absl::Status RateLimited(absl::Duration retry_after) {
  return TooMany(api::v1::RATE_LIMITED, "Too many calls in a short time; please wait a moment.",
                 retry_after);
}

// The last value of a string field; empty when it is absent.
absl::string_view StringIn(absl::string_view message, int number) {
  absl::string_view value;
  WireReader reader(message);
  for (WireField field; reader.Next(field);) {
    if (field.number == number && field.type == WireType::kBytes) value = field.bytes;
  }
  return value;
}

}  // namespace

void LimitReport::Note(absl::string_view name, int64_t quota, absl::Duration window,
                       int64_t remaining, absl::Duration reset) {
  if (!name_.empty() && remaining > remaining_) return;
  name_ = std::string(name);
  quota_ = quota;
  window_ = window;
  remaining_ = remaining;
  reset_ = reset;
}

void LimitReport::AddTo(Response& response) const {
  if (name_.empty()) return;
  response.Add("RateLimit-Policy",
               absl::StrCat("\"", name_, "\";q=", quota_, ";w=", SecondsUp(window_)));
  response.Add("RateLimit",
               absl::StrCat("\"", name_, "\";r=", remaining_, ";t=", SecondsUp(reset_)));
}

absl::Status Throttle::Take(RateClass rate_class, absl::string_view key, absl::Time now,
                            LimitReport& report) {
  const RateLimit& limit = limits_.Of(rate_class);
  if (limit.IsOff()) return absl::OkStatus();
  const absl::string_view name = NameOf(rate_class);
  const RateVerdict verdict = limiter_.Take(absl::StrCat(name, " ", key), limit, now);
  report.Note(name, limit.burst, limit.Refill(), verdict.remaining, verdict.reset);
  return verdict.allowed ? absl::OkStatus() : RateLimited(verdict.retry_after);
}

absl::Status Throttle::CheckAddress(const Request& request, absl::Time now, Caller& caller,
                                    LimitReport& report) {
  caller.network = NetworkOf(request.client_ip);
  const size_t keys = plans_ == nullptr ? 0 : request.Count("X-Api-Key");
  if (keys > 0) {
    const absl::string_view key = request.Header("X-Api-Key");
    if (keys == 1 && key.size() <= kMaxApiKey) caller.partner = plans_->Find(key, now);
    if (caller.partner != nullptr) return absl::OkStatus();
  }
  CW_RETURN_IF_ERROR(Take(RateClass::kAddress, caller.network, now, report));
  if (keys == 0) return absl::OkStatus();
  return CountRefusal(Error(absl::StatusCode::kUnauthenticated, api::v1::API_KEY_INVALID,
                            "The API key is not valid."),
                      caller, now, report);
}

absl::Status Throttle::CountRefusal(const absl::Status& refusal, const Caller& caller,
                                    absl::Time now, LimitReport& report) {
  if (refusal.code() != absl::StatusCode::kUnauthenticated) return refusal;
  CW_RETURN_IF_ERROR(Take(RateClass::kAnonymous, caller.network, now, report));
  return refusal;
}

absl::Status Throttle::CheckPartner(const Partner& partner, absl::Time now, LimitReport& report) {
  const UsagePlan& plan = *partner.plan;
  const RateVerdict verdict =
      limiter_.Take(absl::StrCat("plan ", plan.name, " ", partner.id), plan.limit, now);
  report.Note("plan", plan.limit.burst, plan.limit.Refill(), verdict.remaining, verdict.reset);
  if (!verdict.allowed) return RateLimited(verdict.retry_after);
  if (plan.daily_quota == 0) return absl::OkStatus();
  const UsagePlans::Quota quota = plans_->Take(partner, now);
  report.Note("quota", plan.daily_quota, kDay, quota.remaining, quota.reset);
  if (quota.allowed) return absl::OkStatus();
  return TooMany(api::v1::QUOTA_EXCEEDED, "The calls of this API key are used up for today.",
                 quota.reset);
}

absl::Status Throttle::CheckCaller(const Route& route, const Caller& caller, absl::Time now,
                                   LimitReport& report) {
  if (caller.partner != nullptr) CW_RETURN_IF_ERROR(CheckPartner(*caller.partner, now, report));
  if (!caller.user.empty()) return Take(route.rate_class, caller.user, now, report);
  // Credentials are guessed with an API key as well as without.
  if (route.rate_class == RateClass::kAuth) {
    return Take(RateClass::kAuthAddress, caller.network, now, report);
  }
  if (caller.partner != nullptr) return absl::OkStatus();
  return Take(RateClass::kAnonymous, caller.network, now, report);
}

absl::Status Throttle::CheckAccount(const Route& route, absl::string_view message,
                                    const Caller& caller, absl::Time now, LimitReport& report) {
  if (route.rate_limit_key == 0) return absl::OkStatus();
  const std::string account = absl::AsciiStrToLower(StringIn(message, route.rate_limit_key));
  // A digest: of any length, and memory has no list of people's addresses.
  return Take(route.rate_class, absl::StrCat(Sha256(account), " ", caller.network), now, report);
}

}  // namespace cartwright::gateway
