#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "gateway/backend_stream.h"
#include "gateway/http_message.h"
#include "grpcpp/channel.h"
#include "grpcpp/support/slice.h"
#include "shared/rpc/call.h"

namespace cartwright::gateway {

// The services behind the gateway, by name. Calls are made from bytes to bytes: what is in them
// is the transcoder's business. Thread-safe.
class Backends {
 public:
  // Makes the channel to the service `name` at `target`.
  using Connect = std::function<std::shared_ptr<grpc::Channel>(const std::string& name,
                                                               const std::string& target)>;

  // `addresses`: as rpc::ParseTargets reads them. INVALID_ARGUMENT names the entry that is not of
  // that form.
  static absl::StatusOr<Backends> Make(absl::string_view addresses, const Connect& connect);

  bool Has(const std::string& name) const { return channels_.contains(name); }
  std::vector<std::string> Names() const;

  // One call of `path` ("/package.Service/Method") with the deadline and the ids of `call`.
  // Nothing is retried. A refusal of the library itself, as opposed to the service, has no
  // details; of these, UPSTREAM_INVALID stands for an answer that is too large. The call is
  // cancelled when `client`, if there is one, goes.
  boost::asio::awaitable<absl::StatusOr<grpc::Slice>> Call(const std::string& backend,
                                                           const std::string& path,
                                                           const rpc::Call& call,
                                                           const std::string& request,
                                                           ClientPresence* client = nullptr) const;

  // A server stream of `path`, likewise; to be read on `executor`. Errors: as Call.
  absl::StatusOr<std::shared_ptr<BackendStream>> Open(const boost::asio::any_io_executor& executor,
                                                      const std::string& backend,
                                                      const std::string& path,
                                                      const rpc::Call& call,
                                                      const std::string& request) const;

 private:
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const std::string& backend) const;

  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

}  // namespace cartwright::gateway
