#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "gateway/api_version.h"
#include "gateway/external_tokens.h"
#include "gateway/http_message.h"
#include "gateway/key_source.h"
#include "gateway/request_log.h"
#include "gateway/revocation_source.h"
#include "gateway/shared_reads.h"
#include "gateway/static_files.h"
#include "gateway/stream_answer.h"
#include "gateway/throttle.h"
#include "gateway/token_verifier.h"
#include "gateway/upstream.h"

namespace cartwright::gateway {

// Decides who answers a request: an RPC, a file, or the gateway itself. The order of the checks
// is fixed: target, host, method, route, origin, address' limit, token, caller's limit, idempotency
// key, content type, body, JSON, fields, account's limit, live session; so nothing is read of whom
// it is not for, and errors do not depend on luck. Thread-safe.
class Dispatcher : public RequestHandler {
 public:
  // All must outlive the dispatcher.
  struct Parts {
    const ApiVersions& api;
    Upstream& upstream;
    TokenVerifier& verifier;
    KeySource* keys = nullptr;                // null: unknown keys are not asked for
    RevocationSource* revocations = nullptr;  // null: no session ends early
    ExternalTokens* external = nullptr;       // null: only the shop's own tokens are taken
    StaticFiles& site;
    StaticFiles& media;
    const RequestLog& log;
    StreamOptions streams = {};
    SharedReads* shared_reads = nullptr;  // null: nothing is cached here
    Throttle* throttle = nullptr;         // null: nothing is limited
  };
  explicit Dispatcher(Parts parts);

  boost::asio::awaitable<Response> Handle(const Request& request, BodySource& body) override;
  Response Refuse(const Request& request, const absl::Status& error) override;

 private:
  struct Admission;

  boost::asio::awaitable<Response> Answer(const Request& request, BodySource& body);
  boost::asio::awaitable<Response> CallRoute(const Request& request, const Route& route,
                                             Router::Match match, absl::string_view query,
                                             BodySource& body);
  boost::asio::awaitable<absl::StatusOr<Response>> CallShared(
      const SharedReads::Table& table, const Request& request, const Route& route,
      const Router::Match& match, absl::string_view query, CallFacts& facts, LimitReport& limits);
  boost::asio::awaitable<absl::StatusOr<Response>> CallRpc(
      const Request& request, const Route& route, const Router::Match& match,
      absl::string_view query, BodySource& body, CallFacts& facts, LimitReport& limits);
  boost::asio::awaitable<absl::StatusOr<std::string>> ReadMessage(
      const Request& request, const Route& route, const Router::Match& match,
      absl::string_view query, BodySource& body, CallFacts& facts, LimitReport& limits);
  boost::asio::awaitable<absl::Status> Admit(const Request& request, const Route& route,
                                             Admission& admission, LimitReport& limits);
  boost::asio::awaitable<absl::Status> Identify(const Request& request, const Route& route,
                                                Admission& admission, LimitReport& limits);
  boost::asio::awaitable<absl::StatusOr<std::shared_ptr<const Principal>>> Authenticate(
      const Request& request);
  Response WithoutRoute(const Request& request, const Target& target,
                        const std::set<std::string>& allow);
  Response ServeFile(const Request& request, const Target& target);
  Response Problem(const Request& request, const absl::Status& error) const;

  const Parts parts_;
  StreamAnswer::Shared streams_;
};

}  // namespace cartwright::gateway
