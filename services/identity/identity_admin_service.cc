#include "services/identity/identity_admin_service.h"

#include <optional>
#include <string>
#include <vector>

#include "shared/base/status.h"
#include "shared/base/status_macros.h"

namespace cartwright::identity {

absl::StatusOr<v1::ListUserRecordsResponse> IdentityAdminService::ListUserRecords(
    db::Connection& db, const v1::ListUserRecordsRequest& request) {
  if (request.ids().empty() && request.email().empty()) {
    return InvalidField("ids", "or email must be given");
  }
  const std::vector<std::string> ids(request.ids().begin(), request.ids().end());
  std::optional<std::string> email;
  if (request.has_email()) email = request.email();
  CW_ASSIGN_OR_RETURN(const auto users, store_.ListUserRecords(db, ids, email));
  v1::ListUserRecordsResponse response;
  for (const auto& user : users) {
    v1::UserRecord* record = response.add_users();
    record->set_id(user.user_id);
    record->set_email(user.email);
    record->set_display_name(user.display_name);
  }
  return response;
}

absl::StatusOr<v1::RevokeUserSessionsResponse> IdentityAdminService::RevokeUserSessions(
    db::Connection& db, const v1::RevokeUserSessionsRequest& request) {
  CW_ASSIGN_OR_RETURN(
      const auto revoked,
      store_.RevokeUserSessions(db, request.id(), request.operator_(), request.client_ip()));
  if (!revoked) return NotFound("user");
  v1::RevokeUserSessionsResponse response;
  response.set_revoked(*revoked);
  return response;
}

}  // namespace cartwright::identity
