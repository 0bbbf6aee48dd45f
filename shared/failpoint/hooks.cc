// What each kind of place makes of an effect.

#include <algorithm>
#include <chrono>
#include <memory>
#include <pqxx/except>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "shared/db/sql_error.h"
#include "shared/failpoint/failpoint.h"

namespace cartwright::failpoint {

namespace asio = boost::asio;

namespace {

constexpr const char* kText = "a failpoint fired";

absl::Status BrokenConnection() { return db::ToStatus(pqxx::broken_connection(kText)); }

std::shared_ptr<asio::steady_timer> NewTimer(const asio::any_io_executor& executor,
                                             absl::Duration delay) {
  return std::make_shared<asio::steady_timer>(
      executor, absl::ToChronoMicroseconds(std::max(delay, absl::ZeroDuration())));
}

}  // namespace

asio::awaitable<absl::Status> AtSend(std::string method, std::string when, absl::Time deadline,
                                     std::function<void()> again) {
  const Hit hit = Pass(absl::StrCat(ServiceName(), ".send.", method, ".", when));
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  switch (hit.effect) {
    case Effect::kNone: break;
    case Effect::kSleep:
      co_await NewTimer(executor, hit.delay)->async_wait(asio::use_awaitable);
      break;
    case Effect::kError: co_return absl::UnavailableError(kText);
    case Effect::kDropReply:
      co_await NewTimer(executor, deadline - absl::Now())->async_wait(asio::use_awaitable);
      co_return absl::DeadlineExceededError(kText);
    case Effect::kDuplicate: {
      auto timer = NewTimer(executor, hit.delay);
      timer->async_wait([timer, again = std::move(again)](const boost::system::error_code& error) {
        if (!error) again();
      });
      break;
    }
  }
  co_return absl::OkStatus();
}

absl::StatusOr<pqxx::result> AroundCommit(
    absl::string_view statement, const std::function<absl::StatusOr<pqxx::result>()>& run) {
  const std::string point = absl::StrJoin(
      std::vector<std::string>(absl::StrSplit(statement, absl::MaxSplits('.', 1))), ".commit.");
  const Hit before = Pass(absl::StrCat(point, ".before"));
  if (before.effect == Effect::kError) return BrokenConnection();
  if (before.effect == Effect::kSleep) absl::SleepFor(before.delay);
  absl::StatusOr<pqxx::result> result = run();
  const Hit after = Pass(absl::StrCat(point, ".after"));
  if (after.effect == Effect::kSleep) absl::SleepFor(after.delay);
  for (const Hit& hit : {before, after}) {
    if (hit.effect != Effect::kDuplicate) continue;
    absl::SleepFor(hit.delay);
    // Its result is nobody's, as that of a driver that sent the statement twice.
    run().IgnoreError();
  }
  if (before.effect == Effect::kDropReply || after.effect == Effect::kDropReply ||
      after.effect == Effect::kError) {
    return BrokenConnection();
  }
  return result;
}

void AtReply(absl::string_view method, absl::Time deadline, const grpc::Status& status,
             std::function<void(const grpc::Status&)> finish) {
  const Hit hit = Pass(absl::StrCat(ServiceName(), ".reply.", method));
  switch (hit.effect) {
    case Effect::kNone:
    case Effect::kDuplicate: return finish(status);
    case Effect::kError: return finish({grpc::StatusCode::UNAVAILABLE, kText});
    case Effect::kSleep:
    case Effect::kDropReply: break;
  }
  // An answer that never comes would hold up the end of the process: it comes when the caller has
  // given up.
  const absl::Duration delay =
      hit.effect == Effect::kSleep ? hit.delay : deadline - absl::Now() + absl::Milliseconds(100);
  std::thread([delay, status, finish = std::move(finish)] {
    absl::SleepFor(std::max(delay, absl::ZeroDuration()));
    finish(status);
  }).detach();
}

}  // namespace cartwright::failpoint
