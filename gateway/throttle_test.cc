#include "gateway/throttle.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gateway/gateway_fixture.h"
#include "gmock/gmock.h"
#include "shared/base/secret.h"

namespace cartwright::gateway {
namespace {

using testing::FakeBackend;
using testing::RawClient;

constexpr absl::string_view kBody = "{}";

// Rates of which nothing comes back while a test runs: an hour is longer than any test takes.
constexpr const char* kRates =
    "address=1/h/12,anonymous=1/h/3,read=1/h/4,write=1/h/2,auth=1/h/2,auth_address=1/h/5";

class ThrottleTest : public testing::GatewayFixture {
 protected:
  ThrottleTest()
      : GatewayFixture(
            [](const FakeBackend::Call& call) {
              return FakeBackend::Answer{.response = call.request};
            },
            {}, {}, {.rates = kRates, .proxies = "127.0.0.0/8"}) {}

  // A request that comes through a trusted proxy, from `client`.
  Reply From(const std::string& client, absl::string_view method, absl::string_view target,
             Headers headers = {}, absl::string_view body = "") {
    headers.emplace_back("X-Forwarded-For", client);
    return Ask(method, target, headers, body);
  }

  int StatusOf(const Reply& reply) { return static_cast<int>(reply.result_int()); }
};

TEST_F(ThrottleTest, AStrangersBurstIsCountedByAddress) {
  for (int left : {2, 1, 0}) {
    const Reply reply = From("192.0.2.1", "GET", "/.well-known/keys");
    EXPECT_EQ(StatusOf(reply), 200);
    EXPECT_EQ(reply["RateLimit-Policy"], "\"anonymous\";q=3;w=10800");
    EXPECT_THAT(std::string(reply["RateLimit"]),
                ::testing::StartsWith(absl::StrCat("\"anonymous\";r=", left, ";t=")));
  }
  const Reply refused = From("192.0.2.1", "GET", "/.well-known/keys");
  EXPECT_EQ(StatusOf(refused), 429);
  EXPECT_EQ(ReasonOf(refused), "RATE_LIMITED");
  EXPECT_GE(std::stoi(std::string(refused["Retry-After"])), 1);
  EXPECT_LE(std::stoi(std::string(refused["Retry-After"])), 3600);
  EXPECT_THAT(std::string(refused["RateLimit"]), ::testing::StartsWith("\"anonymous\";r=0;t="));
  EXPECT_EQ(refused["Cache-Control"], "private, no-store");
  EXPECT_EQ(StatusOf(From("192.0.2.2", "GET", "/.well-known/keys")), 200);
  // A household has a /64.
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(StatusOf(From(absl::StrCat("2001:db8::", i), "GET", "/.well-known/keys")), 200);
  }
  EXPECT_EQ(StatusOf(From("2001:db8::ffff:9", "GET", "/.well-known/keys")), 429);
  EXPECT_EQ(StatusOf(From("2001:db8:0:1::1", "GET", "/.well-known/keys")), 200);
}

TEST_F(ThrottleTest, AUserIsCountedWhereverHeIsAndByClass) {
  const auto ask = [&](int i, absl::string_view method, absl::string_view target) {
    return StatusOf(From(absl::StrCat("192.0.2.", i), method, target, Bearer(UserToken("ada")),
                         method == "GET" ? "" : kBody));
  };
  EXPECT_EQ(ask(1, "PUT", "/api/things/1"), 200);
  EXPECT_EQ(ask(2, "PUT", "/api/things/1"), 200);
  EXPECT_EQ(ask(3, "PUT", "/api/things/1"), 429);
  EXPECT_EQ(ask(4, "GET", "/api/things/1/events"), 200) << "reads are counted apart";
  const Reply eve = From("192.0.2.1", "PUT", "/api/things/1", Bearer(UserToken("eve")), kBody);
  EXPECT_EQ(StatusOf(eve), 200);
  EXPECT_EQ(eve["RateLimit-Policy"], "\"write\";q=2;w=7200");
}

TEST_F(ThrottleTest, AllOfAnAddressTogetherHasALimitToo) {
  int allowed = 0;
  for (int i = 0; i < 14; ++i) {
    allowed += StatusOf(From("192.0.2.1", "PUT", "/api/things/1",
                             Bearer(UserToken(absl::StrCat("user-", i))), kBody)) == 200;
  }
  EXPECT_EQ(allowed, 12);
}

TEST_F(ThrottleTest, TheTokenIsLookedAtBeforeTheLimitAndTheKeyAfterIt) {
  for (int i = 0; i < 2; ++i) From("192.0.2.1", "PUT", "/api/things/1", Bearer(UserToken()), kBody);
  // Refused for the rate although its Idempotency-Key is missing.
  EXPECT_EQ(ReasonOf(From("192.0.2.9", "POST", "/api/pay", Bearer(UserToken()), kBody)),
            "RATE_LIMITED");
  EXPECT_EQ(ReasonOf(From("192.0.2.9", "POST", "/api/pay", Bearer("x.y.z"), kBody)),
            "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf(From("192.0.2.9", "POST", "/api/pay", {}, kBody)), "TOKEN_MISSING");
}

TEST_F(ThrottleTest, RefusedTokensCountAgainstTheAddress) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(StatusOf(From("192.0.2.1", "GET", "/api/things/1/events", Bearer("x.y.z"))), 401);
  }
  EXPECT_EQ(StatusOf(From("192.0.2.1", "GET", "/api/things/1/events", Bearer("x.y.z"))), 429);
  EXPECT_EQ(StatusOf(From("192.0.2.1", "GET", "/api/things/1/events", Bearer(UserToken()))), 200)
      << "who is signed in is no stranger";
}

TEST_F(ThrottleTest, TriesForAnAccountAreCountedWithoutCaseAndPerAddress) {
  const auto login = [&](const std::string& client, const std::string& name) {
    const std::string body = absl::StrCat("{\"name\":\"", name, "\"}");
    return From(client, "POST", "/api/login", {}, body);
  };
  EXPECT_EQ(StatusOf(login("192.0.2.1", "ada@example.com")), 200);
  EXPECT_EQ(StatusOf(login("192.0.2.1", "Ada@Example.COM")), 200);
  const Reply third = login("192.0.2.1", "ada@example.com");
  EXPECT_EQ(StatusOf(third), 429);
  EXPECT_EQ(third["RateLimit-Policy"], "\"auth\";q=2;w=7200");
  EXPECT_EQ(StatusOf(login("192.0.2.2", "ada@example.com")), 200) << "nobody locks Ada out";
  EXPECT_EQ(StatusOf(login("192.0.2.1", "eve@example.com")), 200);
  EXPECT_EQ(StatusOf(login("192.0.2.1", "bob@example.com")), 200);
  const Reply sixth = login("192.0.2.1", "guy@example.com");
  EXPECT_EQ(StatusOf(sixth), 429) << "the address has tried five";
  EXPECT_EQ(sixth["RateLimit-Policy"], "\"auth_address\";q=5;w=18000");
}

TEST_F(ThrottleTest, APartnerHasThePlanInPlaceOfTheAnonymousLimits) {
  const std::string digest = absl::BytesToHexString(Sha256("partner-key"));
  ASSERT_TRUE(plans_
                  .Load(absl::StrCat(R"({"plans":[{"name":"gold","rate":"1/h","burst":20,)",
                                     R"("dailyQuota":15}],"keys":[{"sha256":")", digest,
                                     R"(","plan":"gold"}]})"))
                  .ok());
  const Headers key = {{"X-Api-Key", "partner-key"}};
  const Reply first = From("192.0.2.1", "GET", "/.well-known/keys", key);
  EXPECT_EQ(StatusOf(first), 200);
  EXPECT_EQ(first["RateLimit-Policy"], "\"quota\";q=15;w=86400");
  for (int i = 1; i < 15; ++i) {
    EXPECT_EQ(StatusOf(From("192.0.2.1", "GET", "/.well-known/keys", key)), 200) << i;
  }
  const Reply over = From("192.0.2.1", "GET", "/.well-known/keys", key);
  EXPECT_EQ(StatusOf(over), 429);
  EXPECT_EQ(ReasonOf(over), "QUOTA_EXCEEDED");
  EXPECT_GE(std::stoi(std::string(over["Retry-After"])), 1);
  EXPECT_LE(std::stoi(std::string(over["Retry-After"])), 86400);
  // Strangers at that address have their own limit, untouched.
  EXPECT_EQ(StatusOf(From("192.0.2.1", "GET", "/.well-known/keys")), 200);
}

TEST_F(ThrottleTest, AnUnknownApiKeyIsRefusedAndCounted) {
  for (int i = 0; i < 3; ++i) {
    const Reply reply = From("192.0.2.1", "GET", "/.well-known/keys", {{"X-Api-Key", "guess"}});
    EXPECT_EQ(StatusOf(reply), 401);
    EXPECT_EQ(ReasonOf(reply), "API_KEY_INVALID");
  }
  EXPECT_EQ(StatusOf(From("192.0.2.1", "GET", "/.well-known/keys", {{"X-Api-Key", "guess"}})), 429);
  const Headers two = {{"X-Api-Key", "a"}, {"X-Api-Key", "b"}};
  EXPECT_EQ(StatusOf(From("192.0.2.2", "GET", "/.well-known/keys", two)), 401);
}

TEST_F(ThrottleTest, FilesAndHealthAreNotLimited) {
  for (int i = 0; i < 20; ++i) {
    const Reply reply = From("192.0.2.1", "GET", "/healthz");
    ASSERT_EQ(StatusOf(reply), 200);
    EXPECT_EQ(reply.count("RateLimit"), 0u);
  }
}

TEST(LimitReportTest, NamesTheLimitThatIsNearest) {
  LimitReport report;
  Response response;
  report.AddTo(response);
  EXPECT_TRUE(response.headers.empty());
  report.Note("address", 400, absl::Seconds(2), 30, absl::Milliseconds(1850));
  report.Note("user", 100, absl::Minutes(1), 37, absl::Seconds(12));
  report.AddTo(response);
  ASSERT_EQ(response.headers.size(), 2u);
  EXPECT_EQ(response.headers[0].value, "\"address\";q=400;w=2");
  EXPECT_EQ(response.headers[1].value, "\"address\";r=30;t=2");
}

class ConnectionCapTest : public testing::GatewayFixture {
 protected:
  ConnectionCapTest()
      : GatewayFixture([](const FakeBackend::Call&) { return FakeBackend::Answer{}; }, {}, {},
                       {.connections = 3}) {}
};

TEST_F(ConnectionCapTest, AnAddressHasSoManyConnectionsAndGetsThemBack) {
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(port_));
    clients.back()->Send(Format("GET", "/healthz"));
    EXPECT_EQ(clients.back()->Receive().result_int(), 200u);
  }
  RawClient fourth(port_);
  fourth.Send(Format("GET", "/healthz"));
  EXPECT_EQ(fourth.Receive().result_int(), 0u) << "closed without an answer";
  clients.pop_back();
  // The server sees the end of a connection a moment after the client.
  unsigned status = 0;
  for (int tries = 0; tries < 100'000 && status == 0; ++tries) {
    RawClient next(port_);
    next.Send(Format("GET", "/healthz"));
    status = next.Receive().result_int();
  }
  EXPECT_EQ(status, 200u);
}

class NoProxyTest : public testing::GatewayFixture {
 protected:
  NoProxyTest()
      : GatewayFixture([](const FakeBackend::Call&) { return FakeBackend::Answer{}; }, {}, {},
                       {.rates = "anonymous=1/h/3"}) {}
};

TEST_F(NoProxyTest, AStrangerIsCountedUnderHisOwnAddress) {
  for (int i = 0; i < 3; ++i) {
    const Reply reply =
        Ask("GET", "/.well-known/keys", {{"X-Forwarded-For", absl::StrCat("192.0.2.", i)}});
    EXPECT_EQ(reply.result_int(), 200u);
  }
  EXPECT_EQ(Ask("GET", "/.well-known/keys", {{"X-Forwarded-For", "192.0.2.9"}}).result_int(), 429u);
}

}  // namespace
}  // namespace cartwright::gateway
