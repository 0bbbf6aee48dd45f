#include "gateway/assembly.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "gateway/api_catalog.h"
#include "gateway/backends.h"
#include "gateway/change_watch.h"
#include "gateway/dispatcher.h"
#include "gateway/flags.h"
#include "gateway/http_server.h"
#include "gateway/key_source.h"
#include "gateway/openapi.h"
#include "gateway/request_log.h"
#include "gateway/response_cache.h"
#include "gateway/shared_reads.h"
#include "gateway/static_files.h"
#include "gateway/token_verifier.h"
#include "shared/base/status_macros.h"
#include "shared/kit/die.h"
#include "shared/kit/flags.h"
#include "shared/rpc/credentials.h"
#include "shared/telemetry/log.h"

namespace cartwright::gateway {

using kit::Die;
using kit::OrDie;

namespace {

absl::Status CheckRange(absl::string_view flag, int value, int min, int max) {
  if (value >= min && value <= max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, " must be between ", min, " and ", max, ", not ", value));
}

absl::Status CheckCacheFlags() {
  CW_RETURN_IF_ERROR(CheckRange("cache_mib", absl::GetFlag(FLAGS_cache_mib), 1, 65'536));
  CW_RETURN_IF_ERROR(CheckRange("cache_entry_kib", absl::GetFlag(FLAGS_cache_entry_kib), 1, 4096));
  return CheckRange("cache_stale_if_error_s", absl::GetFlag(FLAGS_cache_stale_if_error_s), 0,
                    86'400);
}

absl::Status CheckFlags() {
  CW_RETURN_IF_ERROR(CheckCacheFlags());
  const int threads = absl::GetFlag(FLAGS_http_threads);
  if (threads < 1 || threads > 64) {
    return absl::InvalidArgumentError("--http_threads must be between 1 and 64");
  }
  const int streams = absl::GetFlag(FLAGS_http_streams);
  if (streams < 0 || streams > 8192) {
    return absl::InvalidArgumentError("--http_streams must be between 0 and 8192");
  }
  if (absl::GetFlag(FLAGS_issuer).empty()) {
    return absl::InvalidArgumentError("--issuer must name the issuer of access tokens");
  }
  return absl::OkStatus();
}

// Binary: shared/base/secret.h's ReadFile would take white space off its end.
absl::StatusOr<std::string> ReadDescriptorSet() {
  const std::string path = absl::GetFlag(FLAGS_descriptor_set);
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("--descriptor_set: cannot read ", path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Every route needs its service, or it would answer 503 for ever.
absl::Status CheckBackends(const ApiCatalog& catalog, const Backends& backends) {
  for (const Route& route : catalog.routes()) {
    if (backends.Has(route.backend)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--backends must have ", route.backend, "=host:port, for ", route.path.text));
  }
  return absl::OkStatus();
}

KeySource& MakeKeySource(kit::Kit& kit, const ApiCatalog& catalog, const Backends& backends,
                         TokenVerifier& verifier) {
  const std::string name = absl::GetFlag(FLAGS_jwks_method);
  const Route* route = catalog.FindRpc(name);
  if (route == nullptr) {
    Die(absl::InvalidArgumentError(absl::StrCat("--jwks_method: there is no route to ", name)));
  }
  kit.ReadyWhen([&verifier] { return verifier.HasKeys() ? "" : "keys of access tokens"; });
  auto& keys = kit.Own<KeySource>(kit.io(), backends, *route, verifier);
  keys.Start();
  return keys;
}

SharedReads& MakeSharedReads(kit::Kit& kit, const ApiCatalog& catalog, const Backends& backends) {
  auto& cache = kit.Own<ResponseCache>(ResponseCache::Options{
      .max_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_cache_mib)) << 20,
      .max_entry_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_cache_entry_kib)) << 10,
      .stale_if_error = absl::Seconds(absl::GetFlag(FLAGS_cache_stale_if_error_s))});
  auto& changes = kit.Own<ChangeWatch>(kit.io(), backends);
  auto& reads = kit.Own<SharedReads>(SharedReads::Parts{.catalog = catalog,
                                                        .backends = backends,
                                                        .cache = cache,
                                                        .changes = changes,
                                                        .background = kit.io().get_executor()});
  changes.Start();
  return reads;
}

}  // namespace

void Assemble(kit::Kit& kit) {
  OrDie(CheckFlags());
  const ApiCatalog& catalog =
      *kit.Own<std::unique_ptr<ApiCatalog>>(OrDie(ApiCatalog::Load(OrDie(ReadDescriptorSet()))));
  const auto connect = [tls = kit.tls()](const std::string& name, const std::string& address) {
    return rpc::Connect(name, address, tls);
  };
  const auto& backends =
      kit.Own<Backends>(OrDie(Backends::Make(absl::GetFlag(FLAGS_backends), connect)));
  OrDie(CheckBackends(catalog, backends));
  auto& verifier = kit.Own<TokenVerifier>(TokenVerifier::Options{
      .issuer = absl::GetFlag(FLAGS_issuer), .audience = absl::GetFlag(FLAGS_audience)});
  auto& site = kit.Own<StaticFiles>(
      StaticFiles::Options{.directory = absl::GetFlag(FLAGS_static_dir),
                           .cache_control = "no-cache",
                           .content_security_policy = std::string(StaticFiles::kPagePolicy)});
  auto& media = kit.Own<StaticFiles>(
      StaticFiles::Options{.directory = absl::GetFlag(FLAGS_media_dir),
                           .cache_control = "public, max-age=3600",
                           .content_security_policy = std::string(StaticFiles::kMediaPolicy)});
  auto& dispatcher = kit.Own<Dispatcher>(
      Dispatcher::Parts{.catalog = catalog,
                        .backends = backends,
                        .verifier = verifier,
                        .keys = &MakeKeySource(kit, catalog, backends, verifier),
                        .site = site,
                        .media = media,
                        .log = kit.Own<RequestLog>(absl::GetFlag(FLAGS_access_log)),
                        .openapi = OpenApiDocument(catalog),
                        .streams = {.max = absl::GetFlag(FLAGS_http_streams)},
                        .shared_reads = &MakeSharedReads(kit, catalog, backends)});
  auto& server =
      kit.Own<HttpServer>(HttpServer::Options{.address = absl::GetFlag(FLAGS_http_listen),
                                              .threads = absl::GetFlag(FLAGS_http_threads)},
                          dispatcher);
  const uint16_t port = OrDie(server.Start());
  log::Info("start.http", "The public port is open.",
            {{"port", port}, {"routes", static_cast<int64_t>(catalog.routes().size())}});
  kit.OnDrain([&server] { server.Drain(absl::Seconds(absl::GetFlag(FLAGS_drain_timeout_s))); });
}

}  // namespace cartwright::gateway
