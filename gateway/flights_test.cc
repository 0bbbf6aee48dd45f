#include "gateway/flights.h"

#include <functional>

#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/io_context.hpp"
#include "gtest/gtest.h"

namespace cartwright::gateway {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

Flights::Result Number(int value) { return std::make_shared<const int>(value); }
int NumberOf(const Flights::Result& result) {
  return result == nullptr ? -1 : *std::static_pointer_cast<const int>(result);
}

class FlightsTest : public ::testing::Test {
 protected:
  Flights::Place Join(const std::string& key) { return flights_.Join(key, io_.get_executor()); }

  // What one who waits gets while `act` happens; -1 for nothing.
  int Await(const std::shared_ptr<Flights::Waiter>& waiter, const std::function<void()>& act,
            std::chrono::nanoseconds timeout = 60s) {
    int number = 0;
    const auto wait = [&]() -> asio::awaitable<void> {
      const Flights::Result result = co_await waiter->Wait(timeout);
      number = NumberOf(result);
    };
    asio::co_spawn(io_, wait(), asio::detached);
    io_.poll();
    act();
    io_.restart();
    io_.run();
    return number;
  }

  asio::io_context io_;
  Flights flights_;
};

TEST_F(FlightsTest, TheFirstLeadsAndTheOthersGetWhatItLandsWith) {
  Flights::Place first = Join("k");
  ASSERT_TRUE(first.lead);
  const Flights::Place second = Join("k");
  ASSERT_FALSE(second.lead);
  EXPECT_TRUE(Join("other").lead);
  EXPECT_EQ(flights_.waiting(), 1u);
  EXPECT_EQ(Await(second.waiter, [&] { first.lead.Land(Number(7)); }), 7);
  EXPECT_EQ(flights_.waiting(), 0u);
  EXPECT_TRUE(Join("k").lead);
}

TEST_F(FlightsTest, WhoWaitsOnlyAfterTheLandingGetsItToo) {
  Flights::Place first = Join("k");
  const Flights::Place second = Join("k");
  first.lead.Land(Number(7));
  EXPECT_EQ(Await(second.waiter, [] {}), 7);
}

TEST_F(FlightsTest, ALeaderThatGoesAwayGivesUp) {
  Flights::Place second;
  {
    const Flights::Place first = Join("k");
    second = Join("k");
  }
  EXPECT_EQ(Await(second.waiter, [] {}), -1);
  EXPECT_TRUE(Join("k").lead);
}

TEST_F(FlightsTest, NobodyWaitsForEver) {
  const Flights::Place first = Join("k");
  const Flights::Place second = Join("k");
  EXPECT_EQ(Await(
                second.waiter, [] {}, 0s),
            -1);
}

TEST_F(FlightsTest, OnlyOneLeads) {
  Flights::Lead lead = flights_.TryLead("k");
  EXPECT_TRUE(lead);
  EXPECT_FALSE(flights_.TryLead("k"));
  lead.Land(nullptr);
  EXPECT_TRUE(flights_.TryLead("k"));
}

}  // namespace
}  // namespace cartwright::gateway
