#include "tools/call/api.h"

#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/descriptor.pb.h"
#include "shared/rpc/policy.h"

namespace cartwright::call {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorSet;
using google::protobuf::MethodDescriptor;

namespace {

// Whether `wanted`, with slashes or dots, is all or the last words of the method's name.
bool Matches(const MethodDescriptor& method, const std::string& wanted) {
  const std::string name = absl::StrReplaceAll(wanted, {{"/", "."}});
  return method.full_name() == name || absl::EndsWith(method.full_name(), "." + name);
}

template <typename Descriptor>
std::string TextOf(const Descriptor& descriptor) {
  google::protobuf::DebugStringOptions options;
  options.include_comments = true;
  return descriptor.DebugStringWithOptions(options);
}

}  // namespace

absl::StatusOr<Api> Api::Load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  FileDescriptorSet set;
  if (!set.ParseFromIstream(&file)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a descriptor set"));
  }
  Api api;
  api.pool_ = std::make_unique<DescriptorPool>();
  // Each file comes after those that it imports.
  for (const auto& proto : set.file()) {
    const auto* built = api.pool_->BuildFile(proto);
    if (built == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": ", proto.name(), " does not fit"));
    }
    api.files_.push_back(built);
  }
  return api;
}

std::vector<const MethodDescriptor*> Api::Methods() const {
  std::vector<const MethodDescriptor*> methods;
  for (const auto* file : files_) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back(file->service(s)->method(m));
      }
    }
  }
  return methods;
}

absl::StatusOr<const MethodDescriptor*> Api::FindMethod(const std::string& service,
                                                        const std::string& name) const {
  const MethodDescriptor* found = nullptr;
  for (const MethodDescriptor* method : Methods()) {
    const bool served =
        service.empty() ||
        absl::StartsWith(method->full_name(), absl::StrCat("cartwright.", service, "."));
    if (!served || !Matches(*method, name)) continue;
    if (found != nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, " is ", found->full_name(), " or ", method->full_name()));
    }
    found = method;
  }
  if (found == nullptr) {
    return absl::NotFoundError(
        absl::StrCat(service.empty() ? "nothing" : service, " has no method ", name));
  }
  return found;
}

absl::StatusOr<std::string> Api::Describe(const std::string& service,
                                          const std::string& name) const {
  if (const auto* message = pool_->FindMessageTypeByName(name)) return TextOf(*message);
  if (const auto* words = pool_->FindEnumTypeByName(name)) return TextOf(*words);
  if (const auto* whole = pool_->FindServiceByName(name)) return TextOf(*whole);
  const absl::StatusOr<const MethodDescriptor*> method = FindMethod(service, name);
  if (!method.ok()) return method.status();
  return absl::StrCat(TextOf(**method), "\n", TextOf(*(*method)->input_type()), "\n",
                      TextOf(*(*method)->output_type()));
}

}  // namespace cartwright::call
