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
#include "gateway/external_issuers.h"
#include "gateway/flags.h"
#include "gateway/http_server.h"
#include "gateway/key_source.h"
#include "gateway/openapi.h"
#include "gateway/request_log.h"
#include "gateway/revocation_source.h"
#include "gateway/revoked_sessions.h"
#include "gateway/static_files.h"
#include "gateway/throttle.h"
#include "gateway/token_verifier.h"
#include "gateway/usage_plans.h"
#include "gateway/watched_file.h"
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
  const int per_address = absl::GetFlag(FLAGS_http_connections_per_address);
  if (per_address < 1 || per_address > 10'000) {
    return absl::InvalidArgumentError("--http_connections_per_address must be between 1 and 10000");
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

// Null without --revocations_method.
RevocationSource* MakeRevocationSource(kit::Kit& kit, const ApiCatalog& catalog,
                                       const Backends& backends, RevokedSessions& revoked) {
  const std::string name = absl::GetFlag(FLAGS_revocations_method);
  if (name.empty()) return nullptr;
  auto made = RevocationSource::Make(kit.io(), backends, catalog.FindMethod(name), revoked);
  if (!made.ok()) {
    Die(absl::InvalidArgumentError(
        absl::StrCat("--revocations_method: ", name, ": ", made.status().message())));
  }
  auto& source = *kit.Own<std::unique_ptr<RevocationSource>>(*std::move(made));
  kit.ReadyWhen([&source] { return source.IsLoaded() ? "" : "ended sessions"; });
  source.Start();
  return &source;
}

std::vector<ExternalIssuerEntry> ReadExternalIssuers() {
  const std::string path = absl::GetFlag(FLAGS_external_issuers);
  if (path.empty()) return {};
  std::vector<ExternalIssuerEntry> entries;
  OrDie(WatchedFile("--external_issuers", path, [&entries](absl::string_view content) {
          auto parsed = ParseExternalIssuers(content, absl::GetFlag(FLAGS_issuer));
          if (parsed.ok()) entries = *std::move(parsed);
          return parsed.status();
        }).Load());
  return entries;
}

TokenVerifier& MakeVerifier(kit::Kit& kit, const RevokedSessions& revoked) {
  const std::vector<ExternalIssuerEntry> entries = ReadExternalIssuers();
  TokenVerifier::Options options{.issuer = absl::GetFlag(FLAGS_issuer),
                                 .audience = absl::GetFlag(FLAGS_audience),
                                 .revoked = &revoked};
  for (const auto& entry : entries) options.external.push_back(entry.issuer);
  auto& verifier = kit.Own<TokenVerifier>(options);
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto apply = [&verifier, i](absl::string_view content) {
      absl::StatusOr<KeySet> keys = KeySet::Parse(content, std::nullopt);
      if (!keys.ok()) return keys.status();
      verifier.SetExternalKeys(i, std::make_shared<const KeySet>(*std::move(keys)));
      return absl::OkStatus();
    };
    auto& file = kit.Own<WatchedFile>("--external_issuers", entries[i].jwks_file, apply);
    OrDie(file.Load());
    file.Start(kit.io());
  }
  return verifier;
}

// Names the flag in the error of a parser that does not know it.
template <typename T>
T OrDieNaming(absl::string_view flag, absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  Die(absl::InvalidArgumentError(absl::StrCat(flag, ": ", result.status().message())));
}

UsagePlans* MakeUsagePlans(kit::Kit& kit) {
  const std::string path = absl::GetFlag(FLAGS_usage_plans);
  if (path.empty()) return nullptr;
  auto& plans = kit.Own<UsagePlans>();
  auto& file = kit.Own<WatchedFile>(
      "--usage_plans", path, [&plans](absl::string_view content) { return plans.Load(content); });
  OrDie(file.Load());
  file.Start(kit.io());
  return &plans;
}

Throttle& MakeThrottle(kit::Kit& kit) {
  const auto limits =
      OrDieNaming("--rate_limits", RateLimits::Parse(absl::GetFlag(FLAGS_rate_limits)));
  return kit.Own<Throttle>(limits, MakeUsagePlans(kit));
}

HttpServer::Options ServerOptions() {
  const int per_address = absl::GetFlag(FLAGS_http_connections_per_address);
  return {.address = absl::GetFlag(FLAGS_http_listen),
          .threads = absl::GetFlag(FLAGS_http_threads),
          .max_connections_per_network = static_cast<size_t>(per_address),
          .proxies = OrDieNaming("--trusted_proxies",
                                 TrustedProxies::Parse(absl::GetFlag(FLAGS_trusted_proxies)))};
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
  auto& revoked = kit.Own<RevokedSessions>();
  auto& verifier = MakeVerifier(kit, revoked);
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
                        .revocations = MakeRevocationSource(kit, catalog, backends, revoked),
                        .site = site,
                        .media = media,
                        .log = kit.Own<RequestLog>(absl::GetFlag(FLAGS_access_log)),
                        .openapi = OpenApiDocument(catalog),
                        .streams = {.max = absl::GetFlag(FLAGS_http_streams)},
                        .throttle = &MakeThrottle(kit)});
  auto& server = kit.Own<HttpServer>(ServerOptions(), dispatcher);
  const uint16_t port = OrDie(server.Start());
  log::Info("start.http", "The public port is open.",
            {{"port", port}, {"routes", static_cast<int64_t>(catalog.routes().size())}});
  kit.OnDrain([&server] { server.Drain(absl::Seconds(absl::GetFlag(FLAGS_drain_timeout_s))); });
}

}  // namespace cartwright::gateway
