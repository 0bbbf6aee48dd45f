#pragma once

#include <string>

#include "absl/flags/declare.h"
#include "absl/status/status.h"

// Flags that every process has. A flag can also be set by the environment variable
// CARTWRIGHT_<FLAG>; the command line wins. Secrets are never flags: a flag names the file.
ABSL_DECLARE_FLAG(std::string, listen);
ABSL_DECLARE_FLAG(std::string, ops_listen);
ABSL_DECLARE_FLAG(std::string, log_level);
ABSL_DECLARE_FLAG(std::string, database_url_file);
ABSL_DECLARE_FLAG(int, database_workers);
ABSL_DECLARE_FLAG(int, database_queue);
ABSL_DECLARE_FLAG(std::string, migrations_dir);
ABSL_DECLARE_FLAG(bool, migrate_only);
ABSL_DECLARE_FLAG(std::string, tls_cert_file);
ABSL_DECLARE_FLAG(std::string, tls_key_file);
ABSL_DECLARE_FLAG(std::string, tls_ca_file);
ABSL_DECLARE_FLAG(std::string, peers);
ABSL_DECLARE_FLAG(std::string, currency);
ABSL_DECLARE_FLAG(std::string, page_token_key_file);
ABSL_DECLARE_FLAG(int, drain_notice_s);
ABSL_DECLARE_FLAG(int, drain_timeout_s);

namespace cartwright::kit {

// Sets flags from the environment, then from the command line. INVALID_ARGUMENT names the
// setting and what is wrong with it.
absl::Status ParseFlags(int argc, char** argv);

}  // namespace cartwright::kit
