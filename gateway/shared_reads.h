#pragma once

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "gateway/api_catalog.h"
#include "gateway/backends.h"
#include "gateway/change_watch.h"
#include "gateway/flights.h"
#include "gateway/http_message.h"
#include "gateway/response_cache.h"
#include "gateway/route.h"
#include "gateway/router.h"

namespace cartwright::gateway {

// The Cache-Control of answers of a route with this policy.
std::string CacheControlOf(const api::v1::CachePolicy& policy);

// Answers public reads from a ResponseCache, and asks the service for what is not in it: once,
// however many clients want it at the same time (RFC 9111, RFC 5861, RFC 9211). An answer depends
// on the route, the path and the query alone, since a cached method has no bound fields
// (route_compiler). Thread-safe; from any executor.
class SharedReads {
 public:
  // All must outlive this object. `background`: where answers are renewed while stale ones are
  // served; it runs as long as the backends are called.
  struct Parts {
    const ApiCatalog& catalog;
    const Backends& backends;
    ResponseCache& cache;
    ChangeWatch& changes;  // not started yet
    boost::asio::any_io_executor background;
  };
  explicit SharedReads(const Parts& parts);

  // True when the answer to `request` may be shared: a cached GET route, asked with GET or HEAD,
  // without Authorization and without a body.
  bool Takes(const Request& request, const Route& route) const;

  // The answer, complete with its cache headers. Errors: those of EncodeRequest, and of the
  // service when there is no answer that may be served instead.
  // REQUIRES: Takes(request, route).
  boost::asio::awaitable<absl::StatusOr<Response>> Answer(const Request& request,
                                                          const Route& route,
                                                          const Router::Match& match,
                                                          absl::string_view query);

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
  absl::flat_hash_map<const Route*, SharedRoute> routes_;
  Flights flights_;
};

}  // namespace cartwright::gateway
