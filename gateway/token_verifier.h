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
#include "gateway/revoked_sessions.h"
#include "gateway/verification_key.h"

namespace cartwright::gateway {

// Who a verified access token speaks for.
struct Principal {
  std::string subject;
  std::string session;  // empty when the token has none
  std::vector<std::string> roles;
  absl::Time expires;
};

// Somebody else whose access tokens are taken. A value.
struct ExternalIssuer {
  std::string issuer;
  std::string audience;
  std::vector<std::string> roles;  // that its tokens can give; others in them are left out
};

// Verifies access tokens (RFC 7519, 7515, 8725, 9068), and nothing else: JWTs of the shop itself,
// signed with ES256, and those of external issuers, each with its own keys. The subject of an
// external token is a UUID made of its issuer and subject, so that no external issuer can speak for
// a user of the shop, or of another issuer; its session is empty. A token that was verified is
// remembered by its SHA-256 until it expires or keys change. Thread-safe.
class TokenVerifier {
 public:
  struct Options {
    std::string issuer;
    std::string audience;
    size_t cache_entries = 65536;
    std::vector<ExternalIssuer> external = {};
    const RevokedSessions* revoked = nullptr;  // null: no session ends early; else outlives this
  };
  explicit TokenVerifier(Options options);

  // Replaces the keys of the shop; what was verified with others is forgotten. A key that is not
  // among them any more is not trusted any more: whoever publishes keys keeps old ones in the set
  // for as long as tokens of theirs live.
  void SetKeys(std::shared_ptr<const KeySet> keys) { SetKeysOf(0, std::move(keys)); }
  // The same for `external[index]`.
  void SetExternalKeys(size_t index, std::shared_ptr<const KeySet> keys) {
    SetKeysOf(index + 1, std::move(keys));
  }
  // Whether the shop's keys are here.
  bool HasKeys() const;
  // Whether one of them has this id.
  bool HasKey(absl::string_view kid) const;

  // TOKEN_EXPIRED for a token that was valid once, TOKEN_INVALID for any other fault, in the
  // same words; also for one whose session has ended. The reason is INVALID with `unknown_kid` set
  // when the signature could not be checked because this key of the shop's is not (yet) known; it
  // is empty otherwise.
  absl::StatusOr<std::shared_ptr<const Principal>> Verify(absl::string_view token, absl::Time now,
                                                          std::string& unknown_kid);

 private:
  struct Shard {
    std::mutex mutex;
    absl::flat_hash_map<std::string, std::shared_ptr<const Principal>> verified;
  };
  static constexpr size_t kShards = 16;

  absl::StatusOr<std::shared_ptr<const Principal>> Recall(Shard& shard, const std::string& digest,
                                                          absl::string_view token, absl::Time now,
                                                          std::string& unknown_kid);
  absl::StatusOr<Principal> Check(absl::string_view token, absl::Time now,
                                  std::string& unknown_kid) const;
  void SetKeysOf(size_t issuer, std::shared_ptr<const KeySet> keys);
  std::shared_ptr<const KeySet> KeysOf(size_t issuer) const;
  void Remember(Shard& shard, const std::string& digest, std::shared_ptr<const Principal> principal,
                uint64_t generation, absl::Time now);

  const Options options_;
  const std::vector<ExternalIssuer> issuers_;  // the shop itself is the first
  mutable std::mutex keys_mutex_;
  std::vector<std::shared_ptr<const KeySet>> keys_;  // parallel to issuers_
  std::atomic<uint64_t> generation_{0};
  std::array<Shard, kShards> shards_;
};

}  // namespace cartwright::gateway
