#include "gateway/route_compiler.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cartwright/api/v1/error_form.pb.h"
#include "cartwright/api/v1/live_session.pb.h"
#include "gateway/raw_body.h"
#include "gateway/scalar.h"
#include "google/api/annotations.pb.h"
#include "shared/base/status_macros.h"
#include "shared/rpc/policy.h"

namespace cartwright::gateway {

using google::api::HttpRule;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

namespace {

constexpr absl::string_view kIdempotencyKey = "Idempotency-Key";
// Of a request; what is over it no connection could skip either.
constexpr uint32_t kMaxBody = 64 << 10;

absl::Status Mistake(const MethodDescriptor& method, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(method.full_name(), ": ", what));
}

// HTTP method and path template of a rule.
absl::StatusOr<std::pair<std::string, std::string>> PatternOf(const MethodDescriptor& method,
                                                              const HttpRule& rule) {
  using Pattern = std::pair<std::string, std::string>;
  switch (rule.pattern_case()) {
    case HttpRule::kGet: return Pattern("GET", rule.get());
    case HttpRule::kPut: return Pattern("PUT", rule.put());
    case HttpRule::kPost: return Pattern("POST", rule.post());
    case HttpRule::kDelete: return Pattern("DELETE", rule.delete_());
    case HttpRule::kPatch: return Pattern("PATCH", rule.patch());
    default: return Mistake(method, "its HTTP rule has none of get, put, post, delete, patch");
  }
}

absl::Status ResolvePath(Route& route) {
  std::set<FieldPath> seen;
  for (const auto& variable : route.path.variables) {
    CW_ASSIGN_OR_RETURN(FieldPath path, FindPath(*route.request, variable.field_path));
    const FieldPlan& leaf = *path.back();
    const bool bound = std::any_of(path.begin(), path.end(), [](auto* f) { return f->bound; });
    if (bound) return Mistake(*route.method, absl::StrCat(leaf.json_name, " is bound"));
    if (leaf.repeated || leaf.message != nullptr) {
      return Mistake(*route.method,
                     absl::StrCat("the path variable ", leaf.json_name, " is not one scalar"));
    }
    if (!seen.insert(path).second) {
      return Mistake(*route.method, absl::StrCat(leaf.json_name, " is in the path twice"));
    }
    route.variables.push_back(std::move(path));
  }
  return absl::OkStatus();
}

absl::Status ResolveBody(Route& route, const std::string& body) {
  if (body.empty()) return absl::OkStatus();
  if (route.http_method == "GET" || route.http_method == "DELETE") {
    return Mistake(*route.method, absl::StrCat(route.http_method, " has no body"));
  }
  route.body_is_message = body == "*";
  if (route.body_is_message) return absl::OkStatus();
  route.body_field = route.request->FindByProtoName(body);
  if (route.body_field == nullptr || route.body_field->bound) {
    return Mistake(*route.method, absl::StrCat("its body, ", body, ", is not a settable field"));
  }
  const auto in_path = [&](const FieldPath& path) { return path[0] == route.body_field; };
  if (std::any_of(route.variables.begin(), route.variables.end(), in_path)) {
    return Mistake(*route.method, absl::StrCat(body, " is both the body and in the path"));
  }
  return absl::OkStatus();
}

absl::Status ResolveResponseBody(Route& route, const std::string& name) {
  if (name.empty()) return absl::OkStatus();
  route.response_field = route.response->FindByProtoName(name);
  if (route.response_field == nullptr || route.response_field->moved_out) {
    return Mistake(*route.method, absl::StrCat("it has no field ", name, " to answer with"));
  }
  return absl::OkStatus();
}

bool IsOneRawBody(const FieldPlan& field) {
  return field.message != nullptr && !field.repeated && IsHttpBody(*field.message->descriptor);
}

absl::Status ResolveRawBodies(Route& route) {
  route.takes_raw_body = route.body_field != nullptr
                             ? IsOneRawBody(*route.body_field)
                             : route.body_is_message && IsHttpBody(*route.request->descriptor);
  route.answers_raw = route.response_field != nullptr ? IsOneRawBody(*route.response_field)
                                                      : IsHttpBody(*route.response->descriptor);
  if (route.answers_raw && route.IsStream()) {
    return Mistake(*route.method, "a stream of HttpBody has no form");
  }
  return absl::OkStatus();
}

bool IsOneString(const FieldPlan& field) {
  return field.type == FieldDescriptor::TYPE_STRING && !field.repeated;
}

absl::Status ResolveBoundFields(Route& route) {
  bool has_key = false;
  for (const FieldPlan& field : route.request->fields) {
    if (!field.bound) continue;
    const auto& bind = rpc::PolicyOf(*field.descriptor).bind();
    if (!IsOneString(field)) {
      return Mistake(*route.method, absl::StrCat(field.json_name, " is bound but not one string"));
    }
    const bool needs_user = bind.source_case() == api::v1::Bind::kSubject ||
                            bind.source_case() == api::v1::Bind::kSession;
    if (needs_user && route.policy.access() == api::v1::PUBLIC) {
      return Mistake(*route.method,
                     absl::StrCat(field.json_name, " needs a user, but the method is PUBLIC"));
    }
    has_key = has_key || absl::EqualsIgnoreCase(bind.header(), kIdempotencyKey);
    route.bound_fields.push_back({.number = field.number, .bind = bind});
  }
  const bool wants_key = route.policy.idempotency_key() == api::v1::OPTIONAL ||
                         route.policy.idempotency_key() == api::v1::REQUIRED;
  if (has_key == wants_key) return absl::OkStatus();
  return Mistake(*route.method, "idempotency_key and the field bound to that header disagree");
}

absl::Status ResolveMovedFields(Route& route) {
  for (const FieldPlan& field : route.response->fields) {
    if (!field.moved_out) continue;
    const auto& policy = rpc::PolicyOf(*field.descriptor);
    const bool flag = field.type == FieldDescriptor::TYPE_BOOL && !field.repeated;
    if (policy.has_cookie()) {
      if (!IsOneString(field)) {
        return Mistake(*route.method,
                       absl::StrCat(field.json_name, " is a cookie but not one string"));
      }
      route.cookies.push_back({.field = &field, .cookie = policy.cookie()});
    } else if (IsOneString(field) || flag) {
      route.headers.push_back({.field = &field, .name = policy.header()});
    } else {
      return Mistake(*route.method,
                     absl::StrCat(field.json_name, " is a header but neither string nor bool"));
    }
  }
  return absl::OkStatus();
}

// "/api/orders/{order.id}" in parts.
absl::StatusOr<std::vector<ResolvedStatusRule::LocationPart>> ResolveLocation(
    const Route& route, absl::string_view location) {
  std::vector<ResolvedStatusRule::LocationPart> parts;
  while (!location.empty()) {
    const size_t open = std::min(location.find('{'), location.size());
    auto& part = parts.emplace_back();
    part.text = std::string(location.substr(0, open));
    location.remove_prefix(open);
    if (location.empty()) break;
    const size_t close = location.find('}');
    if (close == absl::string_view::npos) {
      return Mistake(*route.method, "the location of a status rule lacks a closing brace");
    }
    CW_ASSIGN_OR_RETURN(part.value, FindPath(*route.response, location.substr(1, close - 1)));
    if (!IsOneString(*part.value.back())) {
      return Mistake(*route.method, "the location of a status rule names no string");
    }
    location.remove_prefix(close + 1);
  }
  return parts;
}

absl::Status ResolveStatusRules(Route& route) {
  const int success = route.policy.success_status();
  if (success != 0 && (success < 200 || success > 299)) {
    return Mistake(*route.method, "success_status is not a status of success");
  }
  for (const auto& rule : route.policy.status_rules()) {
    ResolvedStatusRule resolved{
        .equals = rule.equals(), .status = rule.status(), .retry_after_s = rule.retry_after_s()};
    if (rule.status() < 200 || rule.status() > 299) {
      return Mistake(*route.method, "the status of a status rule is not one of success");
    }
    CW_ASSIGN_OR_RETURN(resolved.field, FindPath(*route.response, rule.field()));
    if (resolved.field.back()->message != nullptr || resolved.field.back()->repeated) {
      return Mistake(*route.method, absl::StrCat(rule.field(), " is not one scalar"));
    }
    CW_ASSIGN_OR_RETURN(resolved.location, ResolveLocation(route, rule.location()));
    route.status_rules.push_back(std::move(resolved));
  }
  return absl::OkStatus();
}

// A stream has one head before all its messages; and a client must be able to ask again.
absl::Status ResolveStream(Route& route) {
  for (const FieldPlan& field : route.response->fields) {
    if (!rpc::PolicyOf(*field.descriptor).event_id()) continue;
    if (!route.IsStream() || !IsOneString(field) || route.event_id != nullptr) {
      return Mistake(*route.method,
                     absl::StrCat(field.json_name, " is not the one string that is an event's id"));
    }
    route.event_id = &field;
  }
  if (!route.IsStream()) return absl::OkStatus();
  if (route.http_method != "GET") return Mistake(*route.method, "a stream needs a rule of get");
  if (!route.cookies.empty() || !route.headers.empty() || !route.status_rules.empty() ||
      route.policy.has_cache() || route.policy.success_status() != 0) {
    return Mistake(*route.method,
                   "a stream has no cookies, headers, status rules, status or cache policy");
  }
  return absl::OkStatus();
}

// A shared answer must not depend on who asks, nor on anything but the URL.
absl::Status ResolveCache(Route& route) {
  if (!route.policy.has_cache()) return absl::OkStatus();
  if (!route.bound_fields.empty() || !route.cookies.empty() || route.policy.same_origin()) {
    return Mistake(*route.method,
                   "a cached method has no bound fields, no cookies and no same_origin");
  }
  const std::string& name = route.policy.cache().invalidated_by();
  if (name.empty()) return absl::OkStatus();
  const MethodDescriptor* cursor = route.method->service()->FindMethodByName(name);
  if (cursor == nullptr || cursor->client_streaming() || cursor->server_streaming()) {
    return Mistake(*route.method,
                   absl::StrCat("its service has no method ", name, " to be invalidated by"));
  }
  CW_ASSIGN_OR_RETURN(const api::v1::MethodPolicy policy, rpc::PolicyOf(*cursor));
  const auto& callers = policy.callers();
  if (policy.access() != api::v1::INTERNAL ||
      std::find(callers.begin(), callers.end(), "gateway") == callers.end()) {
    return Mistake(*route.method,
                   absl::StrCat(name, ", which invalidates it, is not INTERNAL for the gateway"));
  }
  route.cursor_path = rpc::PathOf(*cursor);
  return absl::OkStatus();
}

// True for a service that hands out secrets.
bool HasSecrets(const google::protobuf::ServiceDescriptor& service) {
  for (int i = 0; i < service.method_count(); ++i) {
    const auto& answer = *service.method(i)->output_type();
    for (int j = 0; j < answer.field_count(); ++j) {
      const auto& policy = rpc::PolicyOf(*answer.field(j));
      if (policy.sensitive() || policy.has_cookie()) return true;
    }
  }
  return false;
}

// BREACH reads a secret off the size of a compressed answer that also has an attacker's text, to
// requests that a browser makes with the victim's cookie. So nothing is compressed of a service
// that hands out secrets, nor where a cookie is read or an origin counts.
void ResolveCompression(Route& route) {
  const auto by_cookie = [](const BoundField& field) { return field.bind.has_cookie(); };
  const auto& bound = route.bound_fields;
  route.may_compress = !route.IsStream() && !route.policy.same_origin() &&
                       std::none_of(bound.begin(), bound.end(), by_cookie) &&
                       !HasSecrets(*route.method->service());
}

// The account is counted by a field that the client fills: a user has the token for that.
absl::Status ResolveRateLimit(Route& route) {
  const auto rate_class = RateClassOf(route.policy.rate_limit(), route.http_method);
  if (!rate_class.ok()) return Mistake(*route.method, rate_class.status().message());
  route.rate_class = *rate_class;
  for (const FieldPlan& field : route.request->fields) {
    if (!rpc::PolicyOf(*field.descriptor).rate_limit_key()) continue;
    const bool fits = IsOneString(field) && !field.bound && route.rate_limit_key == 0 &&
                      route.policy.access() == api::v1::PUBLIC &&
                      route.rate_class == RateClass::kAuth;
    if (!fits) {
      return Mistake(*route.method, absl::StrCat(field.json_name,
                                                 " is not the one string of a PUBLIC method of "
                                                 "the class auth that names an account"));
    }
    route.rate_limit_key = field.number;
  }
  return absl::OkStatus();
}

absl::Status CheckPolicy(const Route& route) {
  if (route.policy.access() == api::v1::INTERNAL) {
    return Mistake(*route.method, "it is INTERNAL but has an HTTP rule");
  }
  const auto& callers = route.policy.callers();
  if (std::find(callers.begin(), callers.end(), "gateway") == callers.end()) {
    return Mistake(*route.method, "it has an HTTP rule, but the gateway is not among its callers");
  }
  if (route.policy.has_cache() && route.policy.access() != api::v1::PUBLIC) {
    return Mistake(*route.method, "only a PUBLIC method can have a cache policy");
  }
  if (route.live_session && route.policy.access() == api::v1::PUBLIC) {
    return Mistake(*route.method, "it is PUBLIC, so there is no session that could be live");
  }
  if (route.policy.max_body_bytes() > kMaxBody) {
    return Mistake(*route.method, absl::StrCat("its max_body_bytes is over ", kMaxBody));
  }
  if (route.method->client_streaming()) {
    return Mistake(*route.method, "streams of requests have no HTTP form");
  }
  return absl::OkStatus();
}

absl::StatusOr<Route> CompileRoute(const MethodDescriptor& method, const HttpRule& rule,
                                   const api::v1::MethodPolicy& policy, MessagePlans& plans) {
  Route route{.method = &method,
              .policy = policy,
              .timeout = rpc::TimeoutOf(policy),
              .backend = BackendOf(*method.file()),
              .rpc_path = rpc::PathOf(method),
              .max_body = policy.max_body_bytes() != 0 ? policy.max_body_bytes() : kMaxBody};
  route.oauth_errors = method.options().GetExtension(api::v1::oauth_errors);
  route.live_session = method.options().GetExtension(api::v1::live_session);
  CW_RETURN_IF_ERROR(CheckPolicy(route));
  CW_ASSIGN_OR_RETURN(auto pattern, PatternOf(method, rule));
  route.http_method = pattern.first;
  CW_ASSIGN_OR_RETURN(route.path, ParsePathTemplate(pattern.second));
  CW_ASSIGN_OR_RETURN(route.request, plans.Get(*method.input_type()));
  CW_ASSIGN_OR_RETURN(route.response, plans.Get(*method.output_type()));
  CW_RETURN_IF_ERROR(ResolvePath(route));
  CW_RETURN_IF_ERROR(ResolveBody(route, rule.body()));
  CW_RETURN_IF_ERROR(ResolveResponseBody(route, rule.response_body()));
  CW_RETURN_IF_ERROR(ResolveRawBodies(route));
  CW_RETURN_IF_ERROR(ResolveBoundFields(route));
  CW_RETURN_IF_ERROR(ResolveMovedFields(route));
  CW_RETURN_IF_ERROR(ResolveStatusRules(route));
  CW_RETURN_IF_ERROR(ResolveStream(route));
  CW_RETURN_IF_ERROR(ResolveCache(route));
  ResolveCompression(route);
  CW_RETURN_IF_ERROR(ResolveRateLimit(route));
  return route;
}

// Names the RPC in an error of a part that does not know it.
absl::Status Named(const MethodDescriptor& method, const absl::Status& status) {
  if (absl::StartsWith(status.message(), method.full_name())) return status;
  return absl::Status(status.code(), absl::StrCat(method.full_name(), ": ", status.message()));
}

}  // namespace

absl::StatusOr<std::vector<Route>> CompileRoutes(const MethodDescriptor& method,
                                                 MessagePlans& plans) {
  std::vector<Route> routes;
  if (!method.options().HasExtension(google::api::http)) return routes;
  CW_ASSIGN_OR_RETURN(const api::v1::MethodPolicy policy, rpc::PolicyOf(method));
  const HttpRule& rule = method.options().GetExtension(google::api::http);
  std::vector<const HttpRule*> rules = {&rule};
  for (const HttpRule& additional : rule.additional_bindings()) {
    if (!additional.additional_bindings().empty()) {
      return Mistake(method, "additional bindings are nested");
    }
    rules.push_back(&additional);
  }
  for (const HttpRule* each : rules) {
    absl::StatusOr<Route> route = CompileRoute(method, *each, policy, plans);
    if (!route.ok()) return Named(method, route.status());
    routes.push_back(*std::move(route));
  }
  return routes;
}

std::string BackendOf(const google::protobuf::FileDescriptor& file) {
  const std::vector<std::string> names = absl::StrSplit(file.package(), '.');
  const absl::string_view last = names.back();
  const bool version = last.size() > 1 && last[0] == 'v' && absl::ascii_isdigit(last[1]);
  return version && names.size() > 1 ? names[names.size() - 2] : names.back();
}

}  // namespace cartwright::gateway
