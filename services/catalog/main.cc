#include "absl/flags/flag.h"
#include "services/catalog/catalog_service.h"
#include "shared/kit/die.h"
#include "shared/kit/flags.h"
#include "shared/kit/service_main.h"
#include "shared/kit/sweeper.h"

ABSL_FLAG(int, reservation_ttl_s, 86400, "Seconds until a reservation is overdue, 1..2592000.");

int main(int argc, char** argv) {
  using S = cartwright::catalog::CatalogService;
  return cartwright::kit::ServiceMain(argc, argv, "catalog", [](cartwright::kit::Kit& kit) {
    const int ttl_s = absl::GetFlag(FLAGS_reservation_ttl_s);
    cartwright::kit::OrDie(cartwright::kit::CheckRange("reservation_ttl_s", ttl_s, 1, 2592000));
    auto& products = kit.Own<cartwright::catalog::CatalogStore>();
    auto& stock = kit.Own<cartwright::catalog::StockStore>(ttl_s);
    auto& service = kit.Own<S>(products, stock, kit.currency(), kit.page_token_key());
    kit.Serve(service, &S::ListProducts, &S::GetProduct, &S::ListCategories, &S::BatchGetProducts,
              &S::ReserveStock, &S::BatchCommitStock, &S::ReleaseStock, &S::ReturnStock,
              &S::GetReservation, &S::GetChangeCursor);
    cartwright::kit::SweepOverdue(kit, cartwright::catalog::StockStore::OverdueReservations());
  });
}
