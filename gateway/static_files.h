#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gateway/http_message.h"
#include "gateway/uri.h"

namespace cartwright::gateway {

// Serves the files of one directory from memory, with content types and ETags. A file that
// changes on disk is read again at its next request. Names that start with a dot are not served,
// and nothing outside the directory can be named. Thread-safe; reads files on the calling thread.
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

  // Of the storefront: everything from here, nothing inline, no frames.
  static constexpr absl::string_view kPagePolicy =
      "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
      "form-action 'self'; frame-ancestors 'none'";
  // Of pictures: an SVG can hold scripts, and can be opened as a page.
  static constexpr absl::string_view kMediaPolicy =
      "default-src 'none'; style-src 'unsafe-inline'; sandbox";

  // The file at `segments` (those of the URL below this directory; none or a last empty one name
  // index.html): 200, or 304 by If-None-Match. Status 404 when there is none.
  Response Serve(const Request& request, const std::vector<Segment>& segments);

 private:
  struct File {
    std::shared_ptr<const std::string> content;
    std::string etag;
    int64_t changed_ns = 0;
  };

  // Null when there is no such file.
  std::shared_ptr<const File> Open(const std::string& path);

  const Options options_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const File>> files_;
  size_t used_ = 0;
};

}  // namespace cartwright::gateway
