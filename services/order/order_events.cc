#include "services/order/order_events.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "services/order/completion.h"
#include "services/order/order_state.h"
#include "shared/base/status_macros.h"
#include "shared/db/async.h"
#include "shared/telemetry/log.h"

namespace cartwright::order {

namespace asio = boost::asio;

namespace {

constexpr auto kPeriod = std::chrono::milliseconds(250);
constexpr absl::Duration kDatabaseTimeout = absl::Seconds(2);

// The events after the one that the client names; all when it is none of this order.
std::deque<SagaEvent> After(const std::string& last_event_id, std::vector<SagaEvent> events) {
  int64_t last = 0;
  auto begin = events.begin();
  if (absl::SimpleAtoi(last_event_id, &last)) {
    const auto found = std::find_if(events.begin(), events.end(),
                                    [&](const SagaEvent& event) { return event.id == last; });
    if (found != events.end()) begin = found + 1;
  }
  return {std::make_move_iterator(begin), std::make_move_iterator(events.end())};
}

}  // namespace

absl::StatusOr<v1::OrderEvent> ToProto(const SagaEvent& event) {
  // As GetOrder shows an order in this state: one mapping for both.
  Order order{.order_id = event.order_id, .create_time_us = event.create_time_us};
  CW_ASSIGN_OR_RETURN(order.state, ParseSagaState(event.state));
  if (!event.reason.empty()) {
    Failure& failure = order.failure.emplace();
    v1::ErrorReason_Parse(event.reason, &failure.reason);
  }
  const v1::Order shown = ToProto(order);
  v1::OrderEvent proto;
  proto.set_id(absl::StrCat(event.id));
  proto.set_order_id(event.order_id);
  proto.set_state(shown.state());
  proto.set_settled(shown.settled());
  proto.set_reason(event.reason);
  *proto.mutable_create_time() = shown.create_time();
  return proto;
}

// One stream: what it has not sent yet, a handful of events for a whole life.
struct OrderEvents::Watcher {
  std::string order_id;
  int64_t seen = 0;  // the last event that is sent or in `unsent`
  std::deque<SagaEvent> unsent;
  rpc::Stream& stream;
};

asio::awaitable<absl::Status> OrderEvents::Watch(const rpc::Call& call,
                                                 const v1::WatchOrderRequest& request,
                                                 rpc::Writer<v1::OrderEvent>& out) {
  auto list = [this, &request](db::Connection& db) {
    return store_.ListEvents(db, request.id(), request.user_id());
  };
  const absl::Time deadline = std::min(call.deadline, absl::Now() + kDatabaseTimeout);
  CW_CO_ASSIGN_OR_RETURN(auto events, co_await db::Run(workers_, deadline, std::move(list)));
  CW_CO_ASSIGN_OR_RETURN(const v1::OrderEvent last, ToProto(events.back()));
  Watcher watcher{.order_id = request.id(), .seen = events.back().id, .stream = out};
  watcher.unsent = After(request.last_event_id(), std::move(events));
  if (watcher.unsent.empty() && last.settled()) co_return absl::OkStatus();

  struct Entry {
    std::list<Watcher*>& list;
    std::list<Watcher*>::iterator at;
    ~Entry() { list.erase(at); }
  };
  const Entry entry{watchers_, watchers_.insert(watchers_.end(), &watcher)};
  if (!std::exchange(polling_, true)) {
    asio::co_spawn(co_await asio::this_coro::executor, Poll(), EndOnError);
  }
  co_return co_await Follow(watcher, out);
}

// Until the last event that is known is one of the end. What is settled may be cancelled later:
// then there are more events behind it.
asio::awaitable<absl::Status> OrderEvents::Follow(Watcher& watcher,
                                                  rpc::Writer<v1::OrderEvent>& out) {
  bool settled = false;
  while (!settled || !watcher.unsent.empty()) {
    while (watcher.unsent.empty()) CW_CO_RETURN_IF_ERROR(co_await out.Wait());
    const SagaEvent next = std::move(watcher.unsent.front());
    watcher.unsent.pop_front();
    CW_CO_ASSIGN_OR_RETURN(const v1::OrderEvent event, ToProto(next));
    settled = event.settled();
    CW_CO_RETURN_IF_ERROR(co_await out.Write(event));
  }
  co_return absl::OkStatus();
}

// Ends with the last watcher. A database that does not answer is asked again: the streams wait.
asio::awaitable<void> OrderEvents::Poll() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!watchers_.empty()) {
    timer.expires_after(kPeriod);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    std::map<std::string, int64_t> after;
    for (const Watcher* watcher : watchers_) {
      const auto [at, added] = after.try_emplace(watcher->order_id, watcher->seen);
      at->second = std::min(at->second, watcher->seen);
    }
    if (after.empty()) break;
    auto list = [this, &after](db::Connection& db) { return store_.ListNewEvents(db, after); };
    const auto events = co_await db::Run(workers_, absl::Now() + kDatabaseTimeout, std::move(list));
    if (events.ok()) {
      Deliver(*events, after);
    } else {
      log::Warn("order.poll_failed", events.status().message());
    }
  }
  polling_ = false;
}

// `events` are all that there were after `after`. A watcher that came while the query ran may lack
// some that are before that: it waits for the next query.
void OrderEvents::Deliver(const std::vector<SagaEvent>& events,
                          const std::map<std::string, int64_t>& after) {
  std::multimap<std::string, Watcher*> by_order;
  for (Watcher* watcher : watchers_) {
    const auto asked = after.find(watcher->order_id);
    if (asked == after.end() || watcher->seen < asked->second) continue;
    by_order.emplace(watcher->order_id, watcher);
  }
  for (const SagaEvent& event : events) {
    const auto [begin, end] = by_order.equal_range(event.order_id);
    for (auto at = begin; at != end; ++at) {
      Watcher& watcher = *at->second;
      // Another watcher of this order may be further behind.
      if (event.id <= watcher.seen) continue;
      watcher.seen = event.id;
      watcher.unsent.push_back(event);
      watcher.stream.Wake();
    }
  }
}

}  // namespace cartwright::order
