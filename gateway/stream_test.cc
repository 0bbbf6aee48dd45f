#include <atomic>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/gateway_fixture.h"
#include "gateway/wire.h"
#include "gmock/gmock.h"
#include "shared/base/status.h"
#include "shared/rpc/grpc_status.h"

namespace cartwright::gateway {
namespace {

using testing::FakeBackend;
using ::testing::HasSubstr;
using testing::RawClient;
using ::testing::StartsWith;

constexpr absl::string_view kEnd = "0\r\n\r\n";

// A message of the test API's Watch.
std::string Event(absl::string_view number, absl::string_view text) {
  std::string wire;
  AppendBytes(1, number, wire);
  AppendBytes(2, text, wire);
  return wire;
}

// One chunk of HTTP/1.1.
std::string Chunk(absl::string_view text) {
  return absl::StrCat(absl::Hex(text.size()), "\r\n", text, "\r\n");
}

// Goal: a server stream that nobody wrote gateway code for is served as server-sent events and as
// lines of JSON. The test is the service, and writes while the client reads.
class StreamTest : public testing::GatewayFixture {
 protected:
  static constexpr auto kSoon = std::chrono::milliseconds(30);

  explicit StreamTest(std::chrono::milliseconds commit_after = kSoon)
      : GatewayFixture(
            [this](const FakeBackend::Call&) {
              const bool second = streams_++ > 0 && second_ != nullptr;
              return FakeBackend::Answer{.feed = second ? second_ : feed_};
            },
            {}, {.max = 2, .commit_after = commit_after, .heartbeat = kSoon}) {}

  std::string Get(const Headers& more = {}, absl::string_view method = "GET") {
    Headers headers = Bearer(UserToken());
    headers.insert(headers.end(), more.begin(), more.end());
    return Format(method, "/api/things/7/events", headers);
  }

  const Headers kEvents = {{"Accept", "text/event-stream"}};
  std::shared_ptr<FakeBackend::Feed> feed_ = FakeBackend::MakeFeed();
  // That of all streams but the first, for a test that makes it before the first: a stream begins
  // without waiting for the backend, so nobody knows when that has taken its feed.
  std::shared_ptr<FakeBackend::Feed> second_;

 private:
  std::atomic<int> streams_{0};
};

// For what depends on how a stream begins: the service is heard first, however slow the machine is.
class PatientStreamTest : public StreamTest {
 protected:
  PatientStreamTest() : StreamTest(std::chrono::seconds(60)) {}
};

TEST_F(PatientStreamTest, AnEventSourceGetsEachMessageWhenItComes) {
  RawClient client(port_);
  feed_->Write(Event("1", "a\nb"));
  client.Send(Get(kEvents));
  const std::string head = client.ReceiveUntil("\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(head, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(head, HasSubstr("no-store\r\n"));
  EXPECT_THAT(head, HasSubstr("X-Accel-Buffering: no\r\n"));
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  std::string text = head.substr(head.find("\r\n\r\n") + 4);
  if (!absl::StrContains(text, "id: 1")) text += client.ReceiveUntil("\"}\n\n\r\n");
  EXPECT_THAT(text, HasSubstr(Chunk("retry: 1000\n\nid: 1\ndata: {\"number\":\"1\",\"text\":"
                                    "\"a\\nb\"}\n\n")));
  feed_->Write(Event("2", "c"));
  EXPECT_THAT(client.ReceiveUntil("\"}\n\n"), HasSubstr("id: 2\ndata: {"));
  feed_->End(grpc::Status::OK);
  EXPECT_THAT(client.ReceiveUntil(kEnd), ::testing::EndsWith(kEnd));
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(StreamTest, OthersGetLines) {
  feed_->Write(Event("1", "a"));
  feed_->Write(Event("2", "b"));
  feed_->End(grpc::Status::OK);
  RawClient client(port_);
  client.Send(Get());
  const Reply reply = client.Receive();
  EXPECT_EQ(reply["Content-Type"], "application/x-ndjson");
  EXPECT_EQ(reply.body(), "{\"number\":\"1\",\"text\":\"a\"}\n{\"number\":\"2\",\"text\":\"b\"}\n");
}

TEST_F(StreamTest, AnOldClientReadsUntilTheEnd) {
  feed_->Write(Event("1", "a"));
  feed_->End(grpc::Status::OK);
  RawClient client(port_);
  client.Send(absl::StrCat("GET /api/things/7/events HTTP/1.0\r\nAuthorization: Bearer ",
                           UserToken(), "\r\n\r\n"));
  const std::string all = client.ReceiveUntil("never");
  EXPECT_EQ(all.find("chunked"), std::string::npos);
  EXPECT_THAT(all, ::testing::EndsWith("\r\n\r\n{\"number\":\"1\",\"text\":\"a\"}\n"));
}

TEST_F(PatientStreamTest, AFailureBeforeTheFirstMessageIsAnOrdinaryProblem) {
  feed_->End(rpc::ToGrpc(NotFound("thing")));
  RawClient client(port_);
  client.Send(Get(kEvents));
  const Reply reply = client.Receive();
  EXPECT_EQ(reply.result_int(), 404u);
  EXPECT_EQ(ReasonOf(reply), "RESOURCE_NOT_FOUND");
  // And so are refusals of the gateway itself; the connection goes on.
  client.Send(Format("GET", "/api/things/7/events", kEvents));
  EXPECT_EQ(ReasonOf(client.Receive()), "TOKEN_MISSING");
  client.Send(Get({{"Content-Length", "0"}}, "OPTIONS"));
  EXPECT_EQ(client.Receive()["Allow"], "GET, HEAD, OPTIONS");
}

TEST_F(StreamTest, AFailureInMidStreamIsTheLastRecord) {
  for (const bool events : {true, false}) {
    feed_ = FakeBackend::MakeFeed();
    feed_->Write(Event("1", "a"));
    feed_->End(rpc::ToGrpc(absl::UnavailableError("wallet:1234")));
    RawClient client(port_);
    client.Send(Get(events ? kEvents : Headers{}));
    const Reply reply = client.Receive();
    EXPECT_EQ(reply.result_int(), 200u);
    const size_t at = reply.body().find(events ? "\n\nevent: error\ndata: {" : "\n{\"error\":{");
    ASSERT_NE(at, std::string::npos) << reply.body();
    EXPECT_THAT(reply.body().substr(at), HasSubstr("\"status\":503"));
    EXPECT_THAT(reply.body().substr(at), HasSubstr("\"reason\":\"DEPENDENCY_UNAVAILABLE\""));
    EXPECT_EQ(reply.body().find("1234"), std::string::npos);
  }
}

TEST_F(StreamTest, AnIdThatCouldForgeAnEventEndsTheStream) {
  feed_->Write(Event("1\ndata: x", "a"));
  RawClient client(port_);
  client.Send(Get(kEvents));
  const Reply reply = client.Receive();
  EXPECT_THAT(reply.body(), HasSubstr("\"reason\":\"UPSTREAM_INVALID\""));
  EXPECT_EQ(reply.body().find("data: x"), std::string::npos);
  EXPECT_TRUE(feed_->AwaitCancelled());
}

TEST_F(PatientStreamTest, TheLastEventIdIsPassedOnAndNothingAfterItIsA204) {
  feed_->End(grpc::Status::OK);
  RawClient client(port_);
  client.Send(Get({{"Accept", "text/event-stream"}, {"Last-Event-ID", "41"}}));
  const Reply reply = client.Receive();
  EXPECT_EQ(reply.result_int(), 204u);
  std::string wanted;
  AppendBytes(1, "7", wanted);
  AppendBytes(2, "41", wanted);
  EXPECT_EQ(backend_.calls().back().request, wanted);
  client.Send(Get(kEvents));
  EXPECT_EQ(client.Receive().result_int(), 200u);
}

// Without it, a proxy between would take the stream for dead.
TEST_F(StreamTest, ASilentStreamBeginsAndBeats) {
  RawClient client(port_);
  client.Send(Get(kEvents));
  const std::string text = client.ReceiveUntil(Chunk(":\n\n") + Chunk(":\n\n"));
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(text, HasSubstr(Chunk("retry: 1000\n\n") + Chunk(":\n\n")));
  feed_->Write(Event("1", "a"));
  EXPECT_THAT(client.ReceiveUntil("data: {"), HasSubstr("id: 1\n"));
}

TEST_F(PatientStreamTest, AClientThatGoesEndsTheCall) {
  for (const bool events : {true, false}) {
    feed_ = FakeBackend::MakeFeed();
    feed_->Write(Event("1", "a"));
    {
      RawClient client(port_);
      client.Send(Get(events ? kEvents : Headers{}));
      client.ReceiveUntil("\r\n\r\n");
    }
    EXPECT_TRUE(feed_->AwaitCancelled());
  }
}

TEST_F(StreamTest, AHeadHasNoStream) {
  RawClient client(port_);
  client.Send(Get(kEvents, "HEAD"));
  const Reply reply = client.Receive(/*is_head=*/true);
  EXPECT_EQ(reply.result_int(), 200u);
  EXPECT_EQ(reply["Content-Type"], "text/event-stream");
  EXPECT_TRUE(client.IsClosed());
  EXPECT_TRUE(feed_->AwaitCancelled());
}

TEST_F(StreamTest, TooManyStreamsAreRefused) {
  second_ = FakeBackend::MakeFeed();
  RawClient first(port_);
  RawClient second(port_);
  for (RawClient* client : {&first, &second}) {
    client->Send(Get());
    client->ReceiveUntil("\r\n\r\n");
  }
  RawClient third(port_);
  third.Send(Get());
  const Reply refused = third.Receive();
  EXPECT_EQ(refused.result_int(), 503u);
  EXPECT_EQ(ReasonOf(refused), "OVERLOADED");
}

// An EventSource connects again by itself; a reader of lines is told that there would be more.
TEST_F(StreamTest, ADrainEndsStreamsAtOnce) {
  second_ = FakeBackend::MakeFeed();
  RawClient source(port_);
  source.Send(Get(kEvents));
  source.ReceiveUntil("retry: 1000\n\n");
  RawClient reader(port_);
  reader.Send(Get());
  reader.ReceiveUntil("\r\n\r\n");
  server_->Drain(absl::Seconds(30));
  EXPECT_TRUE(feed_->AwaitCancelled());
  EXPECT_TRUE(second_->AwaitCancelled());
  const std::string rest = source.ReceiveUntil(kEnd);
  EXPECT_THAT(rest, ::testing::EndsWith(kEnd));
  EXPECT_EQ(rest.find("event: error"), std::string::npos);
  EXPECT_THAT(reader.ReceiveUntil(kEnd), HasSubstr("{\"error\":{"));
}

}  // namespace
}  // namespace cartwright::gateway
