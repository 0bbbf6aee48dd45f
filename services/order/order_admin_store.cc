#include "services/order/order_admin_store.h"

#include "google/protobuf/util/time_util.h"
#include "services/order/order_rows.h"
#include "shared/base/status_macros.h"

namespace cartwright::order {
namespace {

// The sagas `s` of the orders that outside are in a state, as ToProto has it.
#define CW_PENDING "(s.dead AND s.state = 'RESERVING' OR NOT s.dead AND s.state = 'RESERVING')"
#define CW_CONFIRMED "s.state IN ('COMMITTING', 'CONFIRMED')"
#define CW_REJECTED "s.state IN ('ABORTING', 'CANCELLED') AND s.reason <> 'ORDER_CANCELLED'"
#define CW_CANCELLED                                                \
  "s.state IN ('REFUNDING', 'REFUNDED', 'ABORTING', 'CANCELLED')"   \
  " AND (s.state IN ('REFUNDING', 'REFUNDED') OR s.reason = 'ORDER_CANCELLED')"

// A page of anybody's orders: $1 before which, $2 how many; $3, the buyer, is null.
#define CW_PAGE(in_state)                                                               \
  CW_ORDER_ROWS("order_id IN (SELECT s.order_id FROM saga s WHERE s.order_id < $1 AND " \
                "$3::uuid IS NULL AND " in_state " ORDER BY s.order_id DESC LIMIT $2)")
// A page of one buyer's, by orders_by_user.
#define CW_PAGE_OF(in_state)                                                                    \
  CW_ORDER_ROWS("user_id = $3 AND order_id < $1 AND EXISTS (SELECT 1 FROM saga s WHERE "        \
                "s.order_id = orders.order_id AND " in_state ") ORDER BY order_id DESC LIMIT $2")

// By saga_pkey, which finds most orders at once; what is rare has indexes of its own: saga_live and
// saga_dead, and saga_called_off.
constexpr db::Statement kList = {"order.list_order_records", CW_PAGE("true")};
constexpr db::Statement kListPending = {"order.list_pending_records", CW_PAGE(CW_PENDING)};
constexpr db::Statement kListConfirmed = {"order.list_confirmed_records", CW_PAGE(CW_CONFIRMED)};
constexpr db::Statement kListRejected = {"order.list_rejected_records", CW_PAGE(CW_REJECTED)};
constexpr db::Statement kListCancelled = {"order.list_cancelled_records", CW_PAGE(CW_CANCELLED)};
constexpr db::Statement kListOf = {"order.list_records_of", CW_PAGE_OF("true")};
constexpr db::Statement kListPendingOf = {"order.list_pending_records_of", CW_PAGE_OF(CW_PENDING)};
constexpr db::Statement kListConfirmedOf = {"order.list_confirmed_records_of",
                                            CW_PAGE_OF(CW_CONFIRMED)};
constexpr db::Statement kListRejectedOf = {"order.list_rejected_records_of",
                                           CW_PAGE_OF(CW_REJECTED)};
constexpr db::Statement kListCancelledOf = {"order.list_cancelled_records_of",
                                            CW_PAGE_OF(CW_CANCELLED)};

// One row at most, by cancellation_pkey.
constexpr db::Statement kFindCancellation = {"order.find_cancellation", R"sql(
  SELECT coalesce(operator, '') AS operator, coalesce(reason, '') AS reason,
         (extract(epoch FROM create_time) * 1000000)::bigint AS create_time_us
  FROM cancellation WHERE order_id = $1
)sql"};

const db::Statement& ListStatement(const v1::ListOrderRecordsRequest& request) {
  const bool of_one = request.has_user_id();
  switch (request.state()) {
    case v1::Order::PENDING: return of_one ? kListPendingOf : kListPending;
    case v1::Order::CONFIRMED: return of_one ? kListConfirmedOf : kListConfirmed;
    case v1::Order::REJECTED: return of_one ? kListRejectedOf : kListRejected;
    case v1::Order::CANCELLED: return of_one ? kListCancelledOf : kListCancelled;
    default: return of_one ? kListOf : kList;
  }
}

}  // namespace

absl::StatusOr<std::vector<Order>> OrderAdminStore::ListOrderRecords(
    db::Connection& db, const v1::ListOrderRecordsRequest& request, const std::string& before,
    int limit) {
  const db::Param user = request.has_user_id() ? db::Param(request.user_id()) : std::nullopt;
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(ListStatement(request), {before, limit, user}));
  return ReadOrders(rows);
}

absl::StatusOr<std::optional<v1::CancellationRecord>> OrderAdminStore::FindCancellation(
    db::Connection& db, const std::string& order_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kFindCancellation, {order_id}));
  std::optional<v1::CancellationRecord> found;
  if (rows.empty()) return found;
  found.emplace();
  found->set_operator_(rows[0]["operator"].c_str());
  found->set_reason(rows[0]["reason"].c_str());
  using google::protobuf::util::TimeUtil;
  *found->mutable_create_time() =
      TimeUtil::MicrosecondsToTimestamp(rows[0]["create_time_us"].as<int64_t>());
  return found;
}

}  // namespace cartwright::order
