#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "boost/json/object.hpp"
#include "openssl/evp.h"

namespace cartwright {

// Signature algorithms of JWS (RFC 7518, RFC 8037). There is no HMAC among them, and no "none".
enum class JwsAlgorithm { kEs256, kRs256, kEdDsa };

// The name in a token's header, "ES256".
absl::string_view NameOf(JwsAlgorithm algorithm);

// A public key that verifies with one algorithm and no other (RFC 8725, 3.1). Thread-safe.
class VerificationKey {
 public:
  // From a JWK (RFC 7517): P-256 for ES256, RSA of 2,048 to 8,192 bits for RS256, Ed25519 for
  // EdDSA. Nothing for keys of other kinds, uses and algorithms; an RSA key must name its
  // algorithm, since there are several. INVALID_ARGUMENT for one of ours that is damaged or too
  // weak.
  static absl::StatusOr<std::optional<VerificationKey>> FromJwk(const boost::json::object& jwk);

  JwsAlgorithm algorithm() const { return algorithm_; }

  // True when `signature`, in the form of a JWS, signs `content`.
  bool Verifies(absl::string_view content, absl::string_view signature) const;

 private:
  struct Deleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };

  VerificationKey(JwsAlgorithm algorithm, EVP_PKEY* key) : algorithm_(algorithm), key_(key) {}

  JwsAlgorithm algorithm_;
  std::unique_ptr<EVP_PKEY, Deleter> key_;
};

// True for a key id that is looked up: [A-Za-z0-9._-]{1,64}.
bool IsKid(absl::string_view kid);

// Public keys by key id. Immutable, thread-safe.
class KeySet {
 public:
  // From a JWK set (RFC 7517). `only`: the one algorithm that its owner signs with; keys for others
  // are left out. INVALID_ARGUMENT when none is left, when one is damaged, or when two have one id.
  static absl::StatusOr<KeySet> Parse(absl::string_view jwks,
                                      std::optional<JwsAlgorithm> only = JwsAlgorithm::kEs256);

  // Null for an unknown id.
  const VerificationKey* Find(absl::string_view kid) const;

 private:
  absl::flat_hash_map<std::string, VerificationKey> keys_;
};

}  // namespace cartwright
