#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace cartwright::rpc {

// Signed page tokens: a position that only the query that made it can use. Thread-safe.
class PageTokens {
 public:
  // `key`: 32 random bytes, the same in all replicas of a service.
  explicit PageTokens(std::string key) : key_(std::move(key)) {}

  // The token that continues `query` (a List request) after `position`.
  std::string Seal(const google::protobuf::Message& query, absl::string_view position) const;

  // The position in the `page_token` field of `query`; empty for the first page.
  // PAGE_TOKEN_INVALID when it is damaged or belongs to another query.
  absl::StatusOr<std::string> Open(const google::protobuf::Message& query) const;

 private:
  std::string Sign(const google::protobuf::Message& query, absl::string_view position) const;

  const std::string key_;
};

// The page size to use for a request's page_size: 20 for 0.
int PageSizeOr(int requested);

}  // namespace cartwright::rpc
