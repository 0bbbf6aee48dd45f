#include "gateway/token_verifier.h"

#include <algorithm>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/json_check.h"
#include "gateway/utf8.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"

namespace cartwright::gateway {

namespace json = boost::json;

namespace {

constexpr size_t kMaxToken = 4096;
constexpr size_t kMaxSubject = 128;
constexpr absl::Duration kLeeway = absl::Seconds(30);
constexpr absl::Duration kMaxLife = absl::Hours(24);
constexpr JsonLimits kTokenJson = {.depth = 4, .members = 32, .items = 32, .string = 1024};

// One sentence for every fault: what exactly is wrong helps only who forges.
absl::Status Invalid() {
  return Error(absl::StatusCode::kUnauthenticated, api::v1::TOKEN_INVALID,
               "The access token is not valid.");
}

// A member that is a string; nullopt when it is absent or something else.
std::optional<std::string> StringOf(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

// A NumericDate without a fraction, in a range in which it cannot overflow.
std::optional<absl::Time> TimeOf(const json::object& object, const char* name) {
  constexpr int64_t kMax = 253402300799;
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  const int64_t seconds = value->get_int64();
  if (seconds < 0 || seconds > kMax) return std::nullopt;
  return absl::FromUnixSeconds(seconds);
}

bool AudienceHas(const json::object& claims, absl::string_view wanted) {
  const auto equals = [&](const json::value& value) {
    return value.is_string() && std::string(value.get_string()) == wanted;
  };
  const json::value* audience = claims.if_contains("aud");
  if (audience == nullptr) return false;
  if (!audience->is_array()) return equals(*audience);
  const auto& list = audience->get_array();
  const bool strings =
      std::all_of(list.begin(), list.end(), [](const auto& item) { return item.is_string(); });
  return strings && std::any_of(list.begin(), list.end(), equals);
}

absl::StatusOr<json::object> DecodePart(absl::string_view part) {
  CW_ASSIGN_OR_RETURN(const std::string text, FromBase64Url(part));
  CW_ASSIGN_OR_RETURN(json::value value, ParseStrictJson(text, {}, kTokenJson));
  if (!value.is_object()) return Invalid();
  return std::move(value.get_object());
}

struct TokenHeader {
  std::string algorithm;
  std::string kid;
};

// Of a token of our type, without extensions. What it says of keys is not read.
absl::StatusOr<TokenHeader> CheckHeader(absl::string_view part) {
  CW_ASSIGN_OR_RETURN(const json::object header, DecodePart(part));
  const auto algorithm = StringOf(header, "alg");
  const auto kid = StringOf(header, "kid");
  const bool good = algorithm && StringOf(header, "typ") == "at+jwt" && !header.contains("crit") &&
                    kid && IsKid(*kid);
  if (!good) return Invalid();
  return TokenHeader{.algorithm = *algorithm, .kid = *kid};
}

// A UUID (RFC 9562, version 8) that stands for a subject of an issuer.
std::string SubjectOf(absl::string_view issuer, absl::string_view subject) {
  std::string bytes =
      Sha256(absl::StrCat(issuer, absl::string_view("\0", 1), subject)).substr(0, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x80);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = absl::BytesToHexString(bytes);
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
                      hex.substr(16, 4), "-", hex.substr(20));
}

absl::Status ReadRoles(const json::object& claims, std::vector<std::string>& roles) {
  const json::value* list = claims.if_contains("roles");
  if (list == nullptr) return absl::OkStatus();
  if (!list->is_array()) return Invalid();
  for (const json::value& role : list->get_array()) {
    if (!role.is_string()) return Invalid();
    roles.emplace_back(role.get_string());
  }
  return absl::OkStatus();
}

// The claims of a token of `issuer`, whose signature is good.
absl::StatusOr<Principal> CheckClaims(const json::object& claims, const ExternalIssuer& issuer,
                                      absl::Time now) {
  const auto subject = StringOf(claims, "sub");
  const auto expires = TimeOf(claims, "exp");
  const auto issued = TimeOf(claims, "iat");
  const bool has_not_before = claims.contains("nbf");
  const auto not_before = TimeOf(claims, "nbf");
  const bool good = AudienceHas(claims, issuer.audience) && subject && !subject->empty() &&
                    subject->size() <= kMaxSubject && expires && issued &&
                    *issued <= now + kLeeway && *expires > *issued &&
                    *expires - *issued <= kMaxLife &&
                    (!has_not_before || (not_before && *not_before <= now + kLeeway));
  if (!good) return Invalid();
  Principal principal{.subject = *subject, .expires = *expires};
  if (const json::value* session = claims.if_contains("sid")) {
    if (!session->is_string()) return Invalid();
    principal.session = std::string(session->get_string());
  }
  CW_RETURN_IF_ERROR(ReadRoles(claims, principal.roles));
  if (*expires + kLeeway <= now) {
    return Error(absl::StatusCode::kUnauthenticated, api::v1::TOKEN_EXPIRED,
                 "The access token has expired.");
  }
  return principal;
}

std::vector<ExternalIssuer> AllIssuers(const TokenVerifier::Options& options) {
  std::vector<ExternalIssuer> issuers = {{.issuer = options.issuer, .audience = options.audience}};
  issuers.insert(issuers.end(), options.external.begin(), options.external.end());
  return issuers;
}

// What an external issuer says of a person, in the shop's terms.
void MakeExternal(const ExternalIssuer& issuer, Principal& principal) {
  principal.subject = SubjectOf(issuer.issuer, principal.subject);
  principal.session.clear();
  const auto is_allowed = [&](const std::string& role) {
    return std::find(issuer.roles.begin(), issuer.roles.end(), role) != issuer.roles.end();
  };
  std::erase_if(principal.roles, [&](const std::string& role) { return !is_allowed(role); });
}

}  // namespace

TokenVerifier::TokenVerifier(Options options)
    : options_(std::move(options)), issuers_(AllIssuers(options_)), keys_(issuers_.size()) {}

void TokenVerifier::SetKeysOf(size_t issuer, std::shared_ptr<const KeySet> keys) {
  {
    const std::lock_guard lock(keys_mutex_);
    keys_[issuer] = std::move(keys);
  }
  ++generation_;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    shard.verified.clear();
  }
}

std::shared_ptr<const KeySet> TokenVerifier::KeysOf(size_t issuer) const {
  const std::lock_guard lock(keys_mutex_);
  return keys_[issuer];
}

bool TokenVerifier::HasKeys() const { return KeysOf(0) != nullptr; }

bool TokenVerifier::HasKey(absl::string_view kid) const {
  const auto keys = KeysOf(0);
  return keys != nullptr && keys->Find(kid) != nullptr;
}

absl::StatusOr<std::shared_ptr<const Principal>> TokenVerifier::Verify(absl::string_view token,
                                                                       absl::Time now,
                                                                       std::string& unknown_kid) {
  unknown_kid.clear();
  if (token.size() > kMaxToken) return Invalid();
  const std::string digest = Sha256(token);
  Shard& shard = shards_[static_cast<unsigned char>(digest[0]) % kShards];
  CW_ASSIGN_OR_RETURN(auto principal, Recall(shard, digest, token, now, unknown_kid));
  const RevokedSessions* revoked = options_.revoked;
  if (revoked != nullptr && revoked->Has(principal->session, now)) return Invalid();
  return principal;
}

absl::StatusOr<std::shared_ptr<const Principal>> TokenVerifier::Recall(Shard& shard,
                                                                       const std::string& digest,
                                                                       absl::string_view token,
                                                                       absl::Time now,
                                                                       std::string& unknown_kid) {
  const uint64_t generation = generation_.load();
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.verified.find(digest);
    if (found != shard.verified.end() && now < found->second->expires) return found->second;
  }
  CW_ASSIGN_OR_RETURN(Principal principal, Check(token, now, unknown_kid));
  auto shared = std::make_shared<const Principal>(std::move(principal));
  Remember(shard, digest, shared, generation, now);
  return shared;
}

void TokenVerifier::Remember(Shard& shard, const std::string& digest,
                             std::shared_ptr<const Principal> principal, uint64_t generation,
                             absl::Time now) {
  const std::lock_guard lock(shard.mutex);
  // The keys changed meanwhile, and that of this token may be gone.
  if (generation != generation_.load()) return;
  if (shard.verified.size() >= options_.cache_entries / kShards) {
    absl::erase_if(shard.verified, [&](const auto& entry) { return entry.second->expires <= now; });
  }
  if (shard.verified.size() >= options_.cache_entries / kShards) shard.verified.clear();
  shard.verified[digest] = std::move(principal);
}

absl::StatusOr<Principal> TokenVerifier::Check(absl::string_view token, absl::Time now,
                                               std::string& unknown_kid) const {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) return Invalid();
  const auto header = CheckHeader(parts[0]);
  const auto claims = DecodePart(parts[1]);
  const auto signature = FromBase64Url(parts[2]);
  if (!header.ok() || !claims.ok() || !signature.ok()) return Invalid();
  // Not signed yet: it says whose keys are to be tried, and nothing else is believed of it.
  const auto issuer = std::find_if(issuers_.begin(), issuers_.end(), [&](const auto& known) {
    return StringOf(*claims, "iss") == known.issuer;
  });
  if (issuer == issuers_.end()) return Invalid();
  const size_t index = issuer - issuers_.begin();
  const auto keys = KeysOf(index);
  const VerificationKey* key = keys == nullptr ? nullptr : keys->Find(header->kid);
  if (key == nullptr) {
    // Only a key of the shop itself can be asked for.
    if (index == 0 && header->algorithm == NameOf(JwsAlgorithm::kEs256)) unknown_kid = header->kid;
    return Invalid();
  }
  const absl::string_view content = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (header->algorithm != NameOf(key->algorithm())) return Invalid();
  if (!key->Verifies(content, *signature)) return Invalid();
  CW_ASSIGN_OR_RETURN(Principal principal, CheckClaims(*claims, *issuer, now));
  if (index != 0) MakeExternal(*issuer, principal);
  return principal;
}

}  // namespace cartwright::gateway
