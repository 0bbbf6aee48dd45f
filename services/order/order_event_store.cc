#include "services/order/order_event_store.h"

#include "shared/base/status.h"
#include "shared/base/status_macros.h"

namespace cartwright::order {
namespace {

#define CW_EVENT_COLUMNS                                   \
  "SELECT e.saga_event_id, e.order_id, e.state, e.reason," \
  " (extract(epoch FROM e.create_time) * 1000000)::bigint AS create_time_us"

// Steps only: what operators did is nothing to a shopper. No row: no such order of this user, for a
// saga begins with an event. By saga_pkey and saga_event_by_order.
constexpr db::Statement kListEvents = {
    "order.list_events", CW_EVENT_COLUMNS
    " FROM saga s JOIN saga_event e USING (order_id)"
    " WHERE s.order_id = $1 AND s.user_id = $2 AND e.kind = 'STEP' ORDER BY e.saga_event_id"};

// A few rows at most for each order, by saga_event_by_order.
constexpr db::Statement kListNewEvents = {
    "order.list_new_events", CW_EVENT_COLUMNS
    " FROM unnest($1::uuid[], $2::bigint[]) AS w (order_id, seen)"
    " CROSS JOIN LATERAL (SELECT saga_event_id, order_id, state, reason, create_time"
    " FROM saga_event n WHERE n.order_id = w.order_id AND n.saga_event_id > w.seen"
    " AND n.kind = 'STEP'"
    " ORDER BY n.saga_event_id) e ORDER BY e.saga_event_id"};

std::vector<SagaEvent> ReadEvents(const pqxx::result& rows) {
  std::vector<SagaEvent> events;
  for (const auto& row : rows) {
    events.push_back({.id = row["saga_event_id"].as<int64_t>(),
                      .order_id = row["order_id"].as<std::string>(),
                      .state = row["state"].as<std::string>(),
                      .reason = row["reason"].as<std::string>(""),
                      .create_time_us = row["create_time_us"].as<int64_t>()});
  }
  return events;
}

}  // namespace

absl::StatusOr<std::vector<SagaEvent>> OrderEventStore::ListEvents(db::Connection& db,
                                                                   const std::string& order_id,
                                                                   const std::string& user_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kListEvents, {order_id, user_id}));
  if (rows.empty()) return NotFound("order");
  return ReadEvents(rows);
}

absl::StatusOr<std::vector<SagaEvent>> OrderEventStore::ListNewEvents(
    db::Connection& db, const std::map<std::string, int64_t>& after) {
  std::vector<std::string> ids;
  std::vector<int64_t> seen;
  for (const auto& [order_id, event_id] : after) {
    ids.push_back(order_id);
    seen.push_back(event_id);
  }
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kListNewEvents, {db::Array(ids), db::Array(seen)}));
  return ReadEvents(rows);
}

}  // namespace cartwright::order
