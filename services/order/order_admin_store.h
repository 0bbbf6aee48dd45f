#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cartwright/order/v1/order_admin.pb.h"
#include "services/order/order_state.h"
#include "shared/db/connection.h"

namespace cartwright::order {

// What administrators read of everybody's orders. Each call is one statement. Stateless.
class OrderAdminStore {
 public:
  // Up to `limit` orders that `request` asks for before the order `before`, newest first.
  absl::StatusOr<std::vector<Order>> ListOrderRecords(db::Connection& db,
                                                      const v1::ListOrderRecordsRequest& request,
                                                      const std::string& before, int limit);

  // Who called an order off, if anybody did.
  absl::StatusOr<std::optional<v1::CancellationRecord>> FindCancellation(
      db::Connection& db, const std::string& order_id);
};

}  // namespace cartwright::order
