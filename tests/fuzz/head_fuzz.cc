// A connection's bytes: the header block however it is split, the rules of framing, and the body as
// Beast and our checks of chunks read it. What is let through must have one reading.

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "boost/asio/buffer.hpp"
#include "boost/beast/http/parser.hpp"
#include "boost/beast/http/string_body.hpp"
#include "gateway/http_framing.h"
#include "tests/fuzz/api.h"

namespace cartwright::fuzz {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using Parser = http::request_parser<http::string_body>;

constexpr size_t kMaxBody = 4096;
constexpr size_t kMaxReceived = 32 << 10;

// The result may not depend on where the pieces end.
absl::StatusOr<size_t> ScanInPieces(absl::string_view data, size_t piece) {
  gateway::HeadScanner scanner;
  for (size_t end = std::min(piece, data.size());; end = std::min(end + piece, data.size())) {
    const auto size = scanner.Scan(data.substr(0, end));
    if (!size.ok() || *size != 0 || end == data.size()) return size;
  }
}

void CheckHead(const Parser::value_type& message, bool is_http_1_0) {
  const size_t lengths = message.count(http::field::content_length);
  const size_t codings = message.count(http::field::transfer_encoding);
  Require(lengths + codings <= 1, "a body has two lengths");
  Require(codings == 0 || !is_http_1_0, "HTTP/1.0 has chunks");
  Require(message.count(http::field::host) <= 1, "there are two hosts");
  Require(message.target().size() <= gateway::kMaxTarget, "the target is too long");
  for (const auto& field : message) {
    const auto value = field.value();
    Require(value.size() <= gateway::kMaxHeaderValue, "a value is too long");
    Require(value.find_first_of(boost::beast::string_view("\r\n\0", 3)) == value.npos,
            "a value has a line break");
    const auto name = field.name_string();
    Require(name.find_first_of(" \t:") == name.npos, "a name is not a token");
  }
}

void ReadBody(Parser& parser, absl::string_view rest, size_t piece) {
  // HttpConnection refuses it before it reads any: Beast makes room for all that is announced.
  if (parser.content_length().value_or(0) > kMaxBody) return;
  size_t extensions = 0;
  auto count = [&](uint64_t, boost::beast::string_view extension, error_code&) {
    extensions += extension.size();
  };
  parser.on_chunk_header(count);
  parser.body_limit(kMaxBody);
  parser.eager(true);
  const auto fields = std::distance(parser.get().begin(), parser.get().end());
  for (size_t arrived = std::min(piece, rest.size()), taken = 0;;) {
    error_code error;
    const size_t used =
        parser.put(boost::asio::buffer(rest.data() + taken, arrived - taken), error);
    taken += used;
    if ((error && error != http::error::need_more) || parser.is_done()) break;
    if (used > 0 && taken < arrived && !error) continue;
    const absl::string_view pending = rest.substr(taken, arrived - taken);
    if (parser.chunked() && !gateway::CheckChunkHeader(pending).ok()) return;
    if (arrived == rest.size() || pending.size() >= kMaxReceived) return;
    arrived = std::min(arrived + piece, rest.size());
  }
  Require(parser.get().body().size() <= kMaxBody, "the body is too large");
  const auto now = std::distance(parser.get().begin(), parser.get().end());
  Require(!parser.is_done() || now >= fields, "fields went away");
}

void Run(absl::string_view input) {
  const size_t piece = 1 + TakeChoice(input, 64);
  const auto whole = gateway::HeadScanner().Scan(input);
  const auto pieces = ScanInPieces(input, piece);
  Require(whole.ok() == pieces.ok(), "pieces are judged otherwise");
  if (!whole.ok() || *whole == 0) return;
  Require(*whole == *pieces, "pieces have another end");
  Parser parser;
  parser.header_limit(kMaxReceived);
  parser.body_limit(boost::none);
  error_code error;
  parser.put(boost::asio::buffer(input.data(), *whole), error);
  if (error && error != http::error::need_more) return;
  if (!parser.is_header_done()) return;
  const bool is_http_1_0 = parser.get().version() == 10;
  gateway::KeepsAlive(parser.get(), is_http_1_0);
  if (!gateway::CheckFraming(parser.get(), is_http_1_0).ok()) return;
  CheckHead(parser.get(), is_http_1_0);
  ReadBody(parser, input.substr(*whole), piece);
}

}  // namespace
}  // namespace cartwright::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cartwright::fuzz::Run(cartwright::fuzz::ViewOf(data, size));
  return 0;
}
