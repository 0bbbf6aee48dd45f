#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "boost/beast/http/fields.hpp"
#include "gateway/http_message.h"

namespace cartwright::gateway {

// Where HTTP/1.1 messages begin and end, checked more strictly than Beast does: two readings of
// one byte stream are how requests are smuggled.

inline constexpr size_t kMaxTarget = 4 << 10;
inline constexpr size_t kMaxHeaderBlock = 16 << 10;
inline constexpr size_t kMaxHeaderValue = 8 << 10;
inline constexpr size_t kMaxHeaderFields = 64;

// Finds the end of a request's header block in bytes that arrive in pieces.
class HeadScanner {
 public:
  // `data` is all that has arrived since the request began; at each call it may only be longer.
  // The size of the header block with its empty line, 0 while that is not there. Errors:
  // MALFORMED_REQUEST for a bare LF or CR, a folded or nameless line; URI_TOO_LONG;
  // HEADERS_TOO_LARGE; VERSION_NOT_SUPPORTED.
  absl::StatusOr<size_t> Scan(absl::string_view data);

 private:
  absl::Status CheckLine(absl::string_view line);

  size_t line_start_ = 0;
  size_t scanned_ = 0;
  size_t lines_ = 0;
};

// Rules of a parsed header block: one Host, one framing, no transfer coding but chunked.
// Errors: MALFORMED_REQUEST, EXPECTATION_FAILED.
absl::Status CheckFraming(const boost::beast::http::fields& fields, bool is_http_1_0);

// True when the client wants to go on after the answer. Of several Connection fields, Beast would
// read one.
bool KeepsAlive(const boost::beast::http::fields& fields, bool is_http_1_0);

// Looks at the bytes of a chunked body that Beast has not taken yet: the beginning of a chunk
// header, with the line end before it, or of the end of the body. Beast would wait for the end of
// either, however long it is. MALFORMED_REQUEST for a header of more than kMaxChunkHeader bytes,
// and for trailer fields, which Beast adds to the header fields, where they could pass for those.
inline constexpr size_t kMaxChunkHeader = 256 + 32;
absl::Status CheckChunkHeader(absl::string_view pending);

// What the extensions of a body's chunks may have, in bytes: of one chunk, and of all together.
inline constexpr size_t kMaxChunkExtension = 256;
inline constexpr size_t kMaxChunkExtensions = 4 << 10;

// The status line and header fields of a response, with its empty line.
struct HeadOptions {
  absl::string_view request_id;
  bool keep_alive = true;
  bool is_http_1_0 = false;
  int hsts_max_age_s = 0;  // 0: no Strict-Transport-Security
};
std::string ResponseHead(const Response& response, const HeadOptions& options);

}  // namespace cartwright::gateway
