#include "shared/rpc/page_token.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"

namespace cartwright::rpc {
namespace {

constexpr size_t kSignatureSize = 16;
constexpr const char* kPageToken = "page_token";
constexpr const char* kPageSize = "page_size";

// What makes two requests the same query: all fields but the page's.
std::string Canonical(const google::protobuf::Message& query) {
  std::unique_ptr<google::protobuf::Message> copy(query.New());
  copy->CopyFrom(query);
  for (const char* name : {kPageToken, kPageSize}) {
    if (const auto* field = copy->GetDescriptor()->FindFieldByName(name)) {
      copy->GetReflection()->ClearField(copy.get(), field);
    }
  }
  std::string bytes = query.GetDescriptor()->full_name();
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    copy->SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

std::string PageTokens::Sign(const google::protobuf::Message& query,
                             absl::string_view position) const {
  // The digest has a fixed length, so position and query cannot run into each other.
  return HmacSha256(key_, absl::StrCat(Sha256(Canonical(query)), position))
      .substr(0, kSignatureSize);
}

std::string PageTokens::Seal(const google::protobuf::Message& query,
                             absl::string_view position) const {
  return Base64Url(absl::StrCat(Sign(query, position), position));
}

absl::StatusOr<std::string> PageTokens::Open(const google::protobuf::Message& query) const {
  const auto* field = query.GetDescriptor()->FindFieldByName(kPageToken);
  const std::string token = query.GetReflection()->GetString(query, field);
  if (token.empty()) return std::string();
  const absl::StatusOr<std::string> bytes = FromBase64Url(token);
  if (bytes.ok() && bytes->size() >= kSignatureSize) {
    const std::string position = bytes->substr(kSignatureSize);
    if (SecretsEqual(bytes->substr(0, kSignatureSize), Sign(query, position))) return position;
  }
  return MakeError(absl::StatusCode::kInvalidArgument,
                   "pageToken is damaged or belongs to another query.",
                   {.reason = api::v1::ErrorReason_Name(api::v1::PAGE_TOKEN_INVALID),
                    .domain = "cartwright.api.v1",
                    .violations = {{"pageToken", "must be that of the page before"}}});
}

int PageSizeOr(int requested) {
  constexpr int kDefault = 20;
  return requested == 0 ? kDefault : requested;
}

}  // namespace cartwright::rpc
