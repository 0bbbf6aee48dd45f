#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace cartwright::identity {

// Whether a password would be guessed in less than 2^15 tries: common and leaked ones, words,
// dates, rows of keys, repetitions and whatever is made of them, by zxcvbn's estimate. No kind of
// character is asked for. `near`: words that somebody who guesses would try first, beside the
// shop's own. Takes up to 3 ms for 128 characters. Thread-safe.
bool IsGuessable(absl::string_view password, const std::vector<std::string>& near);

// The words that are near to a user: of the e-mail address and of the name.
std::vector<std::string> WordsNear(absl::string_view email, absl::string_view display_name);

}  // namespace cartwright::identity
