#include "gateway/token_verifier.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/json_check.h"
#include "gateway/utf8.h"
#include "openssl/bn.h"
#include "openssl/core_names.h"
#include "openssl/ecdsa.h"
#include "openssl/param_build.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"

namespace cartwright::gateway {

namespace json = boost::json;

namespace {

constexpr size_t kMaxToken = 4096;
constexpr size_t kMaxKid = 64;
constexpr size_t kMaxSubject = 128;
constexpr size_t kCoordinate = 32;  // bytes of one coordinate, and of r and s, on P-256
constexpr absl::Duration kLeeway = absl::Seconds(30);
constexpr absl::Duration kMaxLife = absl::Hours(24);
constexpr JsonLimits kTokenJson = {.depth = 4, .members = 32, .items = 32, .string = 1024};

// One sentence for every fault: what exactly is wrong helps only who forges.
absl::Status Invalid() {
  return Error(absl::StatusCode::kUnauthenticated, api::v1::TOKEN_INVALID,
               "The access token is not valid.");
}

bool IsKid(absl::string_view kid) {
  return !kid.empty() && kid.size() <= kMaxKid && std::all_of(kid.begin(), kid.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
  });
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

absl::StatusOr<EVP_PKEY*> MakeKey(absl::string_view x, absl::string_view y) {
  const std::string point = absl::StrCat("\x04", x, y);
  const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> builder(
      OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> params(
      OSSL_PARAM_BLD_to_param(builder.get()), OSSL_PARAM_free);
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  // A point that is not on the curve is refused here.
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return absl::InvalidArgumentError("a key is not a point of P-256");
  }
  return key;
}

// ECDSA wants r and s as DER; a JWS has them side by side.
std::string DerSignature(absl::string_view raw) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(ECDSA_SIG_new(),
                                                                        ECDSA_SIG_free);
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes, kCoordinate, nullptr),
                 BN_bin2bn(bytes + kCoordinate, kCoordinate, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  std::string result(reinterpret_cast<char*>(der), size > 0 ? size : 0);
  OPENSSL_free(der);
  return result;
}

bool IsSigned(EVP_PKEY* key, absl::string_view content, absl::string_view signature) {
  if (signature.size() != 2 * kCoordinate) return false;
  // r = 0 or s = 0 verifies nothing; OpenSSL refuses them too.
  const std::string der = DerSignature(signature);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(der.data()),
                          der.size(), reinterpret_cast<const unsigned char*>(content.data()),
                          content.size()) == 1;
}

absl::StatusOr<json::object> DecodePart(absl::string_view part) {
  CW_ASSIGN_OR_RETURN(const std::string text, FromBase64Url(part));
  CW_ASSIGN_OR_RETURN(json::value value, ParseStrictJson(text, {}, kTokenJson));
  if (!value.is_object()) return Invalid();
  return std::move(value.get_object());
}

// The key id of a header that names our algorithm and type, and no extension.
absl::StatusOr<std::string> CheckHeader(absl::string_view part) {
  CW_ASSIGN_OR_RETURN(const json::object header, DecodePart(part));
  const auto kid = StringOf(header, "kid");
  const bool good = StringOf(header, "alg") == "ES256" && StringOf(header, "typ") == "at+jwt" &&
                    !header.contains("crit") && kid && IsKid(*kid);
  if (!good) return Invalid();
  return *kid;
}

}  // namespace

absl::StatusOr<KeySet> KeySet::Parse(absl::string_view jwks) {
  CW_ASSIGN_OR_RETURN(const json::value value, ParseStrictJson(jwks));
  const json::value* list = value.is_object() ? value.get_object().if_contains("keys") : nullptr;
  if (list == nullptr || !list->is_array()) {
    return absl::InvalidArgumentError("the JWK set has no keys");
  }
  KeySet result;
  for (const json::value& item : list->get_array()) {
    if (!item.is_object()) return absl::InvalidArgumentError("a key is not an object");
    const json::object& key = item.get_object();
    const auto kid = StringOf(key, "kid");
    const auto x = FromBase64Url(StringOf(key, "x").value_or(""));
    const auto y = FromBase64Url(StringOf(key, "y").value_or(""));
    const bool usable = StringOf(key, "kty") == "EC" && StringOf(key, "crv") == "P-256" &&
                        StringOf(key, "alg").value_or("ES256") == "ES256" &&
                        StringOf(key, "use").value_or("sig") == "sig" && kid && IsKid(*kid) &&
                        x.ok() && y.ok() && x->size() == kCoordinate && y->size() == kCoordinate;
    if (!usable) continue;
    CW_ASSIGN_OR_RETURN(EVP_PKEY * made, MakeKey(*x, *y));
    result.keys_[*kid].reset(made);
  }
  if (result.keys_.empty()) return absl::InvalidArgumentError("the JWK set has no ES256 key");
  return result;
}

EVP_PKEY* KeySet::Find(absl::string_view kid) const {
  const auto found = keys_.find(kid);
  return found == keys_.end() ? nullptr : found->second.get();
}

TokenVerifier::TokenVerifier(Options options) : options_(std::move(options)) {}

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

absl::StatusOr<std::shared_ptr<const Principal>> TokenVerifier::Verify(absl::string_view token,
                                                                       absl::Time now,
                                                                       bool& unknown_key) {
  unknown_key = false;
  if (token.size() > kMaxToken) return Invalid();
  const std::string digest = Sha256(token);
  Shard& shard = shards_[static_cast<unsigned char>(digest[0]) % kShards];
  const uint64_t generation = generation_.load();
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.verified.find(digest);
    if (found != shard.verified.end() && now < found->second->expires) return found->second;
  }
  CW_ASSIGN_OR_RETURN(Principal principal, Check(token, now, unknown_key));
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
                                               bool& unknown_key) const {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) return Invalid();
  const auto kid = CheckHeader(parts[0]);
  const auto signature = FromBase64Url(parts[2]);
  if (!kid.ok() || !signature.ok()) return Invalid();
  const auto keys = Keys();
  EVP_PKEY* key = keys == nullptr ? nullptr : keys->Find(*kid);
  if (key == nullptr) {
    unknown_key = true;
    return Invalid();
  }
  const absl::string_view content = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (!IsSigned(key, content, *signature)) return Invalid();
  return CheckClaims(parts[1], now);
}

absl::StatusOr<Principal> TokenVerifier::CheckClaims(absl::string_view payload,
                                                     absl::Time now) const {
  const auto claims = DecodePart(payload);
  if (!claims.ok()) return Invalid();
  const auto subject = StringOf(*claims, "sub");
  const auto expires = TimeOf(*claims, "exp");
  const auto issued = TimeOf(*claims, "iat");
  const bool has_not_before = claims->contains("nbf");
  const auto not_before = TimeOf(*claims, "nbf");
  const bool good =
      StringOf(*claims, "iss") == options_.issuer && AudienceHas(*claims, options_.audience) &&
      subject && !subject->empty() && subject->size() <= kMaxSubject && expires && issued &&
      *issued <= now + kLeeway && *expires > *issued && *expires - *issued <= kMaxLife &&
      (!has_not_before || (not_before && *not_before <= now + kLeeway));
  if (!good) return Invalid();
  Principal principal{.subject = *subject, .expires = *expires};
  if (const json::value* session = claims->if_contains("sid")) {
    if (!session->is_string()) return Invalid();
    principal.session = std::string(session->get_string());
  }
  if (const json::value* roles = claims->if_contains("roles")) {
    if (!roles->is_array()) return Invalid();
    for (const json::value& role : roles->get_array()) {
      if (!role.is_string()) return Invalid();
      principal.roles.emplace_back(role.get_string());
    }
  }
  if (*expires + kLeeway <= now) {
    return Error(absl::StatusCode::kUnauthenticated, api::v1::TOKEN_EXPIRED,
                 "The access token has expired.");
  }
  return principal;
}

}  // namespace cartwright::gateway
