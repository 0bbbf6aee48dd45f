#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http_message.h"

namespace cartwright::gateway {

// Content codings of answers (RFC 9110, 8.4). All functions are thread-safe.

// How content is encoded.
enum class Coding { kIdentity, kGzip, kBrotli };

// Smaller content fits into the packet of its head anyway.
inline constexpr size_t kMinCompressedSize = 1 << 10;

// How hard a compressor tries: for what is sent once, or kept and sent often.
enum class Effort { kOnce, kKept };

// The coding that the client likes best: br before gzip before identity at equal weights. Identity
// when it takes nothing that we have, also when it refuses that: an answer is better than none.
Coding AcceptedCoding(const Request& request);

// True for text: what has few bytes of news in many.
bool IsCompressible(absl::string_view content_type);

// As in Content-Encoding; empty for identity.
absl::string_view NameOf(Coding coding);

// `content` in `coding`, not identity; empty when the library fails (it is out of memory).
std::string Compress(absl::string_view content, Coding coding, Effort effort);

// Names content in entity tags, whatever its coding: 22 characters without quotes.
std::string ContentHash(absl::string_view content);

// The strong entity tag of content in a coding: "hash", "hash-gz", "hash-br", with quotes.
std::string EtagOf(absl::string_view hash, Coding coding);

// The coding in which the client already has the content, by If-None-Match and weak comparison;
// `selected` for "*". What it has in another coding is as good: the content is the same.
std::optional<Coding> KnownCoding(const Request& request, absl::string_view hash, Coding selected);

// Compresses the content of an answer that is sent once, if it is worth it and the client can read
// it, and adds Vary. No effect on streams and on content that is shared or has a coding. The coding
// that the content has then.
Coding CompressAnswer(const Request& request, Response& response);

}  // namespace cartwright::gateway
