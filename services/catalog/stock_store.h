#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cartwright/catalog/v1/catalog.pb.h"
#include "shared/db/connection.h"
#include "shared/kit/sweeper.h"

namespace cartwright::catalog {

// The statements that move stock. Each call is one statement and one commit; a repeated call
// answers from what the first one stored. Thread-safe; a connection is used by one thread at a
// time.
class StockStore {
 public:
  // `reservation_ttl_s`: seconds until a reservation is overdue.
  explicit StockStore(int reservation_ttl_s = 86'400) : reservation_ttl_s_(reservation_ttl_s) {}

  // Reserves all lines, or none. `fingerprint`: of the lines. REQUIRES: each product once.
  absl::StatusOr<v1::ReserveStockResponse> ReserveStock(db::Connection& db,
                                                        const v1::ReserveStockRequest& request,
                                                        const std::string& fingerprint);

  // Commits up to 256 orders, each once; all in one transaction, one result each.
  absl::StatusOr<v1::BatchCommitStockResponse> BatchCommitStock(
      db::Connection& db, const std::vector<std::string>& order_ids);

  absl::StatusOr<v1::ReservationState> ReleaseStock(db::Connection& db, const std::string& order_id,
                                                    const std::string& reason);
  absl::StatusOr<v1::ReservationState> ReturnStock(db::Connection& db, const std::string& order_id);

  // What the reservation's rows say; state UNKNOWN when there are none.
  absl::StatusOr<v1::GetReservationResponse> GetReservation(db::Connection& db,
                                                            const std::string& order_id);

  // How overdue reservations are found and freed.
  static kit::Sweeper::Work OverdueReservations();

 private:
  const int reservation_ttl_s_;
};

}  // namespace cartwright::catalog
