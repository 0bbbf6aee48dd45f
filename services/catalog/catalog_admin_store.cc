#include "services/catalog/catalog_admin_store.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/time_util.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/base/uuid.h"
#include "shared/db/sql_error.h"

namespace cartwright::catalog {
namespace {

using google::protobuf::util::TimeUtil;

// The columns of ReadRecord, of the products where `chosen` holds; the stock is looked up row by
// row.
#define CW_RECORDS(chosen)                                                                     \
  "SELECT p.product_id, p.name, p.description, p.category_id, p.price, p.image_url, p.active," \
  " coalesce(s.on_hand, 0) AS on_hand, coalesce(s.reserved, 0) AS reserved,"                   \
  " (extract(epoch FROM p.create_time) * 1000000)::bigint AS create_time_us,"                  \
  " (extract(epoch FROM p.update_time) * 1000000)::bigint AS update_time_us"                   \
  " FROM (SELECT product_id, name, description, category_id, price, image_url, active,"        \
  " create_time, update_time FROM product WHERE " chosen                                       \
  ") p LEFT JOIN LATERAL (SELECT on_hand, reserved FROM stock WHERE product_id = p.product_id" \
  " LIMIT 1) s ON true ORDER BY p.name, p.product_id"
#define CW_RECORD_PAGE(chosen) \
  CW_RECORDS("(name, product_id) > ($1, $2) AND " chosen " ORDER BY name, product_id LIMIT $3")
// $4: a pattern in lower case, by product_by_trigrams.
#define CW_RECORD_SEARCH(chosen) CW_RECORD_PAGE("lower(name) LIKE $4 AND " chosen)

// A page each: by product_by_any_name, product_by_name and product_archived_by_name. Without $4 the
// statement would have a parameter less, hence the comparison.
constexpr db::Statement kListAny = {"catalog.list_product_records",
                                    CW_RECORD_PAGE("$4::text IS NULL")};
constexpr db::Statement kListActive = {"catalog.list_active_product_records",
                                       CW_RECORD_PAGE("$4::text IS NULL AND active")};
constexpr db::Statement kListArchived = {"catalog.list_archived_product_records",
                                         CW_RECORD_PAGE("$4::text IS NULL AND NOT active")};
constexpr db::Statement kSearchAny = {"catalog.search_product_records", CW_RECORD_SEARCH("true")};
constexpr db::Statement kSearchActive = {"catalog.search_active_product_records",
                                         CW_RECORD_SEARCH("active")};
constexpr db::Statement kSearchArchived = {"catalog.search_archived_product_records",
                                           CW_RECORD_SEARCH("NOT active")};

// One row by product_pkey.
constexpr db::Statement kGetRecord = {"catalog.get_product_record", CW_RECORDS("product_id = $1")};

// By product_change_by_product.
constexpr db::Statement kListChanges = {"catalog.list_product_changes", R"sql(
  SELECT product_change_id, kind, price, coalesce(operator, '') AS operator,
         (SELECT coalesce(string_agg(key, ',' ORDER BY key), '') FROM jsonb_object_keys(before) key)
           AS fields,
         (extract(epoch FROM create_time) * 1000000)::bigint AS create_time_us
  FROM product_change WHERE product_id = $1 ORDER BY product_change_id DESC LIMIT 100
)sql"};

// By admin_command_adjustments.
constexpr db::Statement kListAdjustments = {"catalog.list_stock_adjustments", R"sql(
  SELECT c.stock_journal_id, j.delta, c.reason, c.operator,
         (extract(epoch FROM c.create_time) * 1000000)::bigint AS create_time_us
  FROM admin_command c JOIN stock_journal j USING (stock_journal_id)
  WHERE c.product_id = $1 AND c.stock_journal_id IS NOT NULL
  ORDER BY c.stock_journal_id DESC LIMIT 100
)sql"};

// One row: what became of it, and the product that the key made.
constexpr db::Statement kCreateProduct = {
    "catalog.create_product",
    "SELECT outcome, made FROM create_product($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};

// One row: whether there was such a product.
constexpr db::Statement kUpdateProduct = {"catalog.update_product",
                                          "SELECT update_product($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr db::Statement kSetActive = {"catalog.set_product_active",
                                      "SELECT set_product_active($1, $2, $3)"};

// One row: what became of it, and the stock as it is then.
constexpr db::Statement kAdjustStock = {
    "catalog.adjust_stock",
    "SELECT outcome, pieces, kept FROM adjust_stock($1, $2, $3, $4, $5, $6)"};

// Before every product.
constexpr const char* kFirstId = "00000000-0000-0000-0000-000000000000";

CatalogAdminStore::Record ReadRecord(const pqxx::row& row) {
  const int64_t on_hand = row["on_hand"].as<int64_t>(), reserved = row["reserved"].as<int64_t>();
  return {.product = {.product_id = row["product_id"].as<std::string>(),
                      .name = row["name"].as<std::string>(),
                      .description = row["description"].as<std::string>(),
                      .category_id = row["category_id"].as<std::string>(),
                      .price = row["price"].as<int64_t>(),
                      .image_url = row["image_url"].as<std::string>(),
                      .active = row["active"].as<bool>(),
                      .available = on_hand - reserved,
                      .create_time_us = row["create_time_us"].as<int64_t>(),
                      .update_time_us = row["update_time_us"].as<int64_t>()},
          .on_hand = on_hand,
          .reserved = reserved};
}

const db::Statement& ListStatement(v1::ProductFilter filter, bool has_query) {
  switch (filter) {
    case v1::ACTIVE: return has_query ? kSearchActive : kListActive;
    case v1::ARCHIVED: return has_query ? kSearchArchived : kListArchived;
    default: return has_query ? kSearchAny : kListAny;
  }
}

// The columns of a product by their names in the proto.
std::string FieldOf(absl::string_view column) {
  if (column == "category_id") return "category";
  if (column == "image_url") return "imageUrl";
  return std::string(column);
}

// What a constraint that a command violates has to say to the administrator.
absl::Status Explain(const absl::Status& status) {
  const std::string violated = db::ConstraintOf(status);
  if (violated == "product_category_fkey") {
    return InvalidField("category", "must be a category of the shop");
  }
  if (violated == "product_name_fits_page_token") {
    return InvalidField("name", "must have at most 640 bytes");
  }
  return status;
}

absl::Status KeyReused() {
  return Error(absl::StatusCode::kInvalidArgument, api::v1::IDEMPOTENCY_KEY_REUSED,
               "This Idempotency-Key was used for something else.");
}

}  // namespace

absl::StatusOr<std::vector<CatalogAdminStore::Record>> CatalogAdminStore::ListProductRecords(
    db::Connection& db, const v1::ListProductRecordsRequest& request,
    const std::optional<Position>& after, int limit) {
  const std::string words = absl::AsciiStrToLower(absl::StripAsciiWhitespace(request.query()));
  std::vector<Record> records;
  if (IsUuid(words)) {
    // There is one at most, so there is no page after it.
    absl::StatusOr<Record> record = GetProductRecord(db, words);
    if (!record.ok()) {
      return absl::IsNotFound(record.status()) ? absl::StatusOr<std::vector<Record>>(records)
                                               : record.status();
    }
    const bool wanted = request.filter() != v1::ACTIVE && request.filter() != v1::ARCHIVED;
    if (wanted || record->product.active == (request.filter() == v1::ACTIVE)) {
      records.push_back(*std::move(record));
    }
    return records;
  }
  db::Param pattern = std::nullopt;
  if (!words.empty()) {
    pattern = absl::StrCat(
        "%", absl::StrReplaceAll(words, {{"\\", "\\\\"}, {"%", "\\%"}, {"_", "\\_"}}), "%");
  }
  CW_ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Execute(ListStatement(request.filter(), !words.empty()),
                 {after ? after->name : "", after ? after->product_id : kFirstId, limit, pattern}));
  for (const auto& row : rows) records.push_back(ReadRecord(row));
  return records;
}

absl::StatusOr<CatalogAdminStore::Record> CatalogAdminStore::GetProductRecord(
    db::Connection& db, const std::string& product_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kGetRecord, {product_id}));
  if (rows.empty()) return NotFound("product");
  return ReadRecord(rows[0]);
}

absl::StatusOr<std::vector<v1::ProductChange>> CatalogAdminStore::ListChanges(
    db::Connection& db, const std::string& product_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kListChanges, {product_id}));
  std::vector<v1::ProductChange> changes;
  for (const auto& row : rows) {
    v1::ProductChange& change = changes.emplace_back();
    v1::ProductChange::Kind kind = v1::ProductChange::KIND_UNSPECIFIED;
    v1::ProductChange::Kind_Parse(row["kind"].c_str(), &kind);
    change.set_id(row["product_change_id"].as<int64_t>());
    change.set_kind(kind);
    change.mutable_price()->set_minor_units(row["price"].as<int64_t>());
    for (absl::string_view column : absl::StrSplit(row["fields"].c_str(), ',', absl::SkipEmpty())) {
      change.add_fields(FieldOf(column));
    }
    change.set_operator_(row["operator"].c_str());
    *change.mutable_create_time() =
        TimeUtil::MicrosecondsToTimestamp(row["create_time_us"].as<int64_t>());
  }
  return changes;
}

absl::StatusOr<std::vector<v1::StockAdjustment>> CatalogAdminStore::ListAdjustments(
    db::Connection& db, const std::string& product_id) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kListAdjustments, {product_id}));
  std::vector<v1::StockAdjustment> adjustments;
  for (const auto& row : rows) {
    v1::StockAdjustment& adjustment = adjustments.emplace_back();
    adjustment.set_id(row["stock_journal_id"].as<int64_t>());
    adjustment.set_delta(row["delta"].as<int64_t>());
    adjustment.set_reason(row["reason"].c_str());
    adjustment.set_operator_(row["operator"].c_str());
    *adjustment.mutable_create_time() =
        TimeUtil::MicrosecondsToTimestamp(row["create_time_us"].as<int64_t>());
  }
  return adjustments;
}

absl::StatusOr<CatalogAdminStore::Done> CatalogAdminStore::CreateProduct(
    db::Connection& db, const v1::CreateProductRequest& request, const std::string& fingerprint) {
  const absl::StatusOr<pqxx::result> rows = db.Execute(
      kCreateProduct, {NewUuid(), request.name(), request.description(), request.category(),
                       request.price().minor_units(), request.image_url(), request.stock(),
                       request.operator_(), request.idempotency_key(), db::Bytes(fingerprint)});
  if (!rows.ok()) return Explain(rows.status());
  const std::string outcome = (*rows)[0]["outcome"].as<std::string>();
  if (outcome == "MISMATCH") return KeyReused();
  return Done{.product_id = (*rows)[0]["made"].as<std::string>(), .replayed = outcome == "REPLAY"};
}

absl::StatusOr<bool> CatalogAdminStore::UpdateProduct(db::Connection& db,
                                                      const v1::UpdateProductRequest& request,
                                                      int64_t seen_us) {
  db::Params params(8, std::nullopt);
  params[0] = request.id();
  params[1] = seen_us;
  if (request.has_name()) params[2] = request.name();
  if (request.has_description()) params[3] = request.description();
  if (request.has_category()) params[4] = request.category();
  if (request.has_price()) params[5] = request.price().minor_units();
  if (request.has_image_url()) params[6] = request.image_url();
  params[7] = request.operator_();
  const absl::StatusOr<pqxx::result> rows = db.Execute(kUpdateProduct, params);
  if (!rows.ok()) return Explain(rows.status());
  return (*rows)[0][0].as<bool>();
}

absl::Status CatalogAdminStore::SetProductActive(db::Connection& db, const std::string& product_id,
                                                 bool active, const std::string& who) {
  CW_ASSIGN_OR_RETURN(const pqxx::result rows, db.Execute(kSetActive, {product_id, active, who}));
  return rows[0][0].as<bool>() ? absl::OkStatus() : NotFound("product");
}

absl::StatusOr<CatalogAdminStore::Done> CatalogAdminStore::AdjustStock(
    db::Connection& db, const v1::AdjustStockRequest& request, const std::string& fingerprint) {
  const absl::StatusOr<pqxx::result> rows = db.Execute(
      kAdjustStock, {request.id(), request.delta(), request.reason(), request.operator_(),
                     request.idempotency_key(), db::Bytes(fingerprint)});
  // The key went to another product at this moment.
  if (db::ConstraintOf(rows.status()) == "admin_command_pkey") return KeyReused();
  CW_RETURN_IF_ERROR(rows.status());
  const pqxx::row row = (*rows)[0];
  const std::string outcome = row["outcome"].as<std::string>();
  if (outcome == "UNKNOWN") return NotFound("product");
  if (outcome == "MISMATCH") return KeyReused();
  if (outcome == "RESERVED") {
    return Error(absl::StatusCode::kFailedPrecondition, v1::STOCK_RESERVED,
                 absl::StrCat("Open orders have reserved ", row["kept"].c_str(), " of the ",
                              row["pieces"].c_str(), " pieces; no fewer can be left."),
                 {{"onHand", row["pieces"].c_str()}, {"reserved", row["kept"].c_str()}});
  }
  return Done{.product_id = request.id(), .replayed = outcome == "REPLAY"};
}

}  // namespace cartwright::catalog
