#include "services/identity/session_tokens.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/time_util.h"
#include "shared/base/status.h"
#include "shared/telemetry/log.h"

namespace cartwright::identity {
namespace {

constexpr size_t kTokenBytes = 32;

}  // namespace

std::string NewToken() { return Base64Url(RandomBytes(kTokenBytes)); }

std::string SessionTokens::Successor(absl::string_view refresh_token,
                                     absl::string_view idempotency_key) const {
  if (idempotency_key.empty()) return NewToken();
  return Base64Url(HmacSha256(succession_key_, absl::StrCat(refresh_token, " ", idempotency_key)));
}

std::string SessionTokens::NewDevice(absl::string_view user_id) const {
  return SignDevice(user_id, NewToken());
}

IdentityStore::Device SessionTokens::ReadDevice(absl::string_view device) const {
  const std::vector<std::string> parts = absl::StrSplit(device, '.');
  if (parts.size() != 3 || !SecretsEqual(SignDevice(parts[0], parts[1]), device)) return {};
  return {parts[0], parts[1]};
}

std::string SessionTokens::SignDevice(absl::string_view user_id, absl::string_view name) const {
  const std::string text = absl::StrCat(user_id, ".", name);
  return absl::StrCat(text, ".", Base64Url(HmacSha256(device_key_, text)));
}

v1::User ToUser(const IdentityStore::User& user) {
  v1::User message;
  message.set_id(user.user_id);
  message.set_email(user.email);
  message.set_display_name(user.display_name);
  for (const std::string& role : user.roles) message.add_roles(role);
  *message.mutable_create_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(user.create_time_us);
  return message;
}

absl::Status InvalidCredentials() {
  return Error(absl::StatusCode::kUnauthenticated, v1::INVALID_CREDENTIALS,
               "The e-mail address or the password is wrong.");
}

absl::Status SessionEnded() {
  return Error(absl::StatusCode::kUnauthenticated, api::v1::TOKEN_INVALID,
               "You are not signed in any more; please sign in again.");
}

absl::Status WrongCode() {
  return Error(absl::StatusCode::kUnauthenticated, v1::WRONG_CODE,
               "The code is wrong, old, or was used before.");
}

absl::Status Locked(const rpc::Call& call, const std::string& user_id, const std::string& client_ip,
                    int wait_s) {
  log::Warn("authn_login_lock", "Too many tries; what was given was not looked at.",
            {{"user_id", user_id},
             {"client_ip", client_ip},
             {"request_id", call.request_id},
             {"wait_s", wait_s}});
  return RetryAfter(Error(absl::StatusCode::kResourceExhausted, v1::ACCOUNT_LOCKED,
                          "Too many attempts to sign in; please wait."),
                    absl::Seconds(wait_s));
}

void LogLogin(bool success, const rpc::Call& call, const std::string& user_id,
              const std::string& client_ip, const char* by) {
  const log::Fields fields = {
      {"user_id", user_id}, {"client_ip", client_ip}, {"request_id", call.request_id}, {"by", by}};
  if (success) {
    log::Info("authn_login_success", "Somebody signed in.", fields);
  } else {
    log::Warn("authn_login_fail", "Somebody failed to sign in.", fields);
  }
}

}  // namespace cartwright::identity
