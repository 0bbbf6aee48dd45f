#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/thread_pool.hpp"

namespace cartwright::identity {

// What a hash costs. The default is OWASP's minimum for Argon2id; when it changes, each password is
// hashed again at its next login.
struct HashCost {
  uint32_t memory_kib = 19456;
  uint32_t passes = 2;
};

// The Argon2id hash of a password, as a PHC string, with a new salt.
std::string HashPassword(absl::string_view password, HashCost cost = {});

// Whether `hash` is of this password; false for a hash that is not Argon2id's.
bool IsPassword(absl::string_view password, const std::string& hash);

// Whether a hash was made at another cost than the default.
bool NeedsRehash(absl::string_view hash);

// Hashes passwords on threads of its own, so that a flood of logins can take no more than
// `threads` cores and 19 MiB each, and nothing else waits for it. What cannot be hashed soon is
// refused with OVERLOADED. Coroutines resume on their own executor. Thread-safe.
class PasswordHasher {
 public:
  // REQUIRES: threads is 1..64, as --hash_threads is checked to be.
  explicit PasswordHasher(int threads);
  ~PasswordHasher();

  boost::asio::awaitable<absl::StatusOr<std::string>> Hash(std::string password,
                                                           absl::Time deadline);

  // Takes as long for an empty `hash`, that of nobody, as for a real one; false then.
  boost::asio::awaitable<absl::StatusOr<bool>> Verify(std::string password, std::string hash,
                                                      absl::Time deadline);

 private:
  // Passwords that may wait per thread: about a second's work.
  static constexpr int kQueuePerThread = 32;

  template <typename Work>
  auto Run(Work work, absl::Time deadline)
      -> boost::asio::awaitable<absl::StatusOr<decltype(work())>>;

  const int limit_;
  const std::string nobody_;  // the hash of a password that nobody knows
  std::atomic<int> pending_{0};
  boost::asio::thread_pool pool_;
};

}  // namespace cartwright::identity
