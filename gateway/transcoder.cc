#include "gateway/transcoder.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "boost/json/monotonic_resource.hpp"
#include "gateway/json_reader.h"
#include "gateway/json_writer.h"
#include "gateway/raw_body.h"
#include "gateway/scalar.h"
#include "gateway/wire.h"
#include "shared/base/json_check.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/base/utf8.h"

namespace cartwright::gateway {
namespace {

constexpr size_t kMaxShownName = 64;

absl::Status UpstreamInvalid(absl::string_view what) {
  return Error(absl::StatusCode::kInternal, api::v1::UPSTREAM_INVALID, what);
}

absl::Status AppendBody(const Route& route, const RequestParts& parts, std::string& out) {
  const absl::string_view body = parts.body;
  if (body.empty()) return absl::OkStatus();
  if (route.takes_raw_body) {
    std::string raw;
    AppendRawBody({.content_type = parts.content_type, .data = body}, raw);
    if (route.body_is_message) {
      out.append(raw);
    } else {
      AppendBytes(route.body_field->number, raw, out);
    }
    return absl::OkStatus();
  }
  unsigned char memory[4096];  // enough for the bodies of every day
  boost::json::monotonic_resource resource(memory, sizeof memory);
  CW_ASSIGN_OR_RETURN(const boost::json::value value, ParseStrictJson(body, &resource));
  if (route.body_is_message) return AppendMessage(*route.request, value, out);
  return AppendField(*route.body_field, value, out);
}

// Encodes `leaf` into the messages around it, from the inside out.
std::string Wrap(const FieldPath& path, std::string leaf) {
  for (size_t i = path.size() - 1; i > 0; --i) {
    std::string outer;
    AppendBytes(path[i - 1]->number, leaf, outer);
    leaf = std::move(outer);
  }
  return leaf;
}

// Where a query parameter goes; nullopt when clients cannot set it there.
std::optional<FieldPath> FindParameter(const Route& route, const std::string& name) {
  if (route.body_is_message) return std::nullopt;
  auto path = FindPath(*route.request, name);
  if (!path.ok()) return std::nullopt;
  const bool bound = std::any_of(path->begin(), path->end(), [](auto* f) { return f->bound; });
  const bool in_path =
      std::find(route.variables.begin(), route.variables.end(), *path) != route.variables.end();
  const bool in_body = path->front() == route.body_field;
  if (bound || in_path || in_body || !HasTextForm(*path->back())) return std::nullopt;
  return *std::move(path);
}

absl::Status AppendQuery(const Route& route, const QueryParameters& query, std::string& out) {
  using Violations = std::vector<std::pair<std::string, std::string>>;
  Violations unknown;
  Violations invalid;
  std::set<FieldPath> seen;
  for (const auto& [name, value] : query) {
    const auto path = FindParameter(route, name);
    if (!path) {
      const bool fits = name.size() <= kMaxShownName;
      unknown.emplace_back(fits ? name : "query", "is not a parameter of this operation");
      continue;
    }
    const FieldPlan& field = *path->back();
    if (!seen.insert(*path).second && !field.repeated) {
      invalid.emplace_back(name, "is given twice");
      continue;
    }
    std::string leaf;
    const absl::string_view wrong = AppendFromText(field, value, leaf);
    if (!wrong.empty()) {
      invalid.emplace_back(name, std::string(wrong));
    } else {
      out.append(Wrap(*path, std::move(leaf)));
    }
  }
  if (unknown.empty() && invalid.empty()) return absl::OkStatus();
  const auto reason = unknown.empty() ? api::v1::INVALID_FIELD : api::v1::UNKNOWN_QUERY_PARAMETER;
  const Violations& violations = unknown.empty() ? invalid : unknown;
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat(violations.front().first, " ", violations.front().second, "."),
                   {.reason = api::v1::ErrorReason_Name(reason),
                    .domain = api::v1::ErrorReason_descriptor()->file()->package(),
                    .violations = violations});
}

// True when `wire` has the field at `path`, and its last value is not that of `wanted`, an
// encoding of the same path.
bool Disagrees(const FieldPath& path, absl::string_view wire, absl::string_view wanted) {
  const auto last = [&](absl::string_view encoded) {
    std::optional<WireField> found;
    for (const FieldPlan* field : path) {
      found.reset();
      WireReader reader(encoded);
      for (WireField value; reader.Next(value);) {
        if (value.number == field->number) found = value;
      }
      if (!found) break;
      encoded = found->bytes;
    }
    return found;
  };
  const auto given = last(wire);
  const auto right = last(wanted);
  return given && (given->bits != right->bits || given->bytes != right->bytes);
}

absl::Status AppendVariables(const Route& route, const std::vector<std::string>& variables,
                             std::string& out) {
  const std::string from_body = out;
  for (size_t i = 0; i < variables.size(); ++i) {
    const FieldPath& path = route.variables[i];
    std::string leaf;
    // An id of another form names nothing.
    if (!AppendFromText(*path.back(), variables[i], leaf).empty()) return NotFound("resource");
    const std::string encoded = Wrap(path, std::move(leaf));
    if (Disagrees(path, from_body, encoded)) {
      return InvalidField(path.back()->json_name, "must be absent or equal to that of the path");
    }
    out.append(encoded);
  }
  return absl::OkStatus();
}

// Characters that a cookie's value may have (RFC 6265) and that cannot end the header.
bool IsCookieValue(absl::string_view value) {
  return IsVisibleAscii(value) && value.find_first_of("\",;\\") == absl::string_view::npos;
}

absl::Status AddCookies(const Route& route, absl::string_view wire, Response& response) {
  for (const CookieField& moved : route.cookies) {
    const std::string value = TextAt({moved.field}, wire);
    if (!IsCookieValue(value)) return UpstreamInvalid("a cookie's value");
    const auto max_age = value.empty() ? 0 : moved.cookie.max_age_s();
    response.Add("Set-Cookie",
                 absl::StrCat(moved.cookie.name(), "=", value, "; Path=", moved.cookie.path(),
                              "; Max-Age=", max_age, "; HttpOnly; Secure; SameSite=Strict"));
  }
  return absl::OkStatus();
}

absl::Status AddHeaders(const Route& route, absl::string_view wire, Response& response) {
  for (const HeaderField& moved : route.headers) {
    const std::string value = TextAt({moved.field}, wire);
    if (!IsVisibleAscii(value)) return UpstreamInvalid("a header's value");
    if (!value.empty() && value != "false") response.Add(moved.name, value);
  }
  return absl::OkStatus();
}

void ApplyStatus(const Route& route, absl::string_view wire, Response& response) {
  response.status = route.policy.success_status() != 0 ? route.policy.success_status() : 200;
  for (const ResolvedStatusRule& rule : route.status_rules) {
    if (TextAt(rule.field, wire) != rule.equals) continue;
    response.status = rule.status;
    std::string location;
    for (const auto& part : rule.location) {
      location.append(part.text);
      if (!part.value.empty()) location.append(PercentEncode(TextAt(part.value, wire)));
    }
    if (!location.empty()) response.Add("Location", location);
    if (rule.retry_after_s != 0) response.Add("Retry-After", absl::StrCat(rule.retry_after_s));
    return;
  }
}

absl::Status SetRawContent(const Route& route, absl::string_view wire, Response& response) {
  if (route.response_field != nullptr) {
    WireReader reader(wire);
    absl::string_view last;
    for (WireField field; reader.Next(field);) {
      if (field.number == route.response_field->number) last = field.bytes;
    }
    if (!reader.ok()) return UpstreamInvalid("an answer that is not its message");
    wire = last;
  }
  const auto raw = DecodeRawBody(wire);
  if (!raw || !IsRawType(raw->content_type)) {
    return UpstreamInvalid("content that may not go through");
  }
  response.content_type = std::string(raw->content_type);
  response.body = std::string(raw->data);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> EncodeRequest(const Route& route, const RequestParts& parts,
                                          const std::vector<std::string>& bound_values) {
  std::string out;
  CW_RETURN_IF_ERROR(AppendBody(route, parts, out));
  CW_RETURN_IF_ERROR(AppendQuery(route, parts.query, out));
  CW_RETURN_IF_ERROR(AppendVariables(route, parts.variables, out));
  for (size_t i = 0; i < bound_values.size(); ++i) {
    AppendBytes(route.bound_fields[i].number, bound_values[i], out);
  }
  return out;
}

absl::Status AppendAnswer(const Route& route, absl::string_view wire, std::string& out) {
  const bool written = route.response_field == nullptr
                           ? AppendJson(*route.response, wire, out)
                           : AppendFieldJson(*route.response, *route.response_field, wire, out);
  if (!written) return UpstreamInvalid("an answer that is not its message");
  return absl::OkStatus();
}

absl::StatusOr<Response> DecodeResponse(const Route& route, absl::string_view wire) {
  Response response{.content_type = "application/json"};
  if (route.answers_raw) {
    CW_RETURN_IF_ERROR(SetRawContent(route, wire, response));
  } else {
    response.body.reserve(2 * wire.size() + 64);
    CW_RETURN_IF_ERROR(AppendAnswer(route, wire, response.body));
  }
  ApplyStatus(route, wire, response);
  // RFC 9110: there is nothing behind its head.
  if (response.status == 204) {
    response.body.clear();
    response.content_type.clear();
  }
  CW_RETURN_IF_ERROR(AddCookies(route, wire, response));
  CW_RETURN_IF_ERROR(AddHeaders(route, wire, response));
  return response;
}

}  // namespace cartwright::gateway
