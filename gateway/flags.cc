#include "gateway/flags.h"

#include "absl/flags/flag.h"

ABSL_FLAG(std::string, http_listen, "127.0.0.1:8080", "Address of the public port, host:port.");
ABSL_FLAG(int, http_threads, 2, "Threads that serve HTTP, 1..64.");
ABSL_FLAG(int, http_streams, 512, "Answers that may be streams at once, 0..8192.");
ABSL_FLAG(int, http_connections_per_address, 100,
          "Connections that an IPv4 address or an IPv6 /64 may have at once, 0..10000; 0 is any "
          "number. Trusted proxies are not counted.");
ABSL_FLAG(std::string, trusted_proxies, "",
          "Addresses and blocks (10.0.0.0/8), comma between, whose X-Forwarded-For is believed.");
ABSL_FLAG(std::string, rate_limits, "",
          "Limits that differ from the defaults: class=calls/unit/burst, comma between, such as "
          "read=50/s/100,auth=off; units s, min, h; \"off\" for none at all. Classes: address, "
          "anonymous, read, write, auth, auth_address.");
ABSL_FLAG(
    std::string, usage_plans, "",
    "JSON file of usage plans and the digests of partners' API keys; read again when it changes.");
ABSL_FLAG(std::string, descriptor_set, "",
          "FileDescriptorSet with all imports: the routes and everything about them.");
ABSL_FLAG(std::string, backends, "",
          "Services to call: name=host:port, comma between; + between replicas.");
ABSL_FLAG(std::string, static_dir, "", "Directory of the storefront's build.");
ABSL_FLAG(std::string, media_dir, "", "Directory of the pictures under /media.");
ABSL_FLAG(std::string, issuer, "", "Issuer of access tokens, as in their `iss`.");
ABSL_FLAG(std::string, audience, "cartwright", "Audience of access tokens, as in their `aud`.");
ABSL_FLAG(std::string, jwks_method, "cartwright.identity.v1.IdentityService/GetJwks",
          "RPC that answers with the keys of access tokens, a JWK set in its JSON form.");
ABSL_FLAG(bool, access_log, true, "Log one line per request.");
ABSL_FLAG(int, http_in_flight, 2000, "Calls that may be under way, 1..100000.");
ABSL_FLAG(int, http_in_flight_per_backend, 500, "Of these, to one service, 1..100000.");
ABSL_FLAG(
    std::string, http_certificate, "",
    "Certificate chain of the public port, PEM; empty: plain HTTP. Read again when it changes.");
ABSL_FLAG(std::string, http_key, "", "The key of --http_certificate, PEM.");
ABSL_FLAG(int, hsts_max_age_s, 31536000,
          "With a certificate: seconds for which browsers shall use nothing but TLS, 0..63072000; "
          "0: they are told nothing.");
ABSL_FLAG(int, cache_mib, 64, "Memory of the response cache in MiB, 1..65536.");
ABSL_FLAG(int, cache_entry_kib, 256,
          "Largest answer that the response cache keeps in KiB, 1..4096.");
ABSL_FLAG(int, cache_stale_if_error_s, 300,
          "How long a cached answer is served past its time while its service is away, 0..86400.");
ABSL_FLAG(
    std::string, revocations_method, "cartwright.identity.v1.IdentityService/ListRevokedSessions",
    "RPC that says which sessions ended lately, asked again and again, and before each call that "
    "needs a live session; empty: access tokens are good until they expire.");
ABSL_FLAG(
    int, revocations_period_ms, 1000,
    "Pause between two questions which sessions ended lately, 100..60000: how long the access "
    "tokens of one that has are still good for what moves no money.");
ABSL_FLAG(std::string, external_tokens_method,
          "cartwright.identity.v1.ExternalAccountService/CheckExternalToken",
          "RPC that says whom the access tokens of others speak for; empty: nobody's are taken.");
