#pragma once

#include <string>

#include "absl/flags/declare.h"

// The gateway's own flags; those of every process are in shared/kit/flags.h.
ABSL_DECLARE_FLAG(std::string, http_listen);
ABSL_DECLARE_FLAG(int, http_threads);
ABSL_DECLARE_FLAG(int, http_streams);
ABSL_DECLARE_FLAG(int, http_connections_per_address);
ABSL_DECLARE_FLAG(std::string, trusted_proxies);
ABSL_DECLARE_FLAG(std::string, rate_limits);
ABSL_DECLARE_FLAG(std::string, usage_plans);
ABSL_DECLARE_FLAG(std::string, descriptor_set);
ABSL_DECLARE_FLAG(std::string, backends);
ABSL_DECLARE_FLAG(std::string, static_dir);
ABSL_DECLARE_FLAG(std::string, media_dir);
ABSL_DECLARE_FLAG(std::string, issuer);
ABSL_DECLARE_FLAG(std::string, audience);
ABSL_DECLARE_FLAG(std::string, jwks_method);
ABSL_DECLARE_FLAG(std::string, revocations_method);
ABSL_DECLARE_FLAG(std::string, external_issuers);
ABSL_DECLARE_FLAG(bool, access_log);
