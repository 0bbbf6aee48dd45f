#include "shared/auth/jwt.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_split.h"
#include "shared/base/json_check.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"

namespace cartwright {

namespace json = boost::json;

namespace {

constexpr size_t kMaxToken = 4096;
constexpr absl::Duration kLeeway = absl::Seconds(30);
constexpr absl::Duration kMaxLife = absl::Hours(24);
constexpr JsonLimits kTokenJson = {.depth = 4, .members = 32, .items = 32, .string = 1024};

// A NumericDate without a fraction, in a range in which it cannot overflow.
std::optional<absl::Time> TimeOf(const json::object& object, const char* name) {
  constexpr int64_t kMax = 253402300799;
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  const int64_t seconds = value->get_int64();
  if (seconds < 0 || seconds > kMax) return std::nullopt;
  return absl::FromUnixSeconds(seconds);
}

absl::StatusOr<json::object> DecodePart(absl::string_view part) {
  CW_ASSIGN_OR_RETURN(const std::string text, FromBase64Url(part));
  CW_ASSIGN_OR_RETURN(json::value value, ParseStrictJson(text, {}, kTokenJson));
  if (!value.is_object()) return InvalidToken();
  return std::move(value.get_object());
}

}  // namespace

absl::Status InvalidToken() {
  return Error(absl::StatusCode::kUnauthenticated, api::v1::TOKEN_INVALID,
               "The access token is not valid.");
}

absl::StatusOr<Jwt> ParseJwt(absl::string_view token) {
  if (token.size() > kMaxToken) return InvalidToken();
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) return InvalidToken();
  const auto header = DecodePart(parts[0]);
  auto claims = DecodePart(parts[1]);
  auto signature = FromBase64Url(parts[2]);
  if (!header.ok() || !claims.ok() || !signature.ok()) return InvalidToken();
  const auto algorithm = StringOf(*header, "alg");
  const auto key_id = StringOf(*header, "kid");
  const bool has_type = header->contains("typ");
  const auto type = StringOf(*header, "typ");
  if (!algorithm || !key_id || (has_type && !type) || header->contains("crit")) {
    return InvalidToken();
  }
  return Jwt{.algorithm = *algorithm,
             .key_id = *key_id,
             .type = type.value_or(""),
             .claims = *std::move(claims),
             .content = token.substr(0, parts[0].size() + 1 + parts[1].size()),
             .signature = *std::move(signature)};
}

bool IsSignedBy(const Jwt& jwt, const VerificationKey& key) {
  return jwt.algorithm == NameOf(key.algorithm()) && key.Verifies(jwt.content, jwt.signature);
}

std::optional<std::string> StringOf(const json::object& object, absl::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

bool Names(const json::object& claims, absl::string_view claim, absl::string_view wanted) {
  const auto equals = [&](const json::value& value) {
    return value.is_string() && std::string(value.get_string()) == wanted;
  };
  const json::value* found = claims.if_contains({claim.data(), claim.size()});
  if (found == nullptr) return false;
  if (!found->is_array()) return equals(*found);
  const auto& list = found->get_array();
  const bool strings =
      std::all_of(list.begin(), list.end(), [](const auto& item) { return item.is_string(); });
  return strings && std::any_of(list.begin(), list.end(), equals);
}

absl::StatusOr<TokenTimes> CheckTimes(const json::object& claims, absl::Time now,
                                      absl::Duration max_age) {
  const auto expires = TimeOf(claims, "exp");
  const auto issued = TimeOf(claims, "iat");
  const auto not_before = TimeOf(claims, "nbf");
  const bool good = expires && issued && *issued <= now + kLeeway && *expires > *issued &&
                    *expires - *issued <= kMaxLife &&
                    (!claims.contains("nbf") || (not_before && *not_before <= now + kLeeway));
  if (!good) return InvalidToken();
  const TokenTimes times = {*issued, std::min(*expires, *issued + max_age)};
  if (times.expires + kLeeway <= now) {
    return Error(absl::StatusCode::kUnauthenticated, api::v1::TOKEN_EXPIRED,
                 "The access token has expired.");
  }
  return times;
}

}  // namespace cartwright
