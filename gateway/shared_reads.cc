#include "gateway/shared_reads.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/this_coro.hpp"
#include "gateway/cache_metrics.h"
#include "gateway/content_coding.h"
#include "gateway/transcoder.h"
#include "gateway/uri.h"
#include "shared/base/status_macros.h"
#include "shared/rpc/call.h"
#include "shared/telemetry/log.h"

namespace cartwright::gateway {

namespace asio = boost::asio;

namespace {

constexpr size_t kMaxQueryParameters = 50;
// Between two attempts to renew an answer of a service that is away.
constexpr absl::Duration kRetryPause = absl::Seconds(1);
// A leader that is gone leaves its flight to one who waits; more of them in a row is no accident.
constexpr int kMaxLeaders = 3;

// Text that can be told apart from what is appended after it.
void AppendCounted(absl::string_view text, std::string& key) {
  absl::StrAppend(&key, text.size(), ":", text);
}

// Path and query in one form, however they were escaped and ordered. The order of the values of
// one name stays: they may be a list.
std::string KeyOf(absl::string_view prefix, const Router::Match& match,
                  const QueryParameters& query) {
  std::string key(prefix);
  for (const std::string& variable : match.variables) AppendCounted(variable, key);
  if (query.size() < 2) {
    for (const auto& [name, value] : query) {
      AppendCounted(name, key);
      AppendCounted(value, key);
    }
    return key;
  }
  std::vector<const std::pair<std::string, std::string>*> sorted;
  sorted.reserve(query.size());
  for (const auto& parameter : query) sorted.push_back(&parameter);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->first < b->first; });
  for (const auto* parameter : sorted) {
    AppendCounted(parameter->first, key);
    AppendCounted(parameter->second, key);
  }
  return key;
}

bool IsAway(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ||
         status.code() == absl::StatusCode::kDeadlineExceeded;
}

}  // namespace

std::string CacheControlOf(const api::v1::CachePolicy& policy) {
  std::string value = absl::StrCat("public, max-age=", policy.max_age_s());
  if (policy.stale_while_revalidate_s() != 0) {
    absl::StrAppend(&value, ", stale-while-revalidate=", policy.stale_while_revalidate_s());
  }
  return value;
}

struct SharedReads::Table : std::enable_shared_from_this<Table> {
  std::shared_ptr<const Api> api;
  absl::flat_hash_map<const Route*, SharedRoute> routes;
};

// One request, as far as an answer depends on it; `request` is null for a renewal that no client
// waits for.
struct SharedReads::Read {
  const Request* request = nullptr;
  CallFacts* facts = nullptr;          // null likewise
  std::shared_ptr<const Table> table;  // keeps `route` and `shared`
  const Route* route = nullptr;
  const SharedRoute* shared = nullptr;
  std::string key;
  std::string message;
  rpc::Call call;
  std::shared_ptr<const CachedAnswer> stale;  // null: none that may be served

  uint64_t generation() const {
    return shared->rule.group == nullptr ? 0 : shared->rule.group->generation();
  }
  // Who asks after a change does not wait for an answer of before.
  std::string FlightKey() const { return absl::StrCat(generation(), ".", key); }
};

SharedReads::SharedReads(const Parts& parts)
    : parts_(parts), table_(std::make_shared<const Table>()) {}

void SharedReads::Use(std::shared_ptr<const Api> api) {
  auto table = std::make_shared<Table>();
  table->api = std::move(api);
  ++versions_;
  for (const Route& route : table->api->catalog->routes()) {
    const auto& policy = route.policy;
    if (!policy.has_cache() || route.http_method != "GET") continue;
    table->routes[&route] = {
        .rule = {.max_age = absl::Seconds(policy.cache().max_age_s()),
                 .stale_while_revalidate = absl::Seconds(policy.cache().stale_while_revalidate_s()),
                 .group = parts_.changes.Add(route)},
        .key = absl::StrCat(versions_, " ", route.rpc_path, " ", route.path.text, " "),
        .cache_control = CacheControlOf(policy.cache())};
  }
  table_.Set(std::move(table));
}

std::shared_ptr<const SharedReads::Table> SharedReads::Takes(const Request& request,
                                                             const Route& route) const {
  const bool may_share = route.policy.has_cache() && route.http_method == "GET" &&
                         !request.has_body && request.Count("Authorization") == 0 &&
                         request.Count("Request-Timeout") == 0 &&
                         request.Count("grpc-timeout") == 0;
  if (!may_share) return nullptr;
  std::shared_ptr<const Table> table = table_.Get();
  return table->routes.contains(&route) ? table : nullptr;
}

asio::awaitable<absl::StatusOr<Response>> SharedReads::Answer(
    const Table& table, const Request& request, const Route& route, const Router::Match& match,
    absl::string_view query, CallFacts& facts) {
  CW_CO_ASSIGN_OR_RETURN(const QueryParameters parameters, ParseQuery(query, kMaxQueryParameters));
  Read read{.request = &request,
            .facts = &facts,
            .table = table.shared_from_this(),
            .route = &route,
            .shared = &table.routes.find(&route)->second};
  read.key = KeyOf(read.shared->key, match, parameters);
  const absl::Time now = absl::Now();
  auto found = parts_.cache.Find(read.key, read.shared->rule, now);
  if (found.state == CacheState::kFresh) {
    CountCacheResult(CacheResult::kHit);
    co_return Serve(read, *found.answer, "hit");
  }
  if (found.answer != nullptr && found.answer->ShallWait(now)) {
    CountCacheResult(CacheResult::kStale);
    co_return Serve(read, *found.answer, "fwd=stale; fwd-status=503");
  }
  CW_CO_ASSIGN_OR_RETURN(
      read.message,
      EncodeRequest(route, {.variables = match.variables, .query = parameters, .body = {}}, {}));
  read.call = {.request_id = request.request_id,
               .traceparent = request.traceparent,
               .deadline = now + route.timeout};
  read.stale = std::move(found.answer);
  if (found.state == CacheState::kRevalidate) {
    Response response = Serve(read, *read.stale, "hit; detail=revalidating");
    CountCacheResult(CacheResult::kStale);
    if (Flights::Lead lead = flights_.TryLead(read.FlightKey())) {
      read.request = nullptr;
      read.facts = nullptr;
      asio::co_spawn(parts_.background, RenewBehind(std::move(read), std::move(lead)),
                     asio::detached);
    }
    co_return response;
  }
  co_return co_await Renew(std::move(read));
}

// Leads or waits until there is an answer, or a reason why not.
asio::awaitable<absl::StatusOr<Response>> SharedReads::Renew(Read read) {
  const auto executor = co_await asio::this_coro::executor;
  for (int leaders = 0; leaders < kMaxLeaders; ++leaders) {
    Flights::Place place = flights_.Join(read.FlightKey(), executor);
    if (place.lead) {
      // Somebody may have landed between the look into the cache and now.
      const auto found = parts_.cache.Find(read.key, read.shared->rule, absl::Now());
      if (found.state == CacheState::kFresh) {
        CountCacheResult(CacheResult::kHit);
        co_return Serve(read, *found.answer, "hit");
      }
      const std::shared_ptr<const Landing> landing = co_await Fetch(read);
      place.lead.Land(landing);
      CountCacheResult(CacheResult::kMiss);
      co_return Landed(read, *landing, landing->stored ? "fwd=miss; stored" : "fwd=miss");
    }
    const absl::Duration left = std::max(read.call.deadline - absl::Now(), absl::ZeroDuration());
    const auto result = co_await place.waiter->Wait(absl::ToChronoNanoseconds(left));
    if (result != nullptr) {
      CountCacheResult(CacheResult::kCollapsed);
      co_return Landed(read, *std::static_pointer_cast<const Landing>(result),
                       "fwd=miss; collapsed");
    }
    if (absl::Now() >= read.call.deadline) break;
  }
  const Landing late{.status = absl::DeadlineExceededError("another request's call took too long")};
  co_return Landed(read, late, "fwd=miss; collapsed");
}

asio::awaitable<void> SharedReads::RenewBehind(Read read, Flights::Lead lead) {
  read.call.deadline = absl::Now() + read.route->timeout;
  lead.Land(co_await Fetch(read));
}

// Asks the service, and keeps what it says.
asio::awaitable<std::shared_ptr<const SharedReads::Landing>> SharedReads::Fetch(const Read& read) {
  auto landing = std::make_shared<Landing>();
  // Both from before the call: what happens meanwhile makes the answer old.
  const absl::Time fetched = absl::Now();
  const uint64_t generation = read.generation();
  CallFacts nobodys;
  CallFacts& facts = read.facts != nullptr ? *read.facts : nobodys;
  // Not cancelled when a client goes: others wait for it, too, or will ask.
  const auto wire =
      co_await parts_.upstream.Call(*read.route, read.call, read.message, nullptr, facts);
  if (!wire.ok()) {
    landing->status = wire.status();
    if (IsAway(wire.status()) && read.stale != nullptr) {
      read.stale->WaitUntil(absl::Now() + kRetryPause);
    }
    co_return landing;
  }
  absl::StatusOr<Response> response =
      DecodeResponse(*read.route, {reinterpret_cast<const char*>(wire->begin()), wire->size()});
  if (!response.ok()) {
    landing->status = response.status();
  } else if (response->status != 200 || response->Has("Set-Cookie")) {
    landing->other = std::make_shared<const Response>(*std::move(response));
  } else {
    landing->answer =
        std::make_shared<const CachedAnswer>(*std::move(response), fetched, generation);
    landing->stored = parts_.cache.Insert(read.key, landing->answer);
    NoteCacheSize(parts_.cache);
  }
  co_return landing;
}

absl::StatusOr<Response> SharedReads::Landed(const Read& read, const Landing& landing,
                                             absl::string_view status) {
  if (landing.answer != nullptr) return Serve(read, *landing.answer, status);
  if (landing.other != nullptr) return *landing.other;
  if (IsAway(landing.status) && read.stale != nullptr) {
    CountCacheResult(CacheResult::kStale);
    return Serve(read, *read.stale, "fwd=stale; fwd-status=503");
  }
  return landing.status;
}

Response SharedReads::Serve(const Read& read, const CachedAnswer& answer,
                            absl::string_view status) {
  const EncodedContent& content = answer.content();
  const bool compress = content.varies() && read.route->may_compress;
  const Coding wanted = compress ? AcceptedCoding(*read.request) : Coding::kIdentity;
  const EncodedContent::Form& form = parts_.cache.FormOf(read.key, answer, wanted);
  const int64_t age_s = std::max<int64_t>(absl::ToInt64Seconds(absl::Now() - answer.fetched()), 0);
  const int64_t ttl_s = absl::ToInt64Seconds(read.shared->rule.max_age) - age_s;
  Response response{.content_type = answer.content_type()};
  response.headers.reserve(answer.headers().size() + 6);
  for (const Header& header : answer.headers()) response.headers.push_back(header);
  ServeContent(*read.request, content, form, response);
  response.Add("Cache-Control", read.shared->cache_control);
  response.Add("Age", absl::StrCat(age_s));
  response.Add("Cache-Status", absl::StrCat("cartwright; ", status, "; ttl=", ttl_s));
  return response;
}

}  // namespace cartwright::gateway
