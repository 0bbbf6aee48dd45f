#include "services/identity/password_hasher.h"

#include <argon2.h>
#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "boost/asio/post.hpp"
#include "services/identity/password_policy.h"
#include "shared/base/async_result.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/telemetry/log.h"

namespace cartwright::identity {

namespace asio = boost::asio;

namespace {

constexpr uint32_t kLanes = 1;
constexpr size_t kSalt = 16;
constexpr size_t kDigest = 32;

// As PHC strings have it, among the parameters.
constexpr absl::string_view kKeyId = ",keyid=";
constexpr size_t kKeyIdLength = 8;

// The beginning of a PHC string, up to the last parameter that libargon2 knows.
std::string CostsOf(HashCost cost) {
  return absl::StrCat("$argon2id$v=19$m=", cost.memory_kib, ",t=", cost.passes, ",p=", kLanes);
}

absl::Status Overloaded() {
  return Error(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED,
               "Too many people sign in at once; try again.");
}

}  // namespace

Pepper::Pepper(std::string key_bytes)
    : key(std::move(key_bytes)), id(Base64Url(Sha256(key).substr(0, 6))) {}

// The function knows no keys: what it hashes is an HMAC of the password.
std::string HashPassword(absl::string_view password, const Pepper& pepper, HashCost cost) {
  const auto [memory, passes] = cost;
  const std::string salt = RandomBytes(kSalt);
  const std::string peppered = HmacSha256(pepper.key, password);
  std::string encoded(argon2_encodedlen(passes, memory, kLanes, kSalt, kDigest, Argon2_id), '\0');
  const int code =
      argon2id_hash_encoded(passes, memory, kLanes, peppered.data(), peppered.size(), salt.data(),
                            salt.size(), kDigest, encoded.data(), encoded.size());
  // Only memory can be missing, and then the process is lost anyway.
  if (code != ARGON2_OK) std::abort();
  encoded.resize(encoded.find('\0'));
  const std::string costs = CostsOf(cost);
  return absl::StrCat(costs, kKeyId, pepper.id, absl::StripPrefix(encoded, costs));
}

absl::StatusOr<const Pepper*> PepperOf(absl::string_view hash, const std::vector<Pepper>& peppers) {
  const size_t at = hash.find(kKeyId);
  if (at == absl::string_view::npos) return nullptr;
  for (const Pepper& pepper : peppers) {
    if (hash.substr(at + kKeyId.size(), kKeyIdLength) == pepper.id) return &pepper;
  }
  return absl::DataLossError("a password hash names a pepper that is not configured");
}

bool IsPassword(absl::string_view password, absl::string_view hash, const Pepper* pepper) {
  std::string plain(hash);
  std::string secret(password);
  if (pepper != nullptr) {
    plain.erase(hash.find(kKeyId), kKeyId.size() + kKeyIdLength);
    secret = HmacSha256(pepper->key, password);
  }
  return argon2id_verify(plain.c_str(), secret.data(), secret.size()) == ARGON2_OK;
}

bool NeedsRehash(absl::string_view hash, const Pepper& pepper) {
  return !absl::StartsWith(hash, absl::StrCat(CostsOf({}), kKeyId, pepper.id, "$"));
}

PasswordHasher::PasswordHasher(int threads, std::function<absl::StatusOr<Peppers>()> read)
    : limit_(threads * (kQueuePerThread + 1)),
      read_(std::move(read)),
      nobody_(HashPassword(RandomBytes(32), ReadPeppers()->front())),
      pool_(threads) {}

PasswordHasher::~PasswordHasher() { pool_.join(); }

std::shared_ptr<const PasswordHasher::Peppers> PasswordHasher::ReadPeppers() {
  auto read = read_();
  const std::lock_guard lock(mutex_);
  if (read.ok()) peppers_ = std::make_shared<const Peppers>(*std::move(read));
  if (!read.ok() && !failed_) log::Warn("pepper.unread", read.status().message());
  failed_ = !read.ok();
  return peppers_;
}

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
  const auto peppers = ReadPeppers();
  const auto work = [&] { return HashPassword(password, peppers->front()); };
  co_return co_await Run(work, deadline);
}

asio::awaitable<absl::StatusOr<bool>> PasswordHasher::Verify(std::string password, std::string hash,
                                                             absl::Time deadline) {
  const bool somebody = !hash.empty();
  const auto peppers = ReadPeppers();
  const Pepper* pepper = &peppers->front();
  if (somebody) {
    CW_CO_ASSIGN_OR_RETURN(pepper, PepperOf(hash, *peppers));
  } else {
    hash = nobody_;
  }
  const auto work = [&] { return IsPassword(password, hash, pepper) && somebody; };
  co_return co_await Run(work, deadline);
}

asio::awaitable<absl::StatusOr<bool>> PasswordHasher::IsGuessable(std::string password,
                                                                  std::vector<std::string> near,
                                                                  absl::Time deadline) {
  const auto work = [&password, &near] { return identity::IsGuessable(password, near); };
  co_return co_await Run(work, deadline);
}

bool PasswordHasher::NeedsRehash(absl::string_view hash) {
  return identity::NeedsRehash(hash, ReadPeppers()->front());
}

}  // namespace cartwright::identity
