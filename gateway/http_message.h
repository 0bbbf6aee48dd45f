#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/beast/http/fields.hpp"

namespace cartwright::gateway {

// Whether the client of a request is still there. Of the connection's thread.
class ClientPresence {
 public:
  bool gone() const { return gone_; }

  // `stop` is called once when the client goes, unless Unwatch comes before. One at a time.
  void Watch(std::function<void()> stop) { stop_ = std::move(stop); }
  void Unwatch() { stop_ = nullptr; }
  bool watched() const { return stop_ != nullptr; }

  // The client has gone; for the connection.
  void Leave() {
    gone_ = true;
    if (const auto stop = std::exchange(stop_, nullptr)) stop();
  }

 private:
  bool gone_ = false;
  std::function<void()> stop_;
};

// A request whose header block has been read and found well-formed; the body may still be on its
// way. Refers to the connection's memory until the request is answered.
struct Request {
  absl::string_view method;
  absl::string_view target;
  const boost::beast::http::fields* fields = nullptr;
  bool has_body = false;  // declared by Content-Length or Transfer-Encoding
  std::string client_ip;

  // Ids under which the request is logged, here and in every service.
  std::string request_id;
  std::string traceparent;

  // Whoever works for this client alone can stop when it goes; null where nobody looks.
  ClientPresence* client = nullptr;

  // The value of a header that occurs at most once; the first one otherwise.
  absl::string_view Header(absl::string_view name) const {
    const auto value = (*fields)[{name.data(), name.size()}];
    return {value.data(), value.size()};
  }
  size_t Count(absl::string_view name) const { return fields->count({name.data(), name.size()}); }
};

// The body of a request, read only when somebody asks for it.
class BodySource {
 public:
  virtual ~BodySource() = default;

  // The whole body. PAYLOAD_TOO_LARGE over `limit` bytes, REQUEST_TIMEOUT, MALFORMED_REQUEST;
  // CANCELLED when the client went away.
  virtual boost::asio::awaitable<absl::StatusOr<std::string>> Read(size_t limit) = 0;
};

// A header field of an answer. A value.
struct Header {
  std::string name;
  std::string value;
};

// Content that is made while it is sent, in pieces. Of the connection's thread.
class ContentStream {
 public:
  virtual ~ContentStream() = default;

  // The next piece, as soon as there is one; empty when there is none any more.
  virtual boost::asio::awaitable<std::string> Next() = 0;

  // Next() shall come to the end now.
  enum class StopCause { kClientGone, kDraining };
  virtual void Stop(StopCause cause) = 0;

  // Lets go of what makes the content. Once, when nothing more will be asked or sent.
  virtual boost::asio::awaitable<void> Finish() = 0;
};

// How an answer came about, for the access log. A value.
struct CallFacts {
  absl::string_view backend;                    // outlives every response; empty: nobody was called
  std::optional<absl::StatusCode> grpc_status;  // of the last attempt
  int attempts = 0;
  absl::Duration upstream_time;  // of all attempts, with the pauses between
  absl::Duration timeout;        // that the call may take
  bool keyed = false;            // an Idempotency-Key was sent
  size_t request_bytes = 0;      // of the body
  std::string subject;           // the user's id; empty: nobody in particular
};

// An answer before it is framed for HTTP/1.1. A value; copies share a file's bytes.
struct Response {
  int status = 200;
  std::string content_type;  // none: no body
  std::string body;
  std::shared_ptr<const std::string> shared_body;  // instead of `body`: a file in memory
  std::shared_ptr<ContentStream> stream;           // instead of both
  std::vector<Header> headers;

  // For logs and metrics: the template of the path, which outlives every response, and the
  // reason of an error.
  absl::string_view route = "none";
  std::string reason;
  CallFacts facts;
  bool client_gone = false;  // before the content was complete
  // What the answer refers to.
  std::shared_ptr<const void> owner;

  absl::string_view Content() const { return shared_body != nullptr ? *shared_body : body; }
  void Add(absl::string_view name, absl::string_view value) {
    headers.push_back({std::string(name), std::string(value)});
  }
  bool Has(absl::string_view name) const { return Find(name) != nullptr; }
  // The value of a header; empty without it.
  absl::string_view Value(absl::string_view name) const {
    const Header* header = Find(name);
    return header == nullptr ? absl::string_view() : header->value;
  }
  void Remove(absl::string_view name) {
    headers.erase(std::remove_if(headers.begin(), headers.end(),
                                 [&](const Header& header) { return header.name == name; }),
                  headers.end());
  }

 private:
  const Header* Find(absl::string_view name) const {
    for (const Header& header : headers) {
      if (header.name == name) return &header;
    }
    return nullptr;
  }
};

// Answers requests; what the HTTP server is for. Thread-safe.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;

  // `request` and `body` live until the answer is there.
  virtual boost::asio::awaitable<Response> Handle(const Request& request, BodySource& body) = 0;

  // The answer to a request that is not well-formed HTTP, or late.
  virtual Response Refuse(const Request& request, const absl::Status& error) = 0;
};

}  // namespace cartwright::gateway
