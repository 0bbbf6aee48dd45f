#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "services/identity/access_token.h"
#include "services/identity/identity_fixture.h"
#include "shared/base/secret.h"
#include "shared/base/uuid.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using testing::HasErrorReason;
using testing::IsOk;

// Goal: whoever asks again and again, from cursor to cursor, hears of every session that ended
// while an access token of it may still be good.
class EndedSessionsTest : public IdentityFixture {
 protected:
  // Makes ada, whose session has this refresh token.
  void SetUp() override {
    const IdentityStore::User ada = {ada_, "ada@example.com", "Ada",
                                     "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaA"};
    ASSERT_THAT(store_.Register(connection(), ada, {session_id_, token_, "192.0.2.1", "test/1"}),
                IsOk());
  }

  absl::StatusOr<v1::ListRevokedSessionsResponse> ListRevoked(const std::string& cursor) {
    v1::ListRevokedSessionsRequest request;
    request.set_cursor(cursor);
    return server_.Call<v1::ListRevokedSessionsResponse>(request);
  }

  // Makes every end of a session so far happen earlier; what ended is not changed otherwise.
  void MakeOlder(const std::string& by) {
    ASSERT_THAT(
        superuser().Script(absl::StrCat("ALTER TABLE session DISABLE TRIGGER session_ends_once;"
                                        "UPDATE session SET revoke_time = revoke_time - interval '",
                                        by,
                                        "';"
                                        "ALTER TABLE session ENABLE TRIGGER session_ends_once")),
        IsOk());
  }

  const std::string ada_ = NewUuid();
  const std::string session_id_ = NewUuid();
  const std::string token_ = RandomBytes(32);
};

TEST_F(EndedSessionsTest, EndedSessionsAreListedAndListedAgainForAWhile) {
  CW_ASSERT_OK_AND_ASSIGN(const auto nothing, ListRevoked(""));
  EXPECT_EQ(nothing.sessions_size(), 0);
  ASSERT_THAT(store_.Logout(connection(), token_), IsOk());
  CW_ASSERT_OK_AND_ASSIGN(const auto one, ListRevoked(nothing.next_cursor()));
  ASSERT_EQ(one.sessions_size(), 1);
  EXPECT_EQ(one.sessions(0).id(), session_id_);
  EXPECT_FALSE(one.more());
  const int64_t expires = absl::ToUnixSeconds(absl::Now() + kAccessTokenLife);
  EXPECT_GT(one.sessions(0).tokens_expire_time().seconds(), expires);
  EXPECT_LT(one.sessions(0).tokens_expire_time().seconds(), expires + 300);
  // One that was written down earlier may be committed later.
  EXPECT_EQ(ListRevoked(one.next_cursor())->sessions_size(), 1);
  EXPECT_EQ(ListRevoked("")->sessions_size(), 1);
  MakeOlder("12 minutes");
  EXPECT_EQ(ListRevoked("")->sessions_size(), 0) << "its tokens have expired";
}

TEST_F(EndedSessionsTest, ManyEndedSessionsComeInSeveralAnswersAndNoneIsMissed) {
  // Half of them ended in the same microsecond.
  ASSERT_THAT(superuser().Script(absl::StrCat(R"sql(
    INSERT INTO session (session_id, user_id, user_agent, client_ip, revoke_time, revoke_reason)
    SELECT gen_random_uuid(), ')sql",
                                              ada_, R"sql(', 'test/1', '192.0.2.1',
      now() - greatest(0, i - 1250) * interval '10 milliseconds', 'LOGOUT'
    FROM generate_series(1, 2500) i)sql")),
              IsOk());
  std::set<std::string> seen;
  std::string cursor;
  for (int expected : {1000, 1000, 500}) {
    CW_ASSERT_OK_AND_ASSIGN(const auto answer, ListRevoked(cursor));
    EXPECT_EQ(answer.sessions_size(), expected);
    EXPECT_EQ(answer.more(), expected == 1000);
    for (const auto& session : answer.sessions()) seen.insert(session.id());
    cursor = answer.next_cursor();
  }
  EXPECT_EQ(seen.size(), 2500u);
}

TEST_F(EndedSessionsTest, ACursorComesFromAnAnswer) {
  for (const char* bad : {"x", "1", "1.", "1.x", ".00000000-0000-0000-0000-000000000000",
                          "-1.00000000-0000-0000-0000-000000000000",
                          "9223372036854775807.00000000-0000-0000-0000-000000000000"}) {
    EXPECT_THAT(ListRevoked(bad), HasErrorReason("INVALID_FIELD")) << bad;
  }
}

TEST_F(EndedSessionsTest, OnlyTheGatewayMayAsk) {
  EXPECT_THAT(
      server_.Call<v1::ListRevokedSessionsResponse>(v1::ListRevokedSessionsRequest(), "cart"),
      HasErrorReason("CALLER_NOT_ALLOWED"));
}

}  // namespace
}  // namespace cartwright::identity
