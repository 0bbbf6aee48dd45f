#include <iostream>
#include <latch>
#include <random>
#include <set>
#include <thread>

#include "gtest/gtest.h"
#include "services/order/order_fixture.h"
#include "shared/base/uuid.h"

namespace cartwright::order {
namespace {

using testing::IsOk;
using testing::ViolatesConstraint;

// Processes that race for one saga, or for one order.
class OrderRaceTest : public OrderDatabase {
 protected:
  void Place(const Order& order) {
    EXPECT_THAT(store_.PlaceOrder(connection(), order, NewUuid()), IsOk());
  }

  OrderStore store_{"order:one"};
  const std::string user_ = NewUuid();
  const Order order_ = NewOrder(user_);
};

// Goal: a saga goes to one process. Method: threads with a connection each claim in random
// portions until all is gone.
TEST_F(OrderRaceTest, OfManyClaimersOneGetsEachSaga) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  constexpr size_t kSagas = 200;
  for (size_t i = 0; i < kSagas; ++i) Place(NewOrder(NewUuid(), std::to_string(i)));
  Look("UPDATE saga SET lease_until = clock_timestamp() - interval '1 second' RETURNING 1");
  std::vector<std::vector<Lease>> got(6);
  std::latch ready(static_cast<std::ptrdiff_t>(got.size()));
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < got.size(); ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(seed + t);
      db::Connection db(AppUrl());
      OrderStore store("order:" + std::to_string(t));
      EXPECT_THAT(db.Script("SELECT 1"), IsOk());  // connects
      ready.arrive_and_wait();
      int empty = 0;  // a claim skips what another one is taking just now
      while (empty < 3) {
        const auto leases = store.Claim(db, 1 + static_cast<int>(random() % 7));
        ASSERT_THAT(leases, IsOk());
        empty = leases->empty() ? empty + 1 : 0;
        got[t].insert(got[t].end(), leases->begin(), leases->end());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::multiset<std::string> all;
  for (const auto& leases : got) {
    for (const Lease& lease : leases) all.insert(lease.order_id);
  }
  EXPECT_EQ(all.size(), kSagas);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), kSagas);
}

// Goal: a cart that was read before another order was placed is not bought, however slow whoever
// read it is. Method: the other order comes to its end, cart and all, between the two steps.
TEST_F(OrderRaceTest, AnOrderPlacedSinceTheCartWasReadMakesItOutOfDate) {
  CW_ASSERT_OK_AND_ASSIGN(const auto before, store_.FindLast(connection(), user_));
  Order slow = NewOrder(user_, "1"), quick = NewOrder(user_, "2");
  slow.user_seq = quick.user_seq = before.user_seq + 1;
  Place(quick);
  ASSERT_THAT(store_.Decide(connection(), {.order_id = quick.order_id, .epoch = 1}, std::nullopt),
              IsOk());
  ASSERT_THAT(store_.Confirm(connection(), {quick.order_id}, {}), IsOk());
  EXPECT_THAT(store_.PlaceOrder(connection(), slow, "slow"),
              ViolatesConstraint("orders_user_seq_key"));
  CW_ASSERT_OK_AND_ASSIGN(const auto after, store_.FindLast(connection(), user_));
  EXPECT_EQ(after.user_seq, slow.user_seq);
}

// Goal: one key makes one order whoever calls at once, and one cart is bought once.
TEST_F(OrderRaceTest, RacingCheckoutsMakeOneOrder) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  std::mutex mutex;
  std::set<std::string> ids;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(seed + t);
      db::Connection db(AppUrl());
      for (int i = 0; i < 20; ++i) {
        const std::string key = "k" + std::to_string(random() % 3);
        const auto placed = store_.PlaceOrder(db, NewOrder(user_), key);
        if (placed.ok()) {
          const std::lock_guard lock(mutex);
          ids.insert(placed->order_id);
        } else {
          EXPECT_THAT(placed, ViolatesConstraint("saga_cart_once"));
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ids.size(), 1u);
  EXPECT_EQ(Look("SELECT count(*) FROM orders"), "1");
}

}  // namespace
}  // namespace cartwright::order
