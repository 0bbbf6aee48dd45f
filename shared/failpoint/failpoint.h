#pragma once

#include <functional>
#include <string>

#include <pqxx/result>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "grpcpp/support/status.h"

// Places at which a test makes a process fail. shared/failpoint/README.md has their names, the
// actions, and how they are armed. Code that passes one is inside `if constexpr (kEnabled)`, so
// that nothing of it is in a binary that is not built for it.
namespace cartwright::failpoint {

#ifdef CARTWRIGHT_FAILPOINTS
constexpr bool kEnabled = true;
#else
constexpr bool kEnabled = false;
#endif

// What is left to do for whoever passed a point.
enum class Effect { kNone, kSleep, kError, kDropReply, kDuplicate };

// The effect of a point, and what goes with it.
struct Hit {
  Effect effect = Effect::kNone;
  absl::Duration delay;  // of kSleep and kDuplicate
};

// Passes the point of that name, and fires it when it is armed and this is the hit that counts.
// Kills or stops this process in here. Blocks for a few system calls. Thread-safe.
Hit Pass(const std::string& point);

// "order" in cartwright-order: the first part of the names of its points.
std::string ServiceName();

// Around an RPC to another service: the points <service>.send.<method>.<when>, `when` being
// "before" or "after". An error means that the caller gets it instead of the answer. `again` sends
// the same request once more.
boost::asio::awaitable<absl::Status> AtSend(std::string method, std::string when,
                                            absl::Time deadline, std::function<void()> again);

// Around one statement that commits by itself: the points <service>.commit.<name>.before and
// .after; `statement` is "service.name". Blocks as `run` does.
absl::StatusOr<pqxx::result> AroundCommit(absl::string_view statement,
                                          const std::function<absl::StatusOr<pqxx::result>()>& run);

// Before the answer to an RPC, which `finish` gives: the point <service>.reply.<method>. A late
// answer is given on a thread of its own.
void AtReply(absl::string_view method, absl::Time deadline, const grpc::Status& status,
             std::function<void(const grpc::Status&)> finish);

}  // namespace cartwright::failpoint
