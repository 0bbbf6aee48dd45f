// Page tokens: only what Seal made opens, and only with the query that it was made for.

#include <memory>

#include "google/protobuf/dynamic_message.h"
#include "shared/base/secret.h"
#include "shared/base/utf8.h"
#include "shared/rpc/page_token.h"
#include "tests/fuzz/api.h"

namespace cartwright::fuzz {
namespace {

std::unique_ptr<google::protobuf::Message> NewQuery(absl::string_view text) {
  static const auto* type =
      Api().FindRpc("cartwright.catalog.v1.CatalogService/ListProducts")->request->descriptor;
  static auto* factory = new google::protobuf::DynamicMessageFactory;
  std::unique_ptr<google::protobuf::Message> query(factory->GetPrototype(type)->New());
  query->GetReflection()->SetString(query.get(), type->FindFieldByName("query"), std::string(text));
  return query;
}

void SetToken(google::protobuf::Message& query, const std::string& token) {
  query.GetReflection()->SetString(&query, query.GetDescriptor()->FindFieldByName("page_token"),
                                   token);
}

void Run(absl::string_view input) {
  static const auto* tokens = new rpc::PageTokens(std::string(32, 'k'));
  const bool sealed = TakeChoice(input, 2) == 1;
  const absl::string_view text = TakeLine(input);
  // A field of text never has anything else: the pipeline refuses it.
  if (!IsUtf8(text)) return;
  const auto query = NewQuery(text);
  const std::string token = sealed ? tokens->Seal(*query, input) : std::string(input);
  SetToken(*query, token);
  const auto position = tokens->Open(*query);
  if (sealed) {
    Require(position.ok() && *position == input, "a token does not open");
    const auto other = NewQuery(std::string(text) + "x");
    SetToken(*other, token);
    Require(!tokens->Open(*other).ok(), "a token opens for another query");
  } else if (!token.empty() && position.ok()) {
    Require(tokens->Seal(*query, *position) == token, "a forged token opens");
  }
}

}  // namespace
}  // namespace cartwright::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cartwright::fuzz::Run(cartwright::fuzz::ViewOf(data, size));
  return 0;
}
