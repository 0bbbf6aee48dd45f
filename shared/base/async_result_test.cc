#include "shared/base/async_result.h"

#include <string>
#include <thread>

#include "boost/asio/co_spawn.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/use_future.hpp"
#include "gtest/gtest.h"

namespace cartwright {
namespace {

TEST(AsyncResultTest, ACallFromAnotherThreadResumesOnTheCoroutinesOwn) {
  boost::asio::io_context io;
  std::thread caller;
  std::thread::id resumed;
  const auto body = [&]() -> boost::asio::awaitable<std::string> {
    auto start = [&caller](auto done) { caller = std::thread([done] { done("done"); }); };
    const std::string result = co_await AsyncResult<std::string>(std::move(start));
    resumed = std::this_thread::get_id();
    co_return result;
  };
  auto result = boost::asio::co_spawn(io, body(), boost::asio::use_future);
  io.run();  // until the call: what awaits one keeps the loop alive
  caller.join();
  EXPECT_EQ(result.get(), "done");
  EXPECT_EQ(resumed, std::this_thread::get_id());
}

TEST(AsyncResultTest, ACallWithinTheStartResumesToo) {
  boost::asio::io_context io;
  const auto body = []() -> boost::asio::awaitable<int> {
    auto start = [](auto done) { done(7); };
    co_return co_await AsyncResult<int>(std::move(start));
  };
  auto result = boost::asio::co_spawn(io, body(), boost::asio::use_future);
  io.run();
  EXPECT_EQ(result.get(), 7);
}

}  // namespace
}  // namespace cartwright
