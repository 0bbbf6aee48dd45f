#include "gateway/transcoder.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "boost/json/parse.hpp"
#include "gateway/json_writer.h"
#include "gateway/test_api.h"
#include "gateway/wire.h"
#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::gateway {
namespace {

using cartwright::testing::HasErrorReason;
using cartwright::testing::IsOk;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TestRoute;

google::protobuf::DynamicMessageFactory& Factory() {
  static auto* factory = new google::protobuf::DynamicMessageFactory;
  return *factory;
}

std::unique_ptr<Message> NewMessage(const MessagePlan& plan) {
  return std::unique_ptr<Message>(Factory().GetPrototype(plan.descriptor)->New());
}

// The route of an RPC at the index of its additional bindings.
const Route& Binding(absl::string_view rpc, int index) { return (&TestRoute(rpc))[index]; }

absl::StatusOr<std::string> Encode(const Route& route, const std::vector<std::string>& variables,
                                   absl::string_view query, absl::string_view body,
                                   const std::vector<std::string>& bound = {}) {
  const auto parameters = ParseQuery(query, 50);
  EXPECT_THAT(parameters, IsOk());
  return EncodeRequest(route, {.variables = variables, .query = *parameters, .body = body}, bound);
}

// What the service would read, as text.
std::string Read(const Route& route, const absl::StatusOr<std::string>& wire) {
  if (!wire.ok()) return wire.status().ToString();
  auto message = NewMessage(*route.request);
  EXPECT_TRUE(message->ParseFromString(*wire));
  return message->ShortDebugString();
}

std::string Echo(absl::string_view json) {
  return Read(TestRoute("Echo"), Encode(TestRoute("Echo"), {}, "", json));
}

TEST(TranscoderTest, ReadsEveryKindOfValue) {
  const struct {
    const char* json;
    const char* text;
  } kRows[] = {
      {R"({})", ""},
      {R"({"i32":-5,"i64":"-9223372036854775808","u32":4294967295,"u64":"18446744073709551615"})",
       "i32: -5 i64: -9223372036854775808 u32: 4294967295 u64: 18446744073709551615"},
      {R"({"i64":-9007199254740993,"u64":18446744073709551615})",
       "i64: -9007199254740993 u64: 18446744073709551615"},
      {R"({"s32":-1,"s64":"-2","f32":3,"f64":"4","sf32":-5,"sf64":"-6"})",
       "s32: -1 s64: -2 f32: 3 f64: 4 sf32: -5 sf64: -6"},
      {R"({"real32":1.5,"real64":"-Infinity","flag":true})", "real32: 1.5 real64: -inf flag: true"},
      {R"({"real64":2})", "real64: 2"},
      {R"({"text":"a\"b\u00e4","blob":"AP8="})", R"(text: "a\"b\303\244" blob: "\000\377")"},
      {R"({"blob":"_-8"})", R"(blob: "\377\357")"},
      {R"({"color":"BLUE","colors":["RED",2,-1]})",
       "color: BLUE colors: RED colors: BLUE colors: NEGATIVE"},
      {R"({"nested":{"nested":{"i32":1}},"list":[{},{"i32":2}]})",
       "nested { nested { i32: 1 } } list { } list { i32: 2 }"},
      {R"({"numbers":[1,"2"],"words":["a",""]})", R"(numbers: 1 numbers: 2 words: "a" words: "")"},
      {R"({"counts":{"a":"1"},"byNumber":{"-7":{"i32":1}}})",
       R"(counts { key: "a" value: 1 } by_number { key: -7 value { i32: 1 } })"},
      {R"({"maybeNumber":0,"maybe_text":""})", R"(maybe_number: 0 maybe_text: "")"},
      {R"({"left":""})", R"(left: "")"},
      {R"({"left":null,"right":0})", "right: 0"},
      {R"({"when":"1970-01-01T00:00:01.5Z","took":"-2s","mask":"a,b.cD"})",
       R"(when { seconds: 1 nanos: 500000000 } took { seconds: -2 } mask { paths: "a" )"
       R"(paths: "b.c_d" })"},
      {R"({"boxed":"0","boxedText":"x"})", R"(boxed { } boxed_text { value: "x" })"},
      {R"({"i32":null,"nested":null,"list":null,"boxed":null,"counts":null})", ""},
      {R"({"@odd name":"x"})", R"(odd_name: "x")"},
      {R"({"odd_name":"x"})", R"(odd_name: "x")"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Echo(row.json), row.text) << row.json;
  }
}

constexpr struct {
  const char* json;
  const char* field;
} kValuesOfOtherTypes[] = {
    {R"({"i32":2147483648})", "i32"},
    {R"({"i32":-2147483649})", "i32"},
    {R"({"i32":1.0})", "i32"},
    {R"({"i32":1e2})", "i32"},
    {R"({"i32":"1.0"})", "i32"},
    {R"({"i32":""})", "i32"},
    {R"({"i32":" 1"})", "i32"},
    {R"({"i32":"+1"})", "i32"},
    {R"({"i32":"01"})", "i32"},
    {R"({"i32":"0x1"})", "i32"},
    {R"({"i32":true})", "i32"},
    {R"({"i32":[1]})", "i32"},
    {R"({"i64":"9223372036854775808"})", "i64"},
    {R"({"i64":9223372036854775808})", "i64"},
    {R"({"i64":1e18})", "i64"},
    {R"({"u32":-1})", "u32"},
    {R"({"u32":4294967296})", "u32"},
    {R"({"u64":-1})", "u64"},
    {R"({"u64":"18446744073709551616"})", "u64"},
    {R"({"f32":4294967296})", "f32"},
    {R"({"s32":2147483648})", "s32"},
    {R"({"sf32":2147483648})", "sf32"},
    {R"({"real32":1e39})", "real32"},
    {R"({"real64":1e400})", "real64"},
    {R"({"real64":"1e400"})", "real64"},
    {R"({"real64":"x"})", "real64"},
    {R"({"real64":"0x1p3"})", "real64"},
    {R"({"real64":"inf"})", "real64"},
    {R"({"flag":"true"})", "flag"},
    {R"({"flag":1})", "flag"},
    {R"({"text":1})", "text"},
    {R"({"text":{}})", "text"},
    {R"({"blob":"*"})", "blob"},
    {R"({"color":"PURPLE"})", "color"},
    {R"({"color":"red"})", "color"},
    {R"({"color":99})", "color"},
    {R"({"color":4294967297})", "color"},
    {R"({"color":"1"})", "color"},
    {R"({"nested":1})", "nested"},
    {R"({"nested":[]})", "nested"},
    {R"({"nested":{"list":[{},{"i32":"x"}]}})", "nested.list[1].i32"},
    {R"({"numbers":1})", "numbers"},
    {R"({"numbers":[[1]]})", "numbers[0]"},
    {R"({"numbers":[null]})", "numbers[0]"},
    {R"({"counts":{"a":"x"}})", "counts.a"},
    {R"({"counts":{"a":null}})", "counts.a"},
    {R"({"counts":[]})", "counts"},
    {R"({"byNumber":{"x":{}}})", "byNumber.x"},
    {R"({"left":"a","right":1})", "right"},
    {R"({"maybeText":"a","maybe_text":"a"})", "maybe_text"},
    {R"({"when":"1970-01-01"})", "when"},
    {R"({"when":{}})", "when"},
    {R"({"took":"1h"})", "took"},
    {R"({"mask":"a_b"})", "mask"},
    {R"({"boxed":"x"})", "boxed"},
    {R"({"boxed":{"value":1}})", "boxed"},
    {R"([])", ""},
    {R"("x")", ""},
    {R"(null)", ""},
};

TEST(TranscoderTest, RefusesValuesOfOtherTypes) {
  for (const auto& row : kValuesOfOtherTypes) {
    const auto wire = Encode(TestRoute("Echo"), {}, "", row.json);
    EXPECT_THAT(wire, HasErrorReason("INVALID_FIELD")) << row.json;
    const auto violations = DetailsOf(wire.status()).violations;
    ASSERT_EQ(violations.size(), 1u) << row.json;
    EXPECT_EQ(violations[0].first, row.field) << row.json;
  }
}

TEST(TranscoderTest, NamesEveryWrongFieldAtOnce) {
  const auto wire = Encode(TestRoute("Echo"), {}, "", R"({"i32":"x","nested":{"flag":2}})");
  EXPECT_EQ(DetailsOf(wire.status()).violations.size(), 2u);
}

TEST(TranscoderTest, RefusesUnknownFieldsByTheirPath) {
  const auto wire =
      Encode(TestRoute("Echo"), {}, "", R"({"nested":{"list":[{"Text":1}]},"I32":1,"i32":"x"})");
  EXPECT_THAT(wire, HasErrorReason("UNKNOWN_FIELD"));
  const auto violations = DetailsOf(wire.status()).violations;
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(violations[0].first, "nested.list[0].Text");
  EXPECT_EQ(violations[1].first, "I32");
}

TEST(TranscoderTest, ShortensLongNamesBetweenCharacters) {
  const std::string name = absl::StrCat(std::string(63, 'x'), "\xc3\xa4");
  const auto wire = Encode(TestRoute("Echo"), {}, "", absl::StrCat("{\"", name, "\":1}"));
  EXPECT_EQ(DetailsOf(wire.status()).violations[0].first, std::string(63, 'x'));
}

TEST(TranscoderTest, BoundFieldsAreNotTheClients) {
  const Route& put = TestRoute("PutThing");
  for (const char* json : {R"({"userId":"eve"})", R"({"user_id":"eve"})", R"({"session":"x"})"}) {
    EXPECT_THAT(Encode(put, {"t"}, "", json, {"ada", "s"}), HasErrorReason("UNKNOWN_FIELD"))
        << json;
  }
  EXPECT_THAT(Encode(TestRoute("GetThing"), {"t"}, "agent=x", "", {"a", "b"}),
              HasErrorReason("UNKNOWN_QUERY_PARAMETER"));
  EXPECT_EQ(Read(put, Encode(put, {"t"}, "", R"({"version":1})", {"ada", "s"})),
            R"(user_id: "ada" session: "s" thing_id: "t" version: 1)");
}

TEST(TranscoderTest, ThePathWinsAndTheBodyMustAgree) {
  const Route& put = TestRoute("PutThing");
  EXPECT_THAT(Encode(put, {"a"}, "", R"({"thingId":"a"})", {"u", "s"}), IsOk());
  EXPECT_THAT(Encode(put, {"a"}, "", R"({"thing_id":"a"})", {"u", "s"}), IsOk());
  EXPECT_THAT(Encode(put, {"a"}, "", R"({"version":2,"thingId":"a"})", {"u", "s"}), IsOk());
  EXPECT_THAT(Encode(put, {"a"}, "", R"({"thingId":"a","version":2})", {"u", "s"}), IsOk());
  EXPECT_THAT(Encode(put, {"a"}, "", R"({"thingId":null})", {"u", "s"}), IsOk());
  for (const char* json : {R"({"thingId":"b"})", R"({"thing_id":"b"})", R"({"thingId":""})"}) {
    EXPECT_THAT(Encode(put, {"a"}, "", json, {"u", "s"}), HasErrorReason("INVALID_FIELD")) << json;
  }
}

TEST(TranscoderTest, ABodyCanBeOneField) {
  const Route& patch = Binding("PutThing", 1);
  EXPECT_EQ(Read(patch, Encode(patch, {"a"}, "version=3", R"({"id":"x","price":"5"})", {"u", "s"})),
            R"(user_id: "u" session: "s" thing_id: "a" thing { id: "x" price: 5 } version: 3)");
  EXPECT_THAT(Encode(patch, {"a"}, "thing.id=x", "", {"u", "s"}),
              HasErrorReason("UNKNOWN_QUERY_PARAMETER"));
  EXPECT_THAT(Encode(patch, {"a"}, "thing_id=x", "", {"u", "s"}),
              HasErrorReason("UNKNOWN_QUERY_PARAMETER"));
}

TEST(TranscoderTest, ReadsQueries) {
  const Route& get = TestRoute("GetThing");
  const struct {
    const char* query;
    const char* text;
  } kRows[] = {
      {"pageSize=7&filter.text=a%20b&filter.size=2",
       R"(id: "t" filter { text: "a b" size: 2 } page_size: 7)"},
      {"page_size=0&tag=a&tag=b&", R"(id: "t" tag: "a" tag: "b")"},
      {"color=RED&wide=false&since=1970-01-01T00:00:01Z",
       R"(id: "t" color: RED since { seconds: 1 } wide: false)"},
      {"number=-9223372036854775808&boxed=5", R"(id: "t" number: -9223372036854775808 )"
                                              R"(boxed { value: 5 })"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Read(get, Encode(get, {"t"}, row.query, "", {"", ""})), row.text) << row.query;
  }
}

TEST(TranscoderTest, RefusesQueriesThatAreUnknownOrWrong) {
  const struct {
    const char* query;
    const char* reason;
  } kRows[] = {
      {"x=1", "UNKNOWN_QUERY_PARAMETER"},
      {"id=t", "UNKNOWN_QUERY_PARAMETER"},
      {"PageSize=1", "UNKNOWN_QUERY_PARAMETER"},
      {"filter=x", "UNKNOWN_QUERY_PARAMETER"},
      {"filter.x=1", "UNKNOWN_QUERY_PARAMETER"},
      {"labels=1", "UNKNOWN_QUERY_PARAMETER"},
      {"labels.a=1", "UNKNOWN_QUERY_PARAMETER"},
      {"filters.text=1", "UNKNOWN_QUERY_PARAMETER"},
      {"pageSize.x=1", "UNKNOWN_QUERY_PARAMETER"},
      {"=1", "UNKNOWN_QUERY_PARAMETER"},
      {"pageSize=1&pageSize=1", "INVALID_FIELD"},
      {"pageSize=1&page_size=1", "INVALID_FIELD"},
      {"pageSize=", "INVALID_FIELD"},
      {"pageSize=1.0", "INVALID_FIELD"},
      {"pageSize=%201", "INVALID_FIELD"},
      {"pageSize=1e1", "INVALID_FIELD"},
      {"pageSize=0x1", "INVALID_FIELD"},
      {"pageSize=%2B1", "INVALID_FIELD"},
      {"wide=1", "INVALID_FIELD"},
      {"wide", "INVALID_FIELD"},
      {"color=red", "INVALID_FIELD"},
      {"since=yesterday", "INVALID_FIELD"},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(Encode(TestRoute("GetThing"), {"t"}, row.query, "", {"", ""}),
                HasErrorReason(row.reason))
        << row.query;
  }
  EXPECT_THAT(Encode(TestRoute("Echo"), {}, "i32=1", "{}"),
              HasErrorReason("UNKNOWN_QUERY_PARAMETER"));
}

TEST(TranscoderTest, PathVariablesGoIntoNestedFields) {
  const Route& shelf = Binding("GetThing", 1);
  EXPECT_THAT(Read(shelf, Encode(shelf, {"shelves/1", "t"}, "filter.size=3", "", {"", ""})),
              HasSubstr(R"(id: "t" filter { text: "shelves/1" size: 3 })"));
}

TEST(TranscoderTest, APathThatCannotNameAnythingIsNotFound) {
  EXPECT_THAT(Encode(TestRoute("DeleteThing"), {"x"}, "", ""),
              HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(Encode(TestRoute("DeleteThing"), {"7"}, "", ""), IsOk());
}

Response Decode(absl::string_view rpc, const Message& message) {
  auto response = DecodeResponse(TestRoute(rpc), message.SerializeAsString());
  EXPECT_THAT(response, IsOk());
  return response.ok() ? *std::move(response) : Response{};
}

std::unique_ptr<Message> Answer(absl::string_view rpc, const std::string& json) {
  auto message = NewMessage(*TestRoute(rpc).response);
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, message.get()).ok()) << json;
  return message;
}

TEST(TranscoderTest, PrintsDefaultsAndLeavesOutWhatIsUnset) {
  EXPECT_EQ(Decode("GetThing", *Answer("GetThing", R"({"thing":{}})")).body,
            R"({"id":"","color":"COLOR_UNSPECIFIED","price":"0"})");
  EXPECT_EQ(Decode("GetKeys", *Answer("GetKeys", "{}")).body, R"({"keys":[]})");
  EXPECT_EQ(Decode("DeleteThing", *Answer("DeleteThing", "{}")).body, "{}");
  EXPECT_EQ(Decode("PutThing", *Answer("PutThing", "{}")).body,
            R"({"userId":"","session":"","thingId":"","version":0})");
}

TEST(TranscoderTest, MovesFieldsIntoCookiesAndHeaders) {
  Response response =
      Decode("Login", *Answer("Login", R"({"name":"a","refresh":"r_1","hint":"h"})"));
  EXPECT_EQ(response.body, R"({"name":"a"})");
  ASSERT_EQ(response.headers.size(), 2u);
  EXPECT_EQ(response.headers[0].name, "Set-Cookie");
  EXPECT_EQ(response.headers[0].value,
            "__Host-refresh=r_1; Path=/; Max-Age=99; HttpOnly; Secure; SameSite=Strict");
  EXPECT_EQ(response.headers[1].value, "h");
  response = Decode("Login", *Answer("Login", "{}"));
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0].value,
            "__Host-refresh=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict");
}

TEST(TranscoderTest, NoFieldCanEndAHeader) {
  for (const char* json : {R"({"refresh":"a\r\nX: y"})", R"({"refresh":"a;b"})",
                           R"({"refresh":"a b"})", R"({"hint":"a\nb"})"}) {
    EXPECT_THAT(DecodeResponse(TestRoute("Login"), Answer("Login", json)->SerializeAsString()),
                HasErrorReason("UPSTREAM_INVALID"))
        << json;
  }
}

TEST(TranscoderTest, NothingIsBehindTheHeadOfA204) {
  const Response response = Decode("Note", *Answer("Note", "{}"));
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(response.content_type, "");
}

TEST(TranscoderTest, TheStatusFollowsTheAnswer) {
  Response response = Decode("Pay", *Answer("Pay", R"({"thing":{"id":"1"},"replayed":true})"));
  EXPECT_EQ(response.status, 201);
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0].name, "Idempotent-Replayed");
  EXPECT_EQ(response.headers[0].value, "true");
  response = Decode("Pay", *Answer("Pay", R"({"thing":{"id":"a/b","color":"BLUE"}})"));
  EXPECT_EQ(response.status, 202);
  ASSERT_EQ(response.headers.size(), 2u);
  EXPECT_EQ(response.headers[0].value, "/api/things/a%2Fb/x");
  EXPECT_EQ(response.headers[1].value, "3");
}

TEST(TranscoderTest, RefusesAnswersThatAreNotTheirMessage) {
  using namespace std::string_literals;
  for (const std::string& wire : {"\x0a\x05x"s, "\xff"s, "\x08"s, "\x0a\x03\x0a\x01\xff"s, "\x0b"s,
                                  "\x0f"s, "\x00"s, "\x0a\x02\x08\x01"s, "\x0d\x01"s}) {
    EXPECT_THAT(DecodeResponse(TestRoute("GetThing"), wire), HasErrorReason("UPSTREAM_INVALID"));
  }
}

TEST(TranscoderTest, MergesAMessageThatCameInParts) {
  const std::string id =
      Answer("GetThing", R"({"thing":{"id":"a","price":"1"}})")->SerializeAsString();
  const std::string price = Answer("GetThing", R"({"thing":{"price":"2"}})")->SerializeAsString();
  EXPECT_EQ(DecodeResponse(TestRoute("GetThing"), id + price)->body,
            R"({"id":"a","color":"COLOR_UNSPECIFIED","price":"2"})");
  const Route& pay = TestRoute("Pay");
  EXPECT_EQ(TextAt(*FindPath(*pay.response, "thing.id"), id + price), "a");
}

}  // namespace
}  // namespace cartwright::gateway
