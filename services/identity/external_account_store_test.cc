#include "services/identity/external_account_store.h"

#include <future>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/base/secret.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using testing::IsOk;

// Goal: the access tokens of a provider are a session of their user, whose end is the end of all
// that were issued before.
class ExternalAccountStoreTest : public testing::PostgresFixture {
 protected:
  ExternalAccountStoreTest() : PostgresFixture("identity", "identity") {}

  static ExternalPerson Person(absl::Duration age, const std::string& issuer = "https://one.test") {
    return {.issuer = issuer,
            .subject = "ada",
            .email = "ada@example.com",
            .display_name = "Ada of One",
            .issued = absl::Now() - age};
  }

  // Shows a token of ada's that was issued this long ago.
  ExternalAccountStore::Link Show(absl::Duration age) {
    const auto link =
        store_.CheckExternal(connection(), Person(age), NewUuid(), "192.0.2.1", "One");
    EXPECT_THAT(link, IsOk());
    return link.value_or(ExternalAccountStore::Link());
  }

  // Makes a session of ada's in a browser; its id.
  std::string SignIn() {
    const std::string id = NewUuid();
    EXPECT_THAT(store_.LoginExternal(connection(), Person(absl::ZeroDuration()), NewUuid(),
                                     {id, RandomBytes(32), "192.0.2.1", "test/1"}),
                IsOk());
    return id;
  }

  ExternalAccountStore store_;
  IdentityStore users_;
};

TEST_F(ExternalAccountStoreTest, ASubjectIsOneAccountAndNobodyElses) {
  const std::string registered = NewUuid();
  const IdentityStore::User user = {registered, "ada@example.com", "Ada",
                                    "$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA"};
  ASSERT_THAT(
      users_.Register(connection(), user, {NewUuid(), RandomBytes(32), "192.0.2.1", "test/1"}),
      IsOk());
  const auto made = Show(absl::Minutes(1));
  EXPECT_TRUE(made.made);
  EXPECT_EQ(made.roles, std::vector<std::string>{"shopper"});
  EXPECT_NE(made.user_id, registered) << "the address is somebody else's to sign in with";
  const auto found = Show(absl::Minutes(1));
  EXPECT_FALSE(found.made);
  EXPECT_EQ(found.user_id, made.user_id);
  const auto elsewhere = store_.CheckExternal(
      connection(), Person(absl::Minutes(1), "https://two.test"), NewUuid(), "192.0.2.1", "Two");
  ASSERT_THAT(elsewhere, IsOk());
  EXPECT_NE(elsewhere->user_id, made.user_id);
  const auto theirs = users_.GetUser(connection(), made.user_id);
  ASSERT_THAT(theirs, IsOk());
  EXPECT_EQ((*theirs)->email, "ada@example.com");
  EXPECT_EQ((*theirs)->password_hash, "");
  // Whoever signs in with the address is still who registered it.
  EXPECT_EQ(users_.AdmitLogin(connection(), "ada@example.com", "192.0.2.1")->user->user_id,
            registered);
}

TEST_F(ExternalAccountStoreTest, ManyAtOnceMakeOneAccountWithOneSession) {
  std::vector<std::future<ExternalAccountStore::Link>> calls;
  for (int i = 0; i < 4; ++i) {
    calls.push_back(std::async(std::launch::async, [this] {
      db::Connection db(AppUrl());
      return store_.CheckExternal(db, Person(absl::Minutes(1)), NewUuid(), "192.0.2.1", "One")
          .value();
    }));
  }
  const auto first = calls[0].get();
  EXPECT_NE(first.session_id, "");
  for (size_t i = 1; i < calls.size(); ++i) {
    const auto other = calls[i].get();
    EXPECT_EQ(other.user_id, first.user_id);
    EXPECT_EQ(other.session_id, first.session_id);
  }
}

TEST_F(ExternalAccountStoreTest, TheTokensOfAUserAreOneSessionOfTheirs) {
  const auto first = Show(absl::Minutes(5));
  EXPECT_TRUE(first.made);
  const auto second = Show(absl::Minutes(1));
  EXPECT_FALSE(second.made);
  EXPECT_EQ(second.user_id, first.user_id);
  EXPECT_EQ(second.session_id, first.session_id);
  CW_ASSERT_OK_AND_ASSIGN(const auto sessions, users_.ListSessions(connection(), first.user_id));
  ASSERT_EQ(sessions.size(), 1u);
  EXPECT_EQ(sessions[0].session_id, first.session_id);
  EXPECT_EQ(sessions[0].user_agent, "One");
  EXPECT_EQ(sessions[0].client_ip, "192.0.2.1");
}

TEST_F(ExternalAccountStoreTest, TheEndOfTheSessionIsThatOfTokensIssuedBefore) {
  const auto link = Show(absl::Minutes(5));
  ASSERT_TRUE(users_.RevokeSession(connection(), link.user_id, link.session_id).value_or(false));
  EXPECT_EQ(Show(absl::Minutes(5)).session_id, "");
  EXPECT_EQ(Show(absl::ZeroDuration()).session_id, "") << "of the same second";
  const std::string after = Show(-absl::Seconds(2)).session_id;
  EXPECT_NE(after, "");
  EXPECT_NE(after, link.session_id);
  EXPECT_EQ(Show(absl::Minutes(5)).session_id, "") << "though there is a session again";
}

TEST_F(ExternalAccountStoreTest, SigningOutElsewhereEndsTokensThatNobodyHasShownYet) {
  const std::string browser = SignIn();
  const std::string user_id = [&] {
    const auto rows =
        superuser().Execute({"user_of", "SELECT user_id FROM identity.external_identity"});
    return rows.ok() ? std::string((*rows)[0][0].c_str()) : "";
  }();
  ASSERT_THAT(users_.RevokeOtherSessions(connection(), user_id, browser), IsOk());
  EXPECT_EQ(Show(absl::Minutes(5)).session_id, "");
  const auto after = Show(-absl::Seconds(2));
  ASSERT_NE(after.session_id, "");
  // Whoever asks with a token keeps it.
  ASSERT_THAT(users_.RevokeOtherSessions(connection(), user_id, after.session_id), IsOk());
  EXPECT_EQ(Show(-absl::Seconds(2)).session_id, after.session_id);
}

TEST_F(ExternalAccountStoreTest, ASessionInUseIsNotTooOld) {
  const auto link = Show(absl::Minutes(5));
  ASSERT_THAT(superuser().Script("UPDATE session SET last_used_time = now() - interval '8 days',"
                                 " expire_time = now() - interval '1 day'"),
              IsOk());
  EXPECT_EQ(Show(absl::Minutes(1)).session_id, link.session_id);
  CW_ASSERT_OK_AND_ASSIGN(const auto sessions, users_.ListSessions(connection(), link.user_id));
  EXPECT_EQ(sessions.size(), 1u);
}

}  // namespace
}  // namespace cartwright::identity
