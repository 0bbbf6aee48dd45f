#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cartwright/api/v1/policy.pb.h"
#include "gateway/message_plan.h"
#include "gateway/path_template.h"
#include "gateway/rate_limits.h"
#include "google/protobuf/descriptor.h"

namespace cartwright::gateway {

// A request field that the gateway fills.
struct BoundField {
  int number = 0;
  api::v1::Bind bind;
};

// A response field that becomes a cookie, or a header.
struct CookieField {
  const FieldPlan* field = nullptr;
  api::v1::Cookie cookie;
};
// A response field that becomes a header of this name.
struct HeaderField {
  const FieldPlan* field = nullptr;
  std::string name;
};

// api::v1::StatusRule, with its paths resolved. `location` alternates text and values.
struct ResolvedStatusRule {
  struct LocationPart {
    std::string text;
    FieldPath value;  // after the text; may be empty
  };

  FieldPath field;
  std::string equals;
  int status = 0;
  std::vector<LocationPart> location;
  uint32_t retry_after_s = 0;
};

// One HTTP binding of one RPC, ready to be served: everything that the descriptors say, checked
// and looked up at start. Immutable.
struct Route {
  const google::protobuf::MethodDescriptor* method = nullptr;
  api::v1::MethodPolicy policy;
  absl::Duration timeout;
  RateClass rate_class = RateClass::kRead;
  int rate_limit_key = 0;  // number of the request field that names an account; 0: none
  std::string backend;     // "cart" of cartwright.cart.v1
  std::string rpc_path;    // "/cartwright.cart.v1.CartService/AddItem"

  std::string http_method;
  PathTemplate path;
  absl::string_view label;           // the text of `path`, for logs and metrics; never freed
  std::vector<FieldPath> variables;  // where those of `path` go

  const MessagePlan* request = nullptr;
  const MessagePlan* response = nullptr;
  bool body_is_message = false;           // body: "*"
  const FieldPlan* body_field = nullptr;  // body: "field"
  const FieldPlan* response_field = nullptr;
  bool takes_raw_body = false;  // the body, or the answer, is a google.api.HttpBody
  bool answers_raw = false;

  const FieldPlan* event_id = nullptr;  // of a stream's messages

  // The RPC whose answer changes when cached answers do; empty: none, or no cache.
  std::string cursor_path;
  // False where an answer can carry a secret, which its compressed size would tell of.
  bool may_compress = false;

  std::vector<BoundField> bound_fields;
  std::vector<CookieField> cookies;
  std::vector<HeaderField> headers;
  std::vector<ResolvedStatusRule> status_rules;

  size_t max_body = 0;  // bytes

  bool oauth_errors = false;  // what fails is said in the form of OAuth
  bool live_session = false;  // identity is asked again whether the session is live

  bool IsStream() const { return method->server_streaming(); }
  bool TakesBody() const { return body_is_message || body_field != nullptr; }
};

}  // namespace cartwright::gateway
