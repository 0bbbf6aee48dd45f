#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gateway/encoded_content.h"
#include "gateway/http_message.h"
#include "gateway/uri.h"

namespace cartwright::gateway {

// True for a request of a browser for a page that the storefront makes itself: one that takes
// text/html, outside /api, /media and /assets, and not for the name of a file. Thread-safe.
bool IsPageRoute(const Request& request, const std::vector<Segment>& segments);

// Serves the files of one directory from memory, with content types, ETags, ranges and codings: a
// file's siblings .br and .gz are its compressed forms when they are not older; without them, forms
// are made when they are first wanted. A file that changes on disk is read again at its next
// request. Names that start with a dot are not served, and nothing outside the directory can be
// named, not through symbolic links either. Thread-safe; reads files on the calling thread.
class StaticFiles {
 public:
  // Memory for the files of one directory; what does not fit is read at each request.
  static constexpr size_t kDefaultMemory = 64 << 20;

  struct Options {
    std::string directory;      // empty: no files
    std::string cache_control;  // of files without a hash in their name
    std::string content_security_policy;
    size_t memory = kDefaultMemory;
  };
  explicit StaticFiles(Options options) : options_(std::move(options)) {}

  // Of the storefront: what a page is made of comes from here, nothing is inline, no text becomes a
  // script by being put into a page, no frames. (The reference of the API has pictures in its
  // styles.)
  static constexpr absl::string_view kPagePolicy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
      "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
      "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";
  // Of pictures: an SVG can hold scripts, and can be opened as a page.
  static constexpr absl::string_view kMediaPolicy =
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

  // The file at `segments` (those of the URL below this directory; none, a last empty one or the
  // name of a directory stand for its index.html): 200, 206 by Range, 304 by If-None-Match. Status
  // 404 when there is none, 416 when it has no such range; both without content.
  Response Serve(const Request& request, const std::vector<Segment>& segments);

 private:
  struct File {
    std::shared_ptr<const EncodedContent> content;
    size_t size = 0;  // on disk
    int64_t changed_ns = 0;
    size_t bytes = 0;  // that it has in used_
  };

  // Null when there is no such file.
  std::shared_ptr<const File> Open(const std::string& path);
  std::shared_ptr<File> Load(const std::string& path, int64_t changed_ns) const;
  // What a form that was made takes counts from then on; what does not fit is forgotten.
  void Account(const std::string& path, const File& file);

  const Options options_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<File>> files_;
  size_t used_ = 0;
};

}  // namespace cartwright::gateway
