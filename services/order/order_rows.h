#pragma once

#include <vector>

#include <pqxx/result>

#include "absl/status/statusor.h"
#include "services/order/order_state.h"

// How the rows of a statement become orders: what the stores of this service have in common.
namespace cartwright::order {

// The columns of ReadOrders, one row per line, from the orders where `chosen` holds.
#define CW_ORDER_ROWS(chosen)                                                                     \
  "SELECT o.order_id, o.user_id, o.hold_id, o.cart_version, o.currency, o.total,"                 \
  " o.shipping_address, o.fingerprint, (extract(epoch FROM o.create_time) * 1000000)::bigint AS " \
  "create_time_us, (extract(epoch FROM s.update_time) * 1000000)::bigint AS update_time_us,"      \
  " s.state, s.reason, s.failure, s.cart_cleared, l.product_id, l.name, l.unit_price, l.quantity" \
  " FROM (SELECT order_id, user_id, hold_id, cart_version, currency, total, shipping_address,"    \
  " fingerprint, create_time FROM orders WHERE " chosen                                           \
  ") o JOIN saga s USING (order_id) JOIN order_line l USING (order_id)"                           \
  " ORDER BY o.order_id DESC, l.position"

// Groups the rows of CW_ORDER_ROWS, which come order by order; IsUnreadable (order_store.h) when one
// of them cannot be understood.
absl::StatusOr<std::vector<Order>> ReadOrders(const pqxx::result& rows);

}  // namespace cartwright::order
