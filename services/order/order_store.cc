#include "services/order/order_store.h"

#include "boost/json/object.hpp"
#include "boost/json/serialize.hpp"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/time_util.h"
#include "services/order/order_rows.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/db/durable.h"
#include "shared/telemetry/log.h"

namespace cartwright::order {
namespace {

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

// One row: the order that the key has.
constexpr db::Statement kPlaceOrder = {"order.place_order", R"sql(
  SELECT placed_id, mismatch, (extract(epoch FROM placed_time) * 1000000)::bigint
  FROM place_order(
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::uuid[], $12::text[], $13::bigint[], $14::int[],
    $15, $16 * interval '1 millisecond')
)sql"};

// One order by orders_idempotency_key_key.
constexpr db::Statement kFindByKey = {"order.find_by_key",
                                      CW_ORDER_ROWS("user_id = $1 AND idempotency_key = $2")};

// One row: by orders_user_seq_key, and at most one saga by saga_open_once.
constexpr db::Statement kFindLast = {"order.find_last", R"sql(
  SELECT (SELECT coalesce(max(user_seq), 0) FROM orders WHERE user_id = $1) AS user_seq,
         s.order_id, s.cart_version
  FROM (SELECT $1::uuid AS user_id) u LEFT JOIN saga s ON s.user_id = u.user_id
    AND NOT dead AND NOT cart_cleared
    AND state IN ('RESERVING', 'COMMITTING', 'CONFIRMED', 'REFUNDING', 'REFUNDED')
)sql"};

// At most one saga by saga_cart_once.
constexpr db::Statement kFindByCart = {"order.find_by_cart", R"sql(
  SELECT order_id FROM saga WHERE user_id = $1 AND cart_version = $2
    AND state IN ('RESERVING', 'COMMITTING', 'CONFIRMED', 'REFUNDING', 'REFUNDED')
)sql"};

// One order by orders_pkey; $2 is null for any user's.
constexpr db::Statement kGetOrder = {
    "order.get_order", CW_ORDER_ROWS("order_id = $1 AND user_id = coalesce($2, user_id)")};

// A page by orders_by_user.
constexpr db::Statement kListOrders = {"order.list_orders",
                                       CW_ORDER_ROWS("user_id = $1 AND order_id < $2 "
                                                     "ORDER BY order_id DESC LIMIT $3")};

// The sagas `s` of the orders that outside are in a state, as ToProto has it.
#define CW_PENDING "(s.dead AND s.state = 'RESERVING' OR NOT s.dead AND s.state = 'RESERVING')"
#define CW_CONFIRMED "s.state IN ('COMMITTING', 'CONFIRMED')"
#define CW_REJECTED "s.state IN ('ABORTING', 'CANCELLED') AND s.reason <> 'ORDER_CANCELLED'"
#define CW_CANCELLED                                              \
  "s.state IN ('REFUNDING', 'REFUNDED', 'ABORTING', 'CANCELLED')" \
  " AND (s.state IN ('REFUNDING', 'REFUNDED') OR s.reason = 'ORDER_CANCELLED')"

// A page of anybody's orders: $1 before which, $2 how many; $3, the buyer, is null.
#define CW_PAGE(in_state)                                                     \
  CW_ORDER_ROWS(                                                              \
      "order_id IN (SELECT s.order_id FROM saga s WHERE s.order_id < $1 AND " \
      "$3::uuid IS NULL AND " in_state " ORDER BY s.order_id DESC LIMIT $2)")
// A page of one buyer's, by orders_by_user.
#define CW_PAGE_OF(in_state)                                                   \
  CW_ORDER_ROWS(                                                               \
      "user_id = $3 AND order_id < $1 AND EXISTS (SELECT 1 FROM saga s WHERE " \
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

// One row at most, by cancellation_one_effective.
constexpr db::Statement kFindCancellation = {"order.find_cancellation", R"sql(
  SELECT coalesce(operator, '') AS operator, coalesce(reason, '') AS reason,
         (extract(epoch FROM create_time) * 1000000)::bigint AS create_time_us
  FROM cancellation WHERE order_id = $1 AND effective
)sql"};

// One row: the time of the decision, null when it was not ours.
constexpr db::Statement kDecide = {"order.decide_saga", R"sql(
  SELECT (extract(epoch FROM decide_saga($1, $2, $3, $4::jsonb)) * 1000000)::bigint
)sql"};

constexpr db::Statement kConfirm = {"order.confirm_sagas",
                                    "SELECT confirm_sagas($1::uuid[], $2::uuid[])"};

constexpr db::Statement kCancel = {"order.cancel_saga", "SELECT cancel_saga($1)"};

// A row per saga, by saga_live.
constexpr db::Statement kClaim = {"order.claim_sagas", R"sql(
  SELECT id, epoch, crashes, overdue
  FROM claim_sagas($1, $2, $3 * interval '1 millisecond', $4 * interval '1 millisecond')
)sql"};

// A row per saga, by saga_live.
constexpr db::Statement kClaimOverdue = {"order.claim_overdue_sagas", R"sql(
  SELECT id, epoch, crashes, true AS overdue
  FROM claim_overdue_sagas($1, $2, $3 * interval '1 millisecond', $4 * interval '1 millisecond')
)sql"};

// One row, by saga_dead and saga_live.
constexpr db::Statement kMeasure = {"order.measure_sagas", R"sql(
  SELECT (SELECT count(*) FROM saga WHERE dead),
         coalesce((extract(epoch FROM clock_timestamp() - min(update_time)) * 1000000)::bigint, 0)
  FROM saga
  WHERE NOT dead AND (state IN ('RESERVING', 'COMMITTING', 'REFUNDING', 'ABORTING')
                      OR state IN ('CONFIRMED', 'REFUNDED') AND NOT cart_cleared)
)sql"};

constexpr db::Statement kRenew = {"order.renew_leases",
                                  "SELECT renew_leases($1::uuid[], $2::bigint[], "
                                  "$3 * interval '1 millisecond')"};

constexpr db::Statement kPark = {"order.park_sagas",
                                 "SELECT park_sagas($1::uuid[], $2::bigint[], "
                                 "$3 * interval '1 millisecond')"};

// One row: what became of it, and the epoch of the lease when this process is to drive it.
constexpr db::Statement kCancelOrder = {"order.cancel_order", R"sql(
  SELECT outcome, epoch
  FROM cancel_order($1, $2, $3, $4, $5, $6, $7 * interval '1 millisecond')
)sql"};

// The same for an administrator.
constexpr db::Statement kRefundOrder = {"order.refund_order", R"sql(
  SELECT outcome, epoch
  FROM refund_order($1, $2, $3, $4, $5, $6, $7 * interval '1 millisecond')
)sql"};

constexpr db::Statement kRefund = {"order.refund_saga", "SELECT refund_saga($1)"};

// One row: a name of Decision.
constexpr db::Statement kResolveOrder = {"order.resolve_order", "SELECT resolve_order($1)"};

// One row: whether the lease still held, and the saga was where it was seen.
constexpr db::Statement kMarkDead = {"order.mark_saga_dead",
                                     "SELECT mark_saga_dead($1, $2, $3, $4)"};

const db::Statement& ListStatement(const v1::ListOrderRecordsRequest& request) {
  const bool of_one = !request.user_id().empty();
  switch (request.state()) {
    case v1::Order::PENDING: return of_one ? kListPendingOf : kListPending;
    case v1::Order::CONFIRMED: return of_one ? kListConfirmedOf : kListConfirmed;
    case v1::Order::REJECTED: return of_one ? kListRejectedOf : kListRejected;
    case v1::Order::CANCELLED: return of_one ? kListCancelledOf : kListCancelled;
    default: return of_one ? kListOf : kList;
  }
}

std::string ToJson(const std::map<std::string, std::string>& metadata) {
  boost::json::object object;
  for (const auto& [key, value] : metadata) object[key] = value;
  return boost::json::serialize(object);
}

// Of sagas that were claimed.
std::vector<Lease> ReadLeases(const pqxx::result& rows) {
  std::vector<Lease> leases;
  for (const auto& row : rows) {
    leases.push_back({.order_id = row["id"].as<std::string>(),
                      .epoch = row["epoch"].as<int64_t>(),
                      .crash_count = row["crashes"].as<int>(),
                      .overdue = row["overdue"].as<bool>()});
  }
  return leases;
}

// What park_sagas and renew_leases take first: ids, and epochs.
db::Params ToParams(const std::vector<Lease>& leases) {
  std::vector<std::string> ids;
  std::vector<int64_t> epochs;
  for (const Lease& lease : leases) {
    ids.push_back(lease.order_id);
    epochs.push_back(lease.epoch);
  }
  return {db::Array(ids), db::Array(epochs)};
}

}  // namespace

absl::StatusOr<OrderStore::Placed> OrderStore::PlaceOrder(db::Connection& db, const Order& order,
                                                          const std::string& idempotency_key) {
  std::vector<std::string> products, names;
  std::vector<int64_t> prices, quantities;
  for (const OrderLine& line : order.lines) {
    products.push_back(line.product_id);
    names.push_back(line.name);
    prices.push_back(line.unit_price);
    quantities.push_back(line.quantity);
  }
  std::string address;
  if (!google::protobuf::util::MessageToJsonString(order.address, &address).ok()) {
    return InvalidField("shippingAddress", "must be valid text");
  }
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kPlaceOrder,
                 {order.order_id, order.user_id, order.user_seq, idempotency_key,
                  db::Bytes(order.fingerprint), order.hold_id, order.cart_version, order.currency,
                  order.total, address, db::Array(products), db::Array(names), db::Array(prices),
                  db::Array(quantities), owner_, absl::ToInt64Milliseconds(times_.lease)}));
  return Placed{.order_id = rows[0][0].as<std::string>(),
                .mismatch = rows[0][1].as<bool>(),
                .create_time_us = rows[0][2].as<int64_t>()};
}

absl::StatusOr<std::optional<Order>> OrderStore::FindByKey(db::Connection& db,
                                                           const std::string& user_id,
                                                           const std::string& idempotency_key) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kFindByKey, {user_id, idempotency_key}));
  CW_ASSIGN_OR_RETURN(const auto orders, ReadOrders(rows));
  if (orders.empty()) return std::optional<Order>();
  return std::optional<Order>(orders.front());
}

absl::StatusOr<OrderStore::LastOrder> OrderStore::FindLast(db::Connection& db,
                                                           const std::string& user_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kFindLast, {user_id}));
  LastOrder last{.user_seq = rows[0][0].as<int64_t>()};
  if (!rows[0][1].is_null()) {
    last.open = {rows[0][1].as<std::string>(), rows[0][2].as<std::string>()};
  }
  return last;
}

absl::StatusOr<std::string> OrderStore::FindByCart(db::Connection& db, const std::string& user_id,
                                                   const std::string& cart_version) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kFindByCart, {user_id, cart_version}));
  return rows.empty() ? std::string() : rows[0][0].as<std::string>();
}

absl::StatusOr<Order> OrderStore::GetOrder(db::Connection& db, const std::string& order_id,
                                           const std::optional<std::string>& user_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kGetOrder, {order_id, user_id}));
  CW_ASSIGN_OR_RETURN(const auto orders, ReadOrders(rows));
  if (orders.empty()) return NotFound("order");
  return orders.front();
}

absl::StatusOr<std::vector<Order>> OrderStore::ListOrders(db::Connection& db,
                                                          const std::string& user_id,
                                                          const std::string& before, int limit) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kListOrders, {user_id, before, limit}));
  return ReadOrders(rows);
}

absl::StatusOr<std::vector<Order>> OrderStore::ListOrderRecords(
    db::Connection& db, const v1::ListOrderRecordsRequest& request, const std::string& before,
    int limit) {
  const db::Param user = request.user_id().empty() ? std::nullopt : db::Param(request.user_id());
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(ListStatement(request), {before, limit, user}));
  return ReadOrders(rows);
}

absl::StatusOr<std::optional<v1::CancellationRecord>> OrderStore::FindCancellation(
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

absl::StatusOr<std::optional<int64_t>> OrderStore::Decide(db::Connection& db, const Lease& lease,
                                                          const std::optional<Failure>& failure) {
  db::Params params = {lease.order_id, lease.epoch};
  params.push_back(failure ? db::Param(v1::ErrorReason_Name(failure->reason))
                           : db::Param(std::nullopt));
  params.push_back(failure ? db::Param(ToJson(failure->metadata)) : db::Param(std::nullopt));
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kDecide, params));
  if (rows[0][0].is_null()) return std::optional<int64_t>();
  return std::optional<int64_t>(rows[0][0].as<int64_t>());
}

absl::Status OrderStore::Confirm(db::Connection& db, const std::vector<std::string>& cart_cleared,
                                 const std::vector<std::string>& cart_kept) {
  return db.Execute(kConfirm, {db::Array(cart_cleared), db::Array(cart_kept)}).status();
}

absl::Status OrderStore::Cancel(db::Connection& db, const std::string& order_id) {
  return db.Execute(kCancel, {order_id}).status();
}

absl::StatusOr<OrderStore::Cancelled> OrderStore::CancelOrder(db::Connection& db,
                                                              const Cancellation& cancellation) {
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(cancellation.operator_id ? kRefundOrder : kCancelOrder,
                 {cancellation.order_id, cancellation.operator_id.value_or(cancellation.user_id),
                  cancellation.idempotency_key, db::Bytes(cancellation.fingerprint),
                  cancellation.reason, owner_, absl::ToInt64Milliseconds(times_.lease)}));
  static const auto* outcomes = new std::map<std::string, Cancelled::Outcome>{
      {"CANCELLED", Cancelled::kDone},   {"REPLAY", Cancelled::kReplay},
      {"ALREADY", Cancelled::kAlready},  {"BUSY", Cancelled::kBusy},
      {"REFUSED", Cancelled::kRefused},  {"UNKNOWN", Cancelled::kUnknown},
      {"MISMATCH", Cancelled::kMismatch}};
  const auto found = outcomes->find(rows[0]["outcome"].as<std::string>());
  if (found == outcomes->end()) return absl::InternalError("unknown outcome of cancel_order");
  Cancelled cancelled{.outcome = found->second};
  if (found->second == Cancelled::kReplay || found->second == Cancelled::kAlready) {
    CW_RETURN_IF_ERROR(db::AwaitDurable(db));
  }
  if (!rows[0]["epoch"].is_null()) {
    cancelled.lease = {.order_id = cancellation.order_id, .epoch = rows[0]["epoch"].as<int64_t>()};
  }
  return cancelled;
}

absl::Status OrderStore::Refund(db::Connection& db, const std::string& order_id) {
  return db.Execute(kRefund, {order_id}).status();
}

absl::StatusOr<v1::Decision> OrderStore::ResolveOrder(db::Connection& db,
                                                      const std::string& order_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kResolveOrder, {order_id}));
  v1::Decision decision;
  if (!v1::Decision_Parse(rows[0][0].as<std::string>(), &decision)) {
    return absl::InternalError("unknown decision");
  }
  return decision;
}

absl::StatusOr<std::vector<Lease>> OrderStore::Claim(db::Connection& db, int limit) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kClaim, {owner_, limit, absl::ToInt64Milliseconds(times_.lease),
                                          absl::ToInt64Milliseconds(times_.decide_within)}));
  return ReadLeases(rows);
}

absl::StatusOr<std::vector<Lease>> OrderStore::ClaimOverdue(db::Connection& db, int limit) {
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kClaimOverdue, {owner_, limit, absl::ToInt64Milliseconds(times_.lease),
                                 absl::ToInt64Milliseconds(times_.decide_within)}));
  return ReadLeases(rows);
}

absl::StatusOr<OrderStore::Backlog> OrderStore::Measure(db::Connection& db) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kMeasure));
  return Backlog{.dead = rows[0][0].as<int64_t>(),
                 .oldest_step = absl::Microseconds(rows[0][1].as<int64_t>())};
}

absl::Status OrderStore::Renew(db::Connection& db, const std::vector<Lease>& leases) {
  db::Params params = ToParams(leases);
  params.push_back(absl::ToInt64Milliseconds(times_.lease));
  return db.Execute(kRenew, params).status();
}

absl::Status OrderStore::Park(db::Connection& db, const std::vector<Lease>& leases,
                              std::optional<absl::Duration> within) {
  db::Params params = ToParams(leases);
  params.push_back(std::nullopt);
  if (within) params.back() = absl::ToInt64Milliseconds(*within);
  return db.Execute(kPark, params).status();
}

absl::StatusOr<bool> OrderStore::MarkDead(db::Connection& db, const Lease& lease,
                                          std::optional<SagaState> seen, absl::string_view reason) {
  db::Params params = {lease.order_id, lease.epoch, reason, std::nullopt};
  if (seen) params[3] = SagaStateName(*seen);
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kMarkDead, params));
  const bool marked = rows[0][0].as<bool>();
  if (marked) log::Error("saga.dead", reason, {{"order.id", lease.order_id}});
  return marked;
}

}  // namespace cartwright::order
