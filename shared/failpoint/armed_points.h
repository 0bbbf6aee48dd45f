#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace cartwright::failpoint {

// Arms points of this process and its children, in a directory of its own. For tests; one at a
// time.
class ArmedPoints {
 public:
  ArmedPoints() {
    std::string pattern = ::testing::TempDir() + "/failpoints.XXXXXX";
    directory_ = mkdtemp(pattern.data());
    setenv("CARTWRIGHT_FAILPOINT_DIR", directory_.c_str(), 1);
  }
  ~ArmedPoints() {
    unsetenv("CARTWRIGHT_FAILPOINT_DIR");
    std::filesystem::remove_all(directory_);
  }
  ArmedPoints(const ArmedPoints&) = delete;
  ArmedPoints& operator=(const ArmedPoints&) = delete;

  // `arming`: ACTION [NTH] [ARG].
  void Arm(const std::string& point, const std::string& arming) {
    std::ofstream(directory_ / point) << arming;
  }
  bool IsArmed(const std::string& point) const {
    return std::filesystem::exists(directory_ / point);
  }
  const std::filesystem::path& directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
};

}  // namespace cartwright::failpoint
