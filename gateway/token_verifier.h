#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "boost/json/object.hpp"
#include "gateway/revoked_sessions.h"
#include "shared/auth/verification_key.h"

namespace cartwright::gateway {

// Who a verified access token speaks for.
struct Principal {
  std::string subject;
  std::string session;  // empty when the token has none
  std::vector<std::string> roles;
  absl::Time expires;
};

// Verifies the shop's own access tokens (RFC 7519, 7515, 8725, 9068), and nothing else: JWTs that
// identity signed with ES256. A token that was verified is remembered by its SHA-256 until it
// expires or keys change. Thread-safe.
class TokenVerifier {
 public:
  struct Options {
    std::string issuer;
    std::string audience;
    size_t cache_entries = 65536;
    const RevokedSessions* revoked = nullptr;  // null: no session ends early; else outlives this
  };
  explicit TokenVerifier(Options options) : options_(std::move(options)) {}

  // Replaces the keys; what was verified with others is forgotten. A key that is not among them any
  // more is not trusted any more: whoever publishes keys keeps old ones in the set for as long as
  // tokens of theirs live.
  void SetKeys(std::shared_ptr<const KeySet> keys);
  // Whether there are keys.
  bool HasKeys() const;
  // Whether one of them has this id.
  bool HasKey(absl::string_view kid) const;

  // TOKEN_EXPIRED for a token that was valid once, TOKEN_INVALID for any other fault, in the
  // same words; also for one whose session has ended. The reason is INVALID with `unknown_kid` set
  // when the signature could not be checked because this key is not (yet) known; it is empty
  // otherwise.
  absl::StatusOr<std::shared_ptr<const Principal>> Verify(absl::string_view token, absl::Time now,
                                                          std::string& unknown_kid);

  // Whether it has the form of a token, and says that somebody else made it.
  bool IsForeign(absl::string_view token) const;

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
  absl::StatusOr<Principal> CheckClaims(const boost::json::object& claims, absl::Time now) const;
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
