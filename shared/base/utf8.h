#pragma once

#include "absl/strings/string_view.h"

namespace cartwright {

// True for well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing over U+10FFFF.
bool IsUtf8(absl::string_view text);

// True when every byte is a visible ASCII character, 0x21..0x7e.
bool IsVisibleAscii(absl::string_view text);

}  // namespace cartwright
