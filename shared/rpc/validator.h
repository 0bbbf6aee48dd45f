#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace cartwright::rpc {

// Checks requests against the FieldPolicy options of their fields: lengths, ranges, patterns,
// presence, ids. Built once per method at start; Check is thread-safe.
class Validator {
 public:
  // Aborts on a pattern that is not RE2: a bug in a proto.
  explicit Validator(const google::protobuf::Descriptor& descriptor);
  ~Validator();

  // INVALID_ARGUMENT with every violation, each field by its JSON path; NOT_FOUND when all that
  // is wrong is the form of an id, since such an id names nothing.
  absl::Status Check(const google::protobuf::Message& request) const;

 private:
  struct Rule;
  struct Findings;

  // The rules of the fields of one message type. Types may recurse, so they are kept by type.
  const std::vector<Rule>& Compile(const google::protobuf::Descriptor& descriptor);
  void CheckMessage(const google::protobuf::Message& message, const std::string& prefix,
                    Findings& findings) const;
  void CheckField(const google::protobuf::Message& message, const Rule& rule,
                  const std::string& path, Findings& findings) const;

  const google::protobuf::Descriptor& root_;
  std::unordered_map<const google::protobuf::Descriptor*, std::vector<Rule>> rules_;
};

}  // namespace cartwright::rpc
