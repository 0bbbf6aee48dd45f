#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/api_catalog.h"
#include "grpcpp/channel.h"
#include "grpcpp/support/status.h"
#include "openssl/evp.h"

namespace cartwright::gateway::testing {

// An API that no code was generated for: a .proto in text, compiled at run time, as a service
// that comes tomorrow would be.

// The bytes of the FileDescriptorSet of one .proto; it may import ours and google's.
std::string CompileProto(absl::string_view source);

// The API of most tests; see its text in test_api.cc.
std::string TestDescriptorSet();
const ApiCatalog& TestCatalog();

// The route of an RPC of the test API, "Echo".
const Route& TestRoute(absl::string_view rpc);

// A gRPC server in this process that answers any method.
class FakeBackend {
 public:
  struct Call {
    std::string method;  // "/cartwright.test.v1.TestService/Echo"
    std::string request;
    std::map<std::string, std::string> metadata;
    absl::Duration timeout;
  };
  // A stream that the test writes while it is read. Thread-safe.
  class Feed {
   public:
    void Write(std::string message);
    void End(grpc::Status status);
    // Blocks until the client has cancelled the call; false when it does not.
    bool AwaitCancelled();

   private:
    friend class FakeBackend;
    struct State;
    Feed(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
  };
  struct Answer {
    grpc::Status status;
    std::string response;
    std::shared_ptr<Feed> feed;  // instead of both
  };
  static std::shared_ptr<Feed> MakeFeed();
  using Respond = std::function<Answer(const Call&)>;

  explicit FakeBackend(Respond respond);
  ~FakeBackend();

  // Takes no more calls, and returns when `respond` is not called any more. Again: no effect.
  void Stop();

  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  // The calls until now.
  std::vector<Call> calls() const;

 private:
  class Service;

  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// A key pair for access tokens, and what identity would make with it.
class TestSigner {
 public:
  // `algorithm`: "ES256", "RS256" with a modulus of `bits`, or "EdDSA".
  explicit TestSigner(std::string kid = "key-1", std::string algorithm = "ES256", int bits = 2048);
  ~TestSigner();

  // The public key as a member of a JWK set's `keys`.
  std::string Jwk() const;
  // `{"keys":[...]}` of this key alone.
  std::string Jwks() const;
  // A signed token with this header and payload, both JSON.
  std::string Sign(absl::string_view header, absl::string_view payload) const;
  // A good token.
  std::string Token(absl::string_view subject, absl::string_view roles = "[\"shopper\"]",
                    absl::Time now = absl::Now()) const;
  std::string Header() const;
  static std::string Claims(absl::string_view subject, absl::string_view roles, absl::Time now);

  static constexpr const char* kIssuer = "https://shop.test";

 private:
  const std::string kid_;
  const std::string algorithm_;
  EVP_PKEY* const key_;
};

}  // namespace cartwright::gateway::testing
