#include "gateway/content_coding.h"

#include <zlib.h>

#include "absl/strings/str_cat.h"
#include "gateway/encoded_content.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

std::string Gunzip(absl::string_view compressed, size_t size) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(size, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  return out;
}

// A request with headers, for as long as it is used.
struct Asked {
  Asked(std::initializer_list<std::pair<const char*, std::string>> headers) {
    for (const auto& [name, value] : headers) fields.insert(name, value);
    request.fields = &fields;
  }
  boost::beast::http::fields fields;
  Request request;
};

TEST(ContentCodingTest, TheBestAcceptedCodingIsChosen) {
  const struct {
    const char* accepted;
    Coding coding;
  } kRows[] = {
      {"gzip, deflate, br, zstd", Coding::kBrotli},
      {"gzip", Coding::kGzip},
      {"x-gzip", Coding::kGzip},
      {"GZIP", Coding::kGzip},
      {"br;q=0.5, gzip;q=0.8", Coding::kGzip},
      {"br;q=0.8,gzip;q=0.8", Coding::kBrotli},
      {"br;q=0, gzip", Coding::kGzip},
      {"br;q=0.000, gzip;q=0", Coding::kIdentity},
      {"*", Coding::kBrotli},
      {"*;q=0", Coding::kIdentity},
      {"br;q=0, *", Coding::kGzip},
      {"identity", Coding::kIdentity},
      {"identity;q=1, gzip;q=0.5", Coding::kIdentity},
      {"identity;q=0.1, gzip;q=0.5", Coding::kGzip},
      {"gzip;q=2", Coding::kIdentity},
      {"gzip;q=1.001", Coding::kIdentity},
      {"gzip;q=0.x", Coding::kIdentity},
      {"gzip ; q=0.3 ", Coding::kGzip},
      {"deflate, zstd", Coding::kIdentity},
      {"identity;q=0", Coding::kIdentity},
      {"", Coding::kIdentity},
  };
  for (const auto& row : kRows) {
    const Asked asked({{"Accept-Encoding", row.accepted}});
    EXPECT_EQ(AcceptedCoding(asked.request), row.coding) << row.accepted;
  }
  EXPECT_EQ(AcceptedCoding(Asked({}).request), Coding::kIdentity);
  const Asked twice({{"Accept-Encoding", "deflate"}, {"Accept-Encoding", "gzip"}});
  EXPECT_EQ(AcceptedCoding(twice.request), Coding::kGzip);
}

TEST(ContentCodingTest, AKnownEntityTagMatchesInAnyCoding) {
  const struct {
    const char* known;
    std::optional<Coding> coding;
  } kRows[] = {
      {"\"h\"", Coding::kIdentity},    {"\"h-gz\"", Coding::kGzip},
      {"W/\"h-br\"", Coding::kBrotli}, {"\"a\", \"h-gz\"", Coding::kGzip},
      {"*", Coding::kBrotli},          {"\"h-zstd\"", std::nullopt},
      {"\"hh\"", std::nullopt},        {"h", std::nullopt},
      {"\"x\"", std::nullopt},         {"", std::nullopt},
  };
  for (const auto& row : kRows) {
    const Asked asked({{"If-None-Match", row.known}});
    EXPECT_EQ(KnownCoding(asked.request, "h", Coding::kBrotli), row.coding) << row.known;
  }
}

TEST(ContentCodingTest, TextOfAKilobyteIsCompressed) {
  const std::string text(1024, 'a');
  const Asked asked({{"Accept-Encoding", "gzip"}});
  Response response{.content_type = "application/json", .body = text};
  EXPECT_EQ(CompressAnswer(asked.request, response), Coding::kGzip);
  EXPECT_EQ(Gunzip(response.body, text.size()), text);
  EXPECT_EQ(response.Value("Content-Encoding"), "gzip");
  EXPECT_EQ(response.Value("Vary"), "Accept-Encoding");

  Response plain{.content_type = "application/json", .body = text};
  EXPECT_EQ(CompressAnswer(Asked({}).request, plain), Coding::kIdentity);
  EXPECT_EQ(plain.body, text);
  EXPECT_EQ(plain.Value("Vary"), "Accept-Encoding");

  Response small{.content_type = "application/json", .body = std::string(1023, 'a')};
  EXPECT_EQ(CompressAnswer(asked.request, small), Coding::kIdentity);
  Response picture{.content_type = "image/png", .body = text};
  EXPECT_EQ(CompressAnswer(asked.request, picture), Coding::kIdentity);
  EXPECT_FALSE(picture.Has("Vary"));
}

TEST(EncodedContentTest, FormsAreMadeOnceAndWhenWanted) {
  const EncodedContent content(std::string(10'000, 'a'), "text/css");
  EXPECT_TRUE(content.varies());
  EXPECT_EQ(content.memory(), 10'000u);
  const EncodedContent::Form& brotli = content.Get(Coding::kBrotli);
  EXPECT_EQ(brotli.etag, absl::StrCat("\"", content.hash(), "-br\""));
  EXPECT_EQ(content.memory(), 10'000u + brotli.bytes->size());
  EXPECT_EQ(&content.Get(Coding::kBrotli), &brotli);
  EXPECT_EQ(content.Get(Coding::kIdentity).etag, absl::StrCat("\"", content.hash(), "\""));
  EXPECT_EQ(Gunzip(*content.Get(Coding::kGzip).bytes, 10'000), std::string(10'000, 'a'));
}

TEST(EncodedContentTest, WhatGetsNoSmallerStaysAsItIs) {
  std::string noise;
  for (uint32_t i = 0, x = 1; i < 2000; ++i, x = x * 1664525 + 1013904223) {
    noise.push_back(static_cast<char>(x >> 24));
  }
  const EncodedContent content(noise, "text/plain");
  EXPECT_EQ(content.Get(Coding::kGzip).coding, Coding::kIdentity);
  EXPECT_EQ(content.memory(), noise.size());
  EXPECT_FALSE(EncodedContent("short", "text/plain").varies());
  EXPECT_FALSE(EncodedContent(std::string(5000, 'a'), "image/png").varies());
}

}  // namespace
}  // namespace cartwright::gateway
