#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"

namespace cartwright::call {

// The RPCs of a descriptor set. Immutable, thread-safe.
class Api {
 public:
  // Errors: NOT_FOUND, INVALID_ARGUMENT for a file that is no descriptor set.
  static absl::StatusOr<Api> Load(const std::string& path);

  // All methods, service by service.
  std::vector<const google::protobuf::MethodDescriptor*> Methods() const;

  // The method of a name: "cartwright.order.v1.SagaService/ListSagas", "SagaService/ListSagas", or
  // "ListSagas" when no other method of the process `service` ("order"; any when empty) has it.
  absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(
      const std::string& service, const std::string& name) const;

  // The proto text, comments included, of a service, a message, an enum, or a method with its
  // request and response. NOT_FOUND.
  absl::StatusOr<std::string> Describe(const std::string& service, const std::string& name) const;

 private:
  std::unique_ptr<google::protobuf::DescriptorPool> pool_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
};

}  // namespace cartwright::call
