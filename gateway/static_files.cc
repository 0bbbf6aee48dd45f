#include "gateway/static_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/byte_range.h"
#include "gateway/content_coding.h"
#include "gateway/request_headers.h"

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

// The 8 characters of a hash (Rollup's alphabet is base64url) after a dash. Words of 8 letters are
// none: a hash without a capital and a digit is one in a thousand, and then only asked for again.
bool EndsWithHash(absl::string_view stem) {
  constexpr size_t kHashSize = 8;
  if (stem.size() <= kHashSize || stem[stem.size() - kHashSize - 1] != '-') return false;
  const absl::string_view hash = stem.substr(stem.size() - kHashSize);
  const auto is_hash = [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_';
  };
  const auto is_no_word = [](unsigned char c) {
    return absl::ascii_isupper(c) || absl::ascii_isdigit(c);
  };
  return std::all_of(hash.begin(), hash.end(), is_hash) &&
         std::any_of(hash.begin(), hash.end(), is_no_word);
}

// A name of the build with its content's hash in it, such as assets/index-DiwrgTda.js.
bool IsImmutable(absl::string_view path) {
  if (!absl::StartsWith(path, "/assets/")) return false;
  const absl::string_view name = path.substr(path.rfind('/') + 1);
  for (size_t dot = name.find('.'); dot != absl::string_view::npos; dot = name.find('.', dot + 1)) {
    if (EndsWithHash(name.substr(0, dot))) return true;
  }
  return false;
}

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

// Size and time of change of a file, false when there is none.
bool Look(const std::string& path, size_t& size, int64_t& changed_ns) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  size = static_cast<size_t>(info.st_size);
  changed_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
  return true;
}

// True when `path` is below `directory`, symbolic links followed.
bool IsBelow(const std::string& directory, const std::string& path) {
  std::error_code failed;
  const std::string root = std::filesystem::canonical(directory, failed).string();
  if (failed) return false;
  const std::string real = std::filesystem::canonical(path, failed).string();
  return !failed && absl::StartsWith(real, absl::StrCat(root, "/"));
}

std::optional<std::string> Read(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// A compressed form that the build made; null when there is none, or of another build.
std::shared_ptr<const std::string> ReadSibling(const std::string& directory,
                                               const std::string& path, int64_t changed_ns) {
  size_t size = 0;
  int64_t sibling_changed_ns = 0;
  if (!Look(path, size, sibling_changed_ns) || sibling_changed_ns < changed_ns) return nullptr;
  if (!IsBelow(directory, path)) return nullptr;
  auto content = Read(path);
  if (!content) return nullptr;
  return std::make_shared<const std::string>(*std::move(content));
}

}  // namespace

bool IsPageRoute(const Request& request, const std::vector<Segment>& segments) {
  for (absl::string_view reserved : {"api", "media", "assets"}) {
    if (segments.front().text == reserved) return false;
  }
  return !absl::StrContains(segments.back().text, '.') &&
         ListHas(request.Header("Accept"), "text/html");
}

std::shared_ptr<const StaticFiles::File> StaticFiles::Open(const std::string& path) {
  size_t size = 0;
  int64_t changed_ns = 0;
  if (!Look(path, size, changed_ns)) return nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(path);
    if (found != files_.end() && found->second->changed_ns == changed_ns &&
        found->second->size == size) {
      return found->second;
    }
  }
  std::shared_ptr<File> file = Load(path, changed_ns);
  if (file == nullptr) return nullptr;
  const std::lock_guard lock(mutex_);
  if (const auto old = files_.find(path); old != files_.end()) {
    used_ -= old->second->bytes;
    files_.erase(old);
  }
  if (used_ + file->bytes > options_.memory) return file;
  used_ += file->bytes;
  files_[path] = file;
  return file;
}

std::shared_ptr<StaticFiles::File> StaticFiles::Load(const std::string& path,
                                                     int64_t changed_ns) const {
  if (!IsBelow(options_.directory, path)) return nullptr;
  auto content = Read(path);
  if (!content) return nullptr;
  EncodedContent::Ready ready;
  if (IsCompressible(TypeOf(path))) {
    ready.gzip = ReadSibling(options_.directory, path + ".gz", changed_ns);
    ready.brotli = ReadSibling(options_.directory, path + ".br", changed_ns);
  }
  auto file = std::make_shared<File>();
  file->size = content->size();
  file->changed_ns = changed_ns;
  file->content =
      std::make_shared<const EncodedContent>(*std::move(content), TypeOf(path), std::move(ready));
  file->bytes = file->content->memory();
  return file;
}

void StaticFiles::Account(const std::string& path, const File& file) {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(path);
  if (found == files_.end() || found->second.get() != &file) return;
  File& kept = *found->second;
  used_ -= kept.bytes;
  kept.bytes = kept.content->memory();
  used_ += kept.bytes;
  if (used_ <= options_.memory) return;
  used_ -= kept.bytes;
  files_.erase(found);
}

Response StaticFiles::Serve(const Request& request, const std::vector<Segment>& segments) {
  std::string name = PathOf(segments);
  if (options_.directory.empty() || name.empty()) return {.status = 404};
  auto file = Open(absl::StrCat(options_.directory, name));
  if (file == nullptr) {
    absl::StrAppend(&name, "/index.html");
    file = Open(absl::StrCat(options_.directory, name));
  }
  if (file == nullptr) return {.status = 404};
  // A part of a compressed form is of no use to anybody.
  const Coding wanted = HasRange(request) ? Coding::kIdentity : AcceptedCoding(request);
  const size_t before = file->content->memory();
  const EncodedContent::Form& form = file->content->Get(wanted);
  Response response{.content_type = std::string(TypeOf(name))};
  ServeContent(request, *file->content, form, response);
  if (file->content->memory() != before) Account(absl::StrCat(options_.directory, name), *file);
  response.Add("Accept-Ranges", "bytes");
  response.Add("Cache-Control",
               IsImmutable(name) ? "public, max-age=31536000, immutable" : options_.cache_control);
  response.Add("Content-Security-Policy", options_.content_security_policy);
  ApplyRange(request, form.etag, response);
  return response;
}

}  // namespace cartwright::gateway
