#include "services/cart/cart_service.h"
#include "services/cart/cart_store.h"
#include "shared/kit/service_main.h"

int main(int argc, char** argv) {
  using S = cartwright::cart::CartService;
  return cartwright::kit::ServiceMain(argc, argv, "cart", [](cartwright::kit::Kit& kit) {
    auto& store = kit.Own<cartwright::cart::CartStore>();
    auto& service = kit.Own<S>(kit.database(), store, kit.peer("catalog"), kit.currency());
    kit.Serve(service, &S::GetCart, &S::AddItem, &S::UpdateItem, &S::RemoveItem, &S::ClearCart,
              &S::MergeCart, &S::RemoveOrderedItems);
  });
}
