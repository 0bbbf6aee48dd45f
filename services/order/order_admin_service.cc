#include "services/order/order_admin_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"
#include "shared/telemetry/log.h"

namespace cartwright::order {
namespace {

// Greater than every id that a list can hold.
constexpr const char* kNewestFirst = "ffffffff-ffff-ffff-ffff-ffffffffffff";

v1::OrderRecord ToRecord(const Order& order) {
  v1::OrderRecord record;
  *record.mutable_order() = ToProto(order);
  record.set_user_id(order.user_id);
  return record;
}

}  // namespace

OrderAdminService::OrderAdminService(OrderService& orders, OrderStore& store,
                                     SagaAdminStore& saga_store, std::string page_token_key)
    : orders_(orders),
      store_(store),
      saga_store_(saga_store),
      page_tokens_(std::move(page_token_key)) {}

absl::StatusOr<v1::ListOrderRecordsResponse> OrderAdminService::ListOrderRecords(
    db::Connection& db, const v1::ListOrderRecordsRequest& request) {
  CW_ASSIGN_OR_RETURN(const std::string position, page_tokens_.Open(request));
  const size_t page_size = static_cast<size_t>(rpc::PageSizeOr(request.page_size()));
  // One more than the page, to know whether another one follows.
  CW_ASSIGN_OR_RETURN(
      auto orders, store_.ListOrderRecords(db, request, position.empty() ? kNewestFirst : position,
                                           static_cast<int>(page_size) + 1));
  v1::ListOrderRecordsResponse response;
  if (orders.size() > page_size) {
    orders.resize(page_size);
    response.set_next_page_token(page_tokens_.Seal(request, orders.back().order_id));
  }
  for (const Order& order : orders) *response.add_records() = ToRecord(order);
  return response;
}

absl::StatusOr<v1::GetOrderRecordResponse> OrderAdminService::GetOrderRecord(
    db::Connection& db, const v1::GetOrderRecordRequest& request) {
  CW_ASSIGN_OR_RETURN(const Order order, store_.GetOrder(db, request.id()));
  v1::GetOrderRecordResponse response;
  *response.mutable_record() = ToRecord(order);
  CW_ASSIGN_OR_RETURN(auto events, saga_store_.ListEvents(db, request.id()));
  for (v1::SagaEvent& event : events) *response.add_events() = std::move(event);
  CW_ASSIGN_OR_RETURN(auto cancellation, store_.FindCancellation(db, request.id()));
  if (cancellation) *response.mutable_cancellation() = *std::move(cancellation);
  return response;
}

boost::asio::awaitable<absl::StatusOr<v1::RefundOrderResponse>> OrderAdminService::RefundOrder(
    const rpc::Call& call, const v1::RefundOrderRequest& request) {
  OrderStore::Cancellation wish{.order_id = request.id(),
                                .idempotency_key = request.idempotency_key(),
                                .fingerprint = Sha256(absl::StrCat(request.id(), request.reason())),
                                .reason = request.reason(),
                                .operator_id = request.operator_()};
  CW_CO_ASSIGN_OR_RETURN(const auto called_off, co_await orders_.CallOff(call, std::move(wish)));
  log::Warn("order.refund", "An administrator called an order off.",
            {{"order.id", request.id()}, {"operator", request.operator_()}});
  v1::RefundOrderResponse response;
  *response.mutable_record() = ToRecord(called_off.order);
  response.set_replayed(called_off.replayed);
  co_return response;
}

}  // namespace cartwright::order
