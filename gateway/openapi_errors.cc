#include "gateway/openapi_errors.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cartwright/api/v1/error_reason.pb.h"
#include "gateway/json_schema.h"
#include "shared/rpc/policy.h"

namespace cartwright::gateway {
namespace {

using Reasons = std::vector<api::v1::ErrorReason>;

void Add(const Reasons& more, Reasons& reasons) {
  reasons.insert(reasons.end(), more.begin(), more.end());
}

// True when a client can send an id that cannot name anything.
bool TakesId(const MessagePlan& message, std::set<const MessagePlan*>& seen) {
  if (!seen.insert(&message).second) return false;
  for (const FieldPlan& field : message.fields) {
    if (field.bound) continue;
    if (rpc::PolicyOf(*field.descriptor).id()) return true;
    if (field.message != nullptr && TakesId(*field.message, seen)) return true;
  }
  return false;
}

Reasons OfPolicy(const Route& route) {
  using enum api::v1::ErrorReason;
  Reasons reasons = {MALFORMED_REQUEST, MALFORMED_URI,   UNKNOWN_QUERY_PARAMETER,
                     INVALID_FIELD,     API_KEY_INVALID, QUOTA_EXCEEDED,
                     RATE_LIMITED};
  if (route.TakesBody()) {
    Add({INVALID_JSON, UNKNOWN_FIELD, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE}, reasons);
  } else {
    Add({BODY_NOT_ALLOWED}, reasons);
  }
  if (!route.variables.empty()) Add({ROUTE_NOT_FOUND}, reasons);  // of an empty variable
  std::set<const MessagePlan*> seen;
  if (TakesId(*route.request, seen)) Add({RESOURCE_NOT_FOUND}, reasons);
  const api::v1::MethodPolicy& policy = route.policy;
  if (policy.access() != api::v1::PUBLIC)
    Add({TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED}, reasons);
  if (policy.access() == api::v1::ADMIN) Add({INSUFFICIENT_SCOPE}, reasons);
  if (policy.same_origin()) Add({ORIGIN_NOT_ALLOWED}, reasons);
  const api::v1::IdempotencyKey key = policy.idempotency_key();
  if (key == api::v1::REQUIRED) Add({IDEMPOTENCY_KEY_MISSING}, reasons);
  if (key == api::v1::REQUIRED || key == api::v1::OPTIONAL) {
    Add({IDEMPOTENCY_KEY_INVALID}, reasons);
  }
  return reasons;
}

bool IsNameCharacter(char c) {
  return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
}

// The words in capitals after "Errors:".
std::vector<std::string> NamedIn(absl::string_view comment) {
  std::vector<std::string> names;
  const size_t start = comment.find("Errors:");
  if (start == absl::string_view::npos) return names;
  std::string word;
  for (const char c : absl::StrCat(comment.substr(start), " ")) {
    if (IsNameCharacter(c)) {
      word.push_back(c);
    } else {
      if (word.size() > 2) names.push_back(word);
      word.clear();
    }
  }
  return names;
}

}  // namespace

std::map<int, std::set<std::string>> RefusalsOf(const Route& route,
                                                const ReasonStatuses& statuses) {
  const std::string general = api::v1::ErrorReason_descriptor()->file()->package();
  std::map<int, std::set<std::string>> refusals;
  const auto note = [&](int status, const std::string& reason) {
    if (status >= 400 && status < 500) refusals[status].insert(reason);
  };
  for (const api::v1::ErrorReason reason : OfPolicy(route)) {
    const std::string& name = api::v1::ErrorReason_Name(reason);
    note(statuses.Find(general, name), name);
  }
  const std::string& own = route.method->file()->package();
  for (const std::string& name : NamedIn(CommentOf(*route.method))) {
    const int status = statuses.Find(own, name);
    note(status != 0 ? status : statuses.Find(general, name), name);
  }
  return refusals;
}

}  // namespace cartwright::gateway
