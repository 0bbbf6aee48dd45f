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
ABSL_DECLARE_FLAG(int, cache_mib);
ABSL_DECLARE_FLAG(int, cache_entry_kib);
ABSL_DECLARE_FLAG(int, cache_stale_if_error_s);
ABSL_DECLARE_FLAG(std::string, revocations_method);
ABSL_DECLARE_FLAG(int, revocations_period_ms);
ABSL_DECLARE_FLAG(std::string, external_tokens_method);
ABSL_DECLARE_FLAG(bool, access_log);
ABSL_DECLARE_FLAG(int, http_in_flight);
ABSL_DECLARE_FLAG(int, http_in_flight_per_backend);
ABSL_DECLARE_FLAG(std::string, http_certificate);
ABSL_DECLARE_FLAG(std::string, http_key);
ABSL_DECLARE_FLAG(int, hsts_max_age_s);
