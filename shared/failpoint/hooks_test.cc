// The places that pass failpoints: calls and answers between two ends in this process, statements
// on a real database.

#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cartwright/cart/v1/cart.pb.h"
#include "gtest/gtest.h"
#include "shared/base/uuid.h"
#include "shared/db/sql_error.h"
#include "shared/failpoint/armed_points.h"
#include "shared/failpoint/failpoint.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/service_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::failpoint {
namespace {

using testing::IsOk;
using testing::StatusIs;
namespace v1 = cart::v1;

// A cart that counts how often it was asked for.
class FakeCart {
 public:
  std::atomic<int> calls{0};

  template <typename Request, typename Response>
  absl::StatusOr<Response> Answer(db::Connection&, const Request&) {
    ++calls;
    calls.notify_all();
    return Response();
  }
};

class CallTest : public ::testing::Test {
 protected:
  CallTest() : workers_({.url = "", .threads = 1}), server_(&workers_) {
    using S = FakeCart;
    server_.Serve(cart_, &S::Answer<v1::GetCartRequest, v1::GetCartResponse>,
                  &S::Answer<v1::AddItemRequest, v1::AddItemResponse>,
                  &S::Answer<v1::UpdateItemRequest, v1::UpdateItemResponse>,
                  &S::Answer<v1::RemoveItemRequest, v1::RemoveItemResponse>,
                  &S::Answer<v1::ClearCartRequest, v1::ClearCartResponse>,
                  &S::Answer<v1::MergeCartRequest, v1::MergeCartResponse>,
                  &S::Answer<v1::RemoveOrderedItemsRequest, v1::RemoveOrderedItemsResponse>);
    server_.Start();
  }

  absl::Status GetCart(absl::Duration timeout = absl::Seconds(30)) {
    v1::GetCartRequest request;
    request.set_user_id(NewUuid());
    return server_
        .Await(server_.client().Call<v1::GetCartResponse>(rpc::Call::Background(timeout), request))
        .status();
  }
  // `place`: what stands after the name of the service.
  void Arm(const std::string& place, const std::string& arming) {
    points_.Arm(absl::StrCat(ServiceName(), ".", place), arming);
  }
  void AwaitCalls(int count) {
    for (int seen = cart_.calls; seen < count; seen = cart_.calls) cart_.calls.wait(seen);
    EXPECT_EQ(cart_.calls, count);
  }

  ArmedPoints points_;
  FakeCart cart_;
  db::Workers workers_;
  testing::ServiceFixture server_;
};

TEST_F(CallTest, AnErrorBeforeTheCallMeansThatNothingWasSent) {
  Arm("send.GetCart.before", "error");
  EXPECT_THAT(GetCart(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(cart_.calls, 0);
  EXPECT_THAT(GetCart(), IsOk());
}

TEST_F(CallTest, AnErrorAfterTheCallLosesItsAnswer) {
  Arm("send.GetCart.after", "error");
  EXPECT_THAT(GetCart(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(cart_.calls, 1);
}

TEST_F(CallTest, ADroppedAnswerIsAwaitedUntilTheDeadline) {
  for (const auto& [place, calls] :
       {std::pair{"send.GetCart.before", 0}, std::pair{"send.GetCart.after", 1},
        std::pair{"reply.GetCart", 2}}) {
    Arm(place, "drop_reply");
    const absl::Time start = absl::Now();
    EXPECT_THAT(GetCart(absl::Milliseconds(300)), StatusIs(absl::StatusCode::kDeadlineExceeded))
        << place;
    EXPECT_GE(absl::Now() - start, absl::Milliseconds(250)) << place;
    EXPECT_EQ(cart_.calls, calls) << place;
  }
}

TEST_F(CallTest, ADelayIsBeforeOrAfterTheCall) {
  for (const char* place : {"send.GetCart.before", "send.GetCart.after", "reply.GetCart"}) {
    Arm(place, "sleep 1 120");
    const absl::Time start = absl::Now();
    EXPECT_THAT(GetCart(), IsOk()) << place;
    EXPECT_GE(absl::Now() - start, absl::Milliseconds(120)) << place;
  }
}

TEST_F(CallTest, ADuplicateIsSentOnceMoreWhenTheCallIsOver) {
  Arm("send.GetCart.before", "duplicate 1 50");
  EXPECT_THAT(GetCart(), IsOk());
  AwaitCalls(2);
  Arm("send.GetCart.after", "duplicate 1 50");
  EXPECT_THAT(GetCart(), IsOk());
  AwaitCalls(4);
}

TEST_F(CallTest, AnErrorInsteadOfTheAnswer) {
  Arm("reply.GetCart", "error");
  EXPECT_THAT(GetCart(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(cart_.calls, 1);
}

class CommitTest : public testing::PostgresFixture {
 protected:
  CommitTest() : PostgresFixture("wallet", "wallet") {
    EXPECT_THAT(superuser().Script("CREATE TABLE wallet.mark (id int)"), IsOk());
  }

  absl::StatusOr<pqxx::result> Mark() {
    static constexpr db::Statement kMark = {"wallet.mark",
                                            "INSERT INTO wallet.mark VALUES (1) RETURNING id"};
    return superuser().Execute(kMark);
  }
  int64_t Marks() {
    static constexpr db::Statement kCount = {"wallet.count", "SELECT count(*) FROM wallet.mark"};
    return (*superuser().Execute(kCount))[0][0].as<int64_t>();
  }

  ArmedPoints points_;
};

TEST_F(CommitTest, AnErrorBeforeTheStatementMeansThatItWasNotRun) {
  points_.Arm("wallet.commit.mark.before", "error");
  EXPECT_TRUE(db::IsBroken(Mark().status()));
  EXPECT_EQ(Marks(), 0);
}

TEST_F(CommitTest, ALostAnswerOfAStatementThatWasRun) {
  int64_t marks = 0;
  for (const auto& [when, action] : {std::pair{"after", "error"}, std::pair{"after", "drop_reply"},
                                     std::pair{"before", "drop_reply"}}) {
    points_.Arm(absl::StrCat("wallet.commit.mark.", when), action);
    EXPECT_TRUE(db::IsBroken(Mark().status())) << when << " " << action;
    EXPECT_EQ(Marks(), ++marks) << when << " " << action;
  }
}

TEST_F(CommitTest, ADuplicateIsRunTwiceAndTheFirstAnswerCounts) {
  points_.Arm("wallet.commit.mark.after", "duplicate 1 10");
  const auto marked = Mark();
  ASSERT_THAT(marked, IsOk());
  EXPECT_EQ(marked->size(), 1);
  EXPECT_EQ(Marks(), 2);
}

TEST_F(CommitTest, ADelayBlocksTheThread) {
  points_.Arm("wallet.commit.mark.before", "sleep 1 100");
  const absl::Time start = absl::Now();
  EXPECT_THAT(Mark(), IsOk());
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(100));
}

}  // namespace
}  // namespace cartwright::failpoint
