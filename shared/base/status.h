#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cartwright/api/v1/error_reason.pb.h"
#include "google/protobuf/generated_enum_reflection.h"

namespace cartwright {

// What an error says besides its code and sentence: google.rpc.ErrorInfo and BadRequest
// (AIP-193), carried as payloads of an absl::Status. All functions are thread-safe.
struct ErrorDetails {
  std::string reason;  // UPPER_SNAKE, declared in an ErrorReason enum of a proto
  std::string domain;  // the proto package that declares it
  std::map<std::string, std::string> metadata;
  std::vector<std::pair<std::string, std::string>> violations;  // field path, description
};

// The details of an error; an empty reason when it has none.
ErrorDetails DetailsOf(const absl::Status& status);

// An error with these details. REQUIRES: code is not kOk.
absl::Status MakeError(absl::StatusCode code, absl::string_view message,
                       const ErrorDetails& details);

// An error whose reason is a value of an ErrorReason enum, the only way that services make one.
// `message` is shown to people outside: it names no table, path or version.
template <typename Reason>
absl::Status Error(absl::StatusCode code, Reason reason, absl::string_view message,
                   std::map<std::string, std::string> metadata = {}) {
  const auto* descriptor = google::protobuf::GetEnumDescriptor<Reason>();
  return MakeError(code, message,
                   {.reason = descriptor->FindValueByNumber(reason)->name(),
                    .domain = descriptor->file()->package(),
                    .metadata = std::move(metadata)});
}

// INVALID_ARGUMENT with reason INVALID_FIELD for one field, named by its JSON path.
absl::Status InvalidField(absl::string_view field, absl::string_view description);

// The same for several fields: (JSON path, description), of which the sentence names the first.
// REQUIRES: there is one.
absl::Status InvalidFields(std::vector<std::pair<std::string, std::string>> violations);

// NOT_FOUND: the thing does not exist, or belongs to somebody else.
absl::Status NotFound(absl::string_view what);

// `error` with google.rpc.RetryInfo: it is of no use to come again before `delay` is over, in whole
// seconds, rounded up.
absl::Status RetryAfter(absl::Status error, absl::Duration delay);

// True when `status` has this reason (of any domain).
bool HasReason(const absl::Status& status, absl::string_view reason);

// Whether the text and the details of an error may go outside. Those of an INTERNAL, UNKNOWN or
// DATA_LOSS error, and of any error without a reason, may not: they may name tables, paths or
// versions.
bool IsPublic(const absl::Status& status);

// The sentence that goes outside: that of the error when it IsPublic, a general one of its code
// otherwise.
std::string PublicMessage(const absl::Status& status);

}  // namespace cartwright
