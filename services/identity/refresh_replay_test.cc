// Refreshes whose answer was lost, and come again with their key.

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "boost/json/parse.hpp"
#include "boost/json/serialize.hpp"
#include "gtest/gtest.h"
#include "services/identity/identity_fixture.h"
#include "shared/base/secret.h"
#include "shared/base/uuid.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using testing::HasErrorReason;
using testing::IsOk;

class RefreshReplayTest : public IdentityFixture {
 protected:
  void SetUp() override {
    ASSERT_THAT(server_.Await(keys_.Load(absl::Now() + absl::Seconds(60))), IsOk());
  }

  absl::StatusOr<v1::RegisterResponse> Register() {
    v1::RegisterRequest request;
    request.set_email("ada@example.com");
    request.set_password("correct horse battery");
    request.set_display_name("Ada");
    return server_.Call<v1::RegisterResponse>(request);
  }

  absl::StatusOr<v1::RefreshResponse> Refresh(const std::string& token,
                                              const std::string& key = "") {
    v1::RefreshRequest request;
    request.set_refresh_token(token);
    request.set_idempotency_key(key);
    return server_.Call<v1::RefreshResponse>(request);
  }

  absl::Status Logout(const std::string& token) {
    v1::LogoutRequest request;
    request.set_refresh_token(token);
    return server_.Call<v1::LogoutResponse>(request).status();
  }

  // A claim of an access token, as JSON.
  static std::string ClaimOf(const std::string& token, const char* name) {
    const std::vector<std::string> parts = absl::StrSplit(token, '.');
    const auto claims = FromBase64Url(parts.at(1));
    return boost::json::serialize(boost::json::parse(claims.value()).at(name));
  }

  // Makes every rotation so far happen 11 seconds earlier, when it is no race any more.
  void PassTheRaceWindow() {
    ASSERT_THAT(superuser().Script("UPDATE refresh_token SET use_time = use_time - interval '11 s' "
                                   "WHERE use_time IS NOT NULL"),
                IsOk());
  }
};

TEST_F(RefreshReplayTest, ALostAnswerIsGivenAgainToWhoHasItsKey) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register());
  const std::string key = NewUuid();
  CW_ASSERT_OK_AND_ASSIGN(const auto lost, Refresh(made.refresh_token(), key));
  CW_ASSERT_OK_AND_ASSIGN(const auto again, Refresh(made.refresh_token(), key));
  // The same token, and no second one.
  EXPECT_EQ(again.refresh_token(), lost.refresh_token());
  EXPECT_EQ(ClaimOf(again.access_token(), "sid"), ClaimOf(made.access_token(), "sid"));
  EXPECT_EQ(ClaimOf(again.access_token(), "roles"), R"(["shopper"])");
  // Who has the old token alone, or with another key, gets nothing.
  EXPECT_THAT(Refresh(made.refresh_token()), HasErrorReason("REFRESH_RACED"));
  EXPECT_THAT(Refresh(made.refresh_token(), NewUuid()), HasErrorReason("REFRESH_RACED"));
  EXPECT_THAT(Refresh(again.refresh_token(), NewUuid()), IsOk());
}

TEST_F(RefreshReplayTest, AnAnswerThatArrivedIsNotGivenAgain) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register());
  const std::string key = NewUuid();
  CW_ASSERT_OK_AND_ASSIGN(const auto second, Refresh(made.refresh_token(), key));
  CW_ASSERT_OK_AND_ASSIGN(const auto third, Refresh(second.refresh_token(), NewUuid()));
  EXPECT_THAT(Refresh(made.refresh_token(), key), HasErrorReason("REFRESH_RACED"));
  EXPECT_THAT(Refresh(third.refresh_token()), IsOk());
}

TEST_F(RefreshReplayTest, AfterTenSecondsAKeyHelpsNobody) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register());
  const std::string key = NewUuid();
  CW_ASSERT_OK_AND_ASSIGN(const auto second, Refresh(made.refresh_token(), key));
  PassTheRaceWindow();
  EXPECT_THAT(Refresh(made.refresh_token(), key), HasErrorReason("TOKEN_INVALID"));
  EXPECT_THAT(Refresh(second.refresh_token(), key), HasErrorReason("TOKEN_INVALID"));
}

TEST_F(RefreshReplayTest, AnEndedSessionIsNotAnsweredAgain) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register());
  const std::string key = NewUuid();
  ASSERT_THAT(Refresh(made.refresh_token(), key), IsOk());
  ASSERT_THAT(Logout(made.refresh_token()), IsOk());
  EXPECT_THAT(Refresh(made.refresh_token(), key), HasErrorReason("TOKEN_INVALID"));
}

TEST_F(RefreshReplayTest, AKeyThatCouldBeGuessedIsRefused) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register());
  EXPECT_THAT(Refresh(made.refresh_token(), "1"), HasErrorReason("INVALID_FIELD"));
  EXPECT_THAT(Refresh(made.refresh_token()), IsOk());
}

}  // namespace
}  // namespace cartwright::identity
