#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cartwright/catalog/v1/catalog_admin.pb.h"
#include "services/catalog/catalog_admin_store.h"
#include "shared/db/connection.h"
#include "shared/rpc/page_token.h"

namespace cartwright::catalog {

// The RPCs of catalog_admin.proto. A command is one statement and one commit; the answer is what a
// second one reads afterwards. Thread-safe.
class CatalogAdminService {
 public:
  // `currency`: ISO 4217 code of the shop's one currency.
  CatalogAdminService(CatalogAdminStore& store, std::string currency, std::string page_token_key);

  absl::StatusOr<v1::ListProductRecordsResponse> ListProductRecords(
      db::Connection& db, const v1::ListProductRecordsRequest& request);
  absl::StatusOr<v1::GetProductRecordResponse> GetProductRecord(
      db::Connection& db, const v1::GetProductRecordRequest& request);
  absl::StatusOr<v1::CreateProductResponse> CreateProduct(db::Connection& db,
                                                          const v1::CreateProductRequest& request);
  absl::StatusOr<v1::UpdateProductResponse> UpdateProduct(db::Connection& db,
                                                          const v1::UpdateProductRequest& request);
  absl::StatusOr<v1::ArchiveProductResponse> ArchiveProduct(
      db::Connection& db, const v1::ArchiveProductRequest& request);
  absl::StatusOr<v1::UnarchiveProductResponse> UnarchiveProduct(
      db::Connection& db, const v1::UnarchiveProductRequest& request);
  absl::StatusOr<v1::AdjustStockResponse> AdjustStock(db::Connection& db,
                                                      const v1::AdjustStockRequest& request);

 private:
  absl::Status CheckPrice(const api::v1::Money& price) const;
  v1::ProductRecord ToProto(const CatalogAdminStore::Record& record) const;
  absl::StatusOr<v1::ProductRecord> Read(db::Connection& db, const std::string& product_id);

  CatalogAdminStore& store_;
  const std::string currency_;
  const rpc::PageTokens page_tokens_;
};

}  // namespace cartwright::catalog
