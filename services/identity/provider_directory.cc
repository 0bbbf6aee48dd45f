#include "services/identity/provider_directory.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "services/identity/https_client.h"
#include "shared/auth/jwt.h"
#include "shared/base/json_check.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"
#include "shared/telemetry/log.h"

namespace cartwright::identity {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr auto kLook = std::chrono::seconds(2);
constexpr absl::Duration kGap = absl::Seconds(5);
constexpr absl::Duration kRenew = absl::Minutes(5);
constexpr absl::Duration kTimeout = absl::Seconds(3);

// The body of a GET.
asio::awaitable<absl::StatusOr<std::string>> Fetch(const std::string& url,
                                                   const ProviderSettings& settings) {
  // Not a temporary: GCC 12 destroys some of those in a co_await twice.
  const HttpsRequest request{.url = url, .ca_file = settings.ca_file};
  CW_CO_ASSIGN_OR_RETURN(HttpsAnswer answer, co_await Exchange(request, absl::Now() + kTimeout));
  if (answer.status != 200) {
    co_return absl::UnavailableError(absl::StrCat(url, " answered ", answer.status));
  }
  co_return std::move(answer.body);
}

absl::StatusOr<json::object> ReadObject(const std::string& text) {
  CW_ASSIGN_OR_RETURN(json::value value, ParseStrictJson(text));
  if (!value.is_object()) return absl::UnavailableError("it answered with no JSON object");
  return std::move(value.get_object());
}

// An https URL among the metadata.
absl::StatusOr<std::string> UrlOf(const json::object& metadata, const char* name) {
  const std::string url = StringOf(metadata, name).value_or("");
  if (IsHttpsUrl(url)) return url;
  return absl::UnavailableError(absl::StrCat("its ", name, " is not an https URL"));
}

asio::awaitable<absl::StatusOr<std::shared_ptr<const Provider>>> Discover(
    const ProviderSettings& settings) {
  const absl::string_view base = settings.issuer;
  const std::string place =
      absl::StrCat(absl::EndsWith(base, "/") ? base.substr(0, base.size() - 1) : base,
                   "/.well-known/openid-configuration");
  CW_CO_ASSIGN_OR_RETURN(const std::string text, co_await Fetch(place, settings));
  CW_CO_ASSIGN_OR_RETURN(const json::object metadata, ReadObject(text));
  if (StringOf(metadata, "issuer") != settings.issuer) {
    co_return absl::UnavailableError("its metadata are of another issuer");
  }
  Provider found;
  CW_CO_ASSIGN_OR_RETURN(const std::string jwks_uri, UrlOf(metadata, "jwks_uri"));
  if (!settings.client_id.empty()) {
    CW_CO_ASSIGN_OR_RETURN(found.authorization_endpoint, UrlOf(metadata, "authorization_endpoint"));
    CW_CO_ASSIGN_OR_RETURN(found.token_endpoint, UrlOf(metadata, "token_endpoint"));
  }
  const json::value* names = metadata.if_contains("authorization_response_iss_parameter_supported");
  found.names_itself = names != nullptr && names->is_bool() && names->get_bool();
  CW_CO_ASSIGN_OR_RETURN(const std::string jwks, co_await Fetch(jwks_uri, settings));
  CW_CO_ASSIGN_OR_RETURN(KeySet keys, KeySet::Parse(jwks, std::nullopt));
  found.keys = std::make_shared<const KeySet>(std::move(keys));
  found.settings = settings;
  co_return std::make_shared<const Provider>(std::move(found));
}

}  // namespace

ProviderDirectory::ProviderDirectory(asio::io_context& io, std::string path, std::string own)
    : io_(io), path_(std::move(path)), own_(std::move(own)) {}

absl::Status ProviderDirectory::Start() {
  if (path_.empty()) return absl::OkStatus();
  CW_RETURN_IF_ERROR(ReadSettings());
  asio::co_spawn(io_, Watch(), asio::detached);
  return absl::OkStatus();
}

std::shared_ptr<const Provider> ProviderDirectory::FindByIssuer(absl::string_view issuer) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(std::string(issuer));
  return found == entries_.end() ? nullptr : found->second.provider;
}

std::shared_ptr<const Provider> ProviderDirectory::FindById(absl::string_view id) const {
  for (const auto& provider : List()) {
    if (provider->settings.id == id) return provider;
  }
  return nullptr;
}

std::vector<std::shared_ptr<const Provider>> ProviderDirectory::List() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<const Provider>> providers;
  for (const std::string& issuer : order_) providers.push_back(entries_.at(issuer).provider);
  return providers;
}

asio::awaitable<std::shared_ptr<const Provider>> ProviderDirectory::Renew(
    const std::string& issuer) {
  std::shared_ptr<const Provider> due;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(issuer);
    if (found != entries_.end() && absl::Now() - found->second.asked >= kGap) {
      found->second.asked = absl::Now();
      due = found->second.provider;
    }
  }
  if (due != nullptr) co_await Ask(due);
  co_return FindByIssuer(issuer);
}

asio::awaitable<void> ProviderDirectory::Watch() {
  asio::steady_timer timer(io_);
  while (true) {
    // One that is slow keeps nobody else waiting.
    for (auto& provider : TakeDue(absl::Now())) {
      asio::co_spawn(io_, Ask(std::move(provider)), asio::detached);
    }
    timer.expires_after(kLook);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (const absl::Status status = ReadSettings(); !status.ok()) {
      log::Warn("providers.unread", status.message());
    }
  }
}

absl::Status ProviderDirectory::ReadSettings() {
  const absl::StatusOr<std::string> content = ReadFile(path_);
  const std::string text = content.ok() ? *content : std::string(content.status().message());
  if (text == seen_) return absl::OkStatus();
  // A mistake is said once, and the file is looked at again when it has changed.
  seen_ = text;
  auto settings = content.ok() ? ParseProviders(text, own_)
                               : absl::StatusOr<std::vector<ProviderSettings>>(content.status());
  if (!settings.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--identity_providers: ", path_, ": ", settings.status().message()));
  }
  const std::lock_guard lock(mutex_);
  std::map<std::string, Entry, std::less<>> entries;
  order_.clear();
  for (ProviderSettings& each : *settings) {
    const std::string issuer = each.issuer;
    order_.push_back(issuer);
    const auto old = entries_.find(issuer);
    if (old != entries_.end() && old->second.provider->settings == each) {
      entries[issuer] = old->second;
    } else {
      entries[issuer].provider = std::make_shared<const Provider>(Provider{std::move(each)});
    }
  }
  entries_ = std::move(entries);
  return absl::OkStatus();
}

std::vector<std::shared_ptr<const Provider>> ProviderDirectory::TakeDue(absl::Time now) {
  std::vector<std::shared_ptr<const Provider>> due;
  const std::lock_guard lock(mutex_);
  for (auto& [issuer, entry] : entries_) {
    if (now - entry.asked < kGap || now - entry.found < kRenew) continue;
    entry.asked = now;
    due.push_back(entry.provider);
  }
  return due;
}

asio::awaitable<void> ProviderDirectory::Ask(std::shared_ptr<const Provider> provider) {
  const auto found = co_await Discover(provider->settings);
  Note(provider->settings, found);
}

void ProviderDirectory::Note(const ProviderSettings& settings,
                             const absl::StatusOr<std::shared_ptr<const Provider>>& found) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(settings.issuer);
  // The file changed meanwhile.
  if (entry == entries_.end() || !(entry->second.provider->settings == settings)) return;
  if (found.ok()) {
    if (entry->second.failed) {
      log::Info("provider.found", "It answers again.", {{"issuer", settings.issuer}});
    }
    entry->second.provider = *found;
    entry->second.found = absl::Now();
  } else if (!entry->second.failed) {
    log::Warn("provider.unavailable", found.status().message(), {{"issuer", settings.issuer}});
  }
  entry->second.failed = !found.ok();
}

}  // namespace cartwright::identity
