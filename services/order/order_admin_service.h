#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "cartwright/order/v1/order_admin.pb.h"
#include "services/order/order_service.h"
#include "services/order/saga_admin_store.h"
#include "shared/db/connection.h"
#include "shared/rpc/call.h"
#include "shared/rpc/page_token.h"

namespace cartwright::order {

// The RPCs of order_admin.proto. A refund is OrderService's: there is one way to call an order off.
// Runs on the event loop's one thread, what only reads on database workers.
class OrderAdminService {
 public:
  OrderAdminService(OrderService& orders, OrderStore& store, SagaAdminStore& saga_store,
                    std::string page_token_key);

  absl::StatusOr<v1::ListOrderRecordsResponse> ListOrderRecords(
      db::Connection& db, const v1::ListOrderRecordsRequest& request);
  absl::StatusOr<v1::GetOrderRecordResponse> GetOrderRecord(
      db::Connection& db, const v1::GetOrderRecordRequest& request);
  boost::asio::awaitable<absl::StatusOr<v1::RefundOrderResponse>> RefundOrder(
      const rpc::Call& call, const v1::RefundOrderRequest& request);

 private:
  OrderService& orders_;
  OrderStore& store_;
  SagaAdminStore& saga_store_;
  const rpc::PageTokens page_tokens_;
};

}  // namespace cartwright::order
