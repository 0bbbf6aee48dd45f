#include "gateway/stream_answer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/this_coro.hpp"
#include "gateway/json_writer.h"
#include "gateway/problem.h"
#include "gateway/request_headers.h"
#include "gateway/transcoder.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/base/utf8.h"
#include "shared/telemetry/log.h"

namespace cartwright::gateway {

namespace asio = boost::asio;
using Found = BackendStream::Found;

namespace {

constexpr const char* kEventStream = "text/event-stream";
// How long an EventSource waits before it connects again.
constexpr const char* kRetryHint = "retry: 1000\n\n";
constexpr const char* kHeartbeat = ":\n\n";

}  // namespace

StreamAnswer::StreamAnswer(Shared& shared, const Request& request, const Route& route)
    : shared_(shared),
      request_(request),
      route_(route),
      events_(ListHas(request.Header("Accept"), kEventStream)),
      start_(absl::Now()) {
  ++shared_.open;
}

asio::awaitable<absl::StatusOr<Response>> StreamAnswer::Open(
    Shared& shared, Upstream& upstream, const Request& request, const Route& route,
    const rpc::Call& call, const std::string& message, CallFacts& facts) {
  auto answer = std::make_shared<StreamAnswer>(shared, request, route);
  if (shared.open > shared.options.max) {
    co_return Error(absl::StatusCode::kResourceExhausted, api::v1::OVERLOADED,
                    "There are too many streams; try again.");
  }
  const auto executor = co_await asio::this_coro::executor;
  CW_CO_ASSIGN_OR_RETURN(const Upstream::Stream stream,
                         upstream.Open(executor, route, call, message, facts));
  answer->source_ = stream.source;
  answer->found_ =
      co_await answer->source_->Next(BackendStream::Clock::now() + shared.options.commit_after);
  const bool ended = answer->found_ == Found::kEnd;
  if (ended) facts.grpc_status = answer->source_->status().code();
  if (answer->found_ != Found::kNothing && stream.ticket != nullptr) {
    upstream.Report(*stream.ticket, ended ? answer->source_->status() : absl::OkStatus());
  }
  answer->facts_ = facts;
  if (ended) {
    CW_CO_RETURN_IF_ERROR(answer->source_->status());
    if (request.Count("Last-Event-ID") > 0) co_return Response{.status = 204};
  }
  Response response{.content_type = answer->events_ ? kEventStream : "application/x-ndjson",
                    .stream = answer};
  response.Add("X-Accel-Buffering", "no");
  co_return response;
}

asio::awaitable<std::string> StreamAnswer::Next() {
  std::string piece;
  if (ended_) co_return piece;
  if (!std::exchange(begun_, true) && events_) piece = kRetryHint;
  while (!stop_) {
    if (found_ == Found::kNothing && !piece.empty()) break;
    if (found_ == Found::kNothing) {
      found_ = co_await source_->Next(BackendStream::Clock::now() + shared_.options.heartbeat);
    }
    const Found found = std::exchange(found_, Found::kNothing);
    if (stop_) break;
    if (found == Found::kEnd) co_return End(source_->status(), std::move(piece));
    if (found == Found::kMessage) {
      const absl::Status status = AppendMessage(source_->TakeMessage(), piece);
      if (!status.ok()) co_return End(status, "");
      break;
    }
    if (events_) piece = kHeartbeat;
  }
  if (stop_ == StopCause::kClientGone)
    co_return End(absl::CancelledError("the client is gone"), "");
  if (stop_) co_return End(absl::UnavailableError("the gateway drains"), std::move(piece));
  bytes_ += piece.size();
  co_return piece;
}

absl::Status StreamAnswer::AppendMessage(absl::string_view wire, std::string& out) const {
  if (events_ && route_.event_id != nullptr) {
    const std::string id = TextAt({route_.event_id}, wire);
    if (!IsVisibleAscii(id)) {
      return Error(absl::StatusCode::kInternal, api::v1::UPSTREAM_INVALID, "an event's id");
    }
    absl::StrAppend(&out, "id: ", id, "\n");
  }
  if (events_) out.append("data: ");
  CW_RETURN_IF_ERROR(AppendAnswer(route_, wire, out));
  out.append(events_ ? "\n\n" : "\n");
  return absl::OkStatus();
}

// The last piece. An end that is nobody's failure is a clean one to an EventSource, which connects
// again after either; a reader of lines must be told that there would have been more.
std::string StreamAnswer::End(const absl::Status& status, std::string piece) {
  ended_ = true;
  if (status.ok()) {
    bytes_ += piece.size();
    return piece;
  }
  const Response problem = ProblemResponse(status, request_, shared_.api.Get()->catalog->reasons());
  reason_ = problem.reason;
  if (stop_ == StopCause::kClientGone) return {};
  const bool expected = stop_.has_value() || status.code() == absl::StatusCode::kDeadlineExceeded;
  if (problem.status >= 500 && !expected) {
    log::Warn("upstream.failed", status.message(),
              {{"rpc.method", absl::string_view(route_.rpc_path).substr(1)},
               {"http.response.status_code", problem.status},
               {"request_id", request_.request_id}});
  }
  if (!events_) {
    absl::StrAppend(&piece, "{\"error\":", problem.body, "}\n");
  } else if (!expected) {
    absl::StrAppend(&piece, "event: error\ndata: ", problem.body, "\n\n");
  }
  bytes_ += piece.size();
  return piece;
}

void StreamAnswer::Stop(StopCause cause) {
  if (stop_ || ended_) return;
  stop_ = cause;
  source_->Wake();
}

asio::awaitable<void> StreamAnswer::Finish() {
  co_await source_->Close();
  if (begun_ && !ended_) reason_ = absl::StatusCodeToString(absl::StatusCode::kCancelled);
  facts_.grpc_status = source_->status().code();
  facts_.upstream_time = absl::Now() - start_;
  const Response answer{.route = route_.label,
                        .reason = reason_,
                        .facts = facts_,
                        .client_gone = stop_ == StopCause::kClientGone};
  shared_.log.Add(request_, answer, bytes_, absl::Now() - start_);
}

}  // namespace cartwright::gateway
