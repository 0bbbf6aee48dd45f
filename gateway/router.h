#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/path_template.h"
#include "gateway/uri.h"

namespace cartwright::gateway {

// Finds the route of a method and a path: a tree of segments, without regular expressions.
// A literal goes before "*" and "*" before "**", segment by segment, whatever the order in which
// routes were added; a template with a verb goes before one without. Built at start; Find is
// thread-safe afterwards.
class Router {
 public:
  // ALREADY_EXISTS when some route takes exactly the same requests.
  absl::Status Add(absl::string_view method, const PathTemplate& path, int route);

  struct Match {
    int route = -1;                      // -1: none
    std::vector<std::string> variables;  // decoded, in the template's order
    std::set<std::string> allow;         // without a route: the methods that the path has
  };
  Match Find(absl::string_view method, const std::vector<Segment>& segments) const;

 private:
  struct Terminal {
    std::string method;
    std::string verb;
    int route;
    PathTemplate path;
  };
  struct Node {
    absl::flat_hash_map<std::string, std::unique_ptr<Node>> literals;
    std::unique_ptr<Node> one;
    std::vector<Terminal> ends;  // templates that end here
    std::vector<Terminal> any;   // templates that end here with "**"
  };
  struct Search;

  static const Terminal* Walk(const Node& node, size_t depth, Search& search);
  static const Terminal* Pick(const std::vector<Terminal>& terminals, Search& search);

  Node root_;
};

}  // namespace cartwright::gateway
