#include "gateway/api_catalog.h"

#include <mutex>
#include <set>

#include "absl/strings/str_cat.h"
#include "cartwright/api/v1/error_reason.pb.h"
#include "gateway/route_compiler.h"
#include "google/protobuf/descriptor.pb.h"
#include "shared/base/status_macros.h"

namespace cartwright::gateway {
namespace {

class FirstError : public google::protobuf::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& filename, const std::string& element,
                const google::protobuf::Message*, ErrorLocation,
                const std::string& message) override {
    if (text_.empty()) text_ = absl::StrCat(filename, ": ", element, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// One copy of each text for as long as the process lives: metrics, which outlive every version of
// the API, know routes by it. Bounded by what operators ever put into descriptor sets.
absl::string_view Interned(const std::string& text) {
  static std::mutex mutex;
  static auto* known = new std::set<std::string>;
  const std::lock_guard lock(mutex);
  return *known->insert(text).first;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ApiCatalog>> ApiCatalog::Load(absl::string_view descriptor_set) {
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromArray(descriptor_set.data(), static_cast<int>(descriptor_set.size()))) {
    return absl::InvalidArgumentError("the descriptor set is not a FileDescriptorSet");
  }
  std::unique_ptr<ApiCatalog> catalog(new ApiCatalog);
  // The gateway's own reasons, also for a set that does not have their file.
  catalog->reasons_.Add(*api::v1::ErrorReason_descriptor()->file());
  for (const auto& file : set.file()) CW_RETURN_IF_ERROR(catalog->AddFile(file));
  for (const auto* file : catalog->files_) CW_RETURN_IF_ERROR(catalog->AddRoutes(*file));
  return catalog;
}

absl::Status ApiCatalog::AddFile(const google::protobuf::FileDescriptorProto& proto) {
  FirstError errors;
  const auto* file = pool_.BuildFileCollectingErrors(proto, &errors);
  if (file == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("the descriptor set: ", errors.text()));
  }
  files_.push_back(file);
  reasons_.Add(*file);
  return absl::OkStatus();
}

absl::Status ApiCatalog::AddRoutes(const google::protobuf::FileDescriptor& file) {
  for (int s = 0; s < file.service_count(); ++s) {
    const auto& service = *file.service(s);
    for (int m = 0; m < service.method_count(); ++m) {
      CW_ASSIGN_OR_RETURN(std::vector<Route> routes, CompileRoutes(*service.method(m), plans_));
      for (Route& route : routes) {
        const auto added =
            router_.Add(route.http_method, route.path, static_cast<int>(routes_.size()));
        if (!added.ok()) {
          return absl::Status(added.code(),
                              absl::StrCat(service.method(m)->full_name(), ": ", added.message()));
        }
        route.label = Interned(route.path.text);
        routes_.push_back(std::move(route));
      }
    }
  }
  return absl::OkStatus();
}

const Route* ApiCatalog::FindRpc(absl::string_view name) const {
  for (const Route& route : routes_) {
    if (absl::string_view(route.rpc_path).substr(1) == name) return &route;
  }
  return nullptr;
}

const google::protobuf::MethodDescriptor* ApiCatalog::FindMethod(absl::string_view name) const {
  std::string full_name(name);
  const size_t slash = full_name.rfind('/');
  if (slash == std::string::npos) return nullptr;
  full_name[slash] = '.';
  return pool_.FindMethodByName(full_name);
}

}  // namespace cartwright::gateway
