#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cartwright/catalog/v1/catalog.pb.h"

// The rules of looking for products that need no database: what a query means, in which order
// its answer stands, where a page ends, and which words a mistyped one may have been.
namespace cartwright::catalog {

// Orders of a list; each is made total by the product's id.
enum class ProductOrder { kName, kPrice, kPriceDescending, kNewest, kRelevance };

// What ListProducts was asked for.
struct ProductQuery {
  std::string text;                     // without white space at the ends; empty: everything
  std::vector<std::string> categories;  // distinct, sorted; empty: all
  int64_t min_price = 0;                // minor units, inclusive
  int64_t max_price = std::numeric_limits<int64_t>::max();
  bool in_stock = false;
  ProductOrder order = ProductOrder::kName;

  // True when the price is limited at all.
  bool HasPrice() const { return min_price > 0 || max_price < std::numeric_limits<int64_t>::max(); }
};

// The query of a request that passed the field rules. Errors: INVALID_FIELD when the prices
// contradict each other.
absl::StatusOr<ProductQuery> ParseQuery(const v1::ListProductsRequest& request);

// How words are looked up: as they are, or as something alike.
enum class Spelling { kExact, kForgiving };

// A place in an order: right after the product `product_id`, whose sort key is `key`, in
// Postgres' text form; without a product, before the first one.
struct ProductPosition {
  Spelling spelling = Spelling::kExact;
  std::string product_id;
  std::string key;
};

// The form that a page token carries, and back. INTERNAL for what FormatPosition never writes.
std::string FormatPosition(const ProductPosition& position);
absl::StatusOr<ProductPosition> ParsePosition(absl::string_view text);

// Number of matches per category id.
using FacetCounts = std::map<std::string, int64_t>;

// Equal for queries with equal facets: all that narrows them down but the categories.
std::string FacetKey(const ProductQuery& query, Spelling spelling);

// Number of products in `categories` (all when empty), at most 10,000, which then means "or more".
int32_t TotalSize(const FacetCounts& facets, const std::vector<std::string>& categories);

// Every word that is one slip of the finger away from a word of `text` (a letter too much, too
// few, another one, two swapped), in to_tsquery's syntax: names that have one for each word. Empty
// when no word is worth it: only ASCII letters, 3 to 16 of them, the first 4 words.
std::string OneSlipAway(absl::string_view text);

// Opaque version of a product, from when it last changed (microseconds since the epoch).
std::string EtagOf(const std::string& product_id, int64_t update_time_us);

// What makes two calls of ReserveStock for one order the same: the lines, in any order.
std::string Fingerprint(const v1::ReserveStockRequest& request);

}  // namespace cartwright::catalog
