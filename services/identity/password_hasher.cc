#include "services/identity/password_hasher.h"

#include <argon2.h>
#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/post.hpp"
#include "shared/base/async_result.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"

namespace cartwright::identity {

namespace asio = boost::asio;

namespace {

constexpr uint32_t kLanes = 1;
constexpr size_t kSalt = 16;
constexpr size_t kDigest = 32;

absl::Status Overloaded() {
  return Error(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED,
               "Too many people sign in at once; try again.");
}

}  // namespace

std::string HashPassword(absl::string_view password, HashCost cost) {
  const auto [memory, passes] = cost;
  const std::string salt = RandomBytes(kSalt);
  std::string encoded(argon2_encodedlen(passes, memory, kLanes, kSalt, kDigest, Argon2_id), '\0');
  const int code =
      argon2id_hash_encoded(passes, memory, kLanes, password.data(), password.size(), salt.data(),
                            salt.size(), kDigest, encoded.data(), encoded.size());
  // Only memory can be missing, and then the process is lost anyway.
  if (code != ARGON2_OK) std::abort();
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool IsPassword(absl::string_view password, const std::string& hash) {
  return argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

bool NeedsRehash(absl::string_view hash) {
  const auto [memory, passes] = HashCost();
  return !absl::StartsWith(
      hash, absl::StrCat("$argon2id$v=19$m=", memory, ",t=", passes, ",p=", kLanes, "$"));
}

PasswordHasher::PasswordHasher(int threads)
    : limit_(threads * (kQueuePerThread + 1)),
      nobody_(HashPassword(RandomBytes(32))),
      pool_(threads) {}

PasswordHasher::~PasswordHasher() { pool_.join(); }

template <typename Work>
auto PasswordHasher::Run(Work work, absl::Time deadline)
    -> asio::awaitable<absl::StatusOr<decltype(work())>> {
  using Result = absl::StatusOr<decltype(work())>;
  if (pending_.fetch_add(1) >= limit_) {
    pending_.fetch_sub(1);
    co_return Overloaded();
  }
  auto start = [this, &work, deadline](auto done) {
    asio::post(pool_, [this, &work, deadline, done] {
      Result result = absl::DeadlineExceededError("waited too long for a hashing thread");
      if (absl::Now() < deadline) result = work();
      pending_.fetch_sub(1);
      done(std::move(result));
    });
  };
  co_return co_await AsyncResult<Result>(std::move(start));
}

asio::awaitable<absl::StatusOr<std::string>> PasswordHasher::Hash(std::string password,
                                                                  absl::Time deadline) {
  const auto work = [&password] { return HashPassword(password); };
  co_return co_await Run(work, deadline);
}

asio::awaitable<absl::StatusOr<bool>> PasswordHasher::Verify(std::string password, std::string hash,
                                                             absl::Time deadline) {
  const auto work = [this, &password, &hash] {
    return IsPassword(password, hash.empty() ? nobody_ : hash) && !hash.empty();
  };
  co_return co_await Run(work, deadline);
}

}  // namespace cartwright::identity
