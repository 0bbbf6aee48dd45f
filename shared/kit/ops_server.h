#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/io_context.hpp"

namespace cartwright::kit {

// Serves the operators' plain HTTP port on `io`: /livez (200 while the event loop turns), /readyz
// (200, or 503 with what is missing) and /metrics. Not for the public network.
struct OpsServer {
  std::string address;                   // host:port; port 0 picks one
  std::function<std::string()> unready;  // what is missing; empty when ready. Thread-safe.

  // Binds and starts; returns the bound port. Errors: UNAVAILABLE naming the address.
  absl::StatusOr<uint16_t> Start(boost::asio::io_context& io) const;
};

// Asks the process whose operators' port is at `address` for its /readyz. Errors: INVALID_ARGUMENT;
// UNAVAILABLE with what is missing, or when nobody answers within two seconds.
absl::Status AskReady(const std::string& address);

}  // namespace cartwright::kit
