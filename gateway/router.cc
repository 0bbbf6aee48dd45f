#include "gateway/router.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace cartwright::gateway {

struct Router::Search {
  absl::string_view method;
  absl::string_view verb;
  const std::vector<Segment>& segments;
  std::set<std::string>& allow;
};

namespace {

// What a variable of the template has in the path. Of several segments, an escaped slash stays
// escaped, or it could not be told from the others.
std::string ValueOf(const PathTemplate& path, const PathTemplate::Variable& variable,
                    const std::vector<Segment>& segments) {
  const bool single = variable.end - variable.begin == 1 &&
                      path.parts[variable.begin].kind == PathTemplate::Kind::kOne;
  if (single) return segments[variable.begin].text;
  const bool open_end = path.parts[variable.end - 1].kind == PathTemplate::Kind::kAny;
  const size_t end = open_end ? segments.size() : static_cast<size_t>(variable.end);
  std::string value;
  for (size_t i = variable.begin; i < end; ++i) {
    std::string text;
    PercentDecode(segments[i].raw, true, text);
    absl::StrAppend(&value, value.empty() ? "" : "/", text);
  }
  return value;
}

// Splits ":verb" off the last segment. False when it has none.
bool SplitVerb(std::vector<Segment>& segments, std::string& verb) {
  Segment& last = segments.back();
  const size_t colon = last.raw.rfind(':');
  if (colon == absl::string_view::npos) return false;
  verb = std::string(last.raw.substr(colon + 1));
  last.raw = last.raw.substr(0, colon);
  return PercentDecode(last.raw, false, last.text);
}

}  // namespace

absl::Status Router::Add(absl::string_view method, const PathTemplate& path, int route) {
  Node* node = &root_;
  std::vector<Terminal>* terminals = nullptr;
  for (const PathTemplate::Part& part : path.parts) {
    if (part.kind == PathTemplate::Kind::kAny) {
      terminals = &node->any;
      break;
    }
    auto& next =
        part.kind == PathTemplate::Kind::kLiteral ? node->literals[part.literal] : node->one;
    if (next == nullptr) next = std::make_unique<Node>();
    node = next.get();
  }
  if (terminals == nullptr) terminals = &node->ends;
  for (const Terminal& other : *terminals) {
    if (other.method == method && other.verb == path.verb) {
      return absl::AlreadyExistsError(
          absl::StrCat(method, " ", path.text, " takes the same requests as ", other.path.text));
    }
  }
  terminals->push_back(
      {.method = std::string(method), .verb = path.verb, .route = route, .path = path});
  return absl::OkStatus();
}

Router::Match Router::Find(absl::string_view method, const std::vector<Segment>& segments) const {
  Match match;
  const auto take = [&](const Terminal& terminal, const std::vector<Segment>& path) {
    match.route = terminal.route;
    match.allow.clear();
    for (const auto& variable : terminal.path.variables) {
      match.variables.push_back(ValueOf(terminal.path, variable, path));
    }
  };
  std::string verb;
  if (!segments.empty() && segments.back().raw.find(':') != absl::string_view::npos) {
    std::vector<Segment> shortened = segments;
    if (SplitVerb(shortened, verb)) {
      Search search{.method = method, .verb = verb, .segments = shortened, .allow = match.allow};
      if (const Terminal* found = Walk(root_, 0, search)) {
        take(*found, shortened);
        return match;
      }
    }
  }
  Search search{.method = method, .verb = "", .segments = segments, .allow = match.allow};
  if (const Terminal* found = Walk(root_, 0, search)) take(*found, segments);
  return match;
}

const Router::Terminal* Router::Walk(const Node& node, size_t depth, Search& search) {
  const auto& segments = search.segments;
  if (depth == segments.size()) {
    if (const Terminal* found = Pick(node.ends, search)) return found;
    return Pick(node.any, search);
  }
  const std::string& text = segments[depth].text;
  if (text.empty()) return nullptr;  // no wildcard takes an empty segment, nor what is after it
  if (const auto literal = node.literals.find(text); literal != node.literals.end()) {
    if (const Terminal* found = Walk(*literal->second, depth + 1, search)) return found;
  }
  if (node.one != nullptr) {
    if (const Terminal* found = Walk(*node.one, depth + 1, search)) return found;
  }
  const bool all_filled =
      std::all_of(segments.begin() + static_cast<std::ptrdiff_t>(depth), segments.end(),
                  [](const Segment& segment) { return !segment.text.empty(); });
  return all_filled ? Pick(node.any, search) : nullptr;
}

const Router::Terminal* Router::Pick(const std::vector<Terminal>& terminals, Search& search) {
  for (const Terminal& terminal : terminals) {
    if (terminal.verb != search.verb) continue;
    if (terminal.method == search.method) return &terminal;
    search.allow.insert(terminal.method);
  }
  return nullptr;
}

}  // namespace cartwright::gateway
