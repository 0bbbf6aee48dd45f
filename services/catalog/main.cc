#include "services/catalog/catalog_service.h"
#include "shared/kit/service_main.h"

int main(int argc, char** argv) {
  using S = cartwright::catalog::CatalogService;
  return cartwright::kit::ServiceMain(argc, argv, "catalog", [](cartwright::kit::Kit& kit) {
    auto& products = kit.Own<cartwright::catalog::CatalogStore>();
    auto& stock = kit.Own<cartwright::catalog::StockStore>();
    auto& service = kit.Own<S>(products, stock, kit.currency(), kit.page_token_key());
    kit.Serve(service, &S::ListProducts, &S::GetProduct, &S::ListCategories, &S::BatchGetProducts,
              &S::ReserveStock, &S::BatchCommitStock, &S::ReleaseStock);
  });
}
