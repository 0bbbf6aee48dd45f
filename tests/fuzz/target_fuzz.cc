// A request target: what is let through has no dots, no zero bytes and one reading, and the route
// that it reaches gets as many values as its template has variables.

#include <array>

#include "absl/strings/str_cat.h"
#include "gateway/uri.h"
#include "shared/base/utf8.h"
#include "tests/fuzz/api.h"

namespace cartwright::fuzz {
namespace {

constexpr std::array<absl::string_view, 5> kMethods = {"GET", "POST", "PUT", "PATCH", "DELETE"};

void CheckText(absl::string_view text) {
  Require(text.find('\0') == text.npos, "a zero byte came through");
  Require(IsUtf8(text), "what came through is not UTF-8");
}

void Run(absl::string_view input) {
  const absl::string_view method = kMethods[TakeChoice(input, kMethods.size())];
  const auto target = gateway::ParseTarget(input);
  if (!target.ok()) return;
  std::string again;
  for (const gateway::Segment& segment : target->segments) {
    CheckText(segment.text);
    Require(segment.text != "." && segment.text != "..", "a dot segment came through");
    absl::StrAppend(&again, "/", gateway::PercentEncode(segment.text));
  }
  const auto second = gateway::ParseTarget(again);
  Require(second.ok() && second->segments.size() == target->segments.size(),
          "encoding is not undone");
  for (size_t i = 0; i < target->segments.size(); ++i) {
    Require(second->segments[i].text == target->segments[i].text, "a segment has two readings");
  }
  const auto match = Api().router().Find(method, target->segments);
  if (match.route >= 0) {
    const auto& route = Api().routes()[match.route];
    Require(route.http_method == method, "the route has another method");
    Require(match.variables.size() == route.variables.size(), "a variable has no value");
    for (const std::string& value : match.variables) CheckText(value);
  }
  const auto query = gateway::ParseQuery(target->query, 50);
  if (!query.ok()) return;
  Require(query->size() <= 50, "there are too many parameters");
  for (const auto& [name, value] : *query) {
    CheckText(name);
    CheckText(value);
  }
}

}  // namespace
}  // namespace cartwright::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cartwright::fuzz::Run(cartwright::fuzz::ViewOf(data, size));
  return 0;
}
