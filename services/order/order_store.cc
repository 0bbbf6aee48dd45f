#include "services/order/order_store.h"

#include "boost/json/object.hpp"
#include "boost/json/serialize.hpp"
#include "google/protobuf/util/json_util.h"
#include "services/order/order_rows.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/telemetry/log.h"

namespace cartwright::order {
namespace {

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

// One order by orders_pkey; $2 is null for any user's.
constexpr db::Statement kGetOrder = {
    "order.get_order", CW_ORDER_ROWS("order_id = $1 AND user_id = coalesce($2, user_id)")};

// A page by orders_by_user.
constexpr db::Statement kListOrders = {"order.list_orders",
                                       CW_ORDER_ROWS("user_id = $1 AND order_id < $2 "
                                                     "ORDER BY order_id DESC LIMIT $3")};

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
                  cancellation.idempotency_key,
                  db::Bytes(cancellation.fingerprint), cancellation.reason, owner_,
                  absl::ToInt64Milliseconds(times_.lease)}));
  static const auto* outcomes = new std::map<std::string, Cancelled::Outcome>{
      {"CANCELLED", Cancelled::kDone},   {"REPLAY", Cancelled::kReplay},
      {"ALREADY", Cancelled::kAlready},  {"BUSY", Cancelled::kBusy},
      {"REFUSED", Cancelled::kRefused},  {"UNKNOWN", Cancelled::kUnknown},
      {"MISMATCH", Cancelled::kMismatch}};
  const auto found = outcomes->find(rows[0]["outcome"].as<std::string>());
  if (found == outcomes->end()) return absl::InternalError("unknown outcome of cancel_order");
  Cancelled cancelled{.outcome = found->second};
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
