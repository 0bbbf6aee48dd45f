#include "gateway/assembly.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "gateway/api_catalog.h"
#include "gateway/backends.h"
#include "gateway/dispatcher.h"
#include "gateway/flags.h"
#include "gateway/http_server.h"
#include "gateway/key_source.h"
#include "gateway/openapi.h"
#include "gateway/request_log.h"
#include "gateway/static_files.h"
#include "gateway/token_verifier.h"
#include "shared/kit/die.h"
#include "shared/kit/flags.h"
#include "shared/rpc/credentials.h"
#include "shared/telemetry/log.h"

namespace cartwright::gateway {

using kit::Die;
using kit::OrDie;

namespace {

absl::Status CheckFlags() {
  const int threads = absl::GetFlag(FLAGS_http_threads);
  if (threads < 1 || threads > 64) {
    return absl::InvalidArgumentError("--http_threads must be between 1 and 64");
  }
  const int streams = absl::GetFlag(FLAGS_http_streams);
  if (streams < 0 || streams > 8192) {
    return absl::InvalidArgumentError("--http_streams must be between 0 and 8192");
  }
  const int connections = absl::GetFlag(FLAGS_http_connections_per_client);
  if (connections < 0 || connections > 10'000) {
    return absl::InvalidArgumentError("--http_connections_per_client must be between 0 and 10000");
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
                        .streams = {.max = absl::GetFlag(FLAGS_http_streams)}});
  const size_t connections = absl::GetFlag(FLAGS_http_connections_per_client);
  auto& server =
      kit.Own<HttpServer>(HttpServer::Options{.address = absl::GetFlag(FLAGS_http_listen),
                                              .threads = absl::GetFlag(FLAGS_http_threads),
                                              .connections = {.per_client = connections}},
                          dispatcher);
  const uint16_t port = OrDie(server.Start());
  log::Info("start.http", "The public port is open.",
            {{"port", port}, {"routes", static_cast<int64_t>(catalog.routes().size())}});
  kit.OnDrain([&server] { server.Drain(absl::Seconds(absl::GetFlag(FLAGS_drain_timeout_s))); });
}

}  // namespace cartwright::gateway
