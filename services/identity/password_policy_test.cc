#include "services/identity/password_policy.h"

#include <string>

#include "gtest/gtest.h"

namespace cartwright::identity {
namespace {

TEST(PasswordPolicyTest, WhatIsTriedFirstIsGuessable) {
  for (const char* password :
       {"123456789012", "aaaaaaaaaaaa", "password1234", "Password123!", "P@ssw0rd1234",
        "qwertyuiopas", "iloveyou1234", "letmeinletmein", "trustno1trustno1", "abcdefghijkl",
        "superman1234", "1q2w3e4r5t6y", "19841984198419841984", "basketball12", "cartwright123",
        "C4rtwr1ght2026", "cartwrightcartwright"}) {
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
  EXPECT_TRUE(IsGuessable("Krhovice2026", near));
  EXPECT_TRUE(IsGuessable("zdenka.krhovice@example.com", near));
}

TEST(PasswordPolicyTest, WhatStandsBehindAZeroCounts) {
  EXPECT_FALSE(IsGuessable(std::string("a\0kz8pq2lmvt1w", 14), {}));
  EXPECT_TRUE(IsGuessable(std::string("aaaa\0aaaaaaaaa", 14), {}));
}

TEST(PasswordPolicyTest, ALongOneIsJudgedToo) {
  EXPECT_TRUE(IsGuessable(std::string(128, 'a'), {}));
}

}  // namespace
}  // namespace cartwright::identity
