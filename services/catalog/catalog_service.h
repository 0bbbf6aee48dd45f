#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cartwright/catalog/v1/catalog.pb.h"
#include "services/catalog/catalog_store.h"
#include "services/catalog/facet_cache.h"
#include "services/catalog/stock_store.h"
#include "shared/db/connection.h"
#include "shared/rpc/page_token.h"

namespace cartwright::catalog {

// A product as callers see it; `currency` is the shop's.
v1::Product ToProto(const CatalogStore::Product& product, const std::string& currency);

// The RPCs of catalog.proto: translates between messages and the stores. Every method blocks for
// one statement, ListProducts for a second one when no product has the words as they are written.
// Thread-safe.
class CatalogService {
 public:
  // `currency`: ISO 4217 code of the shop's one currency. `facet_time_to_live`: how old the
  // facets and the total of a list may be; products and stock are always current.
  CatalogService(CatalogStore& products, StockStore& stock, std::string currency,
                 std::string page_token_key, absl::Duration facet_time_to_live = absl::Seconds(2));

  absl::StatusOr<v1::ListProductsResponse> ListProducts(db::Connection& db,
                                                        const v1::ListProductsRequest& request);
  absl::StatusOr<v1::GetProductResponse> GetProduct(db::Connection& db,
                                                    const v1::GetProductRequest& request);
  absl::StatusOr<v1::ListCategoriesResponse> ListCategories(
      db::Connection& db, const v1::ListCategoriesRequest& request);
  absl::StatusOr<v1::GetChangeCursorResponse> GetChangeCursor(
      db::Connection& db, const v1::GetChangeCursorRequest& request);
  absl::StatusOr<v1::BatchGetProductsResponse> BatchGetProducts(
      db::Connection& db, const v1::BatchGetProductsRequest& request);
  absl::StatusOr<v1::ReserveStockResponse> ReserveStock(db::Connection& db,
                                                        const v1::ReserveStockRequest& request);
  absl::StatusOr<v1::BatchCommitStockResponse> BatchCommitStock(
      db::Connection& db, const v1::BatchCommitStockRequest& request);
  absl::StatusOr<v1::ReleaseStockResponse> ReleaseStock(db::Connection& db,
                                                        const v1::ReleaseStockRequest& request);
  absl::StatusOr<v1::ReturnStockResponse> ReturnStock(db::Connection& db,
                                                      const v1::ReturnStockRequest& request);
  absl::StatusOr<v1::GetReservationResponse> GetReservation(
      db::Connection& db, const v1::GetReservationRequest& request);

 private:
  // A page with its facets, counted now or a moment ago.
  absl::StatusOr<CatalogStore::Page> FindPage(db::Connection& db, const ProductQuery& query,
                                              const ProductPosition& after, int limit);

  CatalogStore& products_;
  StockStore& stock_;
  const std::string currency_;
  const rpc::PageTokens page_tokens_;
  FacetCache facet_cache_;
};

}  // namespace cartwright::catalog
