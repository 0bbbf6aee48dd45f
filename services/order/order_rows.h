#pragma once

#include <vector>

#include <pqxx/result>

#include "absl/status/statusor.h"
#include "services/order/order_state.h"

// How the rows of a statement become orders.
namespace cartwright::order {

// Groups the rows of CW_ORDER_ROWS (order_store.cc), which come order by order; IsUnreadable
// (order_store.h) when one of them cannot be understood.
absl::StatusOr<std::vector<Order>> ReadOrders(const pqxx::result& rows);

}  // namespace cartwright::order
