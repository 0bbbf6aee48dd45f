#include "services/catalog/catalog_service.h"

#include <set>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "services/catalog/product_query.h"
#include "shared/base/money.h"
#include "shared/base/status.h"
#include "shared/base/status_macros.h"

namespace cartwright::catalog {

using google::protobuf::util::TimeUtil;

v1::Product ToProto(const CatalogStore::Product& product, const std::string& currency) {
  v1::Product answer;
  answer.set_id(product.product_id);
  answer.set_name(product.name);
  answer.set_description(product.description);
  answer.set_category(product.category_id);
  SetMoney(currency, product.price, answer.mutable_price());
  answer.set_image_url(product.image_url);
  answer.set_available(product.available);
  *answer.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(product.create_time_us);
  *answer.mutable_update_time() = TimeUtil::MicrosecondsToTimestamp(product.update_time_us);
  answer.set_etag(EtagOf(product.product_id, product.update_time_us));
  return answer;
}

CatalogService::CatalogService(CatalogStore& products, StockStore& stock, std::string currency,
                               std::string page_token_key, absl::Duration facet_time_to_live)
    : products_(products),
      stock_(stock),
      currency_(std::move(currency)),
      page_tokens_(std::move(page_token_key)),
      facet_cache_(facet_time_to_live) {}

absl::StatusOr<v1::ListProductsResponse> CatalogService::ListProducts(
    db::Connection& db, const v1::ListProductsRequest& request) {
  CW_ASSIGN_OR_RETURN(const ProductQuery query, ParseQuery(request));
  CW_ASSIGN_OR_RETURN(const std::string token, page_tokens_.Open(request));
  ProductPosition after;
  if (!token.empty()) {
    CW_ASSIGN_OR_RETURN(after, ParsePosition(token));
  }
  const size_t page_size = rpc::PageSizeOr(request.page_size());
  // One more than the page, to know whether another one follows.
  const int limit = static_cast<int>(page_size) + 1;
  CW_ASSIGN_OR_RETURN(auto page, FindPage(db, query, after, limit));
  // The token of the pages that follow says that this was a search for something alike.
  if (token.empty() && !query.text.empty() && page.facets->empty() && page.products.empty()) {
    after.spelling = Spelling::kForgiving;
    CW_ASSIGN_OR_RETURN(page, FindPage(db, query, after, limit));
  }
  v1::ListProductsResponse response;
  if (page.products.size() > page_size) {
    page.products.resize(page_size);
    const ProductPosition end = {after.spelling, page.products.back().product_id,
                                 page.products.back().sort_key};
    response.set_next_page_token(page_tokens_.Seal(request, FormatPosition(end)));
  }
  for (const auto& product : page.products) *response.add_products() = ToProto(product, currency_);
  response.set_total_size(TotalSize(*page.facets, query.categories));
  for (const auto& [category, count] : *page.facets) {
    v1::Facet* facet = response.add_facets();
    facet->set_category(category);
    facet->set_count(static_cast<int32_t>(count));
  }
  return response;
}

absl::StatusOr<CatalogStore::Page> CatalogService::FindPage(db::Connection& db,
                                                            const ProductQuery& query,
                                                            const ProductPosition& after,
                                                            int limit) {
  const std::string key = FacetKey(query, after.spelling);
  std::optional<FacetCounts> facets = facet_cache_.Find(key);
  CW_ASSIGN_OR_RETURN(CatalogStore::Page page,
                      products_.ListProducts(db, query, after, limit, !facets.has_value()));
  if (facets) {
    page.facets = *std::move(facets);
  } else {
    facet_cache_.Insert(key, *page.facets);
  }
  return page;
}

absl::StatusOr<v1::GetProductResponse> CatalogService::GetProduct(
    db::Connection& db, const v1::GetProductRequest& request) {
  CW_ASSIGN_OR_RETURN(const auto product, products_.GetProduct(db, request.id()));
  v1::GetProductResponse response;
  *response.mutable_product() = ToProto(product, currency_);
  return response;
}

absl::StatusOr<v1::ListCategoriesResponse> CatalogService::ListCategories(
    db::Connection& db, const v1::ListCategoriesRequest&) {
  CW_ASSIGN_OR_RETURN(const auto categories, products_.ListCategories(db));
  v1::ListCategoriesResponse response;
  for (const auto& category : categories) {
    v1::Category* answer = response.add_categories();
    answer->set_id(category.category_id);
    answer->set_name(category.name);
    answer->set_product_count(category.product_count);
  }
  return response;
}

absl::StatusOr<v1::GetChangeCursorResponse> CatalogService::GetChangeCursor(
    db::Connection& db, const v1::GetChangeCursorRequest&) {
  CW_ASSIGN_OR_RETURN(const int64_t cursor, products_.GetChangeCursor(db));
  v1::GetChangeCursorResponse response;
  response.set_cursor(cursor);
  return response;
}

absl::StatusOr<v1::BatchGetProductsResponse> CatalogService::BatchGetProducts(
    db::Connection& db, const v1::BatchGetProductsRequest& request) {
  CW_ASSIGN_OR_RETURN(const auto products,
                      products_.BatchGetProducts(db, {request.ids().begin(), request.ids().end()}));
  v1::BatchGetProductsResponse response;
  for (const auto& product : products) {
    v1::ProductSnapshot* snapshot = response.add_products();
    *snapshot->mutable_product() = ToProto(product, currency_);
    snapshot->set_active(product.active);
  }
  return response;
}

absl::StatusOr<v1::ReserveStockResponse> CatalogService::ReserveStock(
    db::Connection& db, const v1::ReserveStockRequest& request) {
  std::set<std::string> seen;
  for (const auto& line : request.lines()) {
    if (!seen.insert(line.product_id()).second) {
      return InvalidField("lines", "must name each product once");
    }
  }
  return stock_.ReserveStock(db, request, Fingerprint(request));
}

absl::StatusOr<v1::BatchCommitStockResponse> CatalogService::BatchCommitStock(
    db::Connection& db, const v1::BatchCommitStockRequest& request) {
  const std::set<std::string> seen(request.order_ids().begin(), request.order_ids().end());
  if (seen.size() != static_cast<size_t>(request.order_ids_size())) {
    return InvalidField("orderIds", "must name each order once");
  }
  return stock_.BatchCommitStock(db, {seen.begin(), seen.end()});
}

absl::StatusOr<v1::ReleaseStockResponse> CatalogService::ReleaseStock(
    db::Connection& db, const v1::ReleaseStockRequest& request) {
  CW_ASSIGN_OR_RETURN(const v1::ReservationState state,
                      stock_.ReleaseStock(db, request.order_id(), request.reason()));
  v1::ReleaseStockResponse response;
  response.set_state(state);
  return response;
}

absl::StatusOr<v1::ReturnStockResponse> CatalogService::ReturnStock(
    db::Connection& db, const v1::ReturnStockRequest& request) {
  CW_ASSIGN_OR_RETURN(const v1::ReservationState state, stock_.ReturnStock(db, request.order_id()));
  v1::ReturnStockResponse response;
  response.set_state(state);
  return response;
}

absl::StatusOr<v1::GetReservationResponse> CatalogService::GetReservation(
    db::Connection& db, const v1::GetReservationRequest& request) {
  return stock_.GetReservation(db, request.order_id());
}

}  // namespace cartwright::catalog
