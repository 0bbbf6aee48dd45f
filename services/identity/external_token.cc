#include "services/identity/external_token.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "boost/json/array.hpp"
#include "boost/json/value.hpp"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"
#include "shared/base/utf8.h"

namespace cartwright::identity {

namespace json = boost::json;

namespace {

constexpr size_t kMaxSubject = 255;
constexpr size_t kMaxEmail = 254;
constexpr size_t kMaxName = 100;
constexpr const char* kNoName = "Customer";

// What has control characters says nothing.
std::string TextOf(const json::object& claims, const std::string& name, size_t max) {
  std::string text = StringOf(claims, name).value_or("");
  absl::StripAsciiWhitespace(&text);
  const bool visible = std::none_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
  if (!visible) return "";
  if (text.size() <= max) return text;
  // Not in the middle of a character.
  while ((text[max] & 0xc0) == 0x80) --max;
  return text.substr(0, max);
}

std::string EmailOf(const json::object& claims, const std::string& name) {
  const std::string email = TextOf(claims, name, kMaxEmail + 1);
  const size_t at = email.find('@');
  const bool good = email.size() <= kMaxEmail && at != std::string::npos && at > 0 &&
                    at + 1 < email.size() && email.find(' ') == std::string::npos;
  return good ? email : "";
}

// Theirs that are known, in our words.
std::vector<std::string> RolesOf(const json::object& claims, const ProviderSettings& settings) {
  std::vector<std::string> roles;
  for (const auto& [theirs, ours] : settings.roles) {
    const bool has = Names(claims, settings.roles_claim, theirs);
    if (has && std::find(roles.begin(), roles.end(), ours) == roles.end()) roles.push_back(ours);
  }
  return roles;
}

// Signed by the provider, with a subject, and good now.
absl::StatusOr<ExternalPerson> ReadPerson(const Jwt& jwt, const Provider& provider,
                                          absl::Time now) {
  const ProviderSettings& settings = provider.settings;
  const VerificationKey* key = provider.keys->Find(jwt.key_id);
  const auto subject = StringOf(jwt.claims, "sub");
  const bool good = key != nullptr && IsSignedBy(jwt, *key) &&
                    StringOf(jwt.claims, "iss") == settings.issuer && subject &&
                    !subject->empty() && subject->size() <= kMaxSubject && IsVisibleAscii(*subject);
  if (!good) return InvalidToken();
  CW_ASSIGN_OR_RETURN(const TokenTimes times,
                      CheckTimes(jwt.claims, now, absl::Minutes(settings.token_minutes)));
  ExternalPerson person{.issuer = settings.issuer,
                        .subject = *subject,
                        .email = EmailOf(jwt.claims, settings.email_claim),
                        .display_name = TextOf(jwt.claims, settings.name_claim, kMaxName),
                        .roles = RolesOf(jwt.claims, settings),
                        .issued = times.issued,
                        .expires = times.expires};
  if (person.display_name.empty()) person.display_name = kNoName;
  return person;
}

bool IsAccessToken(const Jwt& jwt, const ProviderSettings& settings) {
  if (!settings.access_claim.empty()) {
    return StringOf(jwt.claims, settings.access_claim) == settings.access_value;
  }
  return jwt.type == "at+jwt" || jwt.type == "application/at+jwt";
}

}  // namespace

absl::StatusOr<ExternalPerson> ReadAccessToken(const Jwt& jwt, const Provider& provider,
                                               absl::Time now) {
  const ProviderSettings& settings = provider.settings;
  const bool ours = !settings.audience.empty() && IsAccessToken(jwt, settings) &&
                    Names(jwt.claims, settings.audience_claim, settings.audience);
  if (!ours) return InvalidToken();
  return ReadPerson(jwt, provider, now);
}

absl::StatusOr<ExternalPerson> ReadIdToken(const Jwt& jwt, const Provider& provider,
                                           absl::string_view nonce, absl::Time now) {
  const ProviderSettings& settings = provider.settings;
  const auto party = StringOf(jwt.claims, "azp");
  const json::value* audience = jwt.claims.if_contains("aud");
  const bool shared =
      audience != nullptr && audience->is_array() && audience->get_array().size() > 1;
  const bool ours = !settings.client_id.empty() && jwt.type != "at+jwt" &&
                    Names(jwt.claims, "aud", settings.client_id) &&
                    (party ? *party == settings.client_id : !shared) &&
                    SecretsEqual(StringOf(jwt.claims, "nonce").value_or(""), nonce);
  if (!ours) return InvalidToken();
  return ReadPerson(jwt, provider, now);
}

}  // namespace cartwright::identity
