#pragma once

#include <memory>
#include <utility>

#include "boost/asio/associated_executor.hpp"
#include "boost/asio/async_result.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/use_awaitable.hpp"

namespace cartwright {

// Awaits an operation that calls back. `start(done)` starts it; `done(result)`, a copyable
// callable, may be called from any thread, exactly once, also within `start`. The coroutine
// resumes with the result on its own executor, which runs until then.
//
// `start` starts the operation as its last act: once `done` was called, the coroutine may go on
// elsewhere, and what `start` refers to may be gone.
template <typename Result, typename Start>
boost::asio::awaitable<Result> AsyncResult(Start start) {
  auto initiate = [&start](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto guard = boost::asio::make_work_guard(boost::asio::get_associated_executor(*shared));
    start([shared, guard](Result result) {
      boost::asio::post(guard.get_executor(), [shared, result = std::move(result)]() mutable {
        std::move (*shared)(std::move(result));
      });
    });
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                 void(Result)>(std::move(initiate),
                                                               boost::asio::use_awaitable);
}

}  // namespace cartwright
