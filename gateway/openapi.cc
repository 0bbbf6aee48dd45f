#include "gateway/openapi.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "boost/json/array.hpp"
#include "boost/json/object.hpp"
#include "boost/json/parse.hpp"
#include "boost/json/serialize.hpp"
#include "cartwright/api/v1/error_reason.pb.h"
#include "gateway/json_schema.h"
#include "gateway/openapi_errors.h"
#include "gateway/problem.h"
#include "gateway/scalar.h"
#include "shared/rpc/policy.h"

namespace cartwright::gateway {

namespace json = boost::json;

namespace {

constexpr const char* kProblemSchema = R"json({
  "type": "object",
  "description": "An error (RFC 9457).",
  "required": ["type", "title", "status", "detail", "code", "reason", "metadata", "requestId",
               "traceId"],
  "properties": {
    "type": {"type": "string", "const": "about:blank"},
    "title": {"type": "string", "description": "Phrase of the HTTP status."},
    "status": {"type": "integer", "description": "HTTP status."},
    "detail": {"type": "string", "description": "A sentence for people."},
    "code": {"type": "string", "description": "Name of the gRPC status code."},
    "reason": {"type": "string", "description": "The cause, for machines."},
    "metadata": {"type": "object", "additionalProperties": {"type": "string"},
                 "description": "What the sentence says, in parts."},
    "violations": {
      "type": "array",
      "description": "The fields to blame; with INVALID_ARGUMENT.",
      "items": {
        "type": "object",
        "required": ["field", "description"],
        "properties": {"field": {"type": "string"}, "description": {"type": "string"}}
      }
    },
    "requestId": {"type": "string", "description": "Names this request in the logs."},
    "traceId": {"type": "string", "description": "Names its trace."}
  }
})json";

// RFC 6749, 5.2.
constexpr const char* kOAuthErrorSchema = R"json({
  "type": "object",
  "description": "An error in the form of OAuth.",
  "required": ["error", "error_description"],
  "properties": {
    "error": {"type": "string", "description": "The cause, for machines."},
    "error_description": {"type": "string", "description": "A sentence for people."}
  }
})json";

constexpr const char* kProblemType = "application/problem+json";
constexpr int kMaxParameterDepth = 3;

// "/api/cart/item/{productId}" of "/api/cart/item/{product_id}".
std::string PathOf(const Route& route) {
  std::string path;
  size_t part = 0;
  while (part < route.path.parts.size()) {
    const PathTemplate::Variable* variable = nullptr;
    size_t index = 0;
    for (size_t v = 0; v < route.path.variables.size(); ++v) {
      if (static_cast<size_t>(route.path.variables[v].begin) != part) continue;
      variable = &route.path.variables[v];
      index = v;
    }
    if (variable != nullptr) {
      std::string name;
      for (const FieldPlan* field : route.variables[index]) {
        absl::StrAppend(&name, name.empty() ? "" : ".", field->json_name);
      }
      absl::StrAppend(&path, "/{", name, "}");
      part = static_cast<size_t>(variable->end);
    } else {
      const bool literal = route.path.parts[part].kind == PathTemplate::Kind::kLiteral;
      absl::StrAppend(&path, "/", literal ? route.path.parts[part].literal : "*");
      ++part;
    }
  }
  return route.path.verb.empty() ? path : absl::StrCat(path, ":", route.path.verb);
}

json::object Parameter(const char* in, const std::string& name, bool required,
                       json::object schema) {
  json::object parameter = {{"name", name}, {"in", in}, {"required", required}};
  if (const json::value* description = schema.if_contains("description")) {
    parameter["description"] = *description;
    schema.erase("description");
  }
  parameter["schema"] = std::move(schema);
  return parameter;
}

// Writes the operations of all routes into one document.
class Writer {
 public:
  explicit Writer(const ApiCatalog& catalog) : catalog_(catalog) {
    for (const Route& route : catalog.routes()) schemas_.NoteAnswer(AnswerOf(route));
  }

  json::object Document() {
    json::object paths;
    for (const Route& route : catalog_.routes()) {
      json::value& item = paths[PathOf(route)];
      if (!item.is_object()) item.emplace_object();
      item.get_object()[absl::AsciiStrToLower(route.http_method)] = Operation(route);
    }
    json::object components = schemas_.Components();
    components["Problem"] = json::parse(kProblemSchema);
    AddOAuthErrors(components);
    responses_["Problem"] = {
        {"description", "An error."},
        {"content", {{kProblemType, {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
    return {{"openapi", "3.1.0"},
            {"info",
             {{"title", "Cartwright"},
              {"version", "1"},
              {"description",
               "A shop back end. Money is an integer number of minor units, and 64-bit integers "
               "are JSON strings on output."},
              {"license", {{"name", "Apache 2.0"}, {"identifier", "Apache-2.0"}}}}},
            {"servers", json::array{json::object{{"url", "/"}}}},
            {"tags", Tags()},
            {"paths", std::move(paths)},
            {"components",
             {{"schemas", std::move(components)},
              {"responses", std::move(responses_)},
              {"securitySchemes", SecuritySchemes()}}}};
  }

 private:
  static const MessagePlan& AnswerOf(const Route& route) {
    const bool is_field = route.response_field != nullptr && !route.response_field->repeated &&
                          route.response_field->message != nullptr;
    return is_field ? *route.response_field->message : *route.response;
  }

  // What an endpoint with oauth_errors answers; a request that never gets there is a problem.
  void AddOAuthErrors(json::object& components) {
    const auto& routes = catalog_.routes();
    const bool used = std::any_of(routes.begin(), routes.end(),
                                  [](const Route& route) { return route.oauth_errors; });
    if (!used) return;
    components["OAuthError"] = json::parse(kOAuthErrorSchema);
    responses_["OAuthError"] = {
        {"description", "An error."},
        {"content",
         {{"application/json", {{"schema", {{"$ref", "#/components/schemas/OAuthError"}}}}},
          {kProblemType, {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
  }

  json::array Tags() const {
    json::array tags;
    const google::protobuf::ServiceDescriptor* last = nullptr;
    for (const Route& route : catalog_.routes()) {
      const auto* service = route.method->service();
      if (std::exchange(last, service) == service) continue;
      tags.push_back(json::object{{"name", service->name()}, {"description", CommentOf(*service)}});
    }
    return tags;
  }

  json::object Operation(const Route& route) {
    const std::string comment = CommentOf(*route.method);
    json::object operation = {{"operationId", OperationId(route)},
                              {"tags", json::array{json::string(route.method->service()->name())}},
                              {"summary", comment.substr(0, comment.find(". "))},
                              {"description", comment}};
    json::array parameters = Parameters(route);
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    if (route.TakesBody()) {
      json::object schema =
          route.body_is_message ? BodySchema(route) : schemas_.OfField(*route.body_field);
      operation["requestBody"] = {
          {"required", NeedsBody(route)},
          {"content", route.takes_raw_body
                          ? RawContent()
                          : json::object{{"application/json", {{"schema", std::move(schema)}}}}}};
    }
    operation["responses"] = Responses(route);
    operation["security"] = Security(route);
    return operation;
  }

  // An RPC with several bindings has one operation for each.
  std::string OperationId(const Route& route) {
    const int count = ++operations_[route.method];
    return count == 1 ? route.method->name() : absl::StrCat(route.method->name(), count);
  }

  // An absent body is an empty message, which a required field refuses.
  static bool NeedsBody(const Route& route) {
    const MessagePlan* message = route.body_is_message ? route.request : route.body_field->message;
    if (message == nullptr) return true;
    return std::any_of(message->fields.begin(), message->fields.end(), [](const FieldPlan& field) {
      return !field.bound && rpc::PolicyOf(*field.descriptor).required();
    });
  }

  // A component of its own where nothing is in the path; request types belong to one RPC.
  json::object BodySchema(const Route& route) {
    std::set<const FieldPlan*> in_path;
    for (const FieldPath& path : route.variables) in_path.insert(path.front());
    if (in_path.empty()) return schemas_.OfMessage(*route.request);
    return schemas_.Inline(*route.request, in_path);
  }

  json::array Parameters(const Route& route) {
    json::array parameters;
    for (const FieldPath& path : route.variables) {
      std::string name;
      for (const FieldPlan* field : path) {
        absl::StrAppend(&name, name.empty() ? "" : ".", field->json_name);
      }
      parameters.push_back(Parameter("path", name, true, schemas_.OfField(*path.back())));
    }
    const auto key = route.policy.idempotency_key();
    if (key == api::v1::REQUIRED || key == api::v1::OPTIONAL) {
      parameters.push_back(Parameter(
          "header", "Idempotency-Key", key == api::v1::REQUIRED,
          {{"type", "string"},
           {"minLength", 1},
           {"maxLength", 255},
           {"description", "Makes a retry safe: the same key has one effect and one answer."}}));
    }
    if (route.event_id != nullptr) {
      parameters.push_back(
          Parameter("header", "Last-Event-ID", false,
                    {{"type", "string"},
                     {"description",
                      "Id of the last event that the client has; the stream goes on after it."}}));
    }
    if (!route.body_is_message) AddQuery(route, *route.request, "", 1, parameters);
    return parameters;
  }

  void AddQuery(const Route& route, const MessagePlan& message, const std::string& prefix,
                int depth, json::array& parameters) {
    for (const FieldPlan& field : message.fields) {
      const bool in_path = [&] {
        for (const FieldPath& path : route.variables) {
          if (path.back() == &field) return true;
        }
        return false;
      }();
      if (field.bound || in_path || &field == route.body_field) continue;
      if (HasTextForm(field)) {
        parameters.push_back(
            Parameter("query", prefix + field.json_name, false, schemas_.OfField(field)));
      } else if (!field.repeated && depth < kMaxParameterDepth) {
        AddQuery(route, *field.message, absl::StrCat(prefix, field.json_name, "."), depth + 1,
                 parameters);
      }
    }
  }

  // What IsRawType lets through.
  static json::object RawContent() {
    return {{"*/*", {{"schema", {{"type", "string"}, {"format", "binary"}}}}}};
  }

  json::object Responses(const Route& route) {
    json::object schema = route.response_field != nullptr ? schemas_.OfField(*route.response_field)
                                                          : schemas_.OfMessage(*route.response);
    json::object content = {{"application/json", {{"schema", schema}}}};
    if (route.answers_raw) content = RawContent();
    if (route.IsStream()) {
      // Of each event's data, and of each line.
      content = {{"text/event-stream", {{"schema", schema}}},
                 {"application/x-ndjson", {{"schema", std::move(schema)}}}};
    }
    std::set<int> statuses = {route.policy.success_status() != 0 ? route.policy.success_status()
                                                                 : 200};
    for (const auto& rule : route.status_rules) statuses.insert(rule.status);
    json::object responses;
    for (int status : statuses) {
      const absl::string_view phrase = ReasonPhrase(status);
      json::object& response = responses[absl::StrCat(status)].emplace_object();
      response["description"] = std::string(phrase);
      if (status != 204) response["content"] = content;
    }
    if (route.IsStream()) {
      responses["204"] = {{"description", "There is nothing after Last-Event-ID, nor will be."}};
    }
    const bool oauth = route.oauth_errors;
    const json::object general = {
        {"$ref", absl::StrCat("#/components/responses/", oauth ? "OAuthError" : "Problem")}};
    for (const auto& [status, reasons] : RefusalsOf(route, catalog_.reasons())) {
      responses[absl::StrCat(status)] = oauth ? general : Refusal(status, reasons);
    }
    // What is refused before it is known which operation is meant, and what fails inside.
    for (const char* range : {"4XX", "5XX"}) responses[range] = general;
    return responses;
  }

  // A reference to the component of these refusals; many operations have the same.
  json::object Refusal(int status, const std::set<std::string>& reasons) {
    std::map<std::set<std::string>, std::string>& names = refusals_[status];
    std::string& name = names[reasons];
    if (name.empty()) {
      name = names.size() == 1 ? absl::StrCat(status) : absl::StrCat(status, "-", names.size());
      const json::object with_reason = {
          {"properties", {{"reason", {{"enum", json::array(reasons.begin(), reasons.end())}}}}}};
      const json::array all_of = {json::object{{"$ref", "#/components/schemas/Problem"}},
                                  with_reason};
      const std::string description =
          absl::StrCat(ReasonPhrase(status), ": ", absl::StrJoin(reasons, ", "), ".");
      responses_[name] = {{"description", description},
                          {"content", {{kProblemType, {{"schema", {{"allOf", all_of}}}}}}}};
    }
    return {{"$ref", absl::StrCat("#/components/responses/", name)}};
  }

  json::array Security(const Route& route) {
    json::array security;
    if (route.policy.access() != api::v1::PUBLIC) {
      security.push_back(json::object{{"accessToken", json::array{}}});
    }
    for (const BoundField& field : route.bound_fields) {
      if (field.bind.cookie().empty()) continue;
      cookies_.insert(field.bind.cookie());
      security.push_back(json::object{{field.bind.cookie(), json::array{}}});
      // Whoever does without it is served, unless the method refuses tokens.
      const auto refusals = RefusalsOf(route, catalog_.reasons());
      const std::string invalid = api::v1::ErrorReason_Name(api::v1::TOKEN_INVALID);
      if (!refusals.at(401).contains(invalid)) security.push_back(json::object());
    }
    return security;
  }

  json::object SecuritySchemes() const {
    json::object schemes = {
        {"accessToken", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}}};
    for (const std::string& cookie : cookies_) {
      schemes[cookie] = {{"type", "apiKey"}, {"in", "cookie"}, {"name", cookie}};
    }
    return schemes;
  }

  const ApiCatalog& catalog_;
  JsonSchemas schemas_;
  std::map<const google::protobuf::MethodDescriptor*, int> operations_;
  std::set<std::string> cookies_;
  std::map<int, std::map<std::set<std::string>, std::string>> refusals_;  // to their names
  json::object responses_;
};

}  // namespace

std::string OpenApiDocument(const ApiCatalog& catalog) {
  return json::serialize(Writer(catalog).Document());
}

}  // namespace cartwright::gateway
