#include "gateway/token_verifier.h"

#include <optional>
#include <utility>

#include "boost/json/value.hpp"
#include "shared/auth/jwt.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"

namespace cartwright::gateway {

namespace json = boost::json;

namespace {

constexpr size_t kMaxSubject = 128;

absl::Status ReadRoles(const json::object& claims, std::vector<std::string>& roles) {
  const json::value* list = claims.if_contains("roles");
  if (list == nullptr) return absl::OkStatus();
  if (!list->is_array()) return InvalidToken();
  for (const json::value& role : list->get_array()) {
    if (!role.is_string()) return InvalidToken();
    roles.emplace_back(role.get_string());
  }
  return absl::OkStatus();
}

}  // namespace

void TokenVerifier::SetKeys(std::shared_ptr<const KeySet> keys) {
  {
    const std::lock_guard lock(keys_mutex_);
    keys_ = std::move(keys);
  }
  ++generation_;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    shard.verified.clear();
  }
}

std::shared_ptr<const KeySet> TokenVerifier::Keys() const {
  const std::lock_guard lock(keys_mutex_);
  return keys_;
}

bool TokenVerifier::HasKeys() const { return Keys() != nullptr; }

bool TokenVerifier::HasKey(absl::string_view kid) const {
  const auto keys = Keys();
  return keys != nullptr && keys->Find(kid) != nullptr;
}

absl::StatusOr<std::shared_ptr<const Principal>> TokenVerifier::Verify(absl::string_view token,
                                                                       absl::Time now,
                                                                       std::string& unknown_kid) {
  unknown_kid.clear();
  const std::string digest = Sha256(token);
  Shard& shard = shards_[static_cast<unsigned char>(digest[0]) % kShards];
  CW_ASSIGN_OR_RETURN(auto principal, Recall(shard, digest, token, now, unknown_kid));
  const RevokedSessions* revoked = options_.revoked;
  if (revoked != nullptr && revoked->Has(principal->session, now)) return InvalidToken();
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
  CW_ASSIGN_OR_RETURN(const Jwt jwt, ParseJwt(token));
  const bool ours =
      jwt.type == "at+jwt" && IsKid(jwt.key_id) && StringOf(jwt.claims, "iss") == options_.issuer;
  if (!ours) return InvalidToken();
  const auto keys = Keys();
  const VerificationKey* key = keys == nullptr ? nullptr : keys->Find(jwt.key_id);
  if (key == nullptr) {
    // Only a key of an algorithm that is used can be asked for.
    if (jwt.algorithm == NameOf(JwsAlgorithm::kEs256)) unknown_kid = jwt.key_id;
    return InvalidToken();
  }
  if (!IsSignedBy(jwt, *key)) return InvalidToken();
  return CheckClaims(jwt.claims, now);
}

// The claims of a token whose signature is good.
absl::StatusOr<Principal> TokenVerifier::CheckClaims(const json::object& claims,
                                                     absl::Time now) const {
  const auto subject = StringOf(claims, "sub");
  const bool good = Names(claims, "aud", options_.audience) && subject && !subject->empty() &&
                    subject->size() <= kMaxSubject;
  if (!good) return InvalidToken();
  Principal principal{.subject = *subject};
  if (const json::value* session = claims.if_contains("sid")) {
    if (!session->is_string()) return InvalidToken();
    principal.session = std::string(session->get_string());
  }
  CW_RETURN_IF_ERROR(ReadRoles(claims, principal.roles));
  CW_ASSIGN_OR_RETURN(const TokenTimes times, CheckTimes(claims, now));
  principal.expires = times.expires;
  return principal;
}

bool TokenVerifier::IsForeign(absl::string_view token) const {
  const auto jwt = ParseJwt(token);
  const auto issuer = jwt.ok() ? StringOf(jwt->claims, "iss") : std::nullopt;
  return issuer && *issuer != options_.issuer;
}

}  // namespace cartwright::gateway
