// JSON, query and path to a message, and a message to JSON: what is let through is a message of the
// route's type, and printing it and reading it again gives the same text.

#include <memory>

#include "gateway/json_reader.h"
#include "gateway/json_writer.h"
#include "gateway/transcoder.h"
#include "google/protobuf/dynamic_message.h"
#include "shared/base/json_check.h"
#include "tests/fuzz/api.h"

namespace cartwright::fuzz {
namespace {

using gateway::Route;

std::unique_ptr<google::protobuf::Message> NewMessage(const gateway::MessagePlan& plan) {
  static auto* factory = new google::protobuf::DynamicMessageFactory;
  return std::unique_ptr<google::protobuf::Message>(factory->GetPrototype(plan.descriptor)->New());
}

// Prints, reads and prints again.
void CheckRoundTrip(const gateway::MessagePlan& plan, absl::string_view wire) {
  std::string first;
  if (!gateway::AppendJson(plan, wire, first)) return;
  const JsonLimits limits{.depth = 200, .members = 1 << 20, .items = 1 << 20, .string = 1 << 24};
  const auto value = ParseStrictJson(first, {}, limits);
  Require(value.ok(), "what was printed is not JSON");
  std::string again;
  // A bound or moved field, or an enum's unknown number, is printed and not taken.
  if (!gateway::AppendMessage(plan, *value, again).ok()) return;
  std::string second;
  Require(gateway::AppendJson(plan, again, second), "what was read cannot be printed");
}

void FromRequest(const Route& route, absl::string_view input) {
  std::vector<std::string> variables;
  for (size_t i = 0; i < route.variables.size(); ++i) variables.emplace_back(TakeLine(input));
  const auto query = gateway::ParseQuery(TakeLine(input), 50);
  if (!query.ok()) return;
  const absl::string_view body = route.TakesBody() ? input : "";
  const gateway::RequestParts parts{.variables = variables, .query = *query, .body = body};
  const std::vector<std::string> bound(route.bound_fields.size(), "bound");
  const auto wire = gateway::EncodeRequest(route, parts, bound);
  if (!wire.ok()) return;
  const auto message = NewMessage(*route.request);
  Require(message->ParseFromString(*wire), "the request is not its message");
  for (const auto& field : route.bound_fields) {
    const auto* descriptor = message->GetDescriptor()->FindFieldByNumber(field.number);
    Require(message->GetReflection()->GetString(*message, descriptor) == "bound",
            "a client set a bound field");
  }
  std::string json;
  Require(gateway::AppendJson(*route.request, *wire, json), "the request cannot be printed");
  CheckRoundTrip(*route.request, *wire);
}

void Run(absl::string_view input) {
  const auto& routes = Api().routes();
  const bool answers = TakeChoice(input, 2) == 1;
  const Route& route = routes[TakeChoice(input, routes.size())];
  if (!answers) return FromRequest(route, input);
  CheckRoundTrip(*route.response, input);
  const auto answer = gateway::DecodeResponse(route, input);
  if (!answer.ok()) return;
  for (const auto& header : answer->headers) {
    Require(header.value.find_first_of("\r\n") == header.value.npos, "a header has a line break");
  }
}

}  // namespace
}  // namespace cartwright::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cartwright::fuzz::Run(cartwright::fuzz::ViewOf(data, size));
  return 0;
}
