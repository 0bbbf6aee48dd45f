#include "gateway/encoded_content.h"

#include <utility>

namespace cartwright::gateway {
namespace {

size_t SizeOf(const std::shared_ptr<const std::string>& bytes) {
  return bytes == nullptr ? 0 : bytes->size();
}

EncodedContent::Form Identity(std::string content, absl::string_view hash) {
  return {.bytes = std::make_shared<const std::string>(std::move(content)),
          .etag = EtagOf(hash, Coding::kIdentity)};
}

}  // namespace

EncodedContent::EncodedContent(std::string content, absl::string_view content_type, Ready ready)
    : hash_(ContentHash(content)),
      identity_(Identity(std::move(content), hash_)),
      varies_(identity_.bytes->size() >= kMinCompressedSize && IsCompressible(content_type)),
      ready_(std::move(ready)),
      memory_(identity_.bytes->size() + SizeOf(ready_.gzip) + SizeOf(ready_.brotli)) {}

const EncodedContent::Form& EncodedContent::Get(Coding wanted) const {
  if (wanted == Coding::kIdentity || !varies_) return identity_;
  Slot& slot = slots_[wanted == Coding::kGzip ? 0 : 1];
  std::call_once(slot.once, [&] { Fill(slot, wanted); });
  return slot.useful ? slot.form : identity_;
}

void EncodedContent::Fill(Slot& slot, Coding coding) const {
  auto bytes = coding == Coding::kGzip ? ready_.gzip : ready_.brotli;
  const bool is_new = bytes == nullptr;
  if (is_new) {
    bytes = std::make_shared<const std::string>(Compress(*identity_.bytes, coding, Effort::kKept));
  }
  slot.useful = !bytes->empty() && bytes->size() < identity_.bytes->size();
  if (!slot.useful) return;
  if (is_new) memory_.fetch_add(bytes->size(), std::memory_order_relaxed);
  slot.form = {.bytes = std::move(bytes), .etag = EtagOf(hash_, coding), .coding = coding};
}

void ServeContent(const Request& request, const EncodedContent& content,
                  const EncodedContent::Form& form, Response& response) {
  const auto known = KnownCoding(request, content.hash(), form.coding);
  if (known) {
    // The tag is the one that the client knows, or it could not tell which copy is meant.
    response.status = 304;
    response.content_type.clear();
    response.Add("ETag", EtagOf(content.hash(), *known));
  } else {
    response.shared_body = form.bytes;
    response.Add("ETag", form.etag);
    if (form.coding != Coding::kIdentity) response.Add("Content-Encoding", NameOf(form.coding));
  }
  if (content.varies()) response.Add("Vary", "Accept-Encoding");
}

}  // namespace cartwright::gateway
