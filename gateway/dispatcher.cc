#include "gateway/dispatcher.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "gateway/content_coding.h"
#include "gateway/raw_body.h"
#include "gateway/request_deadline.h"
#include "gateway/request_headers.h"
#include "gateway/transcoder.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/telemetry/log.h"

namespace cartwright::gateway {

namespace asio = boost::asio;

namespace {

constexpr size_t kMaxQueryParameters = 50;
constexpr size_t kMaxUserAgent = 256;
constexpr size_t kMaxBoundHeader = 1024;

constexpr std::array<absl::string_view, 10> kMethods = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "QUERY"};

absl::Status Refusal(absl::StatusCode code, api::v1::ErrorReason reason,
                     absl::string_view sentence) {
  return Error(code, reason, sentence);
}

absl::Status RouteNotFound() {
  return Refusal(absl::StatusCode::kNotFound, api::v1::ROUTE_NOT_FOUND,
                 "There is nothing at this path.");
}

absl::Status MethodNotAllowed() {
  return Refusal(absl::StatusCode::kUnimplemented, api::v1::METHOD_NOT_ALLOWED,
                 "This path does not have this method.");
}

// HEAD is where GET is, OPTIONS everywhere.
std::string AllowOf(std::set<std::string> methods) {
  if (methods.contains("GET")) methods.insert("HEAD");
  methods.insert("OPTIONS");
  return absl::StrJoin(methods, ", ");
}

bool HasRole(const Principal& principal, absl::string_view role) {
  return std::find(principal.roles.begin(), principal.roles.end(), role) != principal.roles.end();
}

absl::Status CheckContentType(const Request& request, const Route& route) {
  if (!request.has_body) return absl::OkStatus();
  if (!route.TakesBody()) {
    return Refusal(absl::StatusCode::kInvalidArgument, api::v1::BODY_NOT_ALLOWED,
                   "This operation takes no body.");
  }
  const absl::string_view coding = request.Header("Content-Encoding");
  const bool plain = coding.empty() || absl::EqualsIgnoreCase(coding, "identity");
  const absl::string_view type = request.Header("Content-Type");
  const bool fits = route.takes_raw_body ? IsRawType(type) : IsJsonType(type);
  if (request.Count("Content-Type") == 1 && fits && plain) return absl::OkStatus();
  return Refusal(absl::StatusCode::kInvalidArgument, api::v1::UNSUPPORTED_MEDIA_TYPE,
                 route.takes_raw_body ? "This type of content is not taken here."
                                      : "The body must be application/json, not compressed.");
}

// Cache headers, and the coding that the client likes.
void FinishAnswer(const Request& request, const Route& route, Response& response) {
  const auto& policy = route.policy;
  const bool is_shared = policy.has_cache() && route.http_method == "GET";
  const std::string hash = is_shared ? ContentHash(response.body) : std::string();
  const Coding coding = route.may_compress ? CompressAnswer(request, response) : Coding::kIdentity;
  if (!is_shared) return response.Add("Cache-Control", "private, no-store");
  response.Add("Cache-Control", CacheControlOf(policy.cache()));
  response.Add("Cache-Status", "cartwright; fwd=bypass");
  const auto known = response.status == 200 ? KnownCoding(request, hash, coding) : std::nullopt;
  response.Add("ETag", EtagOf(hash, known.value_or(coding)));
  if (!known) return;
  response.status = 304;
  response.body.clear();
  response.content_type.clear();
  response.Remove("Content-Encoding");
}

}  // namespace

// Who may make the call, and with which key.
struct Dispatcher::Admission {
  std::shared_ptr<const Principal> principal;  // null on public routes
  std::string idempotency_key;
  Throttle::Caller caller;

  std::string ValueOf(const api::v1::Bind& bind, const Request& request) const {
    switch (bind.source_case()) {
      case api::v1::Bind::kSubject: return principal->subject;
      case api::v1::Bind::kSession: return principal->session;
      case api::v1::Bind::kHeader:
        if (absl::EqualsIgnoreCase(bind.header(), "Idempotency-Key")) return idempotency_key;
        return Printable(request.Header(bind.header()), kMaxBoundHeader);
      case api::v1::Bind::kCookie: return CookieValue(request, bind.cookie());
      case api::v1::Bind::kClientIp: return request.client_ip;
      case api::v1::Bind::kUserAgent: return Printable(request.Header("User-Agent"), kMaxUserAgent);
      case api::v1::Bind::SOURCE_NOT_SET: break;
    }
    return {};
  }
};

Dispatcher::Dispatcher(Parts parts)
    : parts_(std::move(parts)),
      streams_{.options = parts_.streams, .api = parts_.api, .log = parts_.log} {}

asio::awaitable<Response> Dispatcher::Handle(const Request& request, BodySource& body) {
  const absl::Time start = absl::Now();
  Response response = co_await Answer(request, body);
  // A stream leaves its line when it ends.
  if (response.stream == nullptr) {
    parts_.log.Add(request, response, response.Content().size(), absl::Now() - start);
  }
  co_return response;
}

Response Dispatcher::Refuse(const Request& request, const absl::Status& error) {
  Response response = Problem(request, error);
  parts_.log.Add(request, response, response.Content().size(), absl::ZeroDuration());
  return response;
}

Response Dispatcher::Problem(const Request& request, const absl::Status& error) const {
  return ProblemResponse(error, request, parts_.api.Get()->catalog->reasons());
}

asio::awaitable<Response> Dispatcher::Answer(const Request& request, BodySource& body) {
  if (std::find(kMethods.begin(), kMethods.end(), request.method) == kMethods.end()) {
    co_return Problem(request, Refusal(absl::StatusCode::kUnimplemented, api::v1::METHOD_UNKNOWN,
                                       "HTTP has no such method."));
  }
  if (request.method == "CONNECT" || request.target == "*") {
    Response response{.status = 204};
    if (request.method != "OPTIONS") response = Problem(request, MethodNotAllowed());
    response.Add("Allow", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
    co_return response;
  }
  const absl::StatusOr<Target> target = ParseTarget(request.target);
  if (!target.ok()) co_return Problem(request, target.status());
  if (!target->authority.empty() &&
      !absl::EqualsIgnoreCase(target->authority, request.Header("Host"))) {
    co_return Problem(request,
                      Refusal(absl::StatusCode::kInvalidArgument, api::v1::MISDIRECTED_REQUEST,
                              "The target names another authority than the Host field."));
  }
  const absl::string_view wanted = request.method == "HEAD" ? "GET" : request.method;
  const std::shared_ptr<const Api> api = parts_.api.Get();
  Router::Match match = api->catalog->router().Find(wanted, target->segments);
  if (match.route < 0) co_return WithoutRoute(request, *target, match.allow);
  const Route& route = api->catalog->routes()[match.route];
  Response response = co_await CallRoute(request, route, std::move(match), target->query, body);
  response.owner = api;
  co_return response;
}

asio::awaitable<Response> Dispatcher::CallRoute(const Request& request, const Route& route,
                                                Router::Match match, absl::string_view query,
                                                BodySource& body) {
  CallFacts facts;
  LimitReport limits;
  const auto shared =
      parts_.shared_reads != nullptr ? parts_.shared_reads->Takes(request, route) : nullptr;
  absl::StatusOr<Response> result = absl::UnknownError("");
  if (shared != nullptr) {
    result = co_await CallShared(*shared, request, route, match, query, facts, limits);
  } else {
    result = co_await CallRpc(request, route, match, query, body, facts, limits);
  }
  Response response;
  if (result.ok()) {
    response = *std::move(result);
    if (!response.Has("Cache-Control")) FinishAnswer(request, route, response);
  } else {
    response = route.oauth_errors
                   ? OAuthErrorResponse(result.status(), parts_.api.Get()->catalog->reasons())
                   : Problem(request, result.status());
    if (response.status >= 500) {
      log::Warn("upstream.failed", result.status().message(),
                {{"rpc.method", absl::string_view(route.rpc_path).substr(1)},
                 {"http.response.status_code", response.status},
                 {"request_id", request.request_id}});
    }
    if (response.status == 415) response.Add("Accept-Encoding", "identity");
  }
  limits.AddTo(response);
  response.route = route.label;
  response.facts = std::move(facts);
  co_return response;
}

asio::awaitable<absl::StatusOr<Response>> Dispatcher::CallShared(
    const SharedReads::Table& table, const Request& request, const Route& route,
    const Router::Match& match, absl::string_view query, CallFacts& facts, LimitReport& limits) {
  Admission admission;
  CW_CO_RETURN_IF_ERROR(co_await Admit(request, route, admission, limits));
  facts.timeout = route.timeout;
  co_return co_await parts_.shared_reads->Answer(table, request, route, match, query, facts);
}

asio::awaitable<absl::StatusOr<Response>> Dispatcher::CallRpc(
    const Request& request, const Route& route, const Router::Match& match, absl::string_view query,
    BodySource& body, CallFacts& facts, LimitReport& limits) {
  CW_CO_ASSIGN_OR_RETURN(const std::string message,
                         co_await ReadMessage(request, route, match, query, body, facts, limits));
  const rpc::Call call{.request_id = request.request_id,
                       .traceparent = request.traceparent,
                       .deadline = absl::Now() + facts.timeout};
  // Otherwise the service's answer would race with a time that is over.
  if (call.deadline <= absl::Now()) co_return absl::DeadlineExceededError("before the call");
  if (route.IsStream()) {
    co_return co_await StreamAnswer::Open(streams_, parts_.upstream, request, route, call, message,
                                          facts);
  }
  CW_CO_ASSIGN_OR_RETURN(
      const grpc::Slice answer,
      co_await parts_.upstream.Call(route, call, message, request.client, facts));
  const absl::string_view wire(reinterpret_cast<const char*>(answer.begin()), answer.size());
  co_return DecodeResponse(route, wire);
}

// Admits the request, and makes the message of it.
asio::awaitable<absl::StatusOr<std::string>> Dispatcher::ReadMessage(
    const Request& request, const Route& route, const Router::Match& match, absl::string_view query,
    BodySource& body, CallFacts& facts, LimitReport& limits) {
  Admission admission;
  const absl::Status admitted = co_await Admit(request, route, admission, limits);
  if (admission.principal != nullptr) facts.subject = admission.principal->subject;
  facts.keyed = !admission.idempotency_key.empty();
  CW_CO_RETURN_IF_ERROR(admitted);
  CW_CO_ASSIGN_OR_RETURN(facts.timeout, TimeoutOf(request, route.timeout));
  CW_CO_ASSIGN_OR_RETURN(const QueryParameters parameters, ParseQuery(query, kMaxQueryParameters));
  std::string json;
  if (request.has_body) {
    CW_CO_ASSIGN_OR_RETURN(json, co_await body.Read(route.max_body));
    facts.request_bytes = json.size();
  }
  std::vector<std::string> bound_values;
  for (const BoundField& field : route.bound_fields) {
    bound_values.push_back(admission.ValueOf(field.bind, request));
  }
  const RequestParts parts{.variables = match.variables,
                           .query = parameters,
                           .body = json,
                           .content_type = request.Header("Content-Type")};
  CW_CO_ASSIGN_OR_RETURN(std::string message, EncodeRequest(route, parts, bound_values));
  if (parts_.throttle != nullptr) {
    CW_CO_RETURN_IF_ERROR(
        parts_.throttle->CheckAccount(route, message, admission.caller, absl::Now(), limits));
  }
  // Last: the body may have taken its time.
  if (route.live_session && parts_.revocations != nullptr) {
    const absl::Time began = absl::Now();
    CW_CO_RETURN_IF_ERROR(co_await parts_.revocations->CheckLive(admission.principal->session,
                                                                 began + facts.timeout));
    facts.timeout -= absl::Now() - began;
  }
  co_return message;
}

asio::awaitable<absl::Status> Dispatcher::Admit(const Request& request, const Route& route,
                                                Admission& admission, LimitReport& limits) {
  const auto& policy = route.policy;
  if (policy.same_origin() && IsCrossOrigin(request)) {
    co_return Refusal(absl::StatusCode::kPermissionDenied, api::v1::ORIGIN_NOT_ALLOWED,
                      "This may only be asked from the shop's own pages.");
  }
  CW_CO_RETURN_IF_ERROR(co_await Identify(request, route, admission, limits));
  const auto key = policy.idempotency_key();
  if (key == api::v1::REQUIRED || key == api::v1::OPTIONAL) {
    CW_CO_ASSIGN_OR_RETURN(admission.idempotency_key, IdempotencyKeyOf(request));
    if (key == api::v1::REQUIRED && admission.idempotency_key.empty()) {
      co_return Refusal(absl::StatusCode::kInvalidArgument, api::v1::IDEMPOTENCY_KEY_MISSING,
                        "This operation needs an Idempotency-Key header.");
    }
  }
  co_return CheckContentType(request, route);
}

// Who asks, and whether that is once too often.
asio::awaitable<absl::Status> Dispatcher::Identify(const Request& request, const Route& route,
                                                   Admission& admission, LimitReport& limits) {
  Throttle* throttle = parts_.throttle;
  Throttle::Caller& caller = admission.caller;
  const absl::Time now = absl::Now();
  if (throttle != nullptr) {
    CW_CO_RETURN_IF_ERROR(throttle->CheckAddress(request, now, caller, limits));
  }
  const auto access = route.policy.access();
  if (access != api::v1::PUBLIC) {
    auto principal = co_await Authenticate(request);
    if (!principal.ok()) {
      co_return throttle == nullptr
          ? principal.status()
          : throttle->CountRefusal(principal.status(), caller, now, limits);
    }
    admission.principal = *std::move(principal);
    caller.user = admission.principal->subject;
  }
  if (throttle != nullptr) {
    CW_CO_RETURN_IF_ERROR(throttle->CheckCaller(route, caller, now, limits));
  }
  if (access == api::v1::ADMIN && !HasRole(*admission.principal, "admin")) {
    co_return Refusal(absl::StatusCode::kPermissionDenied, api::v1::INSUFFICIENT_SCOPE,
                      "This is for administrators.");
  }
  co_return absl::OkStatus();
}

asio::awaitable<absl::StatusOr<std::shared_ptr<const Principal>>> Dispatcher::Authenticate(
    const Request& request) {
  CW_CO_ASSIGN_OR_RETURN(const absl::string_view token, BearerToken(request));
  std::string unknown_kid;
  auto principal = parts_.verifier.Verify(token, absl::Now(), unknown_kid);
  if (!unknown_kid.empty() && parts_.keys != nullptr) {
    co_await parts_.keys->Refresh(unknown_kid);
    principal = parts_.verifier.Verify(token, absl::Now(), unknown_kid);
  }
  if (!principal.ok() && parts_.external != nullptr && parts_.verifier.IsForeign(token)) {
    const rpc::Call call{.request_id = request.request_id, .traceparent = request.traceparent};
    principal = co_await parts_.external->Check(token, request.client_ip, call, absl::Now());
  }
  // Not the token's fault: a 401 would make its owner sign in again. And before it is known which
  // sessions have ended, a good token may be one of theirs.
  const bool keyless = !unknown_kid.empty() && !parts_.verifier.HasKeys();
  const bool unsure =
      principal.ok() && parts_.revocations != nullptr && !parts_.revocations->IsLoaded();
  if (keyless || unsure) {
    co_return SignInUnchecked();
  }
  co_return principal;
}

Response Dispatcher::WithoutRoute(const Request& request, const Target& target,
                                  const std::set<std::string>& allow) {
  const bool reserved = absl::StartsWith(target.path, "/api/") || target.path == "/api" ||
                        absl::StartsWith(target.path, "/.well-known/");
  if (allow.empty() && reserved) return Problem(request, RouteNotFound());
  const std::set<std::string> methods = allow.empty() ? std::set<std::string>{"GET"} : allow;
  const bool readable = request.method == "GET" || request.method == "HEAD";
  if (allow.empty() && readable) return ServeFile(request, target);
  Response response{.status = 204};
  if (request.method != "OPTIONS") response = Problem(request, MethodNotAllowed());
  response.Add("Allow", AllowOf(methods));
  return response;
}

Response Dispatcher::ServeFile(const Request& request, const Target& target) {
  if (target.path == "/healthz") {
    Response response{.content_type = "text/plain; charset=utf-8", .body = "ok\n"};
    response.route = "/healthz";
    response.Add("Cache-Control", "no-store");
    return response;
  }
  if (target.path == "/openapi.json") {
    const std::shared_ptr<const Api> api = parts_.api.Get();
    Response response{.content_type = "application/json"};
    response.route = "/openapi.json";
    ServeContent(request, *api->openapi, api->openapi->Get(AcceptedCoding(request)), response);
    response.Add("Cache-Control", "public, max-age=60");
    return response;
  }
  const bool is_media = target.segments.front().text == "media";
  const std::vector<Segment> below(target.segments.begin() + (is_media ? 1 : 0),
                                   target.segments.end());
  Response response = (is_media ? parts_.media : parts_.site).Serve(request, below);
  if (response.status == 404 && IsPageRoute(request, target.segments)) {
    response = parts_.site.Serve(request, {});
  }
  if (response.status == 404) response = Problem(request, RouteNotFound());
  if (response.status == 416) {
    Response problem =
        Problem(request, Refusal(absl::StatusCode::kOutOfRange, api::v1::RANGE_NOT_SATISFIABLE,
                                 "The file has no bytes in this range."));
    problem.Add("Content-Range", response.Value("Content-Range"));
    response = std::move(problem);
  }
  response.route = is_media ? "/media" : "/";
  return response;
}

}  // namespace cartwright::gateway
