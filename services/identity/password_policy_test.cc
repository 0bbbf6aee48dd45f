#include "services/identity/password_policy.h"

#include <string>

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

TEST(PasswordPolicyTest, NoKindOfCharacterIsAskedFor) {
  for (const char* password : {"correct horse battery", "zebra quartz 9", "kz8pq2lmvt1w",
                               "смелый зелёный кит", "🦊🐳🌵🎷🚲🪁", "730291846520"}) {
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
