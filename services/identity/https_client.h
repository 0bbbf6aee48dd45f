#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"

namespace cartwright::identity {

// One exchange with somebody else's server.
struct HttpsRequest {
  std::string url;            // https, without user or fragment
  std::string form;           // POSTed as a form when not empty; otherwise it is a GET
  std::string authorization;  // header of that name; may be empty
  std::string ca_file;        // PEM, whom to trust; empty: whom the system trusts
};

// What came back, whatever it says.
struct HttpsAnswer {
  int status = 0;
  std::string body;
};

// Makes it over TLS 1.2 or later, with a certificate that must be of the URL's host, on the
// coroutine's executor. Redirects are not followed; an answer has at most 256 KiB.
// INVALID_ARGUMENT for a URL that is none; UNAVAILABLE when no answer came before `deadline`.
boost::asio::awaitable<absl::StatusOr<HttpsAnswer>> Exchange(const HttpsRequest& request,
                                                             absl::Time deadline);

// Whether it is an https URL without user or fragment.
bool IsHttpsUrl(const std::string& url);

// "a=b&c=d", escaped.
std::string FormOf(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace cartwright::identity
