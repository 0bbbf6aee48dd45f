#include "services/catalog/catalog_store.h"

#include <map>
#include <mutex>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"

namespace cartwright::catalog {
namespace {

constexpr const char* kFirstId = "00000000-0000-0000-0000-000000000000";
constexpr const char* kLastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

// A row per product that exists; $2: with its description. The stock is looked up row by row:
// many ids must not turn into a join of whole tables.
constexpr db::Statement kGetProducts = {"catalog.get_products", R"sql(
  SELECT p.product_id, p.name, CASE WHEN $2 THEN p.description ELSE '' END AS description,
         p.category_id, p.price, p.image_url, p.active,
         coalesce((SELECT s.on_hand - s.reserved FROM stock s WHERE s.product_id = p.product_id),
                  0) AS available,
         (extract(epoch FROM p.create_time) * 1000000)::bigint AS create_time_us,
         (extract(epoch FROM p.update_time) * 1000000)::bigint AS update_time_us
  FROM product p WHERE p.product_id = ANY ($1::uuid[])
)sql"};

// A row per category; the counts by product_by_category_price alone.
constexpr db::Statement kListCategories = {"catalog.list_categories", R"sql(
  SELECT c.category_id, c.name, coalesce(n.products, 0) AS product_count
  FROM category c LEFT JOIN (
    SELECT category_id, count(*) AS products FROM product WHERE active GROUP BY category_id) n
    ON n.category_id = c.category_id
  ORDER BY c.position
)sql"};

// One row; all 64 rows of a small table.
constexpr db::Statement kGetChangeCursor = {
    "catalog.get_change_cursor", "SELECT sum(changes)::bigint AS cursor FROM public_change"};

// ListProducts is one statement per shape of query, put together from the parts below: an
// optional filter written as "$1 IS NULL OR ..." would keep the planner from every index.
// Parameters: $1, $2 the position (key, id), $3 limit, $4 whether to count facets,
// $5 categories, $6, $7 price range, $8 words, $9 words one slip away.

// Rows: the facets as "category:count,..." or null; and a product of the page, or nulls when it
// is empty. A CTE that nobody reads costs nothing; `parameter` gives a type to the parameters
// that a shape does not use. The products are looked up row by row (LIMIT keeps the planner from
// turning it into a join of whole tables).
constexpr const char* kListProducts = R"sql(
  WITH parameter AS (SELECT $1::text, $2::uuid, $3::int, $4::bool, $5::text[], $6::bigint,
                            $7::bigint, $8::text, $9::text),
    {hits}
    page AS MATERIALIZED ({page})
  SELECT f.facets, p.product_id, p.name, p.description, p.category_id, p.price, p.image_url,
         p.active, p.available, p.create_time_us, p.update_time_us, page.sort_key::text AS sort_key
  FROM (SELECT CASE WHEN $4 THEN (
          SELECT coalesce(string_agg(g.category_id || ':' || g.products, ','), '')
          FROM ({facets}) g) END AS facets) f
    LEFT JOIN page ON true
    LEFT JOIN LATERAL (
      SELECT p.product_id, p.name, p.description, p.category_id, p.price, p.image_url, p.active,
             coalesce(s.on_hand - s.reserved, 0) AS available,
             (extract(epoch FROM p.create_time) * 1000000)::bigint AS create_time_us,
             (extract(epoch FROM p.update_time) * 1000000)::bigint AS update_time_us
      FROM product p LEFT JOIN stock s ON s.product_id = p.product_id
      WHERE p.product_id = page.product_id LIMIT 1) p ON true
  ORDER BY page.sort_key {direction}, page.product_id {direction}
)sql";

// Without words: a range of the index of the order, or of each category's.
constexpr const char* kBrowsePage = R"sql(
  SELECT p.product_id, {key} AS sort_key FROM product p
  WHERE p.active AND ({key}, p.product_id) {after} ($1::{type}, $2) {filter}
  ORDER BY {key} {direction}, p.product_id {direction} LIMIT $3)sql";
constexpr const char* kBrowseCategoriesPage = R"sql(
  SELECT c.product_id, c.sort_key FROM unnest($5) AS chosen (category_id) CROSS JOIN LATERAL (
    SELECT p.product_id, {key} AS sort_key FROM product p
    WHERE p.active AND p.category_id = chosen.category_id
      AND ({key}, p.product_id) {after} ($1::{type}, $2) {filter}
    ORDER BY {key} {direction}, p.product_id {direction} LIMIT $3) c
  ORDER BY c.sort_key {direction}, c.product_id {direction} LIMIT $3)sql";
constexpr const char* kBrowseFacets = R"sql(
  SELECT p.category_id, count(*) AS products FROM product p WHERE p.active {filter}
  GROUP BY p.category_id)sql";

// With words: all hits, found once by product_by_words (and product_by_trigrams), serve the page
// and the facets. The queries are subselects so that they are parsed once, not once per row.
constexpr const char* kHits = R"sql(
    hit AS MATERIALIZED (
      SELECT p.product_id, p.category_id, {key} AS sort_key FROM product p
      WHERE p.active AND {match} {filter}),)sql";
constexpr const char* kHitsPage = R"sql(
  SELECT h.product_id, h.sort_key FROM hit h
  WHERE (h.sort_key, h.product_id) {after} ($1::{type}, $2) {categories}
  ORDER BY h.sort_key {direction}, h.product_id {direction} LIMIT $3)sql";
constexpr const char* kHitsFacets = R"sql(
  SELECT h.category_id, count(*) AS products FROM hit h GROUP BY h.category_id)sql";

constexpr const char* kExactMatch = "p.search @@ (SELECT websearch_to_tsquery('english', $8))";
constexpr const char* kExactRank =
    "ts_rank(p.search, (SELECT websearch_to_tsquery('english', $8)))";
constexpr const char* kForgivingMatch =
    "(p.search @@ (SELECT to_tsquery('english', $9)) OR lower($8) <% lower(p.name))";
// One slip away is nearer than anything that only shares trigrams.
constexpr const char* kForgivingRank =
    "((p.search @@ (SELECT to_tsquery('english', $9)))::int"
    " + word_similarity(lower($8), lower(p.name)))::real";

constexpr const char* kPriceFilter = " AND p.price BETWEEN $6 AND $7";
constexpr const char* kStockFilter =
    " AND EXISTS (SELECT 1 FROM stock s"
    " WHERE s.product_id = p.product_id AND s.on_hand > s.reserved)";

// How an order sorts: which key, and what stands before the first one.
struct Sort {
  const char* name;
  const char* key;
  const char* type;
  bool descending;
  const char* start;
};

Sort SortOf(ProductOrder order, Spelling spelling) {
  switch (order) {
    case ProductOrder::kName: return {"name", "p.name", "text", false, ""};
    case ProductOrder::kPrice: return {"price", "p.price", "bigint", false, "0"};
    case ProductOrder::kPriceDescending:
      return {"price_desc", "p.price", "bigint", true, "9223372036854775807"};
    case ProductOrder::kNewest: return {"newest", "p.create_time", "timestamptz", true, "infinity"};
    case ProductOrder::kRelevance: break;
  }
  return {"relevance", spelling == Spelling::kExact ? kExactRank : kForgivingRank, "real", true,
          "infinity"};
}

std::string Compose(const ProductQuery& query, Spelling spelling, const Sort& sort) {
  const bool words = !query.text.empty(), chosen = !query.categories.empty();
  // Two passes: the parts first, then what stands in them.
  const std::string sql =
      absl::StrReplaceAll(kListProducts, {{"{hits}", words ? kHits : ""},
                                          {"{page}", words    ? kHitsPage
                                                     : chosen ? kBrowseCategoriesPage
                                                              : kBrowsePage},
                                          {"{facets}", words ? kHitsFacets : kBrowseFacets}});
  return absl::StrReplaceAll(
      sql, {{"{match}", spelling == Spelling::kExact ? kExactMatch : kForgivingMatch},
            {"{filter}", absl::StrCat(query.HasPrice() ? kPriceFilter : "",
                                      query.in_stock ? kStockFilter : "")},
            {"{categories}", chosen ? "AND h.category_id = ANY ($5)" : ""},
            {"{key}", sort.key},
            {"{type}", sort.type},
            {"{after}", sort.descending ? "<" : ">"},
            {"{direction}", sort.descending ? "DESC" : "ASC"}});
}

// The statement for the shape of a query. Statements are never destroyed: metrics know them by the
// address of their name. Postgres cuts a name after 63 characters; the longest here has 59.
db::Statement ListStatement(const ProductQuery& query, Spelling spelling, const Sort& sort) {
  static std::mutex mutex;
  static auto* const made = new std::map<std::string, std::string>;
  const char* words = spelling == Spelling::kExact ? ".words" : ".alike";
  std::string name =
      absl::StrCat("catalog.list_products.", sort.name, query.text.empty() ? "" : words,
                   query.categories.empty() ? "" : ".category", query.HasPrice() ? ".range" : "",
                   query.in_stock ? ".stock" : "");
  const std::lock_guard lock(mutex);
  const auto [entry, is_new] = made->try_emplace(std::move(name));
  if (is_new) entry->second = Compose(query, spelling, sort);
  return {entry->first.c_str(), entry->second.c_str()};
}

CatalogStore::Product ReadProduct(const pqxx::row& row) {
  return {.product_id = row["product_id"].as<std::string>(),
          .name = row["name"].as<std::string>(),
          .description = row["description"].as<std::string>(),
          .category_id = row["category_id"].as<std::string>(),
          .price = row["price"].as<int64_t>(),
          .image_url = row["image_url"].as<std::string>(),
          .active = row["active"].as<bool>(),
          .available = row["available"].as<int64_t>(),
          .create_time_us = row["create_time_us"].as<int64_t>(),
          .update_time_us = row["update_time_us"].as<int64_t>()};
}

// From "category:count,...".
absl::StatusOr<FacetCounts> ReadFacets(absl::string_view text) {
  FacetCounts facets;
  for (absl::string_view item : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(item, ':');
    if (!absl::SimpleAtoi(parts.second, &facets[parts.first])) {
      return absl::InternalError("a facet has no count");
    }
  }
  return facets;
}

}  // namespace

absl::StatusOr<CatalogStore::Page> CatalogStore::ListProducts(db::Connection& db,
                                                              const ProductQuery& query,
                                                              const ProductPosition& after,
                                                              int limit, bool want_facets) {
  const Sort sort = SortOf(query.order, after.spelling);
  const bool start = after.product_id.empty();
  const std::string slips =
      after.spelling == Spelling::kForgiving ? OneSlipAway(query.text) : std::string();
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(ListStatement(query, after.spelling, sort),
                                 {start ? sort.start : after.key,
                                  !start            ? after.product_id
                                  : sort.descending ? kLastId
                                                    : kFirstId,
                                  limit, want_facets, db::Array(query.categories), query.min_price,
                                  query.max_price, query.text, slips}));
  Page page;
  if (want_facets) {
    CW_ASSIGN_OR_RETURN(page.facets, ReadFacets(rows[0]["facets"].c_str()));
  }
  for (const auto& row : rows) {
    if (row["product_id"].is_null()) continue;
    page.products.push_back(ReadProduct(row));
    page.products.back().sort_key = row["sort_key"].as<std::string>();
  }
  return page;
}

absl::StatusOr<CatalogStore::Product> CatalogStore::GetProduct(db::Connection& db,
                                                               const std::string& product_id) {
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(kGetProducts, {db::Array(std::vector<std::string>{product_id}), true}));
  if (rows.empty() || !rows[0]["active"].as<bool>()) return NotFound("product");
  return ReadProduct(rows[0]);
}

absl::StatusOr<std::vector<CatalogStore::Category>> CatalogStore::ListCategories(
    db::Connection& db) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kListCategories));
  std::vector<Category> categories;
  for (const auto& row : rows) {
    categories.push_back({.category_id = row["category_id"].as<std::string>(),
                          .name = row["name"].as<std::string>(),
                          .product_count = row["product_count"].as<int32_t>()});
  }
  return categories;
}

absl::StatusOr<int64_t> CatalogStore::GetChangeCursor(db::Connection& db) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kGetChangeCursor));
  return rows[0]["cursor"].as<int64_t>();
}

absl::StatusOr<std::vector<CatalogStore::Product>> CatalogStore::BatchGetProducts(
    db::Connection& db, const std::vector<std::string>& product_ids) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows,
                      db.Execute(kGetProducts, {db::Array(product_ids), false}));
  std::vector<Product> products;
  for (const auto& row : rows) products.push_back(ReadProduct(row));
  return products;
}

}  // namespace cartwright::catalog
