#include "gateway/http_framing.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::gateway {
namespace {

using cartwright::testing::HasErrorReason;
using cartwright::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::Not;

absl::StatusOr<size_t> Scan(absl::string_view data) { return HeadScanner().Scan(data); }

TEST(HeadScannerTest, FindsTheEndHoweverTheBytesArrive) {
  const std::string head = "GET /a HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
  const std::string data = head + "body\r\n\r\n";
  for (size_t first = 1; first < head.size(); ++first) {
    for (size_t second = first; second < head.size(); ++second) {
      HeadScanner scanner;
      EXPECT_EQ(*scanner.Scan(absl::string_view(data).substr(0, first)), 0u);
      EXPECT_EQ(*scanner.Scan(absl::string_view(data).substr(0, second)), 0u);
      EXPECT_EQ(*scanner.Scan(data), head.size());
    }
  }
}

TEST(HeadScannerTest, RefusesAmbiguousLines) {
  for (const char* head :
       {"GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n", "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\n folded: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost\r\n\r\n", "GET / HTTP/1.1\r\n: a\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n", "GET /\r\n\r\n", "GET\r\n\r\n",
        "GET / FTP/1.1\r\n\r\n", "\r\n\r\n", "\n", "GET / a\r\n\r\n"}) {
    EXPECT_THAT(Scan(head), HasErrorReason("MALFORMED_REQUEST")) << head;
  }
  for (const char* head : {"PRI * HTTP/2.0\r\n\r\n", "GET / HTTP/1.2\r\n\r\n",
                           "GET / HTTP/0.9\r\n\r\n", "GET / HTTP/11\r\n\r\n"}) {
    EXPECT_THAT(Scan(head), HasErrorReason("VERSION_NOT_SUPPORTED")) << head;
  }
}

TEST(HeadScannerTest, EnforcesEachLimitExactly) {
  const auto with_target = [](size_t size) {
    return absl::StrCat("GET /", std::string(size - 1, 'a'), " HTTP/1.1\r\nHost: a\r\n\r\n");
  };
  EXPECT_THAT(Scan(with_target(kMaxTarget)), IsOk());
  EXPECT_THAT(Scan(with_target(kMaxTarget + 1)), HasErrorReason("URI_TOO_LONG"));
  // An endless target is refused before its end.
  EXPECT_THAT(Scan(with_target(9000).substr(0, 5000)), HasErrorReason("URI_TOO_LONG"));
  const auto with_fields = [](size_t count, size_t size) {
    std::string head = "GET / HTTP/1.1\r\n";
    for (size_t i = 0; i < count; ++i)
      absl::StrAppend(&head, "A: ", std::string(size, 'a'), "\r\n");
    return head + "\r\n";
  };
  EXPECT_THAT(Scan(with_fields(64, 1)), IsOk());
  EXPECT_THAT(Scan(with_fields(65, 1)), HasErrorReason("HEADERS_TOO_LARGE"));
  EXPECT_THAT(Scan(with_fields(1, kMaxHeaderValue)), IsOk());
  EXPECT_THAT(Scan(with_fields(1, kMaxHeaderValue + 1)), HasErrorReason("HEADERS_TOO_LARGE"));
  // A name has its limit, too, and a line is refused before its end.
  EXPECT_THAT(Scan("GET / HTTP/1.1\r\n" + std::string(9000, 'a')),
              HasErrorReason("HEADERS_TOO_LARGE"));
  EXPECT_THAT(Scan(with_fields(2, 8000)), IsOk());
  EXPECT_THAT(Scan(with_fields(3, 8000)), HasErrorReason("HEADERS_TOO_LARGE"));
}

TEST(FramingTest, ThereIsOneWayToReadARequest) {
  using Fields = std::vector<std::pair<std::string, std::string>>;
  const auto check = [](const Fields& fields, bool is_http_1_0 = false) {
    boost::beast::http::fields parsed;
    for (const auto& [name, value] : fields) parsed.insert(name, value);
    const absl::Status status = CheckFraming(parsed, is_http_1_0);
    return status.ok() ? "" : DetailsOf(status).reason;
  };
  const std::pair<std::string, std::string> host("Host", "a");
  EXPECT_EQ(check({host}), "");
  EXPECT_EQ(check({{"Host", "[::1]:80"}}), "");
  EXPECT_EQ(check({}, true), "");
  EXPECT_EQ(check({host, {"Content-Length", "0"}}), "");
  EXPECT_EQ(check({host, {"Transfer-Encoding", "Chunked"}}), "");
  EXPECT_EQ(check({host, {"Expect", "100-Continue"}}), "");
  const Fields kBad[] = {
      {},
      {{"Host", ""}},
      {{"Host", "a b"}},
      {{"Host", "a/b"}},
      {{"Host", "a@b"}},
      {{"Host", "a,b"}},
      {host, host},
      {host, {"Content-Length", "1"}, {"Content-Length", "1"}},
      {host, {"Content-Length", "1"}, {"content-length", "2"}},
      {host, {"Content-Length", "1, 1"}},
      {host, {"Content-Length", "+1"}},
      {host, {"Content-Length", "0x1"}},
      {host, {"Content-Length", "-1"}},
      {host, {"Content-Length", ""}},
      {host, {"Content-Length", "9999999999999999999"}},
      {host, {"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}},
      {host, {"Transfer-Encoding", "gzip"}},
      {host, {"Transfer-Encoding", "identity"}},
      {host, {"Transfer-Encoding", "xchunked"}},
      {host, {"Transfer-Encoding", "\"chunked\""}},
      {host, {"Transfer-Encoding", "gzip, chunked"}},
      {host, {"Transfer-Encoding", "chunked, gzip"}},
      {host, {"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}};
  for (const Fields& fields : kBad) {
    EXPECT_EQ(check(fields), "MALFORMED_REQUEST") << (fields.empty() ? "" : fields.back().second);
  }
  EXPECT_EQ(check({host, {"Transfer-Encoding", "chunked"}}, true), "MALFORMED_REQUEST");
  EXPECT_EQ(check({host, {"Expect", "200-ok"}}), "EXPECTATION_FAILED");
}

TEST(FramingTest, AHostIsANameOrAnAddressAndPerhapsAPort) {
  const auto check = [](const std::string& host) {
    boost::beast::http::fields fields;
    fields.insert("Host", host);
    return CheckFraming(fields, false).ok();
  };
  for (const char* host :
       {"a", "a.example", "a:80", "a:", "127.0.0.1:65535", "[::1]", "[::1]:8080", "a_b"}) {
    EXPECT_TRUE(check(host)) << host;
  }
  for (const char* host : {":80", "a:b", "a:65536", "a:99999999999999999999", "a:1:2", "[::1",
                           "::1]", "[::1]a", "[x]", "a[", "%zz", "a:-1", "a: 1"}) {
    EXPECT_FALSE(check(host)) << host;
  }
}

TEST(FramingTest, AnExpectationIsOne) {
  boost::beast::http::fields fields;
  fields.insert("Host", "a");
  fields.insert("Expect", "100-continue");
  fields.insert("Expect", "magic");
  EXPECT_THAT(CheckFraming(fields, false), HasErrorReason("EXPECTATION_FAILED"));
}

TEST(KeepsAliveTest, ReadsEveryConnectionField) {
  const auto keeps = [](const std::vector<std::string>& values, bool is_http_1_0 = false) {
    boost::beast::http::fields fields;
    for (const auto& value : values) fields.insert("Connection", value);
    return KeepsAlive(fields, is_http_1_0);
  };
  EXPECT_TRUE(keeps({}));
  EXPECT_TRUE(keeps({"foo"}));
  EXPECT_TRUE(keeps({"closed"}));
  EXPECT_FALSE(keeps({"Close"}));
  EXPECT_FALSE(keeps({"foo, close"}));
  EXPECT_FALSE(keeps({"foo", "close"}));
  EXPECT_FALSE(keeps({"close", "keep-alive"}));
  EXPECT_FALSE(keeps({}, true));
  EXPECT_TRUE(keeps({"Keep-Alive"}, true));
  EXPECT_FALSE(keeps({"keep-alive, close"}, true));
}

TEST(ChunkHeaderTest, RefusesTrailersAndLongHeadersBeforeTheyEnd) {
  for (const char* good :
       {"", "\r", "\r\n", "2", "\r\n2", "2;a=b", "2\r\n", "0", "0\r", "0\r\n", "0\r\n\r",
        "0\r\n\r\n", "\r\n0\r\n\r\nGET /", "000;x\r\n\r\n", "00a\r\nA: b", "01\r\n"}) {
    EXPECT_THAT(CheckChunkHeader(good), IsOk()) << good;
  }
  for (const char* bad : {"0\r\nA", "0\r\nA: b\r\n\r\n", "\r\n0\r\nA", "00\r\nA", "0;x\r\nA",
                          "0\r\n\n", "0\r\n\ra", "0\r\n "}) {
    EXPECT_THAT(CheckChunkHeader(bad), HasErrorReason("MALFORMED_REQUEST")) << bad;
  }
  const std::string extension(kMaxChunkHeader, 'x');
  EXPECT_THAT(CheckChunkHeader("2;" + extension), HasErrorReason("MALFORMED_REQUEST"));
  EXPECT_THAT(CheckChunkHeader("\r\n2;" + extension + "\r\n"), HasErrorReason("MALFORMED_REQUEST"));
  EXPECT_THAT(CheckChunkHeader("2;" + extension.substr(10)), IsOk());
}

TEST(ResponseHeadTest, SaysWhatBelongsToTheStatus) {
  Response response{.content_type = "text/plain", .body = "four"};
  response.Add("ETag", "\"x\"");
  const std::string head = ResponseHead(response, {.request_id = "request-1"});
  EXPECT_THAT(head, ::testing::StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 4\r\nETag: \"x\"\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nX-Request-Id: request-1\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Connection")));
  EXPECT_THAT(ResponseHead(response, {.keep_alive = false}),
              HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(ResponseHead(response, {.is_http_1_0 = true}),
              HasSubstr("\r\nConnection: keep-alive\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Strict-Transport-Security")));
  EXPECT_THAT(ResponseHead(response, {.hsts_max_age_s = 60}),
              HasSubstr("\r\nStrict-Transport-Security: max-age=60"));
  response.Add("Content-Security-Policy", "default-src 'self'");
  EXPECT_THAT(ResponseHead(response, {}), Not(HasSubstr("default-src 'none'")));
  EXPECT_THAT(ResponseHead({.status = 204}, {}), Not(HasSubstr("Content-Length")));
  EXPECT_THAT(ResponseHead({.status = 304}, {}), Not(HasSubstr("Content-Length")));
}

}  // namespace
}  // namespace cartwright::gateway
