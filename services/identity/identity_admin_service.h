#pragma once

#include "absl/status/statusor.h"
#include "cartwright/identity/v1/identity_admin.pb.h"
#include "services/identity/identity_admin_store.h"
#include "shared/db/connection.h"

namespace cartwright::identity {

// The RPCs of identity_admin.proto. Thread-safe.
class IdentityAdminService {
 public:
  explicit IdentityAdminService(IdentityAdminStore& store) : store_(store) {}

  absl::StatusOr<v1::ListUserRecordsResponse> ListUserRecords(
      db::Connection& db, const v1::ListUserRecordsRequest& request);
  absl::StatusOr<v1::RevokeUserSessionsResponse> RevokeUserSessions(
      db::Connection& db, const v1::RevokeUserSessionsRequest& request);

 private:
  IdentityAdminStore& store_;
};

}  // namespace cartwright::identity
