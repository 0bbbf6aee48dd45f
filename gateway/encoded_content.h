#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/content_coding.h"

namespace cartwright::gateway {

// Content that is kept in memory and sent often, in all codings: a compressed form is made when it
// is first wanted, once. Thread-safe; Get may compress on the calling thread.
class EncodedContent {
 public:
  // The content in one coding.
  struct Form {
    std::shared_ptr<const std::string> bytes;
    std::string etag;
    Coding coding = Coding::kIdentity;
  };

  // Forms that exist already, such as files of the build; null: made here.
  struct Ready {
    std::shared_ptr<const std::string> gzip;
    std::shared_ptr<const std::string> brotli;
  };

  EncodedContent(std::string content, absl::string_view content_type)
      : EncodedContent(std::move(content), content_type, Ready()) {}
  EncodedContent(std::string content, absl::string_view content_type, Ready ready);

  // The form in `wanted`; in identity where that is not smaller. Lives as long as this object.
  const Form& Get(Coding wanted) const;

  // False when there is only one form, whatever the client accepts.
  bool varies() const { return varies_; }
  const std::string& hash() const { return hash_; }
  // Bytes in all forms until now.
  size_t memory() const { return memory_.load(std::memory_order_relaxed); }

 private:
  struct Slot {
    std::once_flag once;
    Form form;
    bool useful = false;
  };

  void Fill(Slot& slot, Coding coding) const;

  const std::string hash_;
  const Form identity_;
  const bool varies_;
  const Ready ready_;
  mutable std::array<Slot, 2> slots_;  // gzip, br
  mutable std::atomic<size_t> memory_;
};

// Answers 200 with `form` of `content`, or 304 when the client has it: content, ETag,
// Content-Encoding and Vary of `response`; its content type goes with the content.
void ServeContent(const Request& request, const EncodedContent& content,
                  const EncodedContent::Form& form, Response& response);

}  // namespace cartwright::gateway
