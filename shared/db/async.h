#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "absl/time/time.h"
#include "boost/asio/associated_executor.hpp"
#include "boost/asio/async_result.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "shared/base/status.h"
#include "shared/db/workers.h"

namespace cartwright::db {

// Runs `body(connection)`, which returns an absl::Status or StatusOr, on a database worker, and
// resumes the coroutine on its own executor with the result. RESOURCE_EXHAUSTED (OVERLOADED)
// when the queue is full, DEADLINE_EXCEEDED when the deadline passed in it.
template <typename Body>
boost::asio::awaitable<std::invoke_result_t<Body&, Connection&>> Run(Workers& workers,
                                                                     absl::Time deadline,
                                                                     Body body) {
  using Result = std::invoke_result_t<Body&, Connection&>;
  auto initiate = [&workers, deadline, &body](auto handler) {
    using Handler = decltype(handler);
    auto shared = std::make_shared<Handler>(std::move(handler));
    auto guard = boost::asio::make_work_guard(boost::asio::get_associated_executor(*shared));
    auto resume = [shared, guard](Result result) {
      boost::asio::post(guard.get_executor(), [shared, result = std::move(result)]() mutable {
        std::move (*shared)(std::move(result));
      });
    };
    Workers::Task task{.run = [resume, body = std::move(body)](
                                  Connection& connection) mutable { resume(body(connection)); },
                       .expire = [resume](absl::Status status) { resume(std::move(status)); },
                       .deadline = deadline};
    if (!workers.Submit(task)) {
      task.expire(Error(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED,
                        "The service has too much to do; try again."));
    }
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                 void(Result)>(std::move(initiate),
                                                               boost::asio::use_awaitable);
}

}  // namespace cartwright::db
