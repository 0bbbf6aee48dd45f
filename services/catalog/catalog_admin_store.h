#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cartwright/catalog/v1/catalog_admin.pb.h"
#include "services/catalog/catalog_store.h"
#include "shared/db/connection.h"

namespace cartwright::catalog {

// The SQL of the administrators' commands. Each call is one statement and one commit; after
// UNAVAILABLE the effect is unknown, and the same call with the same key may be repeated.
// Stateless.
class CatalogAdminStore {
 public:
  // A product with all of its stock.
  struct Record {
    CatalogStore::Product product;
    int64_t on_hand = 0;
    int64_t reserved = 0;
  };

  // A place in the list: right after this product.
  struct Position {
    std::string name;
    std::string product_id;
  };
  // Up to `limit` products that `request` asks for after a position, by name.
  absl::StatusOr<std::vector<Record>> ListProductRecords(
      db::Connection& db, const v1::ListProductRecordsRequest& request,
      const std::optional<Position>& after, int limit);

  // One product. NOT_FOUND.
  absl::StatusOr<Record> GetProductRecord(db::Connection& db, const std::string& product_id);

  // The last 100 of each, newest first. Prices have no currency yet.
  absl::StatusOr<std::vector<v1::ProductChange>> ListChanges(db::Connection& db,
                                                             const std::string& product_id);
  absl::StatusOr<std::vector<v1::StockAdjustment>> ListAdjustments(db::Connection& db,
                                                                   const std::string& product_id);

  // What a key stands for: the product that it made or corrected, and whether an earlier call did.
  struct Done {
    std::string product_id;
    bool replayed = false;
  };
  // `fingerprint`: of what the client sent. Errors: INVALID_FIELD (category),
  // IDEMPOTENCY_KEY_REUSED.
  absl::StatusOr<Done> CreateProduct(db::Connection& db, const v1::CreateProductRequest& request,
                                     const std::string& fingerprint);

  // Changes what `request` gives, of the product as it was at `seen_us`; false when it is not that
  // any more. Errors: INVALID_FIELD (category).
  absl::StatusOr<bool> UpdateProduct(db::Connection& db, const v1::UpdateProductRequest& request,
                                     int64_t seen_us);

  // NOT_FOUND.
  absl::Status SetProductActive(db::Connection& db, const std::string& product_id, bool active,
                                const std::string& who);

  // Errors: NOT_FOUND, STOCK_RESERVED, IDEMPOTENCY_KEY_REUSED.
  absl::StatusOr<Done> AdjustStock(db::Connection& db, const v1::AdjustStockRequest& request,
                                   const std::string& fingerprint);
};

}  // namespace cartwright::catalog
