#include "shared/base/money.h"

namespace cartwright {

void SetMoney(const std::string& currency, int64_t minor_units, api::v1::Money* money) {
  money->set_currency_code(currency);
  money->set_minor_units(minor_units);
}

}  // namespace cartwright
