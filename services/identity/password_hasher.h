#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

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

// A key that goes into every hash and is not in the database, so that who has only the database
// cannot guess passwords at all. Hashes name it by `id`.
struct Pepper {
  // `key`: 32 bytes.
  explicit Pepper(std::string key);

  std::string key;
  std::string id;  // 8 characters, made of the key
};

// The Argon2id hash of a password, as a PHC string that names its pepper, with a new salt.
std::string HashPassword(absl::string_view password, const Pepper& pepper, HashCost cost = {});

// The pepper that a hash was made with; null for a hash from before there were any. DATA_LOSS when
// it is none of these.
absl::StatusOr<const Pepper*> PepperOf(absl::string_view hash, const std::vector<Pepper>& peppers);

// Whether `hash`, made with this pepper, is of this password; false for a hash that is not
// Argon2id's.
bool IsPassword(absl::string_view password, absl::string_view hash, const Pepper* pepper);

// Whether a hash was made at another cost than the default, or with another pepper.
bool NeedsRehash(absl::string_view hash, const Pepper& pepper);

// Hashes passwords on threads of its own, so that a flood of logins can take no more than
// `threads` cores and 19 MiB each, and nothing else waits for it. What cannot be hashed soon is
// refused with OVERLOADED. Coroutines resume on their own executor. Thread-safe.
class PasswordHasher {
 public:
  // At least one pepper: the first goes into new hashes; others verify old ones.
  using Peppers = std::vector<Pepper>;

  // `read` is asked again for each password, so that a pepper in a file is replaced without a
  // restart: two small files are nothing beside a hash. What it gave last goes on while it fails,
  // which is logged. REQUIRES: threads is 1..64, as --hash_threads is checked to be; `read` works
  // now.
  PasswordHasher(int threads, std::function<absl::StatusOr<Peppers>()> read);
  ~PasswordHasher();

  boost::asio::awaitable<absl::StatusOr<std::string>> Hash(std::string password,
                                                           absl::Time deadline);

  // IsGuessable of password_policy.h, there because it takes a moment.
  boost::asio::awaitable<absl::StatusOr<bool>> IsGuessable(std::string password,
                                                           std::vector<std::string> near,
                                                           absl::Time deadline);

  // Whether a hash should be replaced by one of today.
  bool NeedsRehash(absl::string_view hash);

  // Takes as long for an empty `hash`, that of nobody, as for a real one; false then.
  boost::asio::awaitable<absl::StatusOr<bool>> Verify(std::string password, std::string hash,
                                                      absl::Time deadline);

 private:
  // Passwords that may wait per thread: about a second's work.
  static constexpr int kQueuePerThread = 32;

  template <typename Work>
  auto Run(Work work, absl::Time deadline)
      -> boost::asio::awaitable<absl::StatusOr<decltype(work())>>;

  std::shared_ptr<const Peppers> ReadPeppers();

  const int limit_;
  const std::function<absl::StatusOr<Peppers>()> read_;
  std::mutex mutex_;
  std::shared_ptr<const Peppers> peppers_;
  bool failed_ = false;       // said so already
  const std::string nobody_;  // the hash of a password that nobody knows
  std::atomic<int> pending_{0};
  boost::asio::thread_pool pool_;
};

}  // namespace cartwright::identity
