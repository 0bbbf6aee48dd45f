#pragma once

#include "absl/status/status.h"
#include "shared/db/connection.h"

namespace cartwright::db {

// Waits until whatever `db` can read is as durable as a commit of its own. Another session's commit
// is seen before a synchronous standby has it when the wait for the standby was broken off; whoever
// was told so is in doubt, and asks again. The answer to that, which tells what is done already,
// must wait as the first one should have. One commit, of an empty message in the log. UNAVAILABLE,
// and marked broken, when this wait was in vain, too.
absl::Status AwaitDurable(Connection& db);

}  // namespace cartwright::db
