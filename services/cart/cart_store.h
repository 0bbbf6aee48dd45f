#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/cart/cart_view.h"
#include "shared/db/connection.h"

namespace cartwright::cart {

// Every SQL statement of the cart. Each call is one statement and one commit; those that change
// lines wait for each other on the cart's row and return the cart after the change. Stateless;
// a connection is used by one thread at a time.
class CartStore {
 public:
  absl::StatusOr<StoredCart> GetCart(db::Connection& db, const std::string& user_id);

  // What to do with a product that would have more than 99 pieces. A line beyond the 100th is
  // refused in both cases.
  enum class Overflow { kRefuse, kCap };

  // Adds pieces of products, each named once. `granted` of a line says how many pieces it got;
  // a product without a line in the result had no room.
  absl::StatusOr<StoredCart> AddItems(db::Connection& db, const std::string& user_id,
                                      const std::vector<Addition>& additions, Overflow overflow);

  // Sets the pieces of a line, 0..99; 0 removes it. Errors: RESOURCE_NOT_FOUND (no such line).
  absl::StatusOr<StoredCart> UpdateItem(db::Connection& db, const std::string& user_id,
                                        const std::string& product_id, int quantity);

  absl::StatusOr<StoredCart> RemoveItem(db::Connection& db, const std::string& user_id,
                                        const std::string& product_id);
  absl::StatusOr<StoredCart> ClearCart(db::Connection& db, const std::string& user_id);

  // Takes (product id, pieces) out of the cart, as far as they are there; once per order.
  absl::Status RemoveOrderedItems(db::Connection& db, const std::string& user_id,
                                  const std::string& order_id,
                                  const std::vector<std::pair<std::string, int>>& items);

  // Stores the snapshots of `lines`; the version stays. May do nothing while the cart is being
  // changed.
  absl::Status RefreshLines(db::Connection& db, const std::string& user_id,
                            const std::vector<StoredLine>& lines);
};

}  // namespace cartwright::cart
