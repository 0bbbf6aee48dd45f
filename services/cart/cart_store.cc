#include "services/cart/cart_store.h"

#include <optional>

#include "shared/base/status.h"
#include "shared/base/status_macros.h"

namespace cartwright::cart {
namespace {

// All but the last two return the cart, one row per line: see the type stored_line. The rows are
// found by cart_pkey and line_pkey.
constexpr db::Statement kGetCart = {"cart.get_cart", R"sql(
  SELECT version, product_id, quantity, added_price, name, image_url, unit_price, available,
         active, granted
  FROM lines_of($1, '{}', '{}')
)sql"};
constexpr db::Statement kAddItems = {"cart.add_items", R"sql(
  SELECT version, product_id, quantity, added_price, name, image_url, unit_price, available,
         active, granted
  FROM add_items($1, $2::uuid[], $3::int[], $4::text[], $5::text[], $6::bigint[], $7::int[], $8)
)sql"};
constexpr db::Statement kUpdateItem = {"cart.update_item", R"sql(
  SELECT version, product_id, quantity, added_price, name, image_url, unit_price, available,
         active, granted
  FROM update_item($1, $2, $3)
)sql"};
constexpr db::Statement kRemoveItems = {"cart.remove_items", R"sql(
  SELECT version, product_id, quantity, added_price, name, image_url, unit_price, available,
         active, granted
  FROM remove_items($1, $2)
)sql"};

// One row without content.
constexpr db::Statement kRemoveOrderedItems = {
    "cart.remove_ordered_items", "SELECT remove_ordered_items($1, $2, $3::uuid[], $4::int[])"};
constexpr db::Statement kRefreshLines = {"cart.refresh_lines", R"sql(
  SELECT refresh_lines($1, $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::int[],
                       $7::boolean[])
)sql"};

// Snapshots by column, as array parameters.
struct Columns {
  std::vector<std::string> ids, names, image_urls, actives;
  std::vector<int64_t> prices, stocks;

  void Add(const std::string& id, const Snapshot& snapshot) {
    ids.push_back(id);
    names.push_back(snapshot.name);
    image_urls.push_back(snapshot.image_url);
    prices.push_back(snapshot.unit_price);
    stocks.push_back(snapshot.available);
    actives.push_back(snapshot.active ? "t" : "f");
  }
};

StoredCart ReadCart(const pqxx::result& rows) {
  StoredCart cart;
  for (const auto& row : rows) {
    cart.version = row["version"].as<int64_t>();
    if (row["product_id"].is_null()) continue;
    cart.lines.push_back({.product_id = row["product_id"].as<std::string>(),
                          .quantity = row["quantity"].as<int>(),
                          .added_price = row["added_price"].as<int64_t>(),
                          .last = {.name = row["name"].as<std::string>(),
                                   .image_url = row["image_url"].as<std::string>(),
                                   .unit_price = row["unit_price"].as<int64_t>(),
                                   .available = row["available"].as<int>(),
                                   .active = row["active"].as<bool>()},
                          .granted = row["granted"].as<int>()});
  }
  return cart;
}

absl::StatusOr<StoredCart> ReadCart(const absl::StatusOr<pqxx::result>& rows) {
  CW_RETURN_IF_ERROR(rows.status());
  return ReadCart(*rows);
}

}  // namespace

absl::StatusOr<StoredCart> CartStore::GetCart(db::Connection& db, const std::string& user_id) {
  return ReadCart(db.Execute(kGetCart, {user_id}));
}

absl::StatusOr<StoredCart> CartStore::AddItems(db::Connection& db, const std::string& user_id,
                                               const std::vector<Addition>& additions,
                                               Overflow overflow) {
  Columns columns;
  std::vector<int64_t> pieces;
  for (const Addition& addition : additions) {
    columns.Add(addition.product_id, addition.snapshot);
    pieces.push_back(addition.quantity);
  }
  return ReadCart(db.Execute(
      kAddItems, {user_id, db::Array(columns.ids), db::Array(pieces), db::Array(columns.names),
                  db::Array(columns.image_urls), db::Array(columns.prices),
                  db::Array(columns.stocks), overflow == Overflow::kCap}));
}

absl::StatusOr<StoredCart> CartStore::UpdateItem(db::Connection& db, const std::string& user_id,
                                                 const std::string& product_id, int quantity) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kUpdateItem, {user_id, product_id, quantity}));
  if (rows.empty()) return NotFound("cart item");
  return ReadCart(rows);
}

absl::StatusOr<StoredCart> CartStore::RemoveItem(db::Connection& db, const std::string& user_id,
                                                 const std::string& product_id) {
  return ReadCart(db.Execute(kRemoveItems, {user_id, product_id}));
}

absl::StatusOr<StoredCart> CartStore::ClearCart(db::Connection& db, const std::string& user_id) {
  return ReadCart(db.Execute(kRemoveItems, {user_id, std::nullopt}));
}

absl::Status CartStore::RemoveOrderedItems(db::Connection& db, const std::string& user_id,
                                           const std::string& order_id,
                                           const std::vector<std::pair<std::string, int>>& items) {
  std::vector<std::string> ids;
  std::vector<int64_t> pieces;
  for (const auto& [id, quantity] : items) {
    ids.push_back(id);
    pieces.push_back(quantity);
  }
  return db.Execute(kRemoveOrderedItems, {user_id, order_id, db::Array(ids), db::Array(pieces)})
      .status();
}

absl::Status CartStore::RefreshLines(db::Connection& db, const std::string& user_id,
                                     const std::vector<StoredLine>& lines) {
  Columns columns;
  for (const StoredLine& line : lines) columns.Add(line.product_id, line.last);
  return db
      .Execute(kRefreshLines, {user_id, db::Array(columns.ids), db::Array(columns.names),
                               db::Array(columns.image_urls), db::Array(columns.prices),
                               db::Array(columns.stocks), db::Array(columns.actives)})
      .status();
}

}  // namespace cartwright::cart
