#include "services/identity/totp.h"

#include <array>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "openssl/hmac.h"
#include "shared/base/secret.h"

namespace cartwright::identity {
namespace {

constexpr int64_t kStepSeconds = 30;
constexpr int64_t kDrift = 1;
constexpr size_t kDigits = 6;
constexpr uint32_t kModulus = 1'000'000;
constexpr size_t kSecretBytes = 20;
constexpr size_t kRecoveryBytes = 15;
constexpr size_t kRecoveryLength = 24;
constexpr size_t kGroup = 6;
constexpr absl::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// RFC 3986: everything but the unreserved characters.
std::string Escaped(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (absl::ascii_isalnum(c) || absl::StrContains("-._~", c)) {
      escaped += c;
    } else {
      absl::StrAppend(&escaped, absl::StrFormat("%%%02X", static_cast<unsigned char>(c)));
    }
  }
  return escaped;
}

}  // namespace

int64_t TotpStep(absl::Time time) { return absl::ToUnixSeconds(time) / kStepSeconds; }

std::string TotpCode(absl::string_view secret, int64_t step) {
  std::array<unsigned char, 8> counter;
  for (int i = 7; i >= 0; --i, step >>= 8) counter[i] = static_cast<unsigned char>(step);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
  unsigned size = 0;
  // It fails only without memory, and a code of nothing must not be taken for one.
  if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(),
           counter.size(), mac.data(), &size) == nullptr) {
    std::abort();
  }
  // Dynamic truncation, RFC 4226 section 5.3.
  const unsigned offset = mac[size - 1] & 0xf;
  const uint32_t number =
      (mac[offset] & 0x7fu) << 24 | mac[offset + 1] << 16 | mac[offset + 2] << 8 | mac[offset + 3];
  return absl::StrFormat("%06u", number % kModulus);
}

std::optional<int64_t> MatchTotp(absl::string_view secret, absl::string_view code, absl::Time now,
                                 int64_t used) {
  std::optional<int64_t> match;
  const int64_t current = TotpStep(now);
  for (int64_t step = current + kDrift; step >= current - kDrift; --step) {
    if (SecretsEqual(TotpCode(secret, step), code) && step > used) match = step;
  }
  return match;
}

std::string NewTotpSecret() { return RandomBytes(kSecretBytes); }

std::string Base32(absl::string_view bytes) {
  std::string text;
  uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (held += 8; held >= 5; held -= 5) text += kAlphabet[bits >> (held - 5) & 31];
  }
  return text;
}

std::string OtpauthUri(absl::string_view secret, absl::string_view account) {
  return absl::StrCat("otpauth://totp/Cartwright:", Escaped(account), "?secret=", Base32(secret),
                      "&issuer=Cartwright&algorithm=SHA1&digits=6&period=30");
}

std::string NewRecoveryCode() {
  const std::string plain = absl::AsciiStrToLower(Base32(RandomBytes(kRecoveryBytes)));
  std::string code = plain.substr(0, kGroup);
  for (size_t at = kGroup; at < kRecoveryLength; at += kGroup) {
    absl::StrAppend(&code, "-", plain.substr(at, kGroup));
  }
  return code;
}

std::string PlainCode(absl::string_view code) {
  std::string plain;
  for (const char c : code) {
    if (c != ' ' && c != '-') plain += absl::ascii_tolower(c);
  }
  return plain;
}

bool IsTotp(absl::string_view plain) {
  return plain.size() == kDigits &&
         plain.find_first_not_of("0123456789") == absl::string_view::npos;
}

bool IsRecoveryCode(absl::string_view plain) {
  return plain.size() == kRecoveryLength &&
         plain.find_first_not_of(absl::AsciiStrToLower(kAlphabet)) == absl::string_view::npos;
}

}  // namespace cartwright::identity
