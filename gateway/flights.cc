#include "gateway/flights.h"

#include <utility>

#include "boost/asio/post.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/use_awaitable.hpp"

namespace cartwright::gateway {

namespace asio = boost::asio;

asio::awaitable<Flights::Result> Flights::Waiter::Wait(std::chrono::nanoseconds timeout) {
  if (!landed_) {
    timer_.expires_after(timeout);
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return result_;
}

Flights::Place Flights::Join(const std::string& key, const asio::any_io_executor& executor) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  const auto [flight, is_new] = shard.flights.try_emplace(key);
  if (is_new) return {.lead = Lead(*this, key)};
  auto waiter = std::make_shared<Waiter>(executor);
  flight->second.push_back(waiter);
  return {.waiter = std::move(waiter)};
}

Flights::Lead Flights::TryLead(const std::string& key) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  return shard.flights.try_emplace(key).second ? Lead(*this, key) : Lead();
}

size_t Flights::waiting() const {
  size_t waiting = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [key, waiters] : shard.flights) waiting += waiters.size();
  }
  return waiting;
}

void Flights::End(const std::string& key, const Result& result) {
  std::vector<std::shared_ptr<Waiter>> waiters;
  Shard& shard = ShardOf(key);
  {
    const std::lock_guard lock(shard.mutex);
    const auto flight = shard.flights.find(key);
    waiters = std::move(flight->second);
    shard.flights.erase(flight);
  }
  for (auto& waiter : waiters) {
    const auto executor = waiter->timer_.get_executor();
    asio::post(executor, [waiter = std::move(waiter), result] {
      waiter->landed_ = true;
      waiter->result_ = result;
      waiter->timer_.cancel();
    });
  }
}

}  // namespace cartwright::gateway
