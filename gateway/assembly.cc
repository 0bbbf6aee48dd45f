#include "gateway/assembly.h"

#include <functional>
#include <memory>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/time/clock.h"
#include "gateway/api_version.h"
#include "gateway/backends.h"
#include "gateway/change_watch.h"
#include "gateway/dispatcher.h"
#include "gateway/external_tokens.h"
#include "gateway/flags.h"
#include "gateway/http_server.h"
#include "gateway/key_source.h"
#include "gateway/reloader.h"
#include "gateway/request_log.h"
#include "gateway/response_cache.h"
#include "gateway/revocation_source.h"
#include "gateway/revoked_sessions.h"
#include "gateway/shared_reads.h"
#include "gateway/static_files.h"
#include "gateway/throttle.h"
#include "gateway/tls_certificate.h"
#include "gateway/token_verifier.h"
#include "gateway/upstream.h"
#include "gateway/usage_plans.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"
#include "shared/kit/die.h"
#include "shared/kit/flags.h"
#include "shared/rpc/credentials.h"
#include "shared/telemetry/log.h"

namespace cartwright::gateway {

using kit::Die;
using kit::OrDie;

namespace {

absl::Status CheckFlags() {
  for (const absl::Status& status :
       {kit::CheckRange("http_threads", absl::GetFlag(FLAGS_http_threads), 1, 64),
        kit::CheckRange("http_streams", absl::GetFlag(FLAGS_http_streams), 0, 8192),
        kit::CheckRange("http_connections_per_address",
                        absl::GetFlag(FLAGS_http_connections_per_address), 0, 10'000),
        kit::CheckRange("http_in_flight", absl::GetFlag(FLAGS_http_in_flight), 1, 100'000),
        kit::CheckRange("http_in_flight_per_backend",
                        absl::GetFlag(FLAGS_http_in_flight_per_backend), 1, 100'000),
        kit::CheckRange("hsts_max_age_s", absl::GetFlag(FLAGS_hsts_max_age_s), 0, 63'072'000),
        kit::CheckRange("cache_mib", absl::GetFlag(FLAGS_cache_mib), 1, 65'536),
        kit::CheckRange("cache_entry_kib", absl::GetFlag(FLAGS_cache_entry_kib), 1, 4096),
        kit::CheckRange("revocations_period_ms", absl::GetFlag(FLAGS_revocations_period_ms), 100,
                        60'000),
        kit::CheckRange("cache_stale_if_error_s", absl::GetFlag(FLAGS_cache_stale_if_error_s), 0,
                        86'400)}) {
    CW_RETURN_IF_ERROR(status);
  }
  if (absl::GetFlag(FLAGS_issuer).empty()) {
    return absl::InvalidArgumentError("--issuer must name the issuer of access tokens");
  }
  if (absl::GetFlag(FLAGS_http_certificate).empty() != absl::GetFlag(FLAGS_http_key).empty()) {
    return absl::InvalidArgumentError("--http_certificate and --http_key go together");
  }
  return absl::OkStatus();
}

// Read at start, and again when the file changes.
ApiVersions& MakeApiVersions(kit::Kit& kit, const Backends& backends, Reloader& reloader,
                             SharedReads& reads) {
  const auto read = [&backends] {
    return ReadApi(absl::GetFlag(FLAGS_descriptor_set), backends, absl::GetFlag(FLAGS_jwks_method));
  };
  FileWatch watch({absl::GetFlag(FLAGS_descriptor_set)});
  auto& versions = kit.Own<ApiVersions>(OrDie(read()));
  reads.Use(versions.Get());
  reads.Start();
  reloader.Add("descriptor_set", std::move(watch), [&versions, &reads, read]() -> absl::Status {
    CW_ASSIGN_OR_RETURN(auto next, read());
    reads.Use(next);
    versions.Set(std::move(next));
    return absl::OkStatus();
  });
  return versions;
}

// Null without a certificate. Likewise read again.
TlsVersions* MakeTlsVersions(kit::Kit& kit, Reloader& reloader) {
  const std::string certificate = absl::GetFlag(FLAGS_http_certificate);
  const std::string key = absl::GetFlag(FLAGS_http_key);
  if (certificate.empty()) return nullptr;
  FileWatch watch({certificate, key});
  auto& versions = kit.Own<TlsVersions>(OrDie(LoadCertificate(certificate, key, absl::Now())));
  reloader.Add("certificate", std::move(watch), [&versions, certificate, key]() -> absl::Status {
    CW_ASSIGN_OR_RETURN(auto next, LoadCertificate(certificate, key, absl::Now()));
    versions.Set(std::move(next));
    return absl::OkStatus();
  });
  return &versions;
}

// `api` is the one of the start: how keys are asked for does not change with a new version.
KeySource& MakeKeySource(kit::Kit& kit, const Api& api, const Backends& backends,
                         TokenVerifier& verifier) {
  kit.ReadyWhen([&verifier] { return verifier.HasKeys() ? "" : "keys of access tokens"; });
  const Route& route = *api.catalog->FindRpc(absl::GetFlag(FLAGS_jwks_method));
  auto& keys = kit.Own<KeySource>(kit.io(), backends, route, verifier);
  keys.Start();
  return keys;
}

Upstream& MakeUpstream(kit::Kit& kit, const Backends& backends) {
  return kit.Own<Upstream>(
      backends,
      Upstream::Options{.load = {.total = absl::GetFlag(FLAGS_http_in_flight),
                                 .per_backend = absl::GetFlag(FLAGS_http_in_flight_per_backend)}});
}

SharedReads& MakeSharedReads(kit::Kit& kit, const Backends& backends, Upstream& upstream) {
  auto& cache = kit.Own<ResponseCache>(ResponseCache::Options{
      .max_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_cache_mib)) << 20,
      .max_entry_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_cache_entry_kib)) << 10,
      .stale_if_error = absl::Seconds(absl::GetFlag(FLAGS_cache_stale_if_error_s))});
  auto& changes = kit.Own<ChangeWatch>(kit.io(), backends);
  return kit.Own<SharedReads>(SharedReads::Parts{.upstream = upstream,
                                                 .cache = cache,
                                                 .changes = changes,
                                                 .background = kit.io().get_executor()});
}

// Null without --revocations_method.
RevocationSource* MakeRevocationSource(kit::Kit& kit, const ApiCatalog& catalog,
                                       const Backends& backends, RevokedSessions& revoked) {
  const std::string name = absl::GetFlag(FLAGS_revocations_method);
  if (name.empty()) return nullptr;
  const auto period = absl::Milliseconds(absl::GetFlag(FLAGS_revocations_period_ms));
  auto made = RevocationSource::Make(kit.io(), backends, catalog.FindMethod(name), revoked,
                                     {.period = period});
  if (!made.ok()) {
    Die(absl::InvalidArgumentError(
        absl::StrCat("--revocations_method: ", name, ": ", made.status().message())));
  }
  auto& source = *kit.Own<std::unique_ptr<RevocationSource>>(*std::move(made));
  kit.ReadyWhen([&source] { return source.IsLoaded() ? "" : "ended sessions"; });
  source.Start();
  return &source;
}

// Null without --external_tokens_method.
ExternalTokens* MakeExternalTokens(kit::Kit& kit, const ApiCatalog& catalog,
                                   const Backends& backends, const RevokedSessions& revoked) {
  const std::string name = absl::GetFlag(FLAGS_external_tokens_method);
  if (name.empty()) return nullptr;
  auto made = ExternalTokens::Make(backends, catalog.FindMethod(name), revoked);
  if (!made.ok()) {
    Die(absl::InvalidArgumentError(
        absl::StrCat("--external_tokens_method: ", name, ": ", made.status().message())));
  }
  return kit.Own<std::unique_ptr<ExternalTokens>>(*std::move(made)).get();
}

// Errors of a file of settings name the flag and the file.
absl::Status Naming(absl::string_view flag, const std::string& path, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat(flag, ": ", path, ": ", status.message()));
}

// Reads a file of settings now, and again whenever it changes.
void LoadWatched(Reloader& reloader, const std::string& what, const std::string& path,
                 const std::function<absl::Status(absl::string_view)>& apply) {
  FileWatch watch({path});
  const auto load = [what, path, apply]() -> absl::Status {
    const absl::StatusOr<std::string> content = ReadFile(path);
    return Naming(absl::StrCat("--", what), path,
                  content.ok() ? apply(*content) : content.status());
  };
  OrDie(load());
  reloader.Add(what, std::move(watch), load);
}

// Names the flag in the error of a parser that does not know it.
template <typename T>
T OrDieNaming(absl::string_view flag, absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  Die(absl::InvalidArgumentError(absl::StrCat(flag, ": ", result.status().message())));
}

UsagePlans* MakeUsagePlans(kit::Kit& kit, Reloader& reloader) {
  const std::string path = absl::GetFlag(FLAGS_usage_plans);
  if (path.empty()) return nullptr;
  auto& plans = kit.Own<UsagePlans>();
  LoadWatched(reloader, "usage_plans", path,
              [&plans](absl::string_view content) { return plans.Load(content); });
  return &plans;
}

Throttle& MakeThrottle(kit::Kit& kit, Reloader& reloader) {
  const auto limits =
      OrDieNaming("--rate_limits", RateLimits::Parse(absl::GetFlag(FLAGS_rate_limits)));
  return kit.Own<Throttle>(limits, MakeUsagePlans(kit, reloader));
}

HttpServer::Options ServerOptions(const TlsVersions* tls) {
  const int per_address = absl::GetFlag(FLAGS_http_connections_per_address);
  return {.address = absl::GetFlag(FLAGS_http_listen),
          .threads = absl::GetFlag(FLAGS_http_threads),
          .connections = {.per_client = static_cast<size_t>(per_address)},
          .proxies = OrDieNaming("--trusted_proxies",
                                 TrustedProxies::Parse(absl::GetFlag(FLAGS_trusted_proxies))),
          .tls = tls,
          .hsts_max_age_s = absl::GetFlag(FLAGS_hsts_max_age_s)};
}

}  // namespace

void Assemble(kit::Kit& kit) {
  OrDie(CheckFlags());
  const auto connect = [tls = kit.tls()](const std::string& name, const std::string& address) {
    return rpc::Connect(name, address, tls);
  };
  const auto& backends =
      kit.Own<Backends>(OrDie(Backends::Make(absl::GetFlag(FLAGS_backends), connect)));
  auto& reloader = kit.Own<Reloader>(kit.io());
  auto& upstream = MakeUpstream(kit, backends);
  auto& reads = MakeSharedReads(kit, backends, upstream);
  auto& api = MakeApiVersions(kit, backends, reloader, reads);
  const TlsVersions* const tls = MakeTlsVersions(kit, reloader);
  // Kept, for the routes of it that are used for ever.
  const Api& first_api = *kit.Own<std::shared_ptr<const Api>>(api.Get());
  auto& revoked = kit.Own<RevokedSessions>();
  auto& verifier =
      kit.Own<TokenVerifier>(TokenVerifier::Options{.issuer = absl::GetFlag(FLAGS_issuer),
                                                    .audience = absl::GetFlag(FLAGS_audience),
                                                    .revoked = &revoked});
  auto& site = kit.Own<StaticFiles>(
      StaticFiles::Options{.directory = absl::GetFlag(FLAGS_static_dir),
                           .cache_control = "no-cache",
                           .content_security_policy = std::string(StaticFiles::kPagePolicy)});
  auto& media = kit.Own<StaticFiles>(
      StaticFiles::Options{.directory = absl::GetFlag(FLAGS_media_dir),
                           .cache_control = "public, max-age=3600",
                           .content_security_policy = std::string(StaticFiles::kMediaPolicy)});
  auto& dispatcher = kit.Own<Dispatcher>(Dispatcher::Parts{
      .api = api,
      .upstream = upstream,
      .verifier = verifier,
      .keys = &MakeKeySource(kit, first_api, backends, verifier),
      .revocations = MakeRevocationSource(kit, *first_api.catalog, backends, revoked),
      .external = MakeExternalTokens(kit, *first_api.catalog, backends, revoked),
      .site = site,
      .media = media,
      .log = kit.Own<RequestLog>(absl::GetFlag(FLAGS_access_log)),
      .streams = {.max = absl::GetFlag(FLAGS_http_streams)},
      .shared_reads = &reads,
      .throttle = &MakeThrottle(kit, reloader)});
  auto& server = kit.Own<HttpServer>(ServerOptions(tls), dispatcher);
  const uint16_t port = OrDie(server.Start());
  log::Info("start.http", "The public port is open.",
            {{"port", port},
             {"routes", static_cast<int64_t>(first_api.catalog->routes().size())},
             {"tls", tls != nullptr}});
  reloader.Start();
  kit.OnNotice([&server] { server.SendAway(); });
  kit.OnDrain([&server] { server.Drain(absl::Seconds(absl::GetFlag(FLAGS_drain_timeout_s))); });
}

}  // namespace cartwright::gateway
