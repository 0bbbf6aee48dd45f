#include "gateway/api_version.h"

#include <future>

#include "gateway/gateway_fixture.h"
#include "gateway/wire.h"
#include "gmock/gmock.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor.pb.h"

namespace cartwright::gateway {
namespace {

using testing::FakeBackend;
using ::testing::HasSubstr;
using testing::RawClient;
using testing::TestDescriptorSet;

// The test API with Echo on another path.
std::string NextDescriptorSet() {
  google::protobuf::FileDescriptorSet set;
  EXPECT_TRUE(set.ParseFromString(TestDescriptorSet()));
  for (auto& file : *set.mutable_file()) {
    for (auto& service : *file.mutable_service()) {
      for (auto& method : *service.mutable_method()) {
        if (method.name() != "Echo") continue;
        method.mutable_options()->MutableExtension(google::api::http)->set_post("/api/v2/echo");
      }
    }
  }
  return set.SerializeAsString();
}

// Goal: a new descriptor set is served at once, and what is under way ends as it began.
class ApiVersionTest : public testing::GatewayFixture {
 protected:
  ApiVersionTest()
      : GatewayFixture([this](const FakeBackend::Call& call) {
          asked_.set_value();
          asked_ = {};
          return FakeBackend::Answer{.response = call.request, .feed = feed_};
        }) {}

  std::shared_ptr<const Api> Next() const {
    auto next = MakeApi(NextDescriptorSet(), backends_, kKeysMethod);
    EXPECT_TRUE(next.ok()) << next.status();
    return *next;
  }
  void ServeNext() { api_.Set(Next()); }

  std::promise<void> asked_;
  std::shared_ptr<FakeBackend::Feed> feed_;
};

TEST_F(ApiVersionTest, ANewOneIsServedAtOnce) {
  const Reply before = Ask("GET", "/openapi.json");
  EXPECT_EQ(Ask("POST", "/api/echo", {}, "{}").result_int(), 200u);
  EXPECT_EQ(Ask("POST", "/api/v2/echo", {}, "{}").result_int(), 404u);
  ServeNext();
  EXPECT_EQ(Ask("POST", "/api/echo", {}, "{}").result_int(), 404u);
  EXPECT_EQ(Ask("POST", "/api/v2/echo", {}, R"({"text":"a"})").result_int(), 200u);
  const Reply after = Ask("GET", "/openapi.json");
  EXPECT_NE(before["ETag"], after["ETag"]);
  EXPECT_THAT(after.body(), HasSubstr("/api/v2/echo"));
}

TEST_F(ApiVersionTest, ARequestUnderWayEndsWithTheOneItBeganWith) {
  feed_ = FakeBackend::MakeFeed();
  // Made before: the request has a deadline.
  auto next = Next();
  auto asked = asked_.get_future();
  RawClient client(port_);
  client.Send(Format("POST", "/api/echo", {}, "{}"));
  asked.wait();
  api_.Set(std::move(next));
  std::string echo;
  AppendBytes(14, "late", echo);
  feed_->Write(echo);
  feed_->End(grpc::Status::OK);
  const Reply reply = client.Receive();
  EXPECT_EQ(reply.result_int(), 200u) << reply.body();
  EXPECT_EQ(boost::json::parse(reply.body()).at("text"), "late");
  // And its connection goes on with the new one.
  client.Send(Format("POST", "/api/echo", {}, "{}"));
  EXPECT_EQ(client.Receive().result_int(), 404u);
}

TEST_F(ApiVersionTest, AStreamGoesOn) {
  const auto feed = feed_ = FakeBackend::MakeFeed();
  const std::string token = UserToken();
  std::string event;
  AppendBytes(1, "1", event);
  feed->Write(event);
  RawClient client(port_);
  client.Send(Format("GET", "/api/things/7/events", Bearer(token)));
  EXPECT_THAT(client.ReceiveUntil("\"text\":\"\"}"), HasSubstr("\"number\":\"1\""));
  ServeNext();
  ServeNext();  // so that nobody but the stream has the first one
  feed->Write(event);
  EXPECT_THAT(client.ReceiveUntil("\"text\":\"\"}"), HasSubstr("\"number\":\"1\""));
  feed->End(grpc::Status::OK);
  EXPECT_THAT(client.ReceiveUntil("0\r\n\r\n"), HasSubstr("0\r\n\r\n"));
}

TEST_F(ApiVersionTest, WhatIsWrongIsSaidAndNothingChanges) {
  const auto error = [this](absl::string_view set, const std::string& jwks = kKeysMethod) {
    return std::string(MakeApi(set, backends_, jwks).status().message());
  };
  EXPECT_THAT(error("garbage"), HasSubstr("descriptor set"));
  const std::string whole = TestDescriptorSet();
  EXPECT_NE(error(absl::string_view(whole).substr(0, whole.size() / 2)), "");
  EXPECT_THAT(error(whole, "a.b/C"), HasSubstr("--jwks_method"));
  const auto none = Backends::Make("", [](const auto&, const auto&) { return nullptr; });
  EXPECT_THAT(std::string(MakeApi(whole, *none, kKeysMethod).status().message()),
              HasSubstr("--backends must have test="));
  EXPECT_THAT(std::string(ReadApi("/nowhere", backends_, kKeysMethod).status().message()),
              HasSubstr("--descriptor_set: cannot read /nowhere"));
  EXPECT_EQ(Ask("POST", "/api/echo", {}, "{}").result_int(), 200u);
}

}  // namespace
}  // namespace cartwright::gateway
