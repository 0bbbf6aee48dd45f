#include "services/identity/access_token.h"

#include "absl/strings/str_cat.h"
#include "boost/json/array.hpp"
#include "boost/json/object.hpp"
#include "boost/json/serialize.hpp"
#include "shared/base/secret.h"
#include "shared/base/uuid.h"

namespace cartwright::identity {

namespace json = boost::json;

namespace {

std::string SignedJwt(const SigningKey& key, const char* type, const json::object& payload) {
  const json::object header = {{"alg", "ES256"}, {"typ", type}, {"kid", key.id()}};
  const std::string content =
      absl::StrCat(Base64Url(json::serialize(header)), ".", Base64Url(json::serialize(payload)));
  return absl::StrCat(content, ".", Base64Url(key.Sign(content)));
}

}  // namespace

std::string MintAccessToken(const SigningKey& key, const AccessClaims& claims, absl::Time now) {
  const json::object payload = {{"iss", claims.issuer},
                                {"aud", "cartwright"},
                                {"client_id", "cartwright-web"},
                                {"sub", claims.user_id},
                                {"sid", claims.session_id},
                                {"jti", NewUuid()},
                                {"iat", absl::ToUnixSeconds(now)},
                                {"exp", absl::ToUnixSeconds(now + kAccessTokenLife)},
                                {"roles", json::array(claims.roles.begin(), claims.roles.end())}};
  return SignedJwt(key, "at+jwt", payload);
}

std::string MintIdToken(const SigningKey& key, const IdClaims& claims, absl::Time now) {
  json::object payload = {{"iss", claims.issuer},
                          {"aud", claims.client_id},
                          {"sub", claims.user_id},
                          {"auth_time", absl::ToUnixSeconds(claims.sign_in_time)},
                          {"iat", absl::ToUnixSeconds(now)},
                          {"exp", absl::ToUnixSeconds(now + kAccessTokenLife)}};
  if (!claims.nonce.empty()) payload["nonce"] = claims.nonce;
  return SignedJwt(key, "JWT", payload);
}

}  // namespace cartwright::identity
