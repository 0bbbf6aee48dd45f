#include "gateway/flags.h"

#include "absl/flags/flag.h"

ABSL_FLAG(std::string, http_listen, "127.0.0.1:8080", "Address of the public port, host:port.");
ABSL_FLAG(int, http_threads, 2, "Threads that serve HTTP, 1..64.");
ABSL_FLAG(int, http_streams, 512, "Answers that may be streams at once, 0..8192.");
ABSL_FLAG(
    int, http_connections_per_address, 100,
    "Connections that an IPv4 address or an IPv6 /64 may have at once, 1..10000; trusted proxies "
    "are not counted.");
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
ABSL_FLAG(
    std::string, revocations_method, "cartwright.identity.v1.IdentityService/ListRevokedSessions",
    "RPC that says which sessions ended lately, asked every second; empty: access tokens are good "
    "until they expire.");
ABSL_FLAG(std::string, external_issuers, "",
          "JSON file of other issuers whose access tokens are taken, and where their JWK sets are, "
          "which are read again when they change.");
ABSL_FLAG(bool, access_log, false, "Log one line per request.");
