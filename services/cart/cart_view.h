#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cartwright/cart/v1/cart.pb.h"
#include "cartwright/catalog/v1/catalog.pb.h"

// The rules of the cart that need no I/O: what a shopper sees of stored lines at the catalog's
// prices, and what may be added. What must hold whatever the code does is in the schema.
namespace cartwright::cart {

// Pieces of one product that a line can have (schema, api.md).
inline constexpr int kMaxQuantity = 99;

// What the catalog says of a product.
struct Snapshot {
  std::string name;
  std::string image_url;
  int64_t unit_price = 0;  // minor units, 0..kMaxAmount
  int available = 0;       // pieces, counted to kMaxQuantity: a line cannot want more
  bool active = false;     // false: not sold any more

  bool operator==(const Snapshot&) const = default;
};

// A line as the store keeps it, with what was last known of its product. A value.
struct StoredLine {
  std::string product_id;
  int quantity = 0;         // 1..kMaxQuantity
  int64_t added_price = 0;  // minor units
  Snapshot last;            // as the catalog said last
  int granted = 0;          // pieces that the call which returned this line added to it
};

// A cart as the store has it; a user who never had a line has version 0.
struct StoredCart {
  int64_t version = 0;
  std::vector<StoredLine> lines;  // in the order in which they were added
};

// Answers of the catalog by product id: nullopt for a product that does not exist. A product
// that is not in the list was not asked for, or the catalog could not be asked.
using PriceList = std::map<std::string, std::optional<Snapshot>>;

// Adds the catalog's answer about the products `request` asked for. INTERNAL, and nothing is
// added, when it has another currency or a price outside 0..kMaxAmount.
absl::Status ReadPrices(const catalog::v1::BatchGetProductsRequest& request,
                        const catalog::v1::BatchGetProductsResponse& response,
                        const std::string& currency, PriceList& prices);

// Brings the lines to the list's prices; returns those whose snapshot changed. A product that
// is gone keeps its last name and price and is not sold.
std::vector<StoredLine> ApplyPrices(const PriceList& prices, StoredCart& cart);

// Opaque name of a state of a user's lines: differs between users, and never comes back.
std::string VersionOf(const std::string& user_id, int64_t version);

// What a shopper sees, from the lines' snapshots. Lines that are NOT_AVAILABLE are shown and
// counted as items, but not in the subtotal: nobody can pay for them. Stale when a line is not
// in `prices`.
v1::Cart ToCart(const StoredCart& cart, const PriceList& prices, const std::string& user_id,
                const std::string& currency);

// A product to add and what is known of it.
struct Addition {
  std::string product_id;
  int quantity = 0;
  Snapshot snapshot;
};

// What is known of a product that shall be added: from the catalog or, when it could not be
// asked, from a line of the product. Errors: RESOURCE_NOT_FOUND for a product that does not
// exist or is not sold, DEPENDENCY_UNAVAILABLE when nobody knows it.
absl::StatusOr<Snapshot> FindSnapshot(const std::string& product_id, const PriceList& prices,
                                      const StoredCart& cart);

// What there is to merge: each product once, in the order of the request, quantities summed.
struct MergePlan {
  std::vector<Addition> additions;
  std::vector<v1::Adjustment> refused;  // products that are not sold, malformed ids
};

// Errors: DEPENDENCY_UNAVAILABLE when nobody knows a product: a merge is made whole or not at
// all, since a client cannot repeat a part of it.
absl::StatusOr<MergePlan> PlanMerge(const v1::MergeCartRequest& request, const PriceList& prices,
                                    const StoredCart& cart);

// The plan's refusals, and the additions that `merged`, its outcome, granted in part.
std::vector<v1::Adjustment> AdjustmentsOf(const MergePlan& plan, const StoredCart& merged);

// The line of a product; null when there is none.
const StoredLine* FindLine(const StoredCart& cart, const std::string& product_id);

}  // namespace cartwright::cart
