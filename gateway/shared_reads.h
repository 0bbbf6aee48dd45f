#pragma once

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "gateway/api_version.h"
#include "gateway/change_watch.h"
#include "gateway/flights.h"
#include "gateway/http_message.h"
#include "gateway/response_cache.h"
#include "gateway/route.h"
#include "gateway/router.h"
#include "gateway/upstream.h"
#include "gateway/versioned.h"

namespace cartwright::gateway {

// The Cache-Control of answers of a route with this policy.
std::string CacheControlOf(const api::v1::CachePolicy& policy);

// Answers public reads from a ResponseCache, and asks the service for what is not in it: once,
// however many clients want it at the same time (RFC 9111, RFC 5861, RFC 9211). An answer depends
// on the route, the path and the query alone, since a cached method has no bound fields
// (route_compiler). Thread-safe; from any executor.
class SharedReads {
 public:
  // The cached routes of one version of the API, which lives as long as any of them is referred to.
  struct Table;

  // All must outlive this object. `background`: where answers are renewed while stale ones are
  // served; it runs as long as services are called.
  struct Parts {
    Upstream& upstream;
    ResponseCache& cache;
    ChangeWatch& changes;  // not started yet
    boost::asio::any_io_executor background;
  };
  explicit SharedReads(const Parts& parts);

  // From now on the cached routes are those of `api`. What an earlier version kept is not served.
  // Once started, on the loop of `changes`.
  void Use(std::shared_ptr<const Api> api);

  // Starts asking what changed.
  void Start() { parts_.changes.Start(); }

  // What Answer takes when the answer to `request` may be shared: a cached GET route of the API in
  // use, asked with GET or HEAD, without Authorization, without a body and without a deadline of
  // its own, to which no other client should be held. Else null.
  std::shared_ptr<const Table> Takes(const Request& request, const Route& route) const;

  // The answer, complete with its cache headers; writes into `facts` about the call, if this
  // request makes one. Errors: those of EncodeRequest, and of the service when there is no answer
  // that may be served instead.
  boost::asio::awaitable<absl::StatusOr<Response>> Answer(
      const Table& table, const Request& request, const Route& route, const Router::Match& match,
      absl::string_view query, CallFacts& facts);

  // Requests that wait for the call of another one.
  size_t waiting() const { return flights_.waiting(); }

 private:
  // What does not change between requests of a route.
  struct SharedRoute {
    CacheRule rule;
    std::string key;  // begins the keys of its answers
    std::string cache_control;
  };
  // What a flight landed with.
  struct Landing {
    absl::Status status;
    std::shared_ptr<const CachedAnswer> answer;
    std::shared_ptr<const Response> other;  // not 200: sent, never kept
    bool stored = false;
  };
  struct Read;

  boost::asio::awaitable<absl::StatusOr<Response>> Renew(Read read);
  boost::asio::awaitable<void> RenewBehind(Read read, Flights::Lead lead);
  boost::asio::awaitable<std::shared_ptr<const Landing>> Fetch(const Read& read);
  absl::StatusOr<Response> Landed(const Read& read, const Landing& landing,
                                  absl::string_view status);
  Response Serve(const Read& read, const CachedAnswer& answer, absl::string_view status);

  const Parts parts_;
  Versioned<const Table> table_;
  int versions_ = 0;  // of Use
  Flights flights_;
};

}  // namespace cartwright::gateway
