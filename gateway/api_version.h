#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/api_catalog.h"
#include "gateway/backends.h"
#include "gateway/encoded_content.h"
#include "gateway/versioned.h"

namespace cartwright::gateway {

// What one descriptor set makes of the gateway. Immutable and thread-safe.
struct Api {
  std::unique_ptr<const ApiCatalog> catalog;
  std::unique_ptr<const EncodedContent> openapi;  // JSON
};

// The API of now. A request keeps the one that it began with, and so does a stream.
using ApiVersions = Versioned<const Api>;

// Makes the API of the bytes of a FileDescriptorSet. `jwks_method` is the RPC that must be in it.
// Errors name what is wrong: those of ApiCatalog::Load, a service that `backends` has not, an RPC
// that is missing.
absl::StatusOr<std::shared_ptr<const Api>> MakeApi(absl::string_view descriptor_set,
                                                   const Backends& backends,
                                                   const std::string& jwks_method);

// The same of the file that --descriptor_set names.
absl::StatusOr<std::shared_ptr<const Api>> ReadApi(const std::string& path,
                                                   const Backends& backends,
                                                   const std::string& jwks_method);

}  // namespace cartwright::gateway
