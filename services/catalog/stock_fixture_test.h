#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/catalog/product_query.h"
#include "services/catalog/shop_fixture_test.h"
#include "services/catalog/stock_store.h"

namespace cartwright::catalog {

// (product id, quantity)
using StockLines = std::vector<std::pair<std::string, int>>;

// A shop with short names for the calls of its stock's store.
class StockFixture : public ShopFixture {
 protected:
  absl::StatusOr<v1::ReserveStockResponse> TryReserve(db::Connection& db, const std::string& order,
                                                      const StockLines& lines) {
    return TryReserve(db, order, lines, store_);
  }

  static absl::StatusOr<v1::ReserveStockResponse> TryReserve(db::Connection& db,
                                                             const std::string& order,
                                                             const StockLines& lines,
                                                             StockStore& store) {
    v1::ReserveStockRequest request;
    request.set_order_id(order);
    for (const auto& [id, quantity] : lines) {
      auto* line = request.add_lines();
      line->set_product_id(id);
      line->set_quantity(quantity);
    }
    return store.ReserveStock(db, request, Fingerprint(request));
  }

  v1::ReservationState Reserve(const std::string& order, const StockLines& lines) {
    return TryReserve(connection(), order, lines).value().state();
  }

  v1::ReservationState Release(const std::string& order) {
    return store_.ReleaseStock(connection(), order, "test").value();
  }

  std::map<std::string, v1::ReservationState> CommitAll(const std::vector<std::string>& orders) {
    std::map<std::string, v1::ReservationState> states;
    const auto response = store_.BatchCommitStock(connection(), orders);
    EXPECT_THAT(response, testing::IsOk());
    for (const auto& result : response->results()) states[result.order_id()] = result.state();
    return states;
  }

  v1::ReservationState Return(const std::string& order) {
    return store_.ReturnStock(connection(), order).value();
  }

  v1::ReservationState Commit(const std::string& order) { return CommitAll({order}).at(order); }

  // "on_hand/reserved".
  std::string Stock(const std::string& id) {
    return Ask("SELECT on_hand || '/' || reserved FROM stock WHERE product_id = '" + id + "'");
  }

  StockStore store_;
  const std::string order_ = NewUuid();
};

}  // namespace cartwright::catalog
