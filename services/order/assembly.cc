#include "services/order/assembly.h"

#include "services/order/flags.h"
#include "services/order/order_admin_service.h"
#include "services/order/order_service.h"
#include "services/order/recovery.h"
#include "services/order/saga_service.h"

namespace cartwright::order {

void Assemble(kit::Kit& kit) {
  auto& workers = kit.database();
  auto& store = kit.Own<OrderStore>(kit.instance_id(), TimesOfFlags());
  const Participants peers(kit.peer("cart"), kit.peer("catalog"), kit.peer("wallet"));
  auto& completion = kit.Own<Completion>(kit.io(), workers, store, peers);
  auto& saga = kit.Own<Checkout>(kit.io(), workers, store, peers, completion);
  auto& recovery = kit.Own<Recovery>(kit.io(), workers, store, saga, completion);
  using S = OrderService;
  auto& service =
      kit.Own<S>(workers, store, saga, peers, S::Settings{kit.currency(), kit.page_token_key()});
  kit.Serve(service, &S::Checkout, &S::ListOrders, &S::GetOrder, &S::CancelOrder, &S::ResolveOrder,
            &S::WatchOrder);
  auto& saga_store = kit.Own<SagaAdminStore>();
  using A = SagaService;
  auto& sagas = kit.Own<A>(workers, saga_store, kit.peer("catalog"), kit.peer("wallet"),
                           kit.page_token_key());
  kit.Serve(sagas, &A::ListSagas, &A::GetSaga, &A::RetrySaga, &A::ForceAbortSaga, &A::ResolveSaga);
  using O = OrderAdminService;
  auto& admin = kit.Own<O>(service, store, saga_store, kit.page_token_key());
  kit.Serve(admin, &O::ListOrderRecords, &O::GetOrderRecord, &O::RefundOrder);
  completion.Start();
  recovery.Start();
  kit.OnDrain([&recovery] { recovery.Stop(); });
}

}  // namespace cartwright::order
