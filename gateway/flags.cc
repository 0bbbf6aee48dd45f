#include "gateway/flags.h"

#include "absl/flags/flag.h"

ABSL_FLAG(std::string, http_listen, "127.0.0.1:8080", "Address of the public port, host:port.");
ABSL_FLAG(int, http_threads, 2, "Threads that serve HTTP, 1..64.");
ABSL_FLAG(int, http_streams, 512, "Answers that may be streams at once, 0..8192.");
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
ABSL_FLAG(int, cache_mib, 64, "Memory of the response cache in MiB, 1..65536.");
ABSL_FLAG(int, cache_entry_kib, 256,
          "Largest answer that the response cache keeps in KiB, 1..4096.");
ABSL_FLAG(int, cache_stale_if_error_s, 300,
          "How long a cached answer is served past its time while its service is away, 0..86400.");
ABSL_FLAG(bool, access_log, false, "Log one line per request.");
