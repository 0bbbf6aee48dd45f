#include "services/identity/flags.h"

#include "absl/flags/flag.h"
#include "shared/base/status_macros.h"
#include "shared/kit/flags.h"

ABSL_FLAG(std::string, issuer, "http://localhost:8080",
          "The shop's public URL: `iss` of the access tokens, without a slash at its end.");
ABSL_FLAG(std::string, key_encryption_key_file, "",
          "File of 64 hex digits, the key that seals signing keys; the same for all replicas.");
ABSL_FLAG(std::string, password_pepper_file, "",
          "File of 64 hex digits, the key that goes into every password hash; the same for all "
          "replicas, read again for each password. Without it no password can be checked any "
          "more.");
ABSL_FLAG(std::string, old_password_pepper_file, "",
          "The one before, for as long as hashes are left that were made with it; or the next one, "
          "while not all replicas have it; may be empty.");
ABSL_FLAG(int, hash_threads, 2, "Threads that hash passwords, each with 19 MiB, 1..64.");
ABSL_FLAG(std::string, identity_providers, "",
          "JSON file of the OpenID Connect providers that may sign people in, read again when it "
          "changes; empty: none.");

namespace cartwright::identity {

absl::Status CheckFlags() {
  CW_RETURN_IF_ERROR(kit::CheckSet("issuer", absl::GetFlag(FLAGS_issuer)));
  return kit::CheckRange("hash_threads", absl::GetFlag(FLAGS_hash_threads), 1, 64);
}

std::string SealingKey(const kit::Kit& kit) {
  return kit.key_file("key_encryption_key_file", absl::GetFlag(FLAGS_key_encryption_key_file));
}

absl::StatusOr<std::vector<Pepper>> ReadPeppers() {
  CW_ASSIGN_OR_RETURN(
      std::string key,
      kit::ReadKeyFileOf("password_pepper_file", absl::GetFlag(FLAGS_password_pepper_file)));
  std::vector<Pepper> peppers = {Pepper(std::move(key))};
  const std::string old = absl::GetFlag(FLAGS_old_password_pepper_file);
  if (old.empty()) return peppers;
  CW_ASSIGN_OR_RETURN(key, kit::ReadKeyFileOf("old_password_pepper_file", old));
  peppers.emplace_back(std::move(key));
  return peppers;
}

}  // namespace cartwright::identity
