#pragma once

#include <memory>
#include <string>

#include "grpcpp/channel.h"
#include "grpcpp/security/server_credentials.h"

namespace cartwright::rpc {

// Files of this process' certificate, its key, and the authority that signs all of ours. They
// are watched: a renewed certificate is used for new connections without a restart.
struct TlsFiles {
  std::string cert;
  std::string key;
  std::string ca;
};

// Mutual TLS: a client without a certificate of our authority cannot connect.
std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const TlsFiles& files);

// A channel to the service `name` at `address` ("host:port" or a gRPC target); the server's
// certificate must carry the DNS name `name`. Balances round robin over all addresses of the
// target whose process says that it serves, and reconnects within a second. Thread-safe; connects
// at the first call.
std::shared_ptr<grpc::Channel> Connect(const std::string& name, const std::string& address,
                                       const TlsFiles& files);

}  // namespace cartwright::rpc
