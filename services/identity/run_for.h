#pragma once

#include <utility>

#include "shared/db/async.h"
#include "shared/rpc/call.h"

namespace cartwright::identity {

// db::Run within the call's deadline, with the call's peer as the actor of the audit log, as those
// handlers have it that are run on a worker as a whole.
template <typename Body>
auto RunFor(db::Workers& workers, const rpc::Call& call, Body body) {
  return db::Run(workers, call.deadline,
                 [actor = call.peer, body = std::move(body)](db::Connection& db) mutable {
                   db.set_actor(actor);
                   return body(db);
                 });
}

}  // namespace cartwright::identity
