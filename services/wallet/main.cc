#include "absl/flags/flag.h"
#include "services/wallet/wallet_service.h"
#include "services/wallet/wallet_store.h"
#include "shared/kit/die.h"
#include "shared/kit/flags.h"
#include "shared/kit/service_main.h"
#include "shared/kit/sweeper.h"

ABSL_FLAG(int, hold_ttl_s, 86400, "Seconds until a hold is overdue, 1..2592000.");

int main(int argc, char** argv) {
  using S = cartwright::wallet::WalletService;
  return cartwright::kit::ServiceMain(argc, argv, "wallet", [](cartwright::kit::Kit& kit) {
    const int ttl_s = absl::GetFlag(FLAGS_hold_ttl_s);
    cartwright::kit::OrDie(cartwright::kit::CheckRange("hold_ttl_s", ttl_s, 1, 2592000));
    auto& store = kit.Own<cartwright::wallet::WalletStore>();
    auto& service = kit.Own<S>(store, kit.currency(), kit.page_token_key(), ttl_s);
    kit.Serve(service, &S::GetWallet, &S::Deposit, &S::ReserveHold, &S::CaptureHold,
              &S::BatchCaptureHolds, &S::ReleaseHold, &S::RefundHold, &S::GetHold);
    cartwright::kit::SweepOverdue(kit, cartwright::wallet::WalletStore::OverdueHolds());
  });
}
