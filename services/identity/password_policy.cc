#include "services/identity/password_policy.h"

#include <zxcvbn.h>
#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace cartwright::identity {
namespace {

// log2 of a billion guesses. What lists of leaked passwords are full of, a word with a year, a few
// digits and a sign, has 8 to 29; three words that do not belong together have 45.
constexpr double kLeastBits = 30;
// Walks over the keys that the library takes for chance, and lists of common passwords have.
constexpr const char* kWalks[] = {"1q2w3e4r5t6y", "q1w2e3r4t5y6", "1qaz2wsx3edc", "zaq12wsxcde3",
                                  "a1b2c3d4e5f6", "qwertyuiop",   "asdfghjkl",    "zxcvbnm",
                                  "1q2w3e4r",     "1qaz2wsx",     "a1s2d3f4",     "!qaz2wsx#edc"};
// Of other alphabets, which the library has no words of, and the passphrase that everybody has
// seen.
constexpr const char* kElsewhere[] = {
    "йцукенгшщзхъ", "йцукен", "фывапролджэ", "ячсмитьбю",
    "пароль",       "привет", "любовь",      "correcthorsebatterystaple"};
// What the choice of signs between words adds: the library takes each for chance.
constexpr double kSeparatorBits = 3;
// A shorter word says nothing about who uses it.
constexpr size_t kLeastWord = 3;
// What the library takes of each; a password has 128 characters at most.
constexpr size_t kMostWords = 48;

double BitsOf(const std::string& text, std::vector<const char*>& words) {
  return ZxcvbnMatch(text.c_str(), words.data(), nullptr);
}

// Without the signs between words, and once what comes again and again.
std::string CoreOf(std::string text) {
  text.erase(
      std::remove_if(text.begin(), text.end(), [](char c) { return absl::StrContains(" -_.", c); }),
      text.end());
  for (size_t size = 1; size <= text.size() / 2; ++size) {
    if (absl::StartsWith(text, absl::string_view(text).substr(size))) return text.substr(0, size);
  }
  return text;
}

}  // namespace

bool IsGuessable(absl::string_view password, const std::vector<std::string>& near) {
  std::string text(password);
  // The library reads until the first zero; what stands behind it counts, too.
  std::replace(text.begin(), text.end(), '\0', '\1');
  std::vector<const char*> words = {"cartwright"};
  words.insert(words.end(), std::begin(kWalks), std::end(kWalks));
  words.insert(words.end(), std::begin(kElsewhere), std::end(kElsewhere));
  for (const std::string& word : near) {
    if (words.size() < kMostWords) words.push_back(word.c_str());
  }
  words.push_back(nullptr);
  return std::min(BitsOf(text, words), BitsOf(CoreOf(text), words) + kSeparatorBits) < kLeastBits;
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
