#include "services/catalog/stock_store.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "shared/base/status_macros.h"

namespace cartwright::catalog {
namespace {

// A row per shortage, or one row with nulls.
constexpr db::Statement kReserveStock = {"catalog.reserve_stock", R"sql(
  SELECT r.result, s.product_id, s.requested, s.available
  FROM reserve_stock($1, $2::uuid[], $3::int[], $4, make_interval(secs => $5)) AS r
    LEFT JOIN jsonb_to_recordset(r.missing)
      AS s (product_id text, requested int, available bigint) ON true
)sql"};

// One row per order.
constexpr db::Statement kBatchCommitStock = {
    "catalog.batch_commit_stock", "SELECT order_id, result FROM commit_stock($1::uuid[])"};

// One row, one state.
constexpr db::Statement kReleaseStock = {"catalog.release_stock", "SELECT release_stock($1, $2)"};
constexpr db::Statement kReturnStock = {"catalog.return_stock", "SELECT return_stock($1)"};

// A row per line, or one row with nulls; by the primary keys.
constexpr db::Statement kGetReservation = {"catalog.get_reservation", R"sql(
  SELECT r.state, coalesce(r.reason, '') AS reason, l.product_id, l.quantity,
         (extract(epoch FROM r.create_time) * 1000000)::bigint AS create_time_us,
         (extract(epoch FROM r.decide_time) * 1000000)::bigint AS decide_time_us,
         (extract(epoch FROM r.expire_time) * 1000000)::bigint AS expire_time_us
  FROM reservation r LEFT JOIN reservation_line l ON l.order_id = r.order_id
  WHERE r.order_id = $1 ORDER BY l.product_id
)sql"};

// Overdue reservations, by reservation_open_by_expire_time.
constexpr db::Statement kFindOverdue = {"catalog.find_overdue_reservations", R"sql(
  SELECT order_id, order_id, true FROM reservation
  WHERE state = 'RESERVED' AND expire_time <= now() ORDER BY expire_time OFFSET $1 LIMIT $2
)sql"};
constexpr db::Statement kExpireStock = {"catalog.expire_stock", "SELECT expire_stock($1)"};

// One row, from the open reservations alone: they have an index of their own.
constexpr db::Statement kCountReservations = {"catalog.count_reservations", R"sql(
  SELECT count(*), count(*) FILTER (WHERE expire_time <= now()),
         coalesce(extract(epoch FROM now() - min(create_time)), 0)::bigint
  FROM reservation WHERE state = 'RESERVED'
)sql"};

// INTERNAL for a word that this binary does not know: a newer schema must not be misread.
absl::StatusOr<v1::ReservationState> ParseState(const std::string& word) {
  v1::ReservationState state;
  if (v1::ReservationState_Parse(word, &state)) return state;
  return absl::InternalError(absl::StrCat("unknown reservation state ", word));
}

}  // namespace

absl::StatusOr<v1::ReserveStockResponse> StockStore::ReserveStock(
    db::Connection& db, const v1::ReserveStockRequest& request, const std::string& fingerprint) {
  std::vector<std::string> ids;
  std::vector<int64_t> quantities;
  for (const auto& line : request.lines()) {
    ids.push_back(line.product_id());
    quantities.push_back(line.quantity());
  }
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kReserveStock, {request.order_id(), db::Array(ids), db::Array(quantities),
                                 db::Bytes(fingerprint), reservation_ttl_s_}));
  v1::ReserveStockResponse response;
  CW_ASSIGN_OR_RETURN(const auto state, ParseState(rows[0]["result"].as<std::string>()));
  response.set_state(state);
  for (const auto& row : rows) {
    if (row["product_id"].is_null()) continue;
    v1::StockShortage* shortage = response.add_shortages();
    shortage->set_product_id(row["product_id"].as<std::string>());
    shortage->set_requested(row["requested"].as<int>());
    shortage->set_available(row["available"].as<int64_t>());
  }
  return response;
}

absl::StatusOr<v1::BatchCommitStockResponse> StockStore::BatchCommitStock(
    db::Connection& db, const std::vector<std::string>& order_ids) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kBatchCommitStock, {db::Array(order_ids)}));
  v1::BatchCommitStockResponse response;
  for (const auto& row : rows) {
    CW_ASSIGN_OR_RETURN(const v1::ReservationState state, ParseState(row[1].as<std::string>()));
    v1::ReservationResult* result = response.add_results();
    result->set_order_id(row[0].as<std::string>());
    result->set_state(state);
  }
  return response;
}

absl::StatusOr<v1::ReservationState> StockStore::ReleaseStock(db::Connection& db,
                                                              const std::string& order_id,
                                                              const std::string& reason) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kReleaseStock, {order_id, reason}));
  return ParseState(rows[0][0].as<std::string>());
}

absl::StatusOr<v1::ReservationState> StockStore::ReturnStock(db::Connection& db,
                                                             const std::string& order_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kReturnStock, {order_id}));
  return ParseState(rows[0][0].as<std::string>());
}

absl::StatusOr<v1::GetReservationResponse> StockStore::GetReservation(db::Connection& db,
                                                                      const std::string& order_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kGetReservation, {order_id}));
  v1::GetReservationResponse response;
  response.set_state(v1::UNKNOWN);
  if (rows.empty()) return response;
  CW_ASSIGN_OR_RETURN(const auto state, ParseState(rows[0]["state"].as<std::string>()));
  response.set_state(state);
  response.set_reason(rows[0]["reason"].c_str());
  using google::protobuf::util::TimeUtil;
  const auto us = [&rows](const char* column) { return rows[0][column].as<int64_t>(); };
  *response.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(us("create_time_us"));
  if (!rows[0]["decide_time_us"].is_null()) {
    *response.mutable_decide_time() = TimeUtil::MicrosecondsToTimestamp(us("decide_time_us"));
  }
  if (!rows[0]["expire_time_us"].is_null()) {
    *response.mutable_expire_time() = TimeUtil::MicrosecondsToTimestamp(us("expire_time_us"));
  }
  for (const auto& row : rows) {
    if (row["product_id"].is_null()) continue;
    v1::StockLine* line = response.add_lines();
    line->set_product_id(row["product_id"].as<std::string>());
    line->set_quantity(row["quantity"].as<int>());
  }
  return response;
}

kit::Sweeper::Work StockStore::OverdueReservations() {
  return {.noun = "reservation",
          .find = kFindOverdue,
          .expire = kExpireStock,
          .count = kCountReservations};
}

}  // namespace cartwright::catalog
