#include "services/wallet/wallet_service.h"
#include "services/wallet/wallet_store.h"
#include "shared/kit/service_main.h"

int main(int argc, char** argv) {
  using S = cartwright::wallet::WalletService;
  return cartwright::kit::ServiceMain(argc, argv, "wallet", [](cartwright::kit::Kit& kit) {
    auto& store = kit.Own<cartwright::wallet::WalletStore>();
    auto& service = kit.Own<S>(store, kit.currency(), kit.page_token_key());
    kit.Serve(service, &S::GetWallet, &S::Deposit, &S::ReserveHold, &S::CaptureHold,
              &S::BatchCaptureHolds, &S::ReleaseHold);
  });
}
