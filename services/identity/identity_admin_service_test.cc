#include "services/identity/identity_admin_service.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/service_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using testing::HasErrorReason;
using testing::IsOk;

constexpr const char* kAda = "018f0000-0000-7000-8000-000000000001";
constexpr const char* kEve = "018f0000-0000-7000-8000-000000000002";

class IdentityAdminServiceTest : public testing::PostgresFixture {
 protected:
  IdentityAdminServiceTest()
      : PostgresFixture("identity", "identity"),
        workers_({.url = AppUrl(), .threads = 2}),
        service_(store_),
        server_(&workers_) {
    server_.Serve(service_, &IdentityAdminService::ListUserRecords,
                  &IdentityAdminService::RevokeUserSessions);
    server_.Start();
  }

  void SetUp() override {
    ASSERT_THAT(superuser().Script(absl::StrCat(
                    "INSERT INTO identity.users (user_id, email, display_name, password_hash) "
                    "SELECT id::uuid, mail, name, '$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA' "
                    "FROM (VALUES ('",
                    kAda, "', 'Ada@Example.com', 'Ada'), ('", kEve,
                    "', 'eve@example.com', 'Eve')) AS new (id, mail, name)")),
                IsOk());
  }

  absl::StatusOr<v1::ListUserRecordsResponse> List(const std::vector<std::string>& ids,
                                                   const std::string& email = "") {
    v1::ListUserRecordsRequest request;
    for (const std::string& id : ids) request.add_ids(id);
    if (!email.empty()) request.set_email(email);
    return server_.Call<v1::ListUserRecordsResponse>(request, "gateway");
  }

  // The addresses that an answer has, in its order.
  std::vector<std::string> Emails(const std::vector<std::string>& ids,
                                  const std::string& email = "") {
    const auto response = List(ids, email);
    EXPECT_THAT(response, IsOk());
    std::vector<std::string> emails;
    if (!response.ok()) return emails;
    for (const auto& user : response->users()) emails.push_back(user.email());
    return emails;
  }

  // A session of a user.
  void SignIn(const std::string& user_id) {
    ASSERT_THAT(superuser().Script(absl::StrCat(
                    "INSERT INTO identity.session (session_id, user_id, user_agent, client_ip) "
                    "VALUES ('",
                    NewUuid(), "', '", user_id, "', 'test/1', '192.0.2.1')")),
                IsOk());
  }

  absl::StatusOr<v1::RevokeUserSessionsResponse> RevokeAll(const std::string& user_id) {
    v1::RevokeUserSessionsRequest request;
    request.set_operator_(kEve);
    request.set_id(user_id);
    request.set_client_ip("192.0.2.9");
    return server_.Call<v1::RevokeUserSessionsResponse>(request, "gateway");
  }

  std::string Look(const std::string& sql) {
    const std::string name = absl::StrCat("look", ++looks_);
    const auto rows = superuser().Execute({name.c_str(), sql.c_str()});
    EXPECT_THAT(rows, IsOk());
    return rows.ok() ? (*rows)[0][0].c_str() : "";
  }

  int looks_ = 0;
  IdentityAdminStore store_;
  db::Workers workers_;
  IdentityAdminService service_;
  testing::ServiceFixture server_;
};

TEST_F(IdentityAdminServiceTest, FindsUsersByIdAndLeavesOutWhoDoesNotExist) {
  using ::testing::ElementsAre;
  EXPECT_THAT(Emails({kEve, NewUuid(), kAda, kEve}),
              ElementsAre("Ada@Example.com", "eve@example.com"));
  EXPECT_THAT(Emails({NewUuid()}), ElementsAre());
  CW_ASSERT_OK_AND_ASSIGN(const auto response, List({kAda}));
  EXPECT_EQ(response.users(0).id(), kAda);
  EXPECT_EQ(response.users(0).display_name(), "Ada");
}

TEST_F(IdentityAdminServiceTest, FindsAUserByAddressWhateverItsCase) {
  using ::testing::ElementsAre;
  EXPECT_THAT(Emails({}, "ADA@example.COM"), ElementsAre("Ada@Example.com"));
  EXPECT_THAT(Emails({}, "nobody@example.com"), ElementsAre());
  EXPECT_THAT(Emails({kEve}, "ada@example.com"), ElementsAre("Ada@Example.com", "eve@example.com"));
}

TEST_F(IdentityAdminServiceTest, RefusesToListEverybody) {
  EXPECT_THAT(List({}), HasErrorReason("INVALID_FIELD"));
  v1::ListUserRecordsRequest empty;
  empty.set_email("");
  EXPECT_THAT(server_.Call<v1::ListUserRecordsResponse>(empty, "gateway"),
              HasErrorReason("INVALID_FIELD"));
  EXPECT_THAT(List(std::vector<std::string>(101, kAda)), HasErrorReason("INVALID_FIELD"));
}

TEST_F(IdentityAdminServiceTest, EndsAllSessionsOfAUserAndOfNobodyElse) {
  SignIn(kAda);
  SignIn(kAda);
  SignIn(kEve);
  CW_ASSERT_OK_AND_ASSIGN(const auto response, RevokeAll(kAda));
  EXPECT_EQ(response.revoked(), 2);
  EXPECT_EQ(Look("SELECT string_agg(DISTINCT user_id::text, ' ') FROM identity.session"
                 " WHERE revoke_time IS NULL"),
            kEve);
  EXPECT_EQ(RevokeAll(kAda)->revoked(), 0) << "again";
  EXPECT_THAT(RevokeAll(NewUuid()), HasErrorReason("RESOURCE_NOT_FOUND"));
}

TEST_F(IdentityAdminServiceTest, TheAuditLogSaysWhoEndedThemAndAlsoThatThereWereNone) {
  SignIn(kAda);
  ASSERT_THAT(RevokeAll(kAda), IsOk());
  ASSERT_THAT(RevokeAll(kAda), IsOk());
  EXPECT_EQ(
      Look("SELECT string_agg(action || coalesce(' ' || (details ->> 'sessions'), ''), ', '"
           " ORDER BY audit_event_id) FROM identity.audit_event"
           " WHERE actor = '" +
           std::string(kEve) + "' AND user_id = '" + kAda + "' AND client_address = '192.0.2.9'"),
      "session.revoke, user.sign_out 1, user.sign_out 0");
}

}  // namespace
}  // namespace cartwright::identity
