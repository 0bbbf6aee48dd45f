#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "services/identity/identity_store.h"
#include "services/identity/signing_key.h"
#include "shared/db/workers.h"

namespace cartwright::identity {

// The signing keys of all replicas, read from the database and looked at again every minute: one
// that signs, one that will, and those whose tokens may still live. The first replica that misses
// one of the first two makes it. Thread-safe.
class KeyRing {
 public:
  // `sealing_key`: 32 bytes, the same for all replicas.
  KeyRing(db::Workers& workers, IdentityStore& store, std::string sealing_key);

  // Loads the keys, again and again. Call once.
  void Start(boost::asio::io_context& io);

  // Loads the keys. DATA_LOSS when one cannot be opened: no new one is made in its place, since a
  // wrong sealing key would then end every session of the shop.
  boost::asio::awaitable<absl::Status> Load(absl::Time deadline);

  // The key that signs; null before the first load.
  std::shared_ptr<const SigningKey> signer() const;

  // The public halves of all keys that verify.
  std::vector<v1::Jwk> published() const;

 private:
  struct Keys {
    std::shared_ptr<const SigningKey> signer;
    std::vector<v1::Jwk> published;
  };

  boost::asio::awaitable<void> Watch();
  absl::StatusOr<Keys> Read(db::Connection& db) const;
  absl::StatusOr<std::vector<IdentityStore::SealedKey>> ListOrMake(db::Connection& db) const;

  db::Workers& workers_;
  IdentityStore& store_;
  const std::string sealing_key_;
  mutable std::mutex mutex_;
  Keys keys_;
};

}  // namespace cartwright::identity
