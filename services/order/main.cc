#include "services/order/checkout.h"
#include "services/order/completion.h"
#include "services/order/order_service.h"
#include "services/order/recovery.h"
#include "shared/kit/service_main.h"

int main(int argc, char** argv) {
  namespace order = cartwright::order;
  return cartwright::kit::ServiceMain(argc, argv, "order", [](cartwright::kit::Kit& kit) {
    auto& workers = kit.database();
    auto& store = kit.Own<order::OrderStore>(kit.instance_id());
    const order::Participants participants{kit.peer("cart"), kit.peer("catalog"),
                                           kit.peer("wallet")};
    auto& completion = kit.Own<order::Completion>(kit.io(), workers, store, participants);
    auto& saga = kit.Own<order::Checkout>(kit.io(), workers, store, participants, completion);
    auto& recovery = kit.Own<order::Recovery>(kit.io(), workers, store, saga, completion);
    using S = order::OrderService;
    auto& service = kit.Own<S>(workers, store, saga, participants,
                               S::Settings{kit.currency(), kit.page_token_key()});
    kit.Serve(service, &S::Checkout, &S::ListOrders, &S::GetOrder, &S::WatchOrder);
    completion.Start();
    recovery.Start();
    kit.OnDrain([&recovery] { recovery.Stop(); });
  });
}
