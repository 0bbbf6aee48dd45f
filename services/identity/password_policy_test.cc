#include "services/identity/password_policy.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"

namespace cartwright::identity {
namespace {

TEST(PasswordPolicyTest, WhatIsTriedFirstIsGuessable) {
  for (const char* password :
       {"123456789012",         "aaaaaaaaaaaa",  "password1234",   "Password123!",
        "P@ssw0rd1234",         "iloveyou1234",  "letmeinletmein", "trustno1trustno1",
        "abcdefghijkl",         "superman1234",  "administrator",  "changeme1234",
        "qwertyuiop12",         "1q2w3e4r5t6y",  "1qaz2wsx3edc",   "zaq12wsxcde3",
        "q1w2e3r4t5y6",         "a1b2c3d4e5f6",  "asdfghjkl123",   "thisismypassword",
        "19841984198419841984", "cartwright123", "C4rtwr1ght2026", "cartwrightcartwright"}) {
    EXPECT_TRUE(IsGuessable(password, {})) << password;
  }
}

// What leaked: a common word, as it is, with a capital or in leet, with what people put behind it
// when a rule asks for more; a word twice; walks over the keys.
std::vector<std::string> Leaked() {
  std::vector<std::string> passwords = {
      "qwertyuiop123", "qwertyuiopasdf", "zxcvbnm12345", "qazwsxedcrfv", "123qweasdzxc",
      "qweasdzxc123",  "1234qwerasdf",   "poiuytrewq12", "741852963741", "147258369147",
      "0987654321qwe", "1q2w3e4r5t6y7u", "!QAZ2wsx#EDC", "1qazxsw23edc", "asdf1234asdf",
      "abc123abc123",  "112233445566",   "121212121212", "123454321123", "999999999999",
      "111222333444",  "abcdefg12345",   "1234567890ab", "aa123456789a", "iloveyou4ever"};
  for (const std::string word :
       {"password", "iloveyou",  "princess",  "sunshine", "football",  "baseball", "superman",
        "dragon",   "master",    "shadow",    "michael",  "jennifer",  "charlie",  "welcome",
        "letmein",  "liverpool", "chocolate", "starwars", "butterfly", "samsung",  "computer",
        "summer",   "winter",    "autumn",    "london",   "america",   "secret",   "monkey"}) {
    std::string capital = word;
    capital[0] = absl::ascii_toupper(static_cast<unsigned char>(capital[0]));
    const std::string leet =
        absl::StrReplaceAll(word, {{"a", "4"}, {"e", "3"}, {"i", "1"}, {"o", "0"}, {"s", "5"}});
    for (const char* end : {"123456", "12345!", "1987", "2023", "2024!", "@123", "#2022"}) {
      for (const std::string& begin : {word, capital, leet}) passwords.push_back(begin + end);
    }
    passwords.insert(passwords.end(), {word + word, word + "123" + word, "my" + word + "123"});
  }
  return passwords;
}

TEST(PasswordPolicyTest, WhatHasLeakedOftenIsRefused) {
  int long_enough = 0;
  for (const std::string& password : Leaked()) {
    if (password.size() < 12) continue;  // refused for that
    ++long_enough;
    EXPECT_TRUE(IsGuessable(password, {})) << password;
  }
  EXPECT_GT(long_enough, 300);
}

TEST(PasswordPolicyTest, SignsBetweenWordsAndRepetitionAddLittle) {
  for (const char* password :
       {"hello world 123", "eve eve eve eve", "my-password-is-123", "correct horse battery staple",
        "Correct-Horse-Battery-Staple", "😀😀😀😀😀😀😀😀😀😀😀😀", "q7.q7.q7.q7.q7"}) {
    EXPECT_TRUE(IsGuessable(password, {})) << password;
  }
}

TEST(PasswordPolicyTest, WhatIsTriedFirstInOtherAlphabetsIsGuessable) {
  for (const char* password : {"йцукенгшщзхъ", "парольпароль", "пароль123456", "привет-привет"}) {
    EXPECT_TRUE(IsGuessable(password, {})) << password;
  }
}

TEST(PasswordPolicyTest, NoKindOfCharacterIsAskedFor) {
  for (const char* password :
       {"correct horse battery", "zebra quartz 9", "kz8pq2lmvt1w", "смелый зелёный кит",
        "🦊🐳🌵🎷🚲🪁", "730291846520", "blue mule wagon", "my cat is blue"}) {
    EXPECT_FALSE(IsGuessable(password, {})) << password;
  }
}

TEST(PasswordPolicyTest, AUsersOwnWordsAreNoSecret) {
  const auto near = WordsNear("Zdenka.Krhovice@example.com", "Zdenka Krhovice");
  EXPECT_FALSE(IsGuessable("zdenkakrhovice", {}));
  EXPECT_TRUE(IsGuessable("zdenkakrhovice", near));
  EXPECT_TRUE(IsGuessable("krhovice2026", near));
  EXPECT_TRUE(IsGuessable("zdenka.krhovice@example.com", near));
}

TEST(PasswordPolicyTest, WhatStandsBehindAZeroCounts) {
  EXPECT_FALSE(IsGuessable(std::string("a\0kz8pq2lmvt1w", 14), {}));
}

}  // namespace
}  // namespace cartwright::identity
