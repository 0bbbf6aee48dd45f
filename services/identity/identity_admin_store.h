#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/db/connection.h"

namespace cartwright::identity {

// The SQL of what administrators read and do. Each call is one statement. Stateless.
class IdentityAdminStore {
 public:
  struct UserRecord {
    std::string user_id;
    std::string email;
    std::string display_name;
  };

  // The users with one of these ids, and the one with this address, compared without case; by id.
  absl::StatusOr<std::vector<UserRecord>> ListUserRecords(db::Connection& db,
                                                          const std::vector<std::string>& user_ids,
                                                          const std::optional<std::string>& email);

  // Ends the user's sessions, all of them; how many, or nothing when there is no such user. The
  // audit log says that `admin_id` did it.
  absl::StatusOr<std::optional<int>> RevokeUserSessions(db::Connection& db,
                                                        const std::string& user_id,
                                                        const std::string& admin_id,
                                                        const std::string& client_ip);
};

}  // namespace cartwright::identity
