#include "gateway/api_version.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/openapi.h"
#include "shared/base/status_macros.h"

namespace cartwright::gateway {
namespace {

// Every route needs its service, or it would answer 503 for ever.
absl::Status CheckBackends(const ApiCatalog& catalog, const Backends& backends) {
  for (const Route& route : catalog.routes()) {
    if (backends.Has(route.backend)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--backends must have ", route.backend, "=host:port, for ", route.path.text));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Api>> MakeApi(absl::string_view descriptor_set,
                                                   const Backends& backends,
                                                   const std::string& jwks_method) {
  auto api = std::make_shared<Api>();
  CW_ASSIGN_OR_RETURN(api->catalog, ApiCatalog::Load(descriptor_set));
  CW_RETURN_IF_ERROR(CheckBackends(*api->catalog, backends));
  if (api->catalog->FindRpc(jwks_method) == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("--jwks_method: there is no route to ", jwks_method));
  }
  api->openapi =
      std::make_unique<EncodedContent>(OpenApiDocument(*api->catalog), "application/json");
  return api;
}

absl::StatusOr<std::shared_ptr<const Api>> ReadApi(const std::string& path,
                                                   const Backends& backends,
                                                   const std::string& jwks_method) {
  // Binary: shared/base/secret.h's ReadFile would take white space off its end.
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("--descriptor_set: cannot read ", path));
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  return MakeApi(bytes, backends, jwks_method);
}

}  // namespace cartwright::gateway
