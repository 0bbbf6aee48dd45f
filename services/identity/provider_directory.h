#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "services/identity/provider_settings.h"
#include "shared/auth/verification_key.h"

namespace cartwright::identity {

// A provider as it was found last. Immutable.
struct Provider {
  ProviderSettings settings;
  // Of its metadata (OpenID Connect Discovery 1.0); empty before it answered.
  std::string authorization_endpoint;
  std::string token_endpoint;
  bool names_itself = false;           // its answers to browsers have `iss` (RFC 9207)
  std::shared_ptr<const KeySet> keys;  // null before it answered
};

// The providers of a file, which is read again within two seconds of a change, and what each of
// them publishes: asked for at once, every five minutes, and when somebody comes with a key that is
// not known. What was found last stays while a provider is away, and a file with a mistake changes
// nothing; both are in the log. Thread-safe.
class ProviderDirectory {
 public:
  // `path`: the file; empty: there are no providers. `own`: the shop's issuer.
  ProviderDirectory(boost::asio::io_context& io, std::string path, std::string own);

  // Reads the file, and goes on doing so on `io`. Errors: what is wrong with the file. Call once.
  absl::Status Start();

  // Null when there is none.
  std::shared_ptr<const Provider> FindByIssuer(absl::string_view issuer) const;
  std::shared_ptr<const Provider> FindById(absl::string_view id) const;

  // In the order of the file.
  std::vector<std::shared_ptr<const Provider>> List() const;

  // The provider with this issuer after asking it again, unless that was done less than five
  // seconds ago: whoever makes up key ids shall not make us ask more often. Null when it is gone.
  boost::asio::awaitable<std::shared_ptr<const Provider>> Renew(const std::string& issuer);

 private:
  struct Entry {
    std::shared_ptr<const Provider> provider;
    absl::Time asked = absl::InfinitePast();
    absl::Time found = absl::InfinitePast();
    bool failed = false;  // said so already
  };

  boost::asio::awaitable<void> Watch();
  absl::Status ReadSettings();
  // Those to be asked now; they count as asked.
  std::vector<std::shared_ptr<const Provider>> TakeDue(absl::Time now);
  boost::asio::awaitable<void> Ask(std::shared_ptr<const Provider> provider);
  void Note(const ProviderSettings& settings,
            const absl::StatusOr<std::shared_ptr<const Provider>>& found);

  boost::asio::io_context& io_;
  const std::string path_;
  const std::string own_;
  mutable std::mutex mutex_;
  std::string seen_;                                   // the file as it was read last
  std::vector<std::string> order_;                     // issuers
  std::map<std::string, Entry, std::less<>> entries_;  // by issuer
};

}  // namespace cartwright::identity
