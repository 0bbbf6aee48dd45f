#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace cartwright::identity {

// Codes of a second factor: those that a device makes of a shared secret and the time (TOTP, RFC
// 6238: HMAC-SHA-1, six digits, 30 seconds), and those on paper. Thread-safe.

// The step of 30 seconds that a time is in.
int64_t TotpStep(absl::Time time);

// The code of a step.
std::string TotpCode(absl::string_view secret, int64_t step);

// The step that `code` is of: the one of `now`, or the one before or after it, since clocks differ
// by that much; none up to `used`. In a time that does not depend on the code.
std::optional<int64_t> MatchTotp(absl::string_view secret, absl::string_view code, absl::Time now,
                                 int64_t used);

// A new secret, 160 bits.
std::string NewTotpSecret();

// Unpadded base32 (RFC 4648 section 6), which is how devices are told of a secret. REQUIRES: the
// size is a multiple of 5, so that no bits are left over.
std::string Base32(absl::string_view bytes);

// What a device reads from a QR code.
std::string OtpauthUri(absl::string_view secret, absl::string_view account);

// A new recovery code: 120 bits, as four groups of six letters and digits.
std::string NewRecoveryCode();

// A code as people may write it, without what does not count: spaces, dashes and case.
std::string PlainCode(absl::string_view code);

// Whether a plain code can be one of a device.
bool IsTotp(absl::string_view plain);

// Whether it can be a recovery code.
bool IsRecoveryCode(absl::string_view plain);

}  // namespace cartwright::identity
