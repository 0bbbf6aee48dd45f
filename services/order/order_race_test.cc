#include <functional>
#include <future>
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

// Two sessions and one saga, over and over; each round makes a saga, and then both do their part.
class DuelTest : public OrderRaceTest {
 protected:
  using Part = std::function<void(db::Connection&, const Order&)>;

  void Duel(int rounds, const std::function<void(const Order&)>& begin, const Part& one,
            const Part& other, const std::function<void(const Order&)>& judge) {
    db::Connection second(AppUrl());
    EXPECT_THAT(second.Script("SELECT 1"), IsOk());  // connects
    for (int i = 0; i < rounds; ++i) {
      const Order order = NewOrder(NewUuid());
      begin(order);
      std::latch ready(2);
      // A future, so that a part that cannot be played fails the test and not the process.
      auto theirs = std::async(std::launch::async, [&] {
        ready.arrive_and_wait();
        other(second, order);
      });
      ready.arrive_and_wait();
      one(connection(), order);
      theirs.get();
      judge(order);
    }
  }
  static OrderStore::Cancellation Wish(const Order& order, const std::string& key) {
    return {order.order_id, order.user_id, key, "print of " + key, std::nullopt};
  }
  static Lease First(const Order& order) { return {.order_id = order.order_id, .epoch = 1}; }
};

// Goal: an order is bought or called off, and both sides know which.
TEST_F(DuelTest, ACancellationAndADecision) {
  OrderStore::Cancelled cancelled;
  std::optional<int64_t> decided;
  int called_off = 0;
  Duel(
      60, [&](const Order& order) { Place(order); },
      [&](auto& db, const Order& order) {
        cancelled = store_.CancelOrder(db, Wish(order, "c")).value();
      },
      [&](auto& db, const Order& order) {
        decided = store_.Decide(db, First(order), std::nullopt).value();
      },
      [&](const Order& order) {
        const bool won = cancelled.outcome == OrderStore::Cancelled::kDone;
        EXPECT_NE(won, decided.has_value());
        EXPECT_EQ(StateOf(order.order_id), won ? "ABORTING" : "COMMITTING");
        EXPECT_EQ(Look("SELECT count(*) FROM cancellation WHERE effective AND order_id = $1",
                       {order.order_id}),
                  won ? "1" : "0");
        called_off += won;
      });
  std::cout << called_off << " of 60 were called off" << std::endl;
}

// Goal: a completion that comes late does not take a refund back, and marks the cart all the same.
TEST_F(DuelTest, ACancellationAndACompletion) {
  OrderStore::Cancelled cancelled;
  Duel(
      60,
      [&](const Order& order) {
        Place(order);
        ASSERT_THAT(store_.Decide(connection(), First(order), std::nullopt), IsOk());
        ASSERT_THAT(store_.Confirm(connection(), {}, {order.order_id}), IsOk());
      },
      [&](auto& db, const Order& order) {
        cancelled = store_.CancelOrder(db, Wish(order, "c")).value();
      },
      [&](auto& db, const Order& order) {
        EXPECT_THAT(store_.Confirm(db, {order.order_id}, {}), IsOk());
      },
      [&](const Order& order) {
        EXPECT_EQ(cancelled.outcome, OrderStore::Cancelled::kDone);
        EXPECT_EQ(cancelled.lease.epoch, 2);
        EXPECT_EQ(Look("SELECT state || ' ' || cart_cleared FROM saga WHERE order_id = $1"
                       " AND lease_until > clock_timestamp()",
                       {order.order_id}),
                  "REFUNDING true");
      });
}

// Goal: one of two cancellations does it; the other one is told that it is done.
TEST_F(DuelTest, TwoCancellations) {
  OrderStore::Cancelled mine, theirs;
  int round = 0;
  Duel(
      60, [&](const Order& order) { Place(order); },
      [&](auto& db, const Order& order) {
        mine = store_.CancelOrder(db, Wish(order, "c")).value();
      },
      [&](auto& db, const Order& order) {
        theirs = store_.CancelOrder(db, Wish(order, round % 2 == 0 ? "c" : "d")).value();
      },
      [&](const Order&) {
        const auto loser =
            round++ % 2 == 0 ? OrderStore::Cancelled::kReplay : OrderStore::Cancelled::kAlready;
        const bool won = mine.outcome == OrderStore::Cancelled::kDone;
        EXPECT_EQ(mine.outcome, won ? OrderStore::Cancelled::kDone : loser);
        EXPECT_EQ(theirs.outcome, won ? loser : OrderStore::Cancelled::kDone);
      });
}

// Goal: a participant is never told ABORT for an order that is then bought.
TEST_F(DuelTest, AResolutionAndADecision) {
  v1::Decision told{};
  std::optional<int64_t> decided;
  Duel(
      60, [&](const Order& order) { Place(order); },
      [&](auto& db, const Order& order) { told = store_.ResolveOrder(db, order.order_id).value(); },
      [&](auto& db, const Order& order) {
        decided = store_.Decide(db, First(order), std::nullopt).value();
      },
      [&](const Order& order) {
        EXPECT_EQ(told, decided ? v1::COMMIT : v1::ABORT);
        EXPECT_EQ(StateOf(order.order_id), decided ? "COMMITTING" : "ABORTING");
      });
}

// Goal: nor for one that is placed a moment later.
TEST_F(DuelTest, AResolutionAndT1) {
  v1::Decision told{};
  absl::StatusOr<OrderStore::Placed> placed;
  Duel(
      60, [](const Order&) {},
      [&](auto& db, const Order& order) { told = store_.ResolveOrder(db, order.order_id).value(); },
      [&](auto& db, const Order& order) { placed = store_.PlaceOrder(db, order, "k"); },
      [&](const Order& order) {
        EXPECT_EQ(told, v1::ABORT);
        if (placed.ok()) {
          EXPECT_EQ(StateOf(order.order_id), "ABORTING");
        } else {
          EXPECT_THAT(placed, ViolatesConstraint("order_tombstone_stays"));
        }
      });
}

}  // namespace
}  // namespace cartwright::order
