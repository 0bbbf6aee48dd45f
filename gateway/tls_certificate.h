#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "boost/asio/ssl/context.hpp"
#include "gateway/versioned.h"

namespace cartwright::gateway {

// What the public port says in its handshakes from now on; a connection keeps what it began with.
using TlsVersions = Versioned<boost::asio::ssl::context>;

// Settings of a TLS server with this certificate chain and key, both PEM files: TLS 1.2 and later,
// forward secrecy and authenticated encryption only, HTTP/1.1 as the one protocol of ALPN.
// INVALID_ARGUMENT names the file and what is wrong with it: it cannot be read, the two do not
// belong together, or the certificate is not valid at `now`. Exports
// cartwright_gateway_certificate_expiry_seconds, a Unix time.
absl::StatusOr<std::shared_ptr<boost::asio::ssl::context>> LoadCertificate(
    const std::string& certificate_file, const std::string& key_file, absl::Time now);

}  // namespace cartwright::gateway
