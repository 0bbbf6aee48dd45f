#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace cartwright::gateway {

// google.api.HttpBody: content that is no JSON and goes through as it is, in an answer or, on
// routes whose body it is, in a request. Its `extensions` are not served. Thread-safe.

bool IsHttpBody(const google::protobuf::Descriptor& descriptor);

// True for the Content-Types that may go through: pictures, PDF, CSV, plain text, JSON, archives
// and plain bytes, with charset=utf-8 or without. Nothing that a browser would run.
bool IsRawType(absl::string_view content_type);

// The parts of an encoded HttpBody; they refer to it.
struct RawBody {
  absl::string_view content_type;
  absl::string_view data;
};

// nullopt when `wire` is not one.
std::optional<RawBody> DecodeRawBody(absl::string_view wire);

void AppendRawBody(const RawBody& body, std::string& out);

}  // namespace cartwright::gateway
