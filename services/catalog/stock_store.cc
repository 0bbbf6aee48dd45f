#include "services/catalog/stock_store.h"

#include "absl/strings/str_cat.h"
#include "shared/base/status_macros.h"

namespace cartwright::catalog {
namespace {

// A reservation's time to live: past it an alarm rings; the order service decides what happens.
constexpr const char* kReservationTimeToLive = "24 hours";

// A row per shortage, or one row with nulls.
constexpr db::Statement kReserveStock = {"catalog.reserve_stock", R"sql(
  SELECT r.result, s.product_id, s.requested, s.available
  FROM reserve_stock($1, $2::uuid[], $3::int[], $4, $5) AS r
    LEFT JOIN jsonb_to_recordset(r.missing)
      AS s (product_id text, requested int, available bigint) ON true
)sql"};

// One row per order.
constexpr db::Statement kBatchCommitStock = {
    "catalog.batch_commit_stock", "SELECT order_id, result FROM commit_stock($1::uuid[])"};

// One row, one state.
constexpr db::Statement kReleaseStock = {"catalog.release_stock", "SELECT release_stock($1, $2)"};

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
                                 db::Bytes(fingerprint), kReservationTimeToLive}));
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

}  // namespace cartwright::catalog
