#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "shared/base/async_result.h"
#include "shared/base/status.h"
#include "shared/db/sql_error.h"
#include "shared/db/workers.h"

namespace cartwright::db {

// Runs `body(connection)`, which returns an absl::Status or StatusOr, on a database worker, and
// resumes the coroutine on its own executor with the result. RESOURCE_EXHAUSTED (OVERLOADED)
// when the queue is full, DEADLINE_EXCEEDED when the deadline passed in it. What `body` throws,
// against the rules, becomes the status of db::ToStatus, or INTERNAL.
template <typename Body>
boost::asio::awaitable<std::invoke_result_t<Body&, Connection&>> Run(Workers& workers,
                                                                     absl::Time deadline,
                                                                     Body body) {
  using Result = std::invoke_result_t<Body&, Connection&>;
  auto start = [&workers, deadline, &body](auto done) {
    auto run = [done, body = std::move(body)](Connection& connection) mutable {
      const auto guarded = [&]() -> Result {
        try {
          return body(connection);
        } catch (const std::exception& error) {
          return ToStatus(error);
        } catch (...) {
          return absl::InternalError("not an exception of the standard library");
        }
      };
      done(guarded());
    };
    Workers::Task task{.run = std::move(run),
                       .expire = [done](absl::Status status) { done(std::move(status)); },
                       .deadline = deadline};
    if (!workers.Submit(task)) {
      task.expire(Error(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED,
                        "The service has too much to do; try again."));
    }
  };
  co_return co_await AsyncResult<Result>(std::move(start));
}

}  // namespace cartwright::db
