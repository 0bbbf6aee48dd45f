// The audit of the wallet: silent after everything that a wallet does, and each rule speaks when it
// alone is broken.

#include <map>
#include <string>

#include "gtest/gtest.h"
#include "services/wallet/wallet_store.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::wallet {
namespace {

using testing::IsOk;

class WalletAuditTest : public testing::PostgresFixture {
 protected:
  // Two users with money; holds that are captured in part and partly paid back, open, released,
  // refused, and released before they came.
  WalletAuditTest() : PostgresFixture("wallet", "wallet") {
    Deposit(user_, 1000);
    Deposit(user_, 500);
    Deposit(NewUuid(), 70);
    const std::string bought = Reserve(300);
    EXPECT_THAT(store_.CaptureHolds(connection(), {{bought, 200}}), IsOk());
    EXPECT_THAT(store_.RefundHold(connection(), NewUuid(), bought, 20), IsOk());
    EXPECT_THAT(store_.ReleaseHold(connection(), Reserve(50), "test"), IsOk());
    EXPECT_THAT(store_.ReleaseHold(connection(), NewUuid(), "test"), IsOk());
    Reserve(40);
    Reserve(1'000'000);
  }

  void Deposit(const std::string& user, int64_t amount) {
    EXPECT_THAT(store_.Deposit(connection(), {.user_id = user,
                                              .idempotency_key = NewUuid(),
                                              .fingerprint = "print",
                                              .currency = "EUR",
                                              .amount = amount}),
                IsOk());
  }
  std::string Reserve(int64_t amount) {
    const std::string hold_id = NewUuid();
    EXPECT_THAT(store_.ReserveHold(connection(), {.hold_id = hold_id,
                                                  .user_id = user_,
                                                  .order_id = NewUuid(),
                                                  .currency = "EUR",
                                                  .amount = amount}),
                IsOk());
    return hold_id;
  }

  WalletStore store_;
  const std::string user_ = NewUuid();
};

TEST_F(WalletAuditTest, NothingIsFoundAfterEverythingThatAWalletDoes) {
  EXPECT_EQ(AuditFindings(), "");
}

// What the constructor did, in its order, and nothing else; by nobody's certificate.
TEST_F(WalletAuditTest, EachActionIsInTheLogOnce) {
  EXPECT_EQ(LoggedActions(),
            "wallet.deposit OK, wallet.deposit OK, wallet.deposit OK, wallet.hold OK, "
            "wallet.capture OK, wallet.refund OK, wallet.hold OK, wallet.release OK, "
            "wallet.release OK, wallet.hold OK, wallet.hold REFUSED");
}

TEST_F(WalletAuditTest, TheLogSaysWhoCalled) {
  connection().set_actor("order");
  Reserve(5);
  const db::Statement last = {"last",
                              "SELECT actor || ' ' || database_role || ' ' || user_id FROM "
                              "audit_event ORDER BY audit_event_id DESC LIMIT 1"};
  const auto rows = superuser().Execute(last);
  ASSERT_THAT(rows, IsOk());
  EXPECT_EQ((*rows)[0][0].as<std::string>(), "order wallet_app " + user_);
}

TEST_F(WalletAuditTest, EachRuleSpeaksWhenItAloneIsBroken) {
  ExpectEachRuleFires({
      {"W1", "UPDATE account SET currency = 'USD' WHERE kind = 'USER'"},
      {"W2",
       "UPDATE account SET posted = posted + 5 WHERE account_id ="
       "   (SELECT account_id FROM account WHERE kind = 'USER' LIMIT 1);"
       "UPDATE account SET posted = posted - 5 WHERE account_id ="
       "   (SELECT account_id FROM account WHERE kind = 'WORLD' LIMIT 1)"},
      {"W3", "UPDATE account SET held = held + 1 WHERE kind = 'USER'"},
      {"W4",
       "ALTER TABLE account DROP CONSTRAINT account_available_not_negative;"
       "UPDATE account SET held = held + 2000 WHERE account_id IN"
       "   (SELECT account_id FROM hold WHERE state = 'RESERVED');"
       "UPDATE hold SET amount = amount + 2000 WHERE state = 'RESERVED';"
       "UPDATE audit_event SET details = details || jsonb_build_object('amount', amount)"
       "   FROM hold WHERE subject = hold_id::text AND action = 'wallet.hold'"},
      {"W5", "UPDATE hold SET captured = captured - 1 WHERE state = 'CAPTURED'"},
      {"W6", "UPDATE journal SET credit_after = credit_after + 1 WHERE kind = 'CAPTURE'"},
      {"W7", "UPDATE account SET seq = seq + 1 WHERE kind = 'USER'"},
      {"W8", "DELETE FROM operation"},
      {"W9", "UPDATE hold SET refunded = refunded + 1 WHERE refunded > 0"},
      {"W10", "UPDATE operation SET fingerprint = 'another' WHERE kind = 'DEPOSIT'"},
      {"W11", "UPDATE hold SET order_id = gen_random_uuid() WHERE state = 'RESERVED'"},
  });
}

}  // namespace
}  // namespace cartwright::wallet
