#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/gateway_fixture.h"
#include "gateway/http_framing.h"
#include "gmock/gmock.h"

namespace cartwright::gateway {
namespace {

using testing::FakeBackend;
using testing::RawClient;

// Goal: what a request means does not depend on the packets that it comes in. Method: each of a set
// of requests, good ones and bad ones, in all ways to cut it in two and in three; after each there
// is a second request, whose answer shows that nothing was left behind.
class HttpSplitsTest : public testing::GatewayFixture {
 protected:
  HttpSplitsTest()
      : GatewayFixture([](const FakeBackend::Call& call) {
          return FakeBackend::Answer{.response = call.request};
        }) {}

  struct Case {
    std::string bytes;
    unsigned status;
    std::string answer;  // is in the body
    bool closes = false;
  };

  static std::vector<Case> Cases() {
    const std::string head =
        "POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
    return {
        {"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200, "ok"},
        {head + "Content-Length: 12\r\n\r\n{\"text\":\"a\"}", 200, R"("text":"a")"},
        {chunked + "8\r\n{\"text\":\r\n4;x=y\r\n\"b\"}\r\n0\r\n\r\n", 200, R"("text":"b")"},
        {chunked + "000C;a=\"b\"\r\n{\"text\":\"c\"}\r\n00;z\r\n\r\n", 200, R"("text":"c")"},
        {chunked + "2\r\n{}\r\n0\r\nA: b\r\n\r\n", 400, "MALFORMED_REQUEST", true},
        {chunked + "2\r\n{}x\r\n0\r\n\r\n", 400, "MALFORMED_REQUEST", true},
        {chunked + "0\r\n\n\n", 400, "MALFORMED_REQUEST", true},
        {head + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400, "MALFORMED_REQUEST", true},
        {"GET / HTTP/1.1\r\nHost: a\n\r\n", 400, "MALFORMED_REQUEST", true},
        {"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400, "MALFORMED_REQUEST", true},
    };
  }

  // Sends the pieces; true when the answers are what they should be.
  void Check(const Case& row, const std::vector<size_t>& cuts) {
    if (client_ == nullptr) {
      client_ = std::make_unique<RawClient>(port_);
      asked_ = 0;
    }
    size_t start = 0;
    for (size_t cut : cuts) {
      client_->Send(absl::string_view(row.bytes).substr(start, cut - start));
      start = cut;
    }
    client_->Send(absl::string_view(row.bytes).substr(start));
    const Reply reply = client_->Receive();
    ASSERT_EQ(reply.result_int(), row.status)
        << row.bytes << " at " << ::testing::PrintToString(cuts);
    ASSERT_THAT(reply.body(), ::testing::HasSubstr(row.answer));
    // A connection has 1,000 requests.
    const bool closes = row.closes || ++asked_ == 1000;
    ASSERT_EQ(reply["Connection"] == "close", closes) << row.bytes;
    if (closes) client_ = nullptr;
  }

  std::unique_ptr<RawClient> client_;
  int asked_ = 0;
};

TEST_F(HttpSplitsTest, TwoPieces) {
  for (const Case& row : Cases()) {
    for (size_t cut = 1; cut < row.bytes.size(); ++cut) {
      ASSERT_NO_FATAL_FAILURE(Check(row, {cut}));
    }
  }
}

TEST_F(HttpSplitsTest, ThreePieces) {
  for (const Case& row : Cases()) {
    // With a chunked body there is most to get wrong.
    if (row.bytes.find("chunked") == std::string::npos) continue;
    // All pairs around the end of the head and in the body, where most of what is read stands;
    // every eleventh before it.
    const size_t body = row.bytes.find("\r\n\r\n");
    for (size_t first = 1; first + 1 < row.bytes.size(); first += first + 8 < body ? 11 : 1) {
      for (size_t second = first + 1; second < row.bytes.size();
           second += second + 8 < body ? 11 : 1) {
        ASSERT_NO_FATAL_FAILURE(Check(row, {first, second}));
      }
    }
  }
}

// The same for the scanner alone, where it is cheap: every way to cut short heads in four pieces.
TEST(HeadScannerSplitsTest, FourPiecesAreReadAsOne) {
  for (const std::string& head :
       {std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nA:\r\n b\r\n\r\n"),
        std::string("GET / HTTP/1.1\nA: b\r\n\r\n"), std::string("GET  HTTP/1.1\r\n\r\n")}) {
    const auto whole = HeadScanner().Scan(head);
    const size_t size = head.size();
    for (size_t a = 1; a < size; ++a) {
      for (size_t b = a; b < size; ++b) {
        for (size_t c = b; c < size; ++c) {
          HeadScanner scanner;
          absl::StatusOr<size_t> result = 0;
          for (size_t end : {a, b, c, size}) {
            result = scanner.Scan(absl::string_view(head).substr(0, end));
            if (!result.ok() || *result != 0) break;
          }
          ASSERT_EQ(result.ok(), whole.ok()) << head << a << b << c;
          if (whole.ok()) {
            ASSERT_EQ(*result, *whole);
          } else {
            ASSERT_EQ(result.status(), whole.status());
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace cartwright::gateway
