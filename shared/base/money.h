#pragma once

#include <cstdint>
#include <string>

#include "cartwright/api/v1/money.pb.h"

namespace cartwright {

// The most that one price, deposit, hold or order can be, in minor units (api.md, "Details
// settled": one deposit is 1 to 10^12 minor units). A sum of a million of them is within 64 bits.
inline constexpr int64_t kMaxAmount = 1'000'000'000'000;

// Makes `money` an amount: `currency` is an ISO 4217 code. Thread-safe.
void SetMoney(const std::string& currency, int64_t minor_units, api::v1::Money* money);

}  // namespace cartwright
