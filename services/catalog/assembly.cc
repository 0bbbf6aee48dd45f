#include "services/catalog/assembly.h"

#include "absl/flags/flag.h"
#include "services/catalog/catalog_admin_service.h"
#include "services/catalog/catalog_service.h"
#include "services/catalog/visit_service.h"
#include "shared/kit/die.h"
#include "shared/kit/flags.h"
#include "shared/kit/sweeper.h"

ABSL_FLAG(int, reservation_ttl_s, 86400, "Seconds until a reservation is overdue, 1..2592000.");

namespace cartwright::catalog {

void Assemble(kit::Kit& kit) {
  const int ttl_s = absl::GetFlag(FLAGS_reservation_ttl_s);
  kit::OrDie(kit::CheckRange("reservation_ttl_s", ttl_s, 1, 2592000));
  using S = CatalogService;
  auto& service = kit.Own<S>(kit.Own<CatalogStore>(), kit.Own<StockStore>(ttl_s), kit.currency(),
                             kit.page_token_key());
  kit.Serve(service, &S::ListProducts, &S::GetProduct, &S::ListCategories, &S::BatchGetProducts,
            &S::ReserveStock, &S::BatchCommitStock, &S::ReleaseStock, &S::ReturnStock,
            &S::GetReservation, &S::GetChangeCursor);
  using A = CatalogAdminService;
  auto& admin = kit.Own<A>(kit.Own<CatalogAdminStore>(), kit.currency(), kit.page_token_key());
  kit.Serve(admin, &A::ListProductRecords, &A::GetProductRecord, &A::CreateProduct,
            &A::UpdateProduct, &A::ArchiveProduct, &A::UnarchiveProduct, &A::AdjustStock);
  kit.Serve(kit.Own<VisitService>(), &VisitService::ReportVisit);
  kit::SweepOverdue(kit, StockStore::OverdueReservations());
}

}  // namespace cartwright::catalog
