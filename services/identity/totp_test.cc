#include "services/identity/totp.h"

#include <set>

#include "gtest/gtest.h"

namespace cartwright::identity {
namespace {

constexpr const char* kSecret = "12345678901234567890";

// RFC 6238, appendix B; the last six of its eight digits.
TEST(TotpTest, CodesAreThoseOfTheStandard) {
  const struct {
    int64_t seconds;
    const char* code;
  } cases[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
               {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& c : cases) {
    EXPECT_EQ(TotpCode(kSecret, TotpStep(absl::FromUnixSeconds(c.seconds))), c.code) << c.seconds;
  }
}

TEST(TotpTest, ACodeIsGoodInItsStepAndBesideIt) {
  const absl::Time now = absl::FromUnixSeconds(1234567890);
  const int64_t step = TotpStep(now);
  for (int64_t drift = -3; drift <= 3; ++drift) {
    const auto match = MatchTotp(kSecret, TotpCode(kSecret, step + drift), now, 0);
    EXPECT_EQ(match.has_value(), std::abs(drift) <= 1) << drift;
    if (match) {
      EXPECT_EQ(*match, step + drift);
    }
  }
}

TEST(TotpTest, NoCodeOfAUsedStepOrAnEarlierOneMatches) {
  const absl::Time now = absl::FromUnixSeconds(1234567890);
  const int64_t step = TotpStep(now);
  EXPECT_FALSE(MatchTotp(kSecret, TotpCode(kSecret, step), now, step));
  EXPECT_FALSE(MatchTotp(kSecret, TotpCode(kSecret, step - 1), now, step));
  EXPECT_EQ(MatchTotp(kSecret, TotpCode(kSecret, step + 1), now, step), step + 1);
}

TEST(TotpTest, WhatIsNoCodeMatchesNothing) {
  for (const char* code : {"", "0", "00592", "0059240", "05924 "}) {
    EXPECT_FALSE(MatchTotp(kSecret, code, absl::FromUnixSeconds(1234567890), 0)) << code;
  }
}

// RFC 4648, section 10, where nothing is left over.
TEST(TotpTest, Base32IsThatOfTheStandard) {
  EXPECT_EQ(Base32(""), "");
  EXPECT_EQ(Base32("fooba"), "MZXW6YTB");
  EXPECT_EQ(Base32("\xff\xff\xff\xff\xff"), "77777777");
  EXPECT_EQ(Base32(kSecret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

TEST(TotpTest, TheUriSaysAllThatADeviceHasToKnow) {
  EXPECT_EQ(OtpauthUri(kSecret, "ada+1@example.com"),
            "otpauth://totp/Cartwright:ada%2B1%40example.com?secret="
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Cartwright&algorithm=SHA1&digits=6&period=30");
}

TEST(TotpTest, SecretsAndRecoveryCodesAreNewEachTime) {
  std::set<std::string> secrets, codes;
  for (int i = 0; i < 100; ++i) {
    secrets.insert(NewTotpSecret());
    codes.insert(NewRecoveryCode());
  }
  EXPECT_EQ(secrets.size(), 100u);
  EXPECT_EQ(codes.size(), 100u);
  EXPECT_EQ(secrets.begin()->size(), 20u);
  EXPECT_EQ(codes.begin()->size(), 27u);
}

TEST(TotpTest, PeopleMayWriteACodeAsTheyLike) {
  EXPECT_TRUE(IsTotp(PlainCode(" 123 456")));
  EXPECT_FALSE(IsTotp(PlainCode("12345a")));
  EXPECT_FALSE(IsTotp(PlainCode("1234567")));
  std::string code = NewRecoveryCode();
  EXPECT_TRUE(IsRecoveryCode(PlainCode(code)));
  std::string upper = code;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(PlainCode(upper), PlainCode(code));
  EXPECT_FALSE(IsRecoveryCode(code)) << "with its dashes";
  code.back() = '1';
  EXPECT_FALSE(IsRecoveryCode(PlainCode(code))) << "no digit of base32";
}

}  // namespace
}  // namespace cartwright::identity
