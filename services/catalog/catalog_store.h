#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/catalog/product_query.h"
#include "shared/db/connection.h"

namespace cartwright::catalog {

// Every statement that reads products. Each call is one statement; a page of any number costs
// what the first one costs. Stateless; a connection is used by one thread at a time.
class CatalogStore {
 public:
  struct Product {
    std::string product_id;
    std::string name;
    std::string description;
    std::string category_id;
    int64_t price = 0;  // minor units
    std::string image_url;
    bool active = true;
    int64_t available = 0;       // on hand and not reserved; 0 without a stock row
    int64_t create_time_us = 0;  // since the epoch
    int64_t update_time_us = 0;
    std::string sort_key;  // on a page: the part of its position that the order gives
  };

  struct Page {
    std::vector<Product> products;  // in the order of the query
    // How many active products match in each category, were the category filter absent; nothing
    // when it was not asked for.
    std::optional<FacetCounts> facets;
  };

  // Up to `limit` active products that match `query`, after a position of its order.
  absl::StatusOr<Page> ListProducts(db::Connection& db, const ProductQuery& query,
                                    const ProductPosition& after, int limit, bool want_facets);

  // An active product. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<Product> GetProduct(db::Connection& db, const std::string& product_id);

  struct Category {
    std::string category_id;
    std::string name;
    int32_t product_count = 0;  // active ones
  };

  // In the shop's order.
  absl::StatusOr<std::vector<Category>> ListCategories(db::Connection& db);

  // Moves when a transaction that changed what the others of these calls answer has committed.
  absl::StatusOr<int64_t> GetChangeCursor(db::Connection& db);

  // Those that exist, archived ones too, without their descriptions.
  absl::StatusOr<std::vector<Product>> BatchGetProducts(
      db::Connection& db, const std::vector<std::string>& product_ids);
};

}  // namespace cartwright::catalog
