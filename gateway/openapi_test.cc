#include "gateway/openapi.h"

#include <set>

#include "boost/json/parse.hpp"
#include "boost/json/serialize.hpp"
#include "gateway/test_api.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

namespace json = boost::json;

const json::value& Document() {
  static const auto* document =
      new json::value(json::parse(OpenApiDocument(testing::TestCatalog())));
  return *document;
}

const json::value& Operation(const char* path, const char* method) {
  return Document().at("paths").at(path).at(method);
}

std::set<std::string> Parameters(const json::value& operation) {
  std::set<std::string> names;
  const auto* list = operation.as_object().if_contains("parameters");
  if (list == nullptr) return names;
  for (const json::value& parameter : list->as_array()) {
    names.insert(std::string(parameter.at("in").as_string()) + ":" +
                 std::string(parameter.at("name").as_string()));
  }
  return names;
}

TEST(OpenApiTest, HasEveryRouteOnce) {
  size_t operations = 0;
  std::set<std::string> ids;
  for (const auto& path : Document().at("paths").as_object()) {
    for (const auto& operation : path.value().as_object()) {
      ++operations;
      ids.insert(std::string(operation.value().at("operationId").as_string()));
    }
  }
  EXPECT_EQ(operations, testing::TestCatalog().routes().size());
  EXPECT_EQ(ids.size(), operations);
}

TEST(OpenApiTest, DescribesAStream) {
  const json::value& watch = Operation("/api/things/{id}/events", "get");
  EXPECT_EQ(Parameters(watch), (std::set<std::string>{"path:id", "header:Last-Event-ID"}));
  const json::value& responses = watch.at("responses");
  EXPECT_TRUE(responses.as_object().contains("204"));
  const json::object& content = responses.at("200").at("content").as_object();
  EXPECT_EQ(content.size(), 2u);
  for (const char* type : {"text/event-stream", "application/x-ndjson"}) {
    EXPECT_EQ(content.at(type).at("schema"),
              json::parse(R"({"$ref":"#/components/schemas/WatchEvent"})"));
  }
}

TEST(OpenApiTest, SaysThatA204HasNoContent) {
  const json::object& responses = Operation("/api/notes", "post").at("responses").as_object();
  ASSERT_TRUE(responses.contains("204"));
  EXPECT_FALSE(responses.at("204").as_object().contains("content"));
}

TEST(OpenApiTest, DescribesAnOperation) {
  const json::value& get = Operation("/api/things/{id}", "get");
  EXPECT_EQ(get.at("operationId"), "GetThing");
  // Neither what the gateway binds nor what a query cannot say.
  EXPECT_EQ(Parameters(get),
            (std::set<std::string>{"path:id", "query:filter.text", "query:filter.size",
                                   "query:pageSize", "query:tag", "query:color", "query:since",
                                   "query:wide", "query:number", "query:boxed"}));
  EXPECT_EQ(get.at("responses").at("200").at("content").at("application/json").at("schema"),
            json::parse(R"({"$ref":"#/components/schemas/Thing"})"));
  EXPECT_EQ(get.at("security"), json::array());
  const json::value& echo = Operation("/api/echo", "post");
  EXPECT_EQ(echo.at("summary"), "Gives back what it gets");
  EXPECT_EQ(echo.at("requestBody").at("content").at("application/json").at("schema"),
            json::parse(R"({"$ref":"#/components/schemas/Everything"})"));
  EXPECT_EQ(echo.at("requestBody").at("required"), false);
  EXPECT_EQ(Operation("/api/pay", "post").at("requestBody").at("required"), true);
}

TEST(OpenApiTest, TheBodyHasNeitherBoundFieldsNorThoseOfThePath) {
  const json::value& put = Operation("/api/things/{thingId}", "put");
  const json::value& schema =
      put.at("requestBody").at("content").at("application/json").at("schema");
  std::set<std::string> names;
  for (const auto& property : schema.at("properties").as_object()) names.insert(property.key());
  EXPECT_EQ(names, (std::set<std::string>{"thing", "version"}));
  EXPECT_EQ(put.at("security"), json::parse(R"([{"accessToken":[]}])"));
}

TEST(OpenApiTest, StatusesKeysAndCookies) {
  const json::value& pay = Operation("/api/pay", "post");
  EXPECT_TRUE(pay.at("responses").as_object().contains("201"));
  EXPECT_TRUE(pay.at("responses").as_object().contains("202"));
  EXPECT_EQ(Parameters(pay), (std::set<std::string>{"header:Idempotency-Key"}));
  const json::value& login = Operation("/api/login", "post");
  // Nothing of it is refused for its token, so that it can do without.
  EXPECT_EQ(login.at("security"), json::parse(R"([{"__Host-refresh":[]},{}])"));
  EXPECT_FALSE(Document()
                   .at("components")
                   .at("schemas")
                   .at("LoginResponse")
                   .at("properties")
                   .as_object()
                   .contains("refresh"));
}

TEST(OpenApiTest, SchemasSayWhatTheJsonIs) {
  const json::value& schemas = Document().at("components").at("schemas");
  const json::value& everything = schemas.at("Everything").at("properties");
  EXPECT_EQ(everything.at("i64").at("type"), "string");
  EXPECT_EQ(everything.at("i32").at("type"), "integer");
  EXPECT_EQ(everything.at("when"), json::parse(R"({"type":"string","format":"date-time"})"));
  EXPECT_EQ(everything.at("counts").at("additionalProperties").at("format"), "int64");
  EXPECT_EQ(everything.at("nested"), json::parse(R"({"$ref":"#/components/schemas/Everything"})"));
  EXPECT_EQ(everything.at("color").at("enum").as_array().size(), 4u);
  EXPECT_EQ(schemas.at("Thing").at("required"), json::parse(R"(["id","color","price"])"));
  EXPECT_EQ(schemas.at("PayRequest").at("additionalProperties"), false);
}

// A request that the schema takes must not be refused for its form, nor one that it refuses be
// taken.
TEST(OpenApiTest, TheSchemaOfARequestSaysWhatTheValidatorDoes) {
  const json::value& pay = Document().at("components").at("schemas").at("PayRequest");
  // `pieces` is not marked, but 0 is below its minimum, and to leave it out means 0.
  EXPECT_EQ(pay.at("required"), json::parse(R"(["amount","pieces","reference"])"));
  const json::value& properties = pay.at("properties");
  EXPECT_EQ(properties.at("amount").at("pattern"), "^[1-9][0-9]*$");
  EXPECT_EQ(properties.at("amount").at("examples"), json::parse(R"(["7"])"));
  EXPECT_EQ(properties.at("pieces").at("examples"), json::parse("[2]"));
  EXPECT_EQ(properties.at("color").at("pattern"), "^(?:red|blue)?$");
  EXPECT_EQ(properties.at("reference").at("pattern"), "^(?:[a-z]+)$");
  EXPECT_EQ(properties.at("reference").at("minLength"), 1);
}

std::string Reasons(const json::value& operation, const char* status) {
  const auto* response = operation.at("responses").as_object().if_contains(status);
  if (response == nullptr) return "none";
  const auto pointer = response->at("$ref").as_string().subview(1);
  const json::value& refusal = Document().at_pointer(pointer);
  const json::value& schema = refusal.at("content").at("application/problem+json").at("schema");
  return json::serialize(schema.at("allOf").at(1).at("properties").at("reason").at("enum"));
}

TEST(OpenApiTest, ErrorsHaveTheReasonsOfThePolicyAndOfTheComment) {
  const json::value& pay = Operation("/api/pay", "post");
  EXPECT_EQ(Reasons(pay, "402"), R"(["POOR"])");
  EXPECT_EQ(Reasons(pay, "409"), R"(["TOO_MANY"])");
  EXPECT_EQ(Reasons(pay, "401"),
            R"(["API_KEY_INVALID","TOKEN_EXPIRED","TOKEN_INVALID","TOKEN_MISSING"])");
  EXPECT_EQ(
      Reasons(pay, "400"),
      R"(["IDEMPOTENCY_KEY_INVALID","IDEMPOTENCY_KEY_MISSING","INVALID_FIELD","INVALID_JSON",)"
      R"("MALFORMED_REQUEST","MALFORMED_URI","UNKNOWN_FIELD","UNKNOWN_QUERY_PARAMETER"])");
  EXPECT_EQ(Reasons(pay, "429"), R"(["QUOTA_EXCEEDED","RATE_LIMITED"])");
  EXPECT_EQ(Reasons(pay, "403"), "none");
  EXPECT_EQ(Reasons(pay, "404"), "none");
  const json::value& get = Operation("/api/things/{id}", "get");
  EXPECT_EQ(Reasons(get, "401"), R"(["API_KEY_INVALID"])");
  EXPECT_EQ(Reasons(get, "404"), R"(["RESOURCE_NOT_FOUND","ROUTE_NOT_FOUND"])");
  EXPECT_EQ(Reasons(get, "415"), "none");
  for (const char* range : {"4XX", "5XX"}) EXPECT_TRUE(get.at("responses").at(range).is_object());
}

// Every reference in the document leads somewhere.
void CheckReferences(const json::value& value) {
  if (value.is_array()) {
    for (const json::value& item : value.get_array()) CheckReferences(item);
  }
  if (!value.is_object()) return;
  for (const auto& member : value.get_object()) {
    if (member.key() != "$ref") {
      CheckReferences(member.value());
      continue;
    }
    boost::system::error_code error;
    Document().find_pointer(member.value().as_string().subview(1), error);
    EXPECT_FALSE(error) << member.value();
  }
}

TEST(OpenApiTest, ReferencesLeadSomewhere) { CheckReferences(Document()); }

}  // namespace
}  // namespace cartwright::gateway
