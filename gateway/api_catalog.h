#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/message_plan.h"
#include "gateway/problem.h"
#include "gateway/route.h"
#include "gateway/router.h"
#include "google/protobuf/descriptor.h"

namespace cartwright::gateway {

// Everything that a descriptor set says about the API: its routes and its error reasons. The
// gateway knows no endpoint but through this. Immutable and thread-safe once made.
class ApiCatalog {
 public:
  // From the bytes of a google.protobuf.FileDescriptorSet with all imports. INVALID_ARGUMENT,
  // ALREADY_EXISTS or FAILED_PRECONDITION names what is wrong and where.
  static absl::StatusOr<std::unique_ptr<ApiCatalog>> Load(absl::string_view descriptor_set);

  ApiCatalog(const ApiCatalog&) = delete;

  // Routes in the order of the files and methods; Router::Match has an index into them.
  const std::vector<Route>& routes() const { return routes_; }
  const Router& router() const { return router_; }
  const ReasonStatuses& reasons() const { return reasons_; }
  const std::vector<const google::protobuf::FileDescriptor*>& files() const { return files_; }

  // The first route of the RPC "package.Service/Method"; null when it has none.
  const Route* FindRpc(absl::string_view name) const;
  // Its method, whether it has a route or not; null when there is none.
  const google::protobuf::MethodDescriptor* FindMethod(absl::string_view name) const;

 private:
  ApiCatalog() = default;
  absl::Status AddFile(const google::protobuf::FileDescriptorProto& proto);
  absl::Status AddRoutes(const google::protobuf::FileDescriptor& file);

  google::protobuf::DescriptorPool pool_;
  MessagePlans plans_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
  std::vector<Route> routes_;
  Router router_;
  ReasonStatuses reasons_;
};

}  // namespace cartwright::gateway
