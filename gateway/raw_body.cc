#include "gateway/raw_body.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gateway/wire.h"

namespace cartwright::gateway {
namespace {

constexpr int kContentType = 1;
constexpr int kData = 2;

constexpr std::array<absl::string_view, 13> kTypes = {"application/gzip",
                                                      "application/json",
                                                      "application/octet-stream",
                                                      "application/pdf",
                                                      "application/x-www-form-urlencoded",
                                                      "application/zip",
                                                      "image/avif",
                                                      "image/gif",
                                                      "image/jpeg",
                                                      "image/png",
                                                      "image/webp",
                                                      "text/csv",
                                                      "text/plain"};

}  // namespace

bool IsHttpBody(const google::protobuf::Descriptor& descriptor) {
  return descriptor.full_name() == "google.api.HttpBody";
}

bool IsRawType(absl::string_view content_type) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(content_type, absl::MaxSplits(';', 1));
  const absl::string_view type = absl::StripAsciiWhitespace(parts.first);
  const absl::string_view parameter = absl::StripAsciiWhitespace(parts.second);
  const bool known = std::any_of(kTypes.begin(), kTypes.end(), [&](absl::string_view each) {
    return absl::EqualsIgnoreCase(each, type);
  });
  return known && (parameter.empty() || absl::EqualsIgnoreCase(parameter, "charset=utf-8"));
}

std::optional<RawBody> DecodeRawBody(absl::string_view wire) {
  RawBody body;
  WireReader reader(wire);
  for (WireField field; reader.Next(field);) {
    const bool is_bytes = field.type == WireType::kBytes;
    if (field.number == kContentType && is_bytes) body.content_type = field.bytes;
    if (field.number == kData && is_bytes) body.data = field.bytes;
  }
  if (!reader.ok()) return std::nullopt;
  return body;
}

void AppendRawBody(const RawBody& body, std::string& out) {
  AppendBytes(kContentType, body.content_type, out);
  AppendBytes(kData, body.data, out);
}

}  // namespace cartwright::gateway
