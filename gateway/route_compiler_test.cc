#include "gateway/route_compiler.h"

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "gateway/api_catalog.h"
#include "gateway/test_api.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/testing/paths.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::gateway {
namespace {

using cartwright::testing::IsOk;
using ::testing::HasSubstr;

// A proto with one RPC, `http` and `policy` its options, `fields` those of its request.
std::string ProtoOf(absl::string_view http, absl::string_view policy, absl::string_view fields,
                    absl::string_view answer_fields = "string id = 1;",
                    absl::string_view signature = "rpc Do(DoRequest) returns (DoResponse)") {
  return absl::Substitute(R"(
syntax = "proto3";
package cartwright.test.v1;
import "cartwright/api/v1/live_session.proto";
import "cartwright/api/v1/policy.proto";
import "google/api/annotations.proto";
import "google/api/httpbody.proto";
import "google/protobuf/struct.proto";
service DoService {
  $4 {
    $0
    $1
  }
}
message Inner { string text = 1; repeated Inner list = 2; }
message DoRequest { $2 }
message DoResponse { $3 }
)",
                          http, policy, fields, answer_fields, signature);
}

constexpr absl::string_view kPublic =
    R"(option (cartwright.api.v1.method) = {access: PUBLIC callers: "gateway"};)";

std::string Http(absl::string_view rule) {
  return absl::StrCat("option (google.api.http) = {", rule, "};");
}

std::string Policy(absl::string_view policy) {
  return absl::StrCat("option (cartwright.api.v1.method) = {", policy, "};");
}

absl::Status Load(const std::string& proto) {
  return ApiCatalog::Load(testing::CompileProto(proto)).status();
}

TEST(RouteCompilerTest, TakesAnRpcThatIsRight) {
  EXPECT_THAT(Load(ProtoOf(Http("get: '/api/do/{id}'"), kPublic, "string id = 1;")), IsOk());
  EXPECT_THAT(Load(ProtoOf(Http("post: '/api/do' body: 'inner'"), kPublic,
                           "string id = 1; Inner inner = 2;")),
              IsOk());
  // No route, no policy needed here: the service itself refuses to start.
  EXPECT_THAT(Load(ProtoOf("", "", "string id = 1;")), IsOk());
}

// Whatever is wrong must end the start with a line that names the RPC and the mistake.
struct Mistake {
  std::string proto;
  const char* says;
};

void ExpectRefused(const std::vector<Mistake>& mistakes) {
  for (const auto& row : mistakes) {
    const absl::Status status = Load(row.proto);
    EXPECT_FALSE(status.ok()) << row.says << row.proto;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.says));
    EXPECT_THAT(std::string(status.message()),
                ::testing::AnyOf(HasSubstr("DoService"), HasSubstr("takes the same requests")));
  }
}

TEST(RouteCompilerTest, RefusesMistakesInPoliciesAndPaths) {
  const std::string get = Http("get: '/api/do/{id}'");
  const std::string user = "access: USER callers: 'gateway'";
  ExpectRefused({
      {ProtoOf(get, "", "string id = 1;"), "declares no access"},
      {ProtoOf(get, Policy("access: PUBLIC"), "string id = 1;"), "no callers"},
      {ProtoOf(get, Policy("access: PUBLIC callers: 'order'"), "string id = 1;"),
       "gateway is not among its callers"},
      {ProtoOf(get, Policy("access: INTERNAL callers: 'gateway'"), "string id = 1;"),
       "it is INTERNAL"},
      {ProtoOf(get, Policy(user + " cache: {max_age_s: 1}"), "string id = 1;"), "cache policy"},
      {ProtoOf(get, absl::StrCat(kPublic, "option (cartwright.api.v1.live_session) = true;"),
               "string id = 1;"),
       "no session that could be live"},
      {ProtoOf(
           get, Policy("access: PUBLIC callers: 'gateway' cache: {max_age_s: 1}"),
           "string id = 1; string a = 2 [(cartwright.api.v1.field) = {bind: {user_agent: true}}];"),
       "no bound fields"},
      {ProtoOf(get,
               Policy("access: PUBLIC callers: 'gateway' same_origin: true cache: {max_age_s: 1}"),
               "string id = 1;"),
       "no bound fields"},
      {ProtoOf(get,
               Policy("access: PUBLIC callers: 'gateway' cache: {invalidated_by: \"Nothing\"}"),
               "string id = 1;"),
       "no method Nothing"},
      {ProtoOf(get, Policy("access: PUBLIC callers: 'gateway' cache: {invalidated_by: \"Do\"}"),
               "string id = 1;"),
       "not INTERNAL"},
      {ProtoOf(get, Policy(user + " success_status: 404"), "string id = 1;"), "success_status"},
      {ProtoOf(get, kPublic, "string name = 1;"), "has no field id"},
      {ProtoOf(get, kPublic, "repeated string id = 1;"), "not one scalar"},
      {ProtoOf(get, kPublic, "map<string, string> id = 1;"), "not one scalar"},
      {ProtoOf(get, kPublic, "Inner id = 1;"), "not one scalar"},
      {ProtoOf(Http("get: '/api/{inner.list.text}'"), kPublic, "Inner inner = 1;"), "no field"},
      {ProtoOf(Http("get: '/api/{id}/{a_b}/{aB}'"), kPublic, "string id = 1; string a_b = 2;"),
       "twice"},
      {ProtoOf(Http("get: '/api/{id}/'"), kPublic, "string id = 1;"), "empty segment"},
      {ProtoOf(Http("get: 'api'"), kPublic, ""), "start with a slash"},
      {ProtoOf(Http("body: '*'"), kPublic, ""), "none of get, put"},
      {ProtoOf(Http("custom: {kind: 'LIST' path: '/a'}"), kPublic, ""), "none of get, put"},
  });
}

TEST(RouteCompilerTest, RefusesMistakesInBodiesAndBindings) {
  ExpectRefused({
      {ProtoOf(Http("get: '/api/do' body: '*'"), kPublic, ""), "GET has no body"},
      {ProtoOf(Http("delete: '/api/do' body: '*'"), kPublic, ""), "DELETE has no body"},
      {ProtoOf(Http("post: '/api/do' body: 'nothing'"), kPublic, ""), "not a settable field"},
      {ProtoOf(Http("post: '/api/do' body: 'inner.text'"), kPublic, "Inner inner = 1;"),
       "not a settable field"},
      {ProtoOf(Http("post: '/api/{inner.text}' body: 'inner'"), kPublic, "Inner inner = 1;"),
       "both the body and in the path"},
      {ProtoOf(Http("get: '/api/do' response_body: 'nothing'"), kPublic, ""), "to answer with"},
      {ProtoOf(Http("get: '/a' additional_bindings {get: '/b' additional_bindings {get: '/c'}}"),
               kPublic, ""),
       "nested"},
      {ProtoOf(Http("get: '/a/{id}' additional_bindings {get: '/a/{other}'}"), kPublic,
               "string id = 1; string other = 2;"),
       "takes the same requests"},
  });
}

TEST(RouteCompilerTest, RefusesMistakesInBoundFields) {
  const std::string get = Http("get: '/api/do/{id}'");
  const std::string user = "access: USER callers: 'gateway'";
  const std::string bound = "string id = 1 [(cartwright.api.v1.field) = {bind: {$0}}];";
  ExpectRefused({
      {ProtoOf(get, Policy(user), absl::Substitute(bound, "subject: true")), "is bound"},
      {ProtoOf(Http("get: '/api/do'"), kPublic, absl::Substitute(bound, "subject: true")),
       "needs a user"},
      {ProtoOf(Http("get: '/api/do'"), kPublic, absl::Substitute(bound, "session: true")),
       "needs a user"},
      {ProtoOf(Http("get: '/api/do'"), Policy(user),
               "int64 id = 1 [(cartwright.api.v1.field) = {bind: {subject: true}}];"),
       "not one string"},
      {ProtoOf(Http("get: '/api/do'"), Policy(user),
               absl::Substitute(bound, "header: 'idempotency-key'")),
       "disagree"},
      {ProtoOf(Http("get: '/api/do'"), Policy(user + " idempotency_key: REQUIRED"), ""),
       "disagree"},
  });
}

TEST(RouteCompilerTest, RefusesMistakesInAnswers) {
  const std::string user = "access: USER callers: 'gateway'";
  ExpectRefused({
      {ProtoOf(Http("get: '/api/do'"), kPublic, "",
               "int64 id = 1 [(cartwright.api.v1.field) = {cookie: {name: 'a'}}];"),
       "not one string"},
      {ProtoOf(Http("get: '/api/do'"), kPublic, "",
               "Inner id = 1 [(cartwright.api.v1.field) = {header: 'A'}];"),
       "neither string nor bool"},
      {ProtoOf(Http("get: '/api/do'"),
               Policy(user + " status_rules: {field: 'x' equals: '1' status: 202}"), ""),
       "has no field x"},
      {ProtoOf(Http("get: '/api/do'"),
               Policy(user + " status_rules: {field: 'id' equals: '1' status: 404}"), ""),
       "not one of success"},
      {ProtoOf(Http("get: '/api/do'"),
               Policy(user + " status_rules: {field: 'id' equals: '1' status: 202 "
                             "location: '/{x}'}"),
               ""),
       "has no field x"},
      {ProtoOf(Http("get: '/api/do'"),
               Policy(user + " status_rules: {field: 'id' equals: '1' status: 202 "
                             "location: '/{id'}"),
               ""),
       "closing brace"},
      {ProtoOf(Http("get: '/api/do'"), kPublic, "google.protobuf.Struct id = 1;"),
       "cannot be served"},
  });
}

TEST(RouteCompilerTest, TakesAStreamOfAnswersAndRefusesWhatHasNoForm) {
  const std::string get = Http("get: '/api/do'");
  const std::string id = "string id = 1 [(cartwright.api.v1.field) = {event_id: true}];";
  const char* stream = "rpc Do(DoRequest) returns (stream DoResponse)";
  EXPECT_THAT(Load(ProtoOf(get, kPublic, "string id = 1;", id, stream)), IsOk());
  ExpectRefused({
      {ProtoOf(get, kPublic, "", id, "rpc Do(stream DoRequest) returns (stream DoResponse)"),
       "streams of requests"},
      {ProtoOf(Http("post: '/api/do' body: '*'"), kPublic, "", id, stream), "needs a rule of get"},
      {ProtoOf(get, kPublic, "", id), "is not the one string"},
      {ProtoOf(get, kPublic, "", "int64 id = 1 [(cartwright.api.v1.field) = {event_id: true}];",
               stream),
       "is not the one string"},
      {ProtoOf(get, kPublic, "",
               id + "string at = 2 [(cartwright.api.v1.field) = {event_id: true}];", stream),
       "at is not the one string"},
      {ProtoOf(get, kPublic, "", "string id = 1 [(cartwright.api.v1.field) = {header: 'A'}];",
               stream),
       "a stream has no"},
      {ProtoOf(get, kPublic, "", "", "rpc Do(DoRequest) returns (stream google.api.HttpBody)"),
       "a stream of HttpBody"},
  });
}

TEST(RouteCompilerTest, ABodyHasALimit) {
  const auto limited = [](absl::string_view limit) {
    return ProtoOf(
        Http("post: '/api/do' body: '*'"),
        Policy(absl::StrCat("access: PUBLIC callers: 'gateway' max_body_bytes: ", limit)), "");
  };
  EXPECT_THAT(Load(limited("65536")), IsOk());
  ExpectRefused({{limited("65537"), "max_body_bytes is over 65536"}});
}

TEST(RouteCompilerTest, KnowsTheServiceOfAPackage) {
  const auto backend = [](const char* package) {
    google::protobuf::FileDescriptorProto proto;
    proto.set_name("a.proto");
    proto.set_package(package);
    google::protobuf::DescriptorPool pool;
    return BackendOf(*pool.BuildFile(proto));
  };
  EXPECT_EQ(backend("cartwright.cart.v1"), "cart");
  EXPECT_EQ(backend("cartwright.cart.v1beta2"), "cart");
  EXPECT_EQ(backend("cartwright.vendor"), "vendor");
  EXPECT_EQ(backend("cart"), "cart");
}

TEST(ApiCatalogTest, RefusesWhatIsNotADescriptorSet) {
  EXPECT_FALSE(ApiCatalog::Load("\xff\xff").ok());
  google::protobuf::FileDescriptorSet set;
  auto* file = set.add_file();
  file->set_name("a.proto");
  file->add_dependency("missing.proto");
  const auto status = ApiCatalog::Load(set.SerializeAsString()).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("missing.proto"));
}

// The protos of the shop itself, as the build writes them.
TEST(ApiCatalogTest, TakesTheShopsOwnProtos) {
  std::ifstream file(cartwright::testing::BinaryPath("cartwright.descriptors.binpb"),
                     std::ios::binary);
  const std::string set(std::istreambuf_iterator<char>(file), {});
  const auto catalog = ApiCatalog::Load(set);
  ASSERT_THAT(catalog, IsOk());
  EXPECT_GT((*catalog)->routes().size(), 20u);
  EXPECT_EQ((*catalog)->reasons().Find("cartwright.order.v1", "INSUFFICIENT_FUNDS"), 402);
  // What changes something there moves money, or decides about it.
  for (const Route& route : (*catalog)->routes()) {
    const bool moves_money =
        (route.backend == "wallet" || route.backend == "order") && route.http_method != "GET";
    EXPECT_TRUE(route.live_session || !moves_money) << route.rpc_path;
  }
}

TEST(RouteCompilerTest, RateLimitsHaveAClassThatExists) {
  const auto load = [](absl::string_view policy, absl::string_view fields = "string id = 1;") {
    return Load(ProtoOf(Http("post: '/api/do' body: '*'"),
                        Policy(absl::StrCat("callers: 'gateway' ", policy)), fields));
  };
  EXPECT_THAT(load("access: PUBLIC rate_limit: 'auth'"), IsOk());
  EXPECT_THAT(std::string(load("access: PUBLIC rate_limit: 'slow'").message()),
              HasSubstr("its rate_limit is \"slow\", and not read, write or auth"));
  const auto with_key = [&](absl::string_view policy, absl::string_view type,
                            absl::string_view more = "") {
    return load(policy, absl::StrCat(type, " id = 1 [(cartwright.api.v1.field) = {",
                                     "rate_limit_key: true ", more, "}];"));
  };
  EXPECT_THAT(with_key("access: PUBLIC rate_limit: 'auth'", "string"), IsOk());
  for (const absl::Status& status :
       {with_key("access: PUBLIC rate_limit: 'read'", "string"),
        with_key("access: USER rate_limit: 'auth'", "string"),
        with_key("access: PUBLIC rate_limit: 'auth'", "int32"),
        with_key("access: PUBLIC rate_limit: 'auth'", "repeated string"),
        with_key("access: PUBLIC rate_limit: 'auth'", "string", "bind: {client_ip: true}")}) {
    EXPECT_THAT(std::string(status.message()), HasSubstr("id is not the one string")) << status;
  }
}

}  // namespace
}  // namespace cartwright::gateway
