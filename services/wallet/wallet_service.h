#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cartwright/wallet/v1/wallet.pb.h"
#include "services/wallet/wallet_store.h"
#include "shared/db/connection.h"
#include "shared/rpc/page_token.h"

namespace cartwright::wallet {

// The RPCs of wallet.proto: translates between messages and the store. Every method blocks for
// one statement. Thread-safe.
class WalletService {
 public:
  // `currency`: ISO 4217 code of the shop's one currency. `hold_ttl_s`: of holds whose request does
  // not say.
  WalletService(WalletStore& store, std::string currency, std::string page_token_key,
                int hold_ttl_s = 86'400);

  absl::StatusOr<v1::GetWalletResponse> GetWallet(db::Connection& db,
                                                  const v1::GetWalletRequest& request);
  absl::StatusOr<v1::DepositResponse> Deposit(db::Connection& db,
                                              const v1::DepositRequest& request);
  absl::StatusOr<v1::ReserveHoldResponse> ReserveHold(db::Connection& db,
                                                      const v1::ReserveHoldRequest& request);
  absl::StatusOr<v1::CaptureHoldResponse> CaptureHold(db::Connection& db,
                                                      const v1::CaptureHoldRequest& request);
  absl::StatusOr<v1::BatchCaptureHoldsResponse> BatchCaptureHolds(
      db::Connection& db, const v1::BatchCaptureHoldsRequest& request);
  absl::StatusOr<v1::ReleaseHoldResponse> ReleaseHold(db::Connection& db,
                                                      const v1::ReleaseHoldRequest& request);
  absl::StatusOr<v1::RefundHoldResponse> RefundHold(db::Connection& db,
                                                    const v1::RefundHoldRequest& request);
  absl::StatusOr<v1::GetHoldResponse> GetHold(db::Connection& db,
                                              const v1::GetHoldRequest& request);

 private:
  v1::Wallet ToWallet(const WalletStore::Balance& balance) const;
  v1::Transaction ToTransaction(const WalletStore::Posting& posting) const;

  WalletStore& store_;
  const std::string currency_;
  const rpc::PageTokens page_tokens_;
  const int hold_ttl_s_;
};

}  // namespace cartwright::wallet
