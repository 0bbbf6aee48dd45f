#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "openssl/evp.h"

namespace cartwright::gateway {

// Who a verified access token speaks for.
struct Principal {
  std::string subject;
  std::string session;  // empty when the token has none
  std::vector<std::string> roles;
  absl::Time expires;
};

// Public keys by key id, all for ES256.
class KeySet {
 public:
  // From a JWK set (RFC 7517). Keys of other kinds and uses are left out; INVALID_ARGUMENT when
  // none is left, or when one is not a point of its curve.
  static absl::StatusOr<KeySet> Parse(absl::string_view jwks);

  // Null for an unknown id.
  EVP_PKEY* Find(absl::string_view kid) const;

 private:
  struct Deleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };

  absl::flat_hash_map<std::string, std::unique_ptr<EVP_PKEY, Deleter>> keys_;
};

// Verifies access tokens: JWTs signed with ES256 (RFC 7519, 7515, 8725, 9068), and nothing else.
// A token that was verified is remembered by its SHA-256 until it expires or the keys change.
// Thread-safe.
class TokenVerifier {
 public:
  struct Options {
    std::string issuer;
    std::string audience;
    size_t cache_entries = 65536;
  };
  explicit TokenVerifier(Options options);

  // Replaces the keys; what was verified with others is forgotten.
  void SetKeys(std::shared_ptr<const KeySet> keys);
  bool HasKeys() const;

  // TOKEN_EXPIRED for a token that was valid once, TOKEN_INVALID for any other fault, in the
  // same words. The reason is INVALID with `unknown_key` set when the signature could not be
  // checked because its key is not (yet) known.
  absl::StatusOr<std::shared_ptr<const Principal>> Verify(absl::string_view token, absl::Time now,
                                                          bool& unknown_key);

 private:
  struct Shard {
    std::mutex mutex;
    absl::flat_hash_map<std::string, std::shared_ptr<const Principal>> verified;
  };
  static constexpr size_t kShards = 16;

  absl::StatusOr<Principal> Check(absl::string_view token, absl::Time now, bool& unknown_key) const;
  absl::StatusOr<Principal> CheckClaims(absl::string_view payload, absl::Time now) const;
  std::shared_ptr<const KeySet> Keys() const;
  void Remember(Shard& shard, const std::string& digest, std::shared_ptr<const Principal> principal,
                uint64_t generation, absl::Time now);

  const Options options_;
  mutable std::mutex keys_mutex_;
  std::shared_ptr<const KeySet> keys_;
  std::atomic<uint64_t> generation_{0};
  std::array<Shard, kShards> shards_;
};

}  // namespace cartwright::gateway
