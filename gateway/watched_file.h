#pragma once

#include <sys/stat.h>

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"

namespace cartwright::gateway {

// A file of settings that is read again when it changes. What it said last stays in force while the
// file is away or wrong, which is logged once per change. Used by one thread.
class WatchedFile {
 public:
  // `flag`: what names the file in messages, "--usage_plans". `apply` takes the content into use,
  // or says what is wrong with it and changes nothing.
  using Apply = std::function<absl::Status(absl::string_view content)>;
  WatchedFile(std::string flag, std::string path, Apply apply)
      : flag_(std::move(flag)), path_(std::move(path)), apply_(std::move(apply)) {}

  // Reads and applies the file, at start. Errors name the flag and the path.
  absl::Status Load();

  // Applies the file if it is not the one that was looked at last: another inode, size or time of
  // change. False when there was nothing to do, or the file is wrong.
  bool Poll();

  // Polls every `period` on `io`, for as long as that runs. The file is small and local, so that
  // reading it does not hold up the loop.
  void Start(boost::asio::io_context& io, absl::Duration period = absl::Seconds(5));

 private:
  // What tells one version of a file from another.
  struct Version {
    uint64_t inode = 0;
    int64_t size = 0;
    int64_t modified_ns = 0;
    bool operator==(const Version&) const = default;
  };

  boost::asio::awaitable<void> Watch(absl::Duration period);
  std::optional<Version> Look() const;
  absl::Status Read() const;

  const std::string flag_;
  const std::string path_;
  const Apply apply_;
  std::optional<Version> seen_;
};

}  // namespace cartwright::gateway
