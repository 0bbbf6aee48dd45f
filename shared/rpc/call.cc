#include "shared/rpc/call.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/base/secret.h"
#include "shared/base/uuid.h"

namespace cartwright::rpc {
namespace {

constexpr const char* kRequestId = "x-request-id";
constexpr const char* kTraceparent = "traceparent";

std::string Metadata(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return {};
  return std::string(found->second.data(), found->second.size());
}

bool IsLowerHex(absl::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
}

bool IsZero(absl::string_view text) {
  return text.find_first_not_of('0') == absl::string_view::npos;
}

}  // namespace

Call Call::Background(absl::Duration timeout) {
  return {.request_id = NewRequestId(),
          .traceparent = NewTraceparent(),
          .deadline = absl::Now() + timeout};
}

Call ReadCall(const grpc::CallbackServerContext& context, std::string peer) {
  Call call{.peer = std::move(peer),
            .request_id = Metadata(context, kRequestId),
            .traceparent = Metadata(context, kTraceparent),
            .deadline = absl::FromChrono(context.deadline())};
  if (call.request_id.empty()) call.request_id = NewRequestId();
  if (!IsTraceparent(call.traceparent)) call.traceparent = NewTraceparent();
  return call;
}

void WriteCall(const Call& call, absl::Duration timeout, grpc::ClientContext& context) {
  context.AddMetadata(kRequestId, call.request_id);
  context.AddMetadata(kTraceparent, call.traceparent);
  context.set_deadline(absl::ToChronoTime(std::min(call.deadline, absl::Now() + timeout)));
}

std::string NewRequestId() { return NewUuid(); }

std::string NewTraceparent() {
  const std::string hex = absl::BytesToHexString(RandomId(16 + 8));
  return absl::StrCat("00-", hex.substr(0, 32), "-", hex.substr(32), "-00");
}

bool IsTraceparent(absl::string_view text) {
  return text.size() == 55 && text.substr(0, 3) == "00-" && text[35] == '-' && text[52] == '-' &&
         IsLowerHex(text.substr(3, 32)) && IsLowerHex(text.substr(36, 16)) &&
         IsLowerHex(text.substr(53)) && !IsZero(text.substr(3, 32)) && !IsZero(text.substr(36, 16));
}

}  // namespace cartwright::rpc
