#include "gateway/content_coding.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "brotli/encode.h"
#include "shared/base/secret.h"

namespace cartwright::gateway {
namespace {

constexpr int kFullWeight = 1000;
constexpr int kUnnamed = -1;

// The value of "q=0.5" in thousandths; 0 for what is not a weight.
int ParseWeight(absl::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  int weight = (text[0] - '0') * kFullWeight;
  if (text.size() == 1) return weight;
  if (text[1] != '.') return 0;
  int unit = kFullWeight / 10;
  for (char digit : text.substr(2)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return 0;
    weight += (digit - '0') * unit;
    unit /= 10;
  }
  return weight <= kFullWeight ? weight : 0;
}

struct Weights {
  int brotli = kUnnamed;
  int gzip = kUnnamed;
  int identity = kUnnamed;
  int any = kUnnamed;

  void Read(absl::string_view element) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(element, absl::MaxSplits(';', 1));
    const absl::string_view name = absl::StripAsciiWhitespace(parts.first);
    absl::string_view parameter = absl::StripAsciiWhitespace(parts.second);
    int weight = kFullWeight;
    if (!parameter.empty()) {
      const bool is_weight =
          absl::ConsumePrefix(&parameter, "q=") || absl::ConsumePrefix(&parameter, "Q=");
      weight = is_weight ? ParseWeight(absl::StripAsciiWhitespace(parameter)) : 0;
    }
    if (absl::EqualsIgnoreCase(name, "br")) brotli = weight;
    if (absl::EqualsIgnoreCase(name, "gzip") || absl::EqualsIgnoreCase(name, "x-gzip")) {
      gzip = weight;
    }
    if (absl::EqualsIgnoreCase(name, "identity")) identity = weight;
    if (name == "*") any = weight;
  }

  int Of(int named) const { return named != kUnnamed ? named : std::max(any, 0); }
};

std::string Gzip(absl::string_view content, Effort effort) {
  constexpr int kGzipFormat = 15 + 16;  // the largest window, and gzip's head
  constexpr int kMemory = 8;
  z_stream stream{};
  const int level = effort == Effort::kKept ? 9 : 6;
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipFormat, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(done ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

std::string Brotli(absl::string_view content, Effort effort) {
  const int quality = effort == Effort::kKept ? 6 : 4;
  size_t size = BrotliEncoderMaxCompressedSize(content.size());
  std::string out(size, '\0');
  const bool done = BrotliEncoderCompress(
      quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, content.size(),
      reinterpret_cast<const uint8_t*>(content.data()), &size, reinterpret_cast<uint8_t*>(&out[0]));
  out.resize(done ? size : 0);
  return out;
}

}  // namespace

Coding AcceptedCoding(const Request& request) {
  Weights weights;
  const auto [begin, end] = request.fields->equal_range("Accept-Encoding");
  if (begin == end) return Coding::kIdentity;
  for (auto field = begin; field != end; ++field) {
    const absl::string_view list(field->value().data(), field->value().size());
    for (absl::string_view element : absl::StrSplit(list, ',')) weights.Read(element);
  }
  const int brotli = weights.Of(weights.brotli);
  const int gzip = weights.Of(weights.gzip);
  const int best = std::max(brotli, gzip);
  // Not named, it is only acceptable; named, it competes.
  if (best == 0 || weights.identity > best) return Coding::kIdentity;
  return brotli == best ? Coding::kBrotli : Coding::kGzip;
}

bool IsCompressible(absl::string_view content_type) {
  static constexpr std::array<absl::string_view, 7> kTypes = {
      "application/json",       "application/problem+json",
      "application/javascript", "application/manifest+json",
      "application/wasm",       "application/xml",
      "image/svg+xml"};
  const absl::string_view type =
      absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';')));
  if (absl::StartsWithIgnoreCase(type, "text/")) return true;
  return std::any_of(kTypes.begin(), kTypes.end(),
                     [&](absl::string_view known) { return absl::EqualsIgnoreCase(type, known); });
}

absl::string_view NameOf(Coding coding) {
  switch (coding) {
    case Coding::kGzip: return "gzip";
    case Coding::kBrotli: return "br";
    case Coding::kIdentity: break;
  }
  return "";
}

std::string Compress(absl::string_view content, Coding coding, Effort effort) {
  return coding == Coding::kBrotli ? Brotli(content, effort) : Gzip(content, effort);
}

std::string ContentHash(absl::string_view content) {
  return Base64Url(Sha256(content)).substr(0, 22);
}

std::string EtagOf(absl::string_view hash, Coding coding) {
  switch (coding) {
    case Coding::kGzip: return absl::StrCat("\"", hash, "-gz\"");
    case Coding::kBrotli: return absl::StrCat("\"", hash, "-br\"");
    case Coding::kIdentity: break;
  }
  return absl::StrCat("\"", hash, "\"");
}

std::optional<Coding> KnownCoding(const Request& request, absl::string_view hash, Coding selected) {
  const auto [begin, end] = request.fields->equal_range("If-None-Match");
  for (auto field = begin; field != end; ++field) {
    const absl::string_view list(field->value().data(), field->value().size());
    for (absl::string_view item : absl::StrSplit(list, ',')) {
      item = absl::StripAsciiWhitespace(item);
      if (item == "*") return selected;
      absl::ConsumePrefix(&item, "W/");
      if (!absl::ConsumePrefix(&item, "\"") || !absl::ConsumeSuffix(&item, "\"")) continue;
      if (!absl::ConsumePrefix(&item, hash)) continue;
      if (item.empty()) return Coding::kIdentity;
      if (item == "-gz") return Coding::kGzip;
      if (item == "-br") return Coding::kBrotli;
    }
  }
  return std::nullopt;
}

Coding CompressAnswer(const Request& request, Response& response) {
  const bool eligible = response.stream == nullptr && response.shared_body == nullptr &&
                        response.body.size() >= kMinCompressedSize &&
                        IsCompressible(response.content_type) && !response.Has("Content-Encoding");
  if (!eligible) return Coding::kIdentity;
  response.Add("Vary", "Accept-Encoding");
  const Coding coding = AcceptedCoding(request);
  if (coding == Coding::kIdentity) return coding;
  std::string compressed = Compress(response.body, coding, Effort::kOnce);
  if (compressed.empty() || compressed.size() >= response.body.size()) {
    return Coding::kIdentity;
  }
  response.body = std::move(compressed);
  response.Add("Content-Encoding", NameOf(coding));
  return coding;
}

}  // namespace cartwright::gateway
