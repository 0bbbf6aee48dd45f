#include "services/identity/password_policy.h"

#include <zxcvbn.h>
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace cartwright::identity {
namespace {

// log2 of 3,000: OWASP's ASVS (6.2.4) has at least the 3,000 most common refused.
constexpr double kLeastBits = 11.55;
// A shorter word says nothing about who uses it.
constexpr size_t kLeastWord = 3;
// What the library takes of each; a password has 128 characters at most.
constexpr size_t kMostWords = 16;

}  // namespace

bool IsGuessable(absl::string_view password, const std::vector<std::string>& near) {
  std::string text(password);
  // The library reads until the first zero; what stands behind it counts, too.
  std::replace(text.begin(), text.end(), '\0', '\1');
  std::vector<const char*> words = {"cartwright"};
  for (const std::string& word : near) {
    if (words.size() < kMostWords) words.push_back(word.c_str());
  }
  words.push_back(nullptr);
  return ZxcvbnMatch(text.c_str(), words.data(), nullptr) < kLeastBits;
}

std::vector<std::string> WordsNear(absl::string_view email, absl::string_view display_name) {
  std::vector<std::string> words = {absl::AsciiStrToLower(email),
                                    absl::AsciiStrToLower(display_name)};
  for (const absl::string_view text : {email, display_name}) {
    for (const auto& word : absl::StrSplit(text, absl::ByAnyChar("@.+-_ "))) {
      if (word.size() >= kLeastWord) words.push_back(absl::AsciiStrToLower(word));
    }
  }
  return words;
}

}  // namespace cartwright::identity
