#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "gateway/api_version.h"
#include "gateway/backend_stream.h"
#include "gateway/http_message.h"
#include "gateway/request_log.h"
#include "gateway/route.h"
#include "gateway/upstream.h"

namespace cartwright::gateway {

// How streams are served.
struct StreamOptions {
  int max = 512;  // at once; more are refused
  // An answer without a first message begins with nothing but its head after this time: so long a
  // failure can still have the status that it should have.
  std::chrono::milliseconds commit_after = std::chrono::seconds(2);
  // A comment in an event stream that is silent, so that nobody between takes it for dead.
  std::chrono::milliseconds heartbeat = std::chrono::seconds(15);
};

// The content of an answer that is a server stream: server-sent events for a client that accepts
// them, else a line of JSON for each message. One message at a time is in memory.
class StreamAnswer final : public ContentStream {
 public:
  // What all answers share; outlives them.
  struct Shared {
    StreamOptions options;
    const ApiVersions& api;
    const RequestLog& log;
    std::atomic<int> open{0};
  };

  // Calls the RPC of `route` and answers as soon as it is known how: with a stream; with 204 when
  // there is nothing after the Last-Event-ID of `request`, which tells an EventSource to stop.
  // Errors: those of the RPC before its first message; OVERLOADED, CIRCUIT_OPEN. `request` and
  // `route` must outlive the answer; `facts` are those of the log line at its end.
  static boost::asio::awaitable<absl::StatusOr<Response>> Open(
      Shared& shared, Upstream& upstream, const Request& request, const Route& route,
      const rpc::Call& call, const std::string& message, CallFacts& facts);

  StreamAnswer(Shared& shared, const Request& request, const Route& route);
  ~StreamAnswer() override { --shared_.open; }

  // ContentStream.
  boost::asio::awaitable<std::string> Next() override;
  void Stop(StopCause cause) override;
  boost::asio::awaitable<void> Finish() override;

 private:
  absl::Status AppendMessage(absl::string_view wire, std::string& out) const;
  std::string End(const absl::Status& status, std::string piece);

  Shared& shared_;
  const Request& request_;
  const Route& route_;
  const bool events_;  // server-sent
  const absl::Time start_;
  std::shared_ptr<BackendStream> source_;
  BackendStream::Found found_ = BackendStream::Found::kNothing;  // and not used yet
  bool begun_ = false;
  bool ended_ = false;
  std::optional<StopCause> stop_;
  std::string reason_;
  CallFacts facts_;
  size_t bytes_ = 0;
};

}  // namespace cartwright::gateway
