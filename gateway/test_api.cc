#include "gateway/test_api.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cartwright/api/v1/money.pb.h"
#include "cartwright/api/v1/policy.pb.h"
#include "google/api/annotations.pb.h"
#include "google/api/httpbody.pb.h"
#include "google/protobuf/compiler/importer.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/descriptor_database.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/wrappers.pb.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/support/byte_buffer.h"
#include "gtest/gtest.h"

namespace cartwright::gateway::testing {
namespace {

constexpr const char* kFile = "cartwright/test/v1/test.proto";

constexpr absl::string_view kTestProto = R"pb(
  syntax = "proto3"
  ;
package cartwright.test.v1;

import "cartwright/api/v1/live_session.proto";
import "cartwright/api/v1/policy.proto";
import "google/api/annotations.proto";
import "google/api/httpbody.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

// A service of tests. It has a second sentence.
service TestService {
  // Gives back what it gets. Errors: TOO_MANY.
  rpc Echo(Everything) returns (Everything) {
    option (google.api.http) = {post: "/api/echo" body: "*"};
    option (cartwright.api.v1.method) = {access: PUBLIC callers: "gateway" timeout_ms: 60000};
  }
  rpc GetThing(GetThingRequest) returns (GetThingResponse) {
    option (google.api.http) = {
      get: "/api/things/{id}"
      response_body: "thing"
      additional_bindings {get: "/api/{filter.text=shelves/*}/things/{id}"}
      additional_bindings {get: "/api/files/{filter.text=**}"}
    };
    option (cartwright.api.v1.method) = {access: PUBLIC callers: "gateway"};
  }
  rpc PutThing(PutThingRequest) returns (PutThingResponse) {
    option (google.api.http) = {
      put: "/api/things/{thing_id}" body: "*"
      additional_bindings {patch: "/api/things/{thing_id}" body: "thing"}
    };
    option (cartwright.api.v1.method) = {access: USER callers: "gateway" timeout_ms: 20000};
  }
  rpc DeleteThing(DeleteThingRequest) returns (DeleteThingResponse) {
    option (google.api.http) = {delete: "/api/things/{id}"};
    option (cartwright.api.v1.method) = {access: ADMIN callers: "gateway"};
  }
  // Pays. Errors: TOO_MANY (of them), POOR; and RATE_LIMITED, IN_CAPITALS.
  rpc Pay(PayRequest) returns (PayResponse) {
    option (google.api.http) = {post: "/api/pay" body: "*" response_body: "thing"};
    option (cartwright.api.v1.method) = {
      access: USER callers: "gateway" success_status: 201 idempotency_key: REQUIRED
      status_rules: {
        field: "thing.color" equals: "BLUE" status: 202
        location: "/api/things/{thing.id}/x" retry_after_s: 3
      }
    };
    option (cartwright.api.v1.live_session) = true;
  }
  rpc Login(LoginRequest) returns (LoginResponse) {
    option (google.api.http) = {post: "/api/login" body: "*"};
    option (cartwright.api.v1.method) = {
      access: PUBLIC callers: "gateway" same_origin: true rate_limit: "auth"
    };
  }
  rpc Run(RunRequest) returns (RunResponse) {
    option (google.api.http) = {post: "/api/jobs/{id}:run"};
    option (cartwright.api.v1.method) = {access: PUBLIC callers: "gateway"};
  }
  rpc Note(NoteRequest) returns (NoteResponse) {
    option (google.api.http) = {post: "/api/notes" body: "*"};
    option (cartwright.api.v1.method) = {access: PUBLIC callers: "gateway" success_status: 204};
  }
  rpc GetKeys(GetKeysRequest) returns (GetKeysResponse) {
    option (google.api.http) = {get: "/.well-known/keys"};
    option (cartwright.api.v1.method) = {access: PUBLIC callers: "gateway"};
  }
  rpc Watch(WatchRequest) returns (stream WatchEvent) {
    option (google.api.http) = {get: "/api/things/{id}/events"};
    option (cartwright.api.v1.method) = {access: USER callers: "gateway" timeout_ms: 60000};
  }
  rpc Download(DownloadRequest) returns (google.api.HttpBody) {
    option (google.api.http) = {get: "/api/things/{id}/picture"};
    option (cartwright.api.v1.method) = {access: PUBLIC callers: "gateway"};
  }
  rpc Upload(PictureRequest) returns (PictureRequest) {
    option (google.api.http) = {
      put: "/api/things/{id}/picture" body: "picture" response_body: "picture"
    };
    option (cartwright.api.v1.method) = {
      access: PUBLIC callers: "gateway" max_body_bytes: 1000
    };
  }
  rpc GetShelf(GetShelfRequest) returns (Shelf) {
    option (google.api.http) = {get: "/api/shelf/{id}"};
    option (cartwright.api.v1.method) = {
      access: PUBLIC callers: "gateway" cache: {max_age_s: 30 stale_while_revalidate_s: 60}
    };
  }
  rpc GetPrice(GetShelfRequest) returns (Shelf) {
    option (google.api.http) = {get: "/api/prices/{id}"};
    option (cartwright.api.v1.method) = {
      access: PUBLIC callers: "gateway" cache: {max_age_s: 30 invalidated_by: "GetCursor"}
    };
  }
  rpc GetOld(GetShelfRequest) returns (Shelf) {
    option (google.api.http) = {get: "/api/old/{id}"};
    option (cartwright.api.v1.method) = {
      access: PUBLIC callers: "gateway" cache: {stale_while_revalidate_s: 60}
    };
  }
  rpc GetAncient(GetShelfRequest) returns (Shelf) {
    option (google.api.http) = {get: "/api/ancient/{id}"};
    option (cartwright.api.v1.method) = {access: PUBLIC callers: "gateway" cache: {}};
  }
  rpc GetCursor(GetCursorRequest) returns (GetCursorResponse) {
    option (cartwright.api.v1.method) = {access: INTERNAL callers: "gateway"};
  }
  rpc ListRevoked(ListRevokedRequest) returns (ListRevokedResponse) {
    option (cartwright.api.v1.method) = {access: INTERNAL callers: "gateway"};
  }
  rpc CheckToken(CheckTokenRequest) returns (CheckTokenResponse) {
    option (cartwright.api.v1.method) = {access: INTERNAL callers: "gateway"};
  }
  rpc Secret(SecretRequest) returns (SecretResponse) {
    option (cartwright.api.v1.method) = {access: INTERNAL callers: "order"};
  }
}

enum ErrorReason {
  option (cartwright.api.v1.error_reasons) = true;
  ERROR_REASON_UNSPECIFIED = 0;
  TOO_MANY = 1 [(cartwright.api.v1.http_status) = 409];
  POOR = 2 [(cartwright.api.v1.http_status) = 402];
}

enum Color { COLOR_UNSPECIFIED = 0; RED = 1; BLUE = 2; NEGATIVE = -1; }

message Everything {
  int32 i32 = 1;
  int64 i64 = 2;
  uint32 u32 = 3;
  uint64 u64 = 4;
  sint32 s32 = 5;
  sint64 s64 = 6;
  fixed32 f32 = 7;
  fixed64 f64 = 8;
  sfixed32 sf32 = 9;
  sfixed64 sf64 = 10;
  float real32 = 11;
  double real64 = 12;
  bool flag = 13;
  string text = 14;
  bytes blob = 15;
  Color color = 16;
  Everything nested = 17;
  repeated int32 numbers = 18;
  repeated string words = 19;
  repeated Everything list = 20;
  repeated Color colors = 21;
  map<string, int64> counts = 22;
  map<int32, Everything> by_number = 23;
  optional int32 maybe_number = 24;
  optional string maybe_text = 25;
  oneof choice { string left = 26; int32 right = 27; }
  google.protobuf.Timestamp when = 28;
  google.protobuf.Duration took = 29;
  google.protobuf.FieldMask mask = 30;
  google.protobuf.Int64Value boxed = 31;
  google.protobuf.StringValue boxed_text = 32;
  repeated double reals = 33;
  repeated sint64 signed_numbers = 34;
  repeated fixed32 fixed_numbers = 35;
  repeated google.protobuf.Timestamp times = 36;
  string odd_name = 1000 [json_name = "@odd name"];
}

message Filter { string text = 1; int32 size = 2; }

message Thing { string id = 1; Color color = 2; int64 price = 3; optional string note = 4; }

message GetThingRequest {
  string id = 1 [(cartwright.api.v1.field) = {id: true}];
  Filter filter = 2;
  // How many.
  int32 page_size = 3 [(cartwright.api.v1.field) = {min: 0 max: 100}];
  repeated string tag = 4 [(cartwright.api.v1.field) = {max_length: 5}];
  Color color = 5;
  google.protobuf.Timestamp since = 6;
  optional bool wide = 7;
  string agent = 8 [(cartwright.api.v1.field) = {bind: {user_agent: true}}];
  string ip = 9 [(cartwright.api.v1.field) = {bind: {client_ip: true}}];
  map<string, string> labels = 10;
  repeated Filter filters = 11;
  int64 number = 12;
  google.protobuf.Int64Value boxed = 13;
}
message GetThingResponse { Thing thing = 1; }

message PutThingRequest {
  string user_id = 1 [(cartwright.api.v1.field) = {bind: {subject: true}}];
  string session = 2 [(cartwright.api.v1.field) = {bind: {session: true}}];
  string thing_id = 3;
  Thing thing = 4;
  int32 version = 5;
}
message PutThingResponse {
  string user_id = 1;
  string session = 2;
  string thing_id = 3;
  Thing thing = 4;
  int32 version = 5;
}

message DeleteThingRequest { int64 id = 1; }
message DeleteThingResponse {}

message PayRequest {
  string user_id = 1 [(cartwright.api.v1.field) = {bind: {subject: true}}];
  string key = 2 [(cartwright.api.v1.field) = {bind: {header: "Idempotency-Key"}}];
  int64 amount = 3 [(cartwright.api.v1.field) = {required: true min: 1 example: "7"}];
  int32 pieces = 4 [(cartwright.api.v1.field) = {min: 1 max: 9 example: "2"}];
  string color = 5 [(cartwright.api.v1.field) = {pattern: "red|blue"}];
  string reference = 6 [(cartwright.api.v1.field) = {required: true pattern: "[a-z]+"}];
}
message PayResponse {
  Thing thing = 1;
  bool replayed = 2 [(cartwright.api.v1.field) = {header: "Idempotent-Replayed"}];
}

message LoginRequest {
  string refresh = 1 [(cartwright.api.v1.field) = {bind: {cookie: "__Host-refresh"}}];
  string name = 2 [(cartwright.api.v1.field) = {rate_limit_key: true}];
}
message LoginResponse {
  string name = 1;
  string refresh = 2 [(cartwright.api.v1.field) = {
    cookie: {name: "__Host-refresh" path: "/" max_age_s: 99}
  }];
  string hint = 3 [(cartwright.api.v1.field) = {header: "X-Hint"}];
}

message RunRequest { string id = 1; }
message NoteRequest { string text = 1; }
message NoteResponse {}
message RunResponse { string id = 1; }

message GetKeysRequest {}
message Key { string kty = 1; string crv = 2; string x = 3; string y = 4; string kid = 5; }
message GetKeysResponse { repeated Key keys = 1; }

message WatchRequest {
  string id = 1;
  string last = 2 [(cartwright.api.v1.field) = {bind: {header: "Last-Event-ID"}}];
}
message WatchEvent {
  string number = 1 [(cartwright.api.v1.field) = {event_id: true}];
  string text = 2;
}

message DownloadRequest { string id = 1; }
message PictureRequest { string id = 1; google.api.HttpBody picture = 2; }
message GetShelfRequest { string id = 1; string q = 2; repeated string tag = 3; int32 n = 4; }
message Shelf { string id = 1; string text = 2; }
message GetCursorRequest {}
message GetCursorResponse { int64 cursor = 1; }
message ListRevokedRequest { string cursor = 1; }
message Revoked { string id = 1; google.protobuf.Timestamp tokens_expire_time = 2; }
message ListRevokedResponse { repeated Revoked sessions = 1; string next_cursor = 2; bool more = 3; }

message CheckTokenRequest { string token = 1; string client_ip = 2; }
message CheckTokenResponse {
  string user_id = 1;
  repeated string roles = 2;
  google.protobuf.Timestamp expire_time = 3;
  string session_id = 4;
}

message SecretRequest {}
message SecretResponse {}
)pb";

// The one file of a test, in memory.
class OneFile : public google::protobuf::compiler::SourceTree {
 public:
  explicit OneFile(absl::string_view source) : source_(source) {}
  google::protobuf::io::ZeroCopyInputStream* Open(const std::string& name) override {
    if (name != kFile) return nullptr;
    return new google::protobuf::io::ArrayInputStream(source_.data(),
                                                      static_cast<int>(source_.size()));
  }

 private:
  const absl::string_view source_;
};

class FailTest : public google::protobuf::compiler::MultiFileErrorCollector {
 public:
  void AddError(const std::string& file, int line, int, const std::string& message) override {
    ADD_FAILURE() << file << ":" << line + 1 << ": " << message;
  }
};

// Dependencies first, as protoc writes them.
void AddFile(const google::protobuf::FileDescriptor& file, std::set<std::string>& seen,
             google::protobuf::FileDescriptorSet& set) {
  if (!seen.insert(file.name()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i), seen, set);
  auto* proto = set.add_file();
  file.CopyTo(proto);
  file.CopyJsonNameTo(proto);
  file.CopySourceCodeInfoTo(proto);
}

}  // namespace

std::string CompileProto(absl::string_view source) {
  // Linked in, so that imports of them are found.
  for (const auto* descriptor :
       {google::api::HttpRule::descriptor(), google::api::HttpBody::descriptor(),
        google::protobuf::Duration::descriptor(), google::protobuf::FieldMask::descriptor(),
        google::protobuf::Timestamp::descriptor(), google::protobuf::Int64Value::descriptor(),
        google::protobuf::Struct::descriptor(), api::v1::MethodPolicy::descriptor(),
        api::v1::Money::descriptor()}) {
    EXPECT_NE(descriptor, nullptr);
  }
  google::protobuf::LinkExtensionReflection(google::api::http);
  OneFile tree(source);
  FailTest errors;
  google::protobuf::DescriptorPoolDatabase linked(
      *google::protobuf::DescriptorPool::generated_pool());
  google::protobuf::compiler::SourceTreeDescriptorDatabase database(&tree, &linked);
  database.RecordErrorsTo(&errors);
  google::protobuf::DescriptorPool pool(&database, database.GetValidationErrorCollector());
  const auto* file = pool.FindFileByName(kFile);
  if (file == nullptr) return {};
  google::protobuf::FileDescriptorSet set;
  std::set<std::string> seen;
  AddFile(*file, seen, set);
  return set.SerializeAsString();
}

std::string TestDescriptorSet() { return CompileProto(kTestProto); }

const ApiCatalog& TestCatalog() {
  static const auto* catalog = [] {
    auto loaded = ApiCatalog::Load(TestDescriptorSet());
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return loaded->release();
  }();
  return *catalog;
}

const Route& TestRoute(absl::string_view rpc) {
  return *TestCatalog().FindRpc(absl::StrCat("cartwright.test.v1.TestService/", rpc));
}

}  // namespace cartwright::gateway::testing
