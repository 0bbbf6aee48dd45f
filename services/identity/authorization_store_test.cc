#include "services/identity/authorization_store.h"

#include <future>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/identity/identity_store.h"
#include "shared/base/secret.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using testing::IsOk;
using testing::ViolatesConstraint;

MATCHER_P(IsOkAndHolds, value, "worked, with this value") { return arg.ok() && *arg == value; }

constexpr const char* kUser = "00000000-0000-7000-8000-000000000001";
constexpr const char* kSession = "00000000-0000-7000-8000-000000000002";

class AuthorizationStoreTest : public testing::PostgresFixture {
 protected:
  AuthorizationStoreTest() : PostgresFixture("identity", "identity") {}

  void SetUp() override {
    ASSERT_THAT(superuser().Script(R"sql(
      SELECT register_user('00000000-0000-7000-8000-000000000001', 'ada@example.com', 'Ada',
        '$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA', '00000000-0000-7000-8000-000000000002',
        sha256('1'), '192.0.2.1', 'test/1');
      SELECT add_client('page', 'A page', NULL, ARRAY['https://page.test/back']);
    )sql"),
                IsOk());
  }

  AuthorizationStore::Code Code(const std::string& code = "code") const {
    return {.code_hash = Sha256(code),
            .client_id = "page",
            .redirect_uri = "https://page.test/back",
            .user_id = kUser,
            .session_id = kSession,
            .challenge = std::string(43, 'c'),
            .scope = "openid email",
            .nonce = "once"};
  }

  std::string Outcome(const AuthorizationStore::Code& code, const std::string& token = "token") {
    const auto redemption = store_.ExchangeCode(connection(), code, Sha256(token));
    EXPECT_THAT(redemption, IsOk());
    return redemption.ok() ? redemption->outcome : "";
  }

  bool IsGood(const std::string& token) {
    const auto person = store_.FindByToken(connection(), Sha256(token));
    EXPECT_THAT(person, IsOk());
    return person.ok() && person->has_value();
  }

  AuthorizationStore store_;
};

TEST_F(AuthorizationStoreTest, ACodeGivesATokenOnce) {
  ASSERT_THAT(store_.IssueCode(connection(), Code(), {}), IsOkAndHolds("ISSUED"));
  const auto redemption = store_.ExchangeCode(connection(), Code(), Sha256("token"));
  ASSERT_THAT(redemption, IsOk());
  EXPECT_EQ(redemption->outcome, "GRANTED");
  EXPECT_EQ(redemption->user_id, kUser);
  EXPECT_EQ(redemption->scope, "openid email");
  EXPECT_EQ(redemption->nonce, "once");
  EXPECT_GT(redemption->sign_in_time_us, 0);
  EXPECT_TRUE(IsGood("token"));
  EXPECT_EQ(Outcome(Code(), "other"), "REUSED");
  EXPECT_FALSE(IsGood("token"));
  EXPECT_FALSE(IsGood("other"));
  EXPECT_EQ(Outcome(Code("unknown")), "UNKNOWN");
}

TEST_F(AuthorizationStoreTest, AnyDifferenceUsesTheCodeUp) {
  std::vector<AuthorizationStore::Code> wrong = {Code("1"), Code("2"), Code("3")};
  for (const auto& code : wrong) {
    ASSERT_THAT(store_.IssueCode(connection(), code, {}), IsOkAndHolds("ISSUED"));
  }
  wrong[0].client_id = "other";
  wrong[1].redirect_uri = "https://page.test/Back";
  wrong[2].challenge = "";
  for (const auto& code : wrong) {
    EXPECT_EQ(Outcome(code), "MISMATCH");
    EXPECT_EQ(Outcome(code), "REUSED");
  }
}

TEST_F(AuthorizationStoreTest, OfManyAtOnceOneIsGrantedAndNothingIsLeft) {
  ASSERT_THAT(store_.IssueCode(connection(), Code(), {}), IsOkAndHolds("ISSUED"));
  std::vector<std::future<std::string>> calls;
  for (int i = 0; i < 4; ++i) {
    calls.push_back(std::async(std::launch::async, [this, i] {
      db::Connection db(AppUrl());
      return store_.ExchangeCode(db, Code(), Sha256(std::to_string(i)))->outcome;
    }));
  }
  int granted = 0;
  for (auto& call : calls) granted += call.get() == "GRANTED" ? 1 : 0;
  EXPECT_EQ(granted, 1);
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(IsGood(std::to_string(i)));
}

TEST_F(AuthorizationStoreTest, NothingOutlivesTheSession) {
  ASSERT_THAT(store_.IssueCode(connection(), Code("1"), {}), IsOkAndHolds("ISSUED"));
  ASSERT_THAT(store_.IssueCode(connection(), Code("2"), {}), IsOkAndHolds("ISSUED"));
  EXPECT_EQ(Outcome(Code("1")), "GRANTED");
  IdentityStore users;
  ASSERT_THAT(users.RevokeSession(connection(), kUser, kSession), IsOkAndHolds(true));
  EXPECT_FALSE(IsGood("token"));
  EXPECT_EQ(Outcome(Code("2")), "EXPIRED");
  EXPECT_THAT(store_.IssueCode(connection(), Code("3"), {}), IsOkAndHolds("ENDED"));
}

TEST_F(AuthorizationStoreTest, AForeignSessionGivesNoCode) {
  auto code = Code();
  code.user_id = NewUuid();
  EXPECT_THAT(store_.IssueCode(connection(), code, {}), IsOkAndHolds("ENDED"));
}

TEST_F(AuthorizationStoreTest, ASignInMayBeTooOldForACode) {
  const auto rows = superuser().Execute(
      {"made", "SELECT (extract(epoch FROM create_time) * 1000000)::bigint FROM session"});
  ASSERT_THAT(rows, IsOk());
  const auto signed_in_us = (*rows)[0][0].as<int64_t>();
  EXPECT_THAT(store_.IssueCode(connection(), Code("1"), signed_in_us + 1), IsOkAndHolds("TOO_OLD"));
  EXPECT_THAT(store_.IssueCode(connection(), Code("2"), signed_in_us), IsOkAndHolds("ISSUED"));
  EXPECT_EQ(Outcome(Code("1")), "UNKNOWN");
}

// The application that has a provider's token was not let in by anybody who signed in here.
TEST_F(AuthorizationStoreTest, ASessionOfTokensGivesNoCode) {
  ASSERT_THAT(superuser().Script("UPDATE session SET of_tokens = true"), IsOk());
  EXPECT_THAT(store_.IssueCode(connection(), Code(), {}), IsOkAndHolds("ENDED"));
}

TEST_F(AuthorizationStoreTest, ACodeThatGivesNothingIsInTheAuditLog) {
  for (const char* name : {"1", "2", "3"}) {
    ASSERT_THAT(store_.IssueCode(connection(), Code(name), {}), IsOkAndHolds("ISSUED"));
  }
  EXPECT_EQ(Outcome(Code("1")), "GRANTED");
  EXPECT_EQ(LoggedActions("action = 'client.redeem'"), "");
  EXPECT_EQ(Outcome(Code("1"), "other"), "REUSED");
  auto theirs = Code("2");
  theirs.client_id = "other";
  theirs.client_ip = "203.0.113.5";
  EXPECT_EQ(Outcome(theirs), "MISMATCH");
  EXPECT_EQ(Outcome(Code("unknown")), "UNKNOWN");
  const auto rows = superuser().Execute(
      {"rows",
       "SELECT string_agg(concat_ws(' ', result, subject, client_address, details ->> 'outcome'),"
       " ', ' ORDER BY audit_event_id) FROM audit_event WHERE action = 'client.redeem'"});
  ASSERT_THAT(rows, IsOk());
  EXPECT_STREQ((*rows)[0][0].c_str(), "FAILED page REUSED, FAILED other 203.0.113.5 MISMATCH");
}

TEST_F(AuthorizationStoreTest, TheSchemaRefusesWhatNobodyMayDo) {
  ASSERT_THAT(store_.IssueCode(connection(), Code(), {}), IsOkAndHolds("ISSUED"));
  EXPECT_EQ(Outcome(Code()), "GRANTED");
  const struct {
    const char* constraint;
    const char* sql;
  } kRows[] = {
      {"authorization_code_redirect_fkey", "UPDATE oauth_redirect SET redirect_uri = 'https://x'"},
      {"oauth_redirect_safe", "INSERT INTO oauth_redirect VALUES ('page', 'javascript:alert(1)')"},
      {"oauth_redirect_safe", "INSERT INTO oauth_redirect VALUES ('page', 'http://page.test/')"},
      {"oauth_redirect_safe", "INSERT INTO oauth_redirect VALUES ('page', 'https://a@evil.test/')"},
      {"oauth_redirect_safe", "INSERT INTO oauth_redirect VALUES ('page', 'https://page.test/#x')"},
      {"oauth_client_id_form", "INSERT INTO oauth_client VALUES ('a b', 'A')"},
      {"oauth_client_secret_is_a_digest", "INSERT INTO oauth_client VALUES ('a', 'A', 'secret')"},
      {"authorization_code_challenge_is_s256",
       "INSERT INTO authorization_code (code_hash, client_id, redirect_uri, session_id, challenge,"
       " scope, nonce) SELECT sha256('x'), client_id, redirect_uri, session_id, 'plain', scope, ''"
       " FROM authorization_code"},
      {"authorization_code_is_short",
       "INSERT INTO authorization_code (code_hash, client_id, redirect_uri, session_id, challenge,"
       " scope, nonce, expire_time) SELECT sha256('y'), client_id, redirect_uri, session_id,"
       " challenge, scope, '', clock_timestamp() + interval '1 hour' FROM authorization_code"},
      {"oauth_token_one_of_a_code",
       "INSERT INTO oauth_token (token_hash, code_hash) SELECT sha256('z'), code_hash"
       " FROM authorization_code"},
      {"session_one_of_tokens",
       "INSERT INTO session (session_id, user_id, user_agent, client_ip, of_tokens)"
       " SELECT gen_random_uuid(), user_id, '', '', true FROM users, generate_series(1, 2)"},
      {"audit_event_time_in_reason",
       "INSERT INTO audit_event (action, subject, create_time) VALUES ('x', 'x', 'infinity')"},
      {"users_address_with_password", "UPDATE users SET email = NULL"},
      {"external_identity_of_one_user",
       "INSERT INTO external_identity SELECT 'https://i', s, user_id, '' FROM users,"
       " unnest(ARRAY['1', '2']) AS t (s)"},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(superuser().Script(row.sql), ViolatesConstraint(row.constraint)) << row.sql;
  }
  for (const char* revival : {"UPDATE authorization_code SET use_time = NULL",
                              "UPDATE authorization_code SET expire_time = expire_time"}) {
    EXPECT_FALSE(superuser().Script(revival).ok()) << revival;
  }
}

}  // namespace
}  // namespace cartwright::identity
