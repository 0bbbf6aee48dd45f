#include "services/identity/provider_settings.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "services/identity/https_client.h"
#include "shared/base/json_check.h"
#include "shared/base/status_macros.h"

namespace cartwright::identity {

namespace json = boost::json;

namespace {

constexpr size_t kMaxProviders = 16;
constexpr size_t kMaxIssuer = 512;
constexpr int kMaxTokenMinutes = 24 * 60;

// A member that is text, and where it goes.
struct TextField {
  const char* name;
  std::string* value;
};

absl::Status Mistake(const std::string& where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

// Members that are texts; others are left to `others`, and more are a mistake.
absl::Status ReadTexts(const json::object& object, const std::string& where,
                       const std::vector<TextField>& fields,
                       const std::set<std::string>& others = {}) {
  for (const auto& member : object) {
    const std::string name(member.key());
    if (others.contains(name)) continue;
    const TextField* known = nullptr;
    for (const TextField& field : fields) {
      if (name == field.name) known = &field;
    }
    if (known == nullptr) return Mistake(where, absl::StrCat("there is no \"", name, "\" in it"));
    if (!member.value().is_string() || member.value().get_string().empty()) {
      return Mistake(where, absl::StrCat("\"", name, "\" is not a text"));
    }
    *known->value = std::string(member.value().get_string());
  }
  return absl::OkStatus();
}

// The members of `object`'s member `name`, an object of texts; nothing when it is absent.
absl::StatusOr<const json::object*> Inner(const json::object& object, const std::string& where,
                                          const char* name) {
  static const json::object kNone;
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return &kNone;
  if (!value->is_object()) return Mistake(where, absl::StrCat("\"", name, "\" is not an object"));
  return &value->get_object();
}

absl::Status ReadRoles(const json::object& roles, const std::string& where,
                       ProviderSettings& settings) {
  for (const auto& member : roles) {
    const bool known = member.value().is_string() && (member.value().get_string() == "shopper" ||
                                                      member.value().get_string() == "admin");
    if (!known) return Mistake(where, "a role is neither \"shopper\" nor \"admin\"");
    settings.roles[std::string(member.key())] = std::string(member.value().get_string());
  }
  return absl::OkStatus();
}

absl::Status CheckProvider(const ProviderSettings& settings, const std::string& where) {
  static const RE2 kId("[a-z0-9-]{1,32}");
  if (!RE2::FullMatch(settings.id, kId)) {
    return Mistake(where, "\"id\" is not of 1 to 32 small letters, digits and dashes");
  }
  if (settings.name.empty()) return Mistake(where, "it has no \"name\"");
  const auto has_query = settings.issuer.find('?') != std::string::npos;
  if (!IsHttpsUrl(settings.issuer) || has_query || settings.issuer.size() > kMaxIssuer) {
    return Mistake(where, "\"issuer\" is not an https URL");
  }
  if (settings.audience.empty() && settings.client_id.empty()) {
    return Mistake(where, "without \"audience\" and \"clientId\" it is of no use");
  }
  if (settings.access_claim.empty() != settings.access_value.empty()) {
    return Mistake(where, "\"accessTokens\" has not both \"claim\" and \"value\"");
  }
  return absl::OkStatus();
}

absl::StatusOr<ProviderSettings> ReadProvider(const json::value& value, const std::string& where) {
  if (!value.is_object()) return Mistake(where, "it is not an object");
  const json::object& object = value.get_object();
  ProviderSettings s;
  CW_RETURN_IF_ERROR(ReadTexts(object, where,
                               {{"id", &s.id},
                                {"name", &s.name},
                                {"issuer", &s.issuer},
                                {"audience", &s.audience},
                                {"clientId", &s.client_id},
                                {"clientSecretFile", &s.client_secret_file},
                                {"caFile", &s.ca_file}},
                               {"claims", "roles", "accessTokens", "tokenMinutes"}));
  CW_ASSIGN_OR_RETURN(const json::object* claims, Inner(object, where, "claims"));
  CW_RETURN_IF_ERROR(ReadTexts(*claims, where,
                               {{"audience", &s.audience_claim},
                                {"roles", &s.roles_claim},
                                {"email", &s.email_claim},
                                {"name", &s.name_claim}}));
  CW_ASSIGN_OR_RETURN(const json::object* access, Inner(object, where, "accessTokens"));
  CW_RETURN_IF_ERROR(
      ReadTexts(*access, where, {{"claim", &s.access_claim}, {"value", &s.access_value}}));
  if (const json::value* minutes = object.if_contains("tokenMinutes")) {
    const int64_t* number = minutes->if_int64();
    if (number == nullptr || *number < 1 || *number > kMaxTokenMinutes) {
      return Mistake(where, absl::StrCat("\"tokenMinutes\" is not 1 to ", kMaxTokenMinutes));
    }
    s.token_minutes = static_cast<int>(*number);
  }
  CW_ASSIGN_OR_RETURN(const json::object* roles, Inner(object, where, "roles"));
  CW_RETURN_IF_ERROR(ReadRoles(*roles, where, s));
  CW_RETURN_IF_ERROR(CheckProvider(s, where));
  return s;
}

}  // namespace

absl::StatusOr<std::vector<ProviderSettings>> ParseProviders(absl::string_view text,
                                                             absl::string_view own) {
  const auto value = ParseStrictJson(text);
  if (!value.ok()) return absl::InvalidArgumentError("it is not strict JSON");
  const json::value* list =
      value->is_object() ? value->get_object().if_contains("providers") : nullptr;
  if (list == nullptr || !list->is_array() || value->get_object().size() != 1) {
    return absl::InvalidArgumentError(
        "it is not an object with a list \"providers\" and nothing else");
  }
  if (list->get_array().size() > kMaxProviders) {
    return absl::InvalidArgumentError(
        absl::StrCat("it has more than ", kMaxProviders, " providers"));
  }
  std::vector<ProviderSettings> result;
  std::set<std::string> seen = {std::string(own)};
  for (const json::value& item : list->get_array()) {
    const std::string where = absl::StrCat("providers[", result.size(), "]");
    CW_ASSIGN_OR_RETURN(ProviderSettings settings, ReadProvider(item, where));
    if (!seen.insert(settings.issuer).second || !seen.insert(settings.id).second) {
      return Mistake(where, "its id or its issuer is there twice, or is this shop's");
    }
    result.push_back(std::move(settings));
  }
  return result;
}

}  // namespace cartwright::identity
