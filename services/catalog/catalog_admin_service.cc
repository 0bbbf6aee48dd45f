#include "services/catalog/catalog_admin_service.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/catalog/catalog_service.h"
#include "services/catalog/product_query.h"
#include "shared/base/secret.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"
#include "shared/telemetry/log.h"

namespace cartwright::catalog {
namespace {

// That of the constraint product_price_bounded.
constexpr int64_t kMaxPrice = 1'000'000'000;

// Of what the client sent. The bytes of one binary: a replay that a newer one reads as something
// else is refused, and nothing happens twice.
template <typename Request>
std::string FingerprintOf(Request request) {
  request.clear_operator_();
  request.clear_idempotency_key();
  return Sha256(request.SerializeAsString());
}

// Commands are rare and matter: besides the row, a line for whoever reads logs.
void LogCommand(absl::string_view command, const std::string& product_id, const std::string& who) {
  log::Info("catalog.command", command, {{"product.id", product_id}, {"operator", who}});
}

// Whether the product has already everything that the request gives.
bool Says(const CatalogStore::Product& product, const v1::UpdateProductRequest& request) {
  return (!request.has_name() || request.name() == product.name) &&
         (!request.has_description() || request.description() == product.description) &&
         (!request.has_category() || request.category() == product.category_id) &&
         (!request.has_price() || request.price().minor_units() == product.price) &&
         (!request.has_image_url() || request.image_url() == product.image_url);
}

absl::Status Changed(const CatalogStore::Product& product) {
  return Error(absl::StatusCode::kFailedPrecondition, v1::PRODUCT_CHANGED,
               "Somebody has changed this product meanwhile; look at it again.",
               {{"etag", EtagOf(product.product_id, product.update_time_us)}});
}

}  // namespace

CatalogAdminService::CatalogAdminService(CatalogAdminStore& store, std::string currency,
                                         std::string page_token_key)
    : store_(store), currency_(std::move(currency)), page_tokens_(std::move(page_token_key)) {}

absl::StatusOr<v1::ListProductRecordsResponse> CatalogAdminService::ListProductRecords(
    db::Connection& db, const v1::ListProductRecordsRequest& request) {
  CW_ASSIGN_OR_RETURN(const std::string token, page_tokens_.Open(request));
  std::optional<CatalogAdminStore::Position> after;
  if (!token.empty()) {
    CW_ASSIGN_OR_RETURN(const ProductPosition position, ParsePosition(token));
    after = {.name = position.key, .product_id = position.product_id};
  }
  const size_t page_size = rpc::PageSizeOr(request.page_size());
  // One more than the page, to know whether another one follows.
  CW_ASSIGN_OR_RETURN(
      auto records, store_.ListProductRecords(db, request, after, static_cast<int>(page_size) + 1));
  v1::ListProductRecordsResponse response;
  if (records.size() > page_size) {
    records.resize(page_size);
    const CatalogStore::Product& last = records.back().product;
    const ProductPosition end = {.product_id = last.product_id, .key = last.name};
    response.set_next_page_token(page_tokens_.Seal(request, FormatPosition(end)));
  }
  for (const auto& record : records) *response.add_records() = ToProto(record);
  return response;
}

absl::StatusOr<v1::GetProductRecordResponse> CatalogAdminService::GetProductRecord(
    db::Connection& db, const v1::GetProductRecordRequest& request) {
  v1::GetProductRecordResponse response;
  CW_ASSIGN_OR_RETURN(*response.mutable_record(), Read(db, request.id()));
  CW_ASSIGN_OR_RETURN(auto changes, store_.ListChanges(db, request.id()));
  for (v1::ProductChange& change : changes) {
    change.mutable_price()->set_currency_code(currency_);
    *response.add_changes() = std::move(change);
  }
  CW_ASSIGN_OR_RETURN(auto adjustments, store_.ListAdjustments(db, request.id()));
  for (auto& adjustment : adjustments) *response.add_adjustments() = std::move(adjustment);
  return response;
}

absl::StatusOr<v1::CreateProductResponse> CatalogAdminService::CreateProduct(
    db::Connection& db, const v1::CreateProductRequest& request) {
  CW_RETURN_IF_ERROR(CheckPrice(request.price()));
  CW_ASSIGN_OR_RETURN(const auto done, store_.CreateProduct(db, request, FingerprintOf(request)));
  LogCommand("CREATE", done.product_id, request.operator_());
  v1::CreateProductResponse response;
  CW_ASSIGN_OR_RETURN(*response.mutable_record(), Read(db, done.product_id));
  response.set_replayed(done.replayed);
  return response;
}

absl::StatusOr<v1::UpdateProductResponse> CatalogAdminService::UpdateProduct(
    db::Connection& db, const v1::UpdateProductRequest& request) {
  if (request.has_price()) CW_RETURN_IF_ERROR(CheckPrice(request.price()));
  CW_ASSIGN_OR_RETURN(const auto found, store_.GetProductRecord(db, request.id()));
  const CatalogStore::Product& before = found.product;
  v1::UpdateProductResponse response;
  // Also the second call of somebody who did not hear the answer to the first.
  if (Says(before, request)) {
    *response.mutable_record() = ToProto(found);
    return response;
  }
  if (request.etag() != EtagOf(before.product_id, before.update_time_us)) return Changed(before);
  CW_ASSIGN_OR_RETURN(const bool updated, store_.UpdateProduct(db, request, before.update_time_us));
  CW_ASSIGN_OR_RETURN(const auto after, store_.GetProductRecord(db, request.id()));
  if (!updated) return Changed(after.product);
  LogCommand("UPDATE", request.id(), request.operator_());
  *response.mutable_record() = ToProto(after);
  return response;
}

absl::StatusOr<v1::ArchiveProductResponse> CatalogAdminService::ArchiveProduct(
    db::Connection& db, const v1::ArchiveProductRequest& request) {
  CW_RETURN_IF_ERROR(store_.SetProductActive(db, request.id(), false, request.operator_()));
  LogCommand("ARCHIVE", request.id(), request.operator_());
  v1::ArchiveProductResponse response;
  CW_ASSIGN_OR_RETURN(*response.mutable_record(), Read(db, request.id()));
  return response;
}

absl::StatusOr<v1::UnarchiveProductResponse> CatalogAdminService::UnarchiveProduct(
    db::Connection& db, const v1::UnarchiveProductRequest& request) {
  CW_RETURN_IF_ERROR(store_.SetProductActive(db, request.id(), true, request.operator_()));
  LogCommand("UNARCHIVE", request.id(), request.operator_());
  v1::UnarchiveProductResponse response;
  CW_ASSIGN_OR_RETURN(*response.mutable_record(), Read(db, request.id()));
  return response;
}

absl::StatusOr<v1::AdjustStockResponse> CatalogAdminService::AdjustStock(
    db::Connection& db, const v1::AdjustStockRequest& request) {
  if (request.delta() == 0) return InvalidField("delta", "must not be 0");
  CW_ASSIGN_OR_RETURN(const auto done, store_.AdjustStock(db, request, FingerprintOf(request)));
  LogCommand("ADJUST_STOCK", request.id(), request.operator_());
  v1::AdjustStockResponse response;
  CW_ASSIGN_OR_RETURN(*response.mutable_record(), Read(db, request.id()));
  response.set_replayed(done.replayed);
  return response;
}

absl::Status CatalogAdminService::CheckPrice(const api::v1::Money& price) const {
  if (price.currency_code() != currency_) {
    return InvalidField("price.currencyCode", absl::StrCat("must be ", currency_));
  }
  if (price.minor_units() < 1 || price.minor_units() > kMaxPrice) {
    return InvalidField("price.minorUnits", absl::StrCat("must be between 1 and ", kMaxPrice));
  }
  return absl::OkStatus();
}

v1::ProductRecord CatalogAdminService::ToProto(const CatalogAdminStore::Record& record) const {
  v1::ProductRecord answer;
  *answer.mutable_product() = catalog::ToProto(record.product, currency_);
  answer.set_active(record.product.active);
  answer.set_on_hand(record.on_hand);
  answer.set_reserved(record.reserved);
  return answer;
}

absl::StatusOr<v1::ProductRecord> CatalogAdminService::Read(db::Connection& db,
                                                            const std::string& product_id) {
  CW_ASSIGN_OR_RETURN(const auto record, store_.GetProductRecord(db, product_id));
  return ToProto(record);
}

}  // namespace cartwright::catalog
