#include "gateway/static_files.h"

#include <sys/stat.h>

#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/request_headers.h"
#include "shared/base/secret.h"

namespace cartwright::gateway {
namespace {

constexpr std::array<std::pair<absl::string_view, absl::string_view>, 20> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
    {".xml", "application/xml"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".gif", "image/gif"},
    {".ico", "image/vnd.microsoft.icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".wasm", "application/wasm"},
}};

absl::string_view TypeOf(absl::string_view path) {
  for (const auto& [suffix, type] : kTypes) {
    if (absl::EndsWithIgnoreCase(path, suffix)) return type;
  }
  return "application/octet-stream";
}

// A name of the build with its content's hash in it, such as assets/index-DiwrgTda.js.
bool IsImmutable(absl::string_view path) { return absl::StartsWith(path, "/assets/"); }

// The path below the directory; empty when no file can have it.
std::string PathOf(const std::vector<Segment>& segments) {
  std::string path;
  for (size_t i = 0; i < segments.size(); ++i) {
    const std::string& name = segments[i].text;
    const bool last = i + 1 == segments.size();
    if (name.empty() && last) return path + "/index.html";
    // Hidden files, parent directories, and slashes that were escaped.
    if (name.empty() || name[0] == '.' || name.find_first_of("/\\") != std::string::npos) {
      return {};
    }
    absl::StrAppend(&path, "/", name);
  }
  return path.empty() ? "/index.html" : path;
}

}  // namespace

std::shared_ptr<const StaticFiles::File> StaticFiles::Open(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return nullptr;
  const int64_t changed_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
  {
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(path);
    if (found != files_.end() && found->second->changed_ns == changed_ns &&
        found->second->content->size() == static_cast<size_t>(info.st_size)) {
      return found->second;
    }
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return nullptr;
  auto file = std::make_shared<File>();
  file->content = std::make_shared<const std::string>(std::istreambuf_iterator<char>(stream),
                                                      std::istreambuf_iterator<char>());
  file->etag = absl::StrCat("\"", Base64Url(Sha256(*file->content)).substr(0, 22), "\"");
  file->changed_ns = changed_ns;
  const std::lock_guard lock(mutex_);
  const size_t old_size = files_.contains(path) ? files_[path]->content->size() : 0;
  if (used_ - old_size + file->content->size() > options_.memory) return file;
  used_ += file->content->size() - old_size;
  files_[path] = file;
  return file;
}

Response StaticFiles::Serve(const Request& request, const std::vector<Segment>& segments) {
  const std::string path = PathOf(segments);
  if (options_.directory.empty() || path.empty()) return {.status = 404};
  const auto file = Open(absl::StrCat(options_.directory, path));
  if (file == nullptr) return {.status = 404};
  Response response{.content_type = std::string(TypeOf(path)), .shared_body = file->content};
  response.Add("ETag", file->etag);
  response.Add("Cache-Control",
               IsImmutable(path) ? "public, max-age=31536000, immutable" : options_.cache_control);
  response.Add("Content-Security-Policy", options_.content_security_policy);
  response.Add("Referrer-Policy", "same-origin");
  response.Add("Cross-Origin-Opener-Policy", "same-origin");
  if (IsNotModified(request, file->etag)) {
    response.status = 304;
    response.shared_body = nullptr;
    response.content_type.clear();
  }
  return response;
}

}  // namespace cartwright::gateway
