#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "boost/json/object.hpp"
#include "shared/auth/verification_key.h"

namespace cartwright {

// A JWT in the compact form of a JWS (RFC 7519, 7515), taken apart; nothing of it is believed yet.
struct Jwt {
  std::string algorithm;
  std::string key_id;
  std::string type;  // empty when it says none
  boost::json::object claims;
  absl::string_view content;  // what is signed; of the text that was parsed
  std::string signature;
};

// TOKEN_INVALID, in one sentence for every fault: what exactly is wrong helps only who forges.
absl::Status InvalidToken();

// The parts of a token of at most 4,096 bytes in strict base64url and strict JSON, with an
// algorithm, a key id and no extensions (`crit`); nothing it says of keys is read. TOKEN_INVALID.
absl::StatusOr<Jwt> ParseJwt(absl::string_view token);

// Whether `key` signed it, with the algorithm that the token names.
bool IsSignedBy(const Jwt& jwt, const VerificationKey& key);

// A member that is a string; nullopt when it is absent or something else.
std::optional<std::string> StringOf(const boost::json::object& object, absl::string_view name);

// Whether `claim`, a string or a list of strings, is or has `wanted`.
bool Names(const boost::json::object& claims, absl::string_view claim, absl::string_view wanted);

// When a token was made, and when it expires.
struct TokenTimes {
  absl::Time issued;
  absl::Time expires;
};

// Of a token that says so, was made before `now` and lives for a day at most; it expires after
// `max_age`. Clocks may differ by thirty seconds. Errors: TOKEN_INVALID; TOKEN_EXPIRED.
absl::StatusOr<TokenTimes> CheckTimes(const boost::json::object& claims, absl::Time now,
                                      absl::Duration max_age = absl::Hours(24));

}  // namespace cartwright
