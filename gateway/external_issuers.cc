#include "gateway/external_issuers.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "gateway/json_check.h"
#include "shared/base/status_macros.h"

namespace cartwright::gateway {

namespace json = boost::json;

namespace {

constexpr size_t kMaxIssuers = 16;

absl::Status Mistake(absl::string_view entry, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(entry, ": ", what));
}

absl::StatusOr<std::string> TextOf(const json::object& object, const std::string& entry,
                                   const char* name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string() || value->get_string().empty()) {
    return Mistake(entry, absl::StrCat("\"", name, "\" is not a text"));
  }
  return std::string(value->get_string());
}

absl::StatusOr<ExternalIssuerEntry> ReadEntry(const json::value& value, const std::string& entry) {
  if (!value.is_object()) return Mistake(entry, "it is not an object");
  const json::object& object = value.get_object();
  const std::set<std::string> known = {"issuer", "audience", "jwksFile", "roles"};
  for (const auto& member : object) {
    const std::string name(member.key());
    if (!known.contains(name)) {
      return Mistake(entry, absl::StrCat("there is no \"", name, "\" in it"));
    }
  }
  ExternalIssuerEntry result;
  CW_ASSIGN_OR_RETURN(result.issuer.issuer, TextOf(object, entry, "issuer"));
  CW_ASSIGN_OR_RETURN(result.issuer.audience, TextOf(object, entry, "audience"));
  CW_ASSIGN_OR_RETURN(result.jwks_file, TextOf(object, entry, "jwksFile"));
  const json::value* roles = object.if_contains("roles");
  if (roles == nullptr) return result;
  if (!roles->is_array()) return Mistake(entry, "\"roles\" is not a list");
  for (const json::value& role : roles->get_array()) {
    if (!role.is_string()) return Mistake(entry, "a role is not a string");
    result.issuer.roles.emplace_back(role.get_string());
  }
  return result;
}

}  // namespace

absl::StatusOr<std::vector<ExternalIssuerEntry>> ParseExternalIssuers(absl::string_view text,
                                                                      absl::string_view own) {
  const auto value = ParseStrictJson(text);
  if (!value.ok()) return absl::InvalidArgumentError("it is not strict JSON");
  const json::value* list =
      value->is_object() ? value->get_object().if_contains("issuers") : nullptr;
  if (list == nullptr || !list->is_array() || value->get_object().size() != 1) {
    return absl::InvalidArgumentError(
        "it is not an object with a list \"issuers\" and nothing else");
  }
  if (list->get_array().size() > kMaxIssuers) {
    return absl::InvalidArgumentError(absl::StrCat("it has more than ", kMaxIssuers, " issuers"));
  }
  std::vector<ExternalIssuerEntry> result;
  std::set<std::string> seen = {std::string(own)};
  for (const json::value& item : list->get_array()) {
    const std::string entry = absl::StrCat("issuers[", result.size(), "]");
    CW_ASSIGN_OR_RETURN(ExternalIssuerEntry issuer, ReadEntry(item, entry));
    if (!seen.insert(issuer.issuer.issuer).second) {
      return Mistake(entry, absl::StrCat(issuer.issuer.issuer, " is there twice, or is this shop"));
    }
    result.push_back(std::move(issuer));
  }
  return result;
}

}  // namespace cartwright::gateway
