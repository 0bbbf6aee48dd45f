#include "services/identity/flags.h"

#include "absl/flags/flag.h"
#include "shared/base/status_macros.h"
#include "shared/kit/flags.h"

ABSL_FLAG(std::string, issuer, "http://localhost:8080",
          "The shop's public URL: `iss` of the access tokens, without a slash at its end.");
ABSL_FLAG(std::string, key_encryption_key_file, "",
          "File of 64 hex digits, the key that seals signing keys; the same for all replicas.");
ABSL_FLAG(int, hash_threads, 2, "Threads that hash passwords, each with 19 MiB, 1..64.");

namespace cartwright::identity {

absl::Status CheckFlags() {
  CW_RETURN_IF_ERROR(kit::CheckSet("issuer", absl::GetFlag(FLAGS_issuer)));
  return kit::CheckRange("hash_threads", absl::GetFlag(FLAGS_hash_threads), 1, 64);
}

}  // namespace cartwright::identity
