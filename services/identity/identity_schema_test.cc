#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using testing::IsOk;
using testing::ViolatesConstraint;

// The rules of the schema itself, which no caller of it can skip.
class IdentitySchemaTest : public testing::PostgresFixture {
 protected:
  IdentitySchemaTest() : PostgresFixture("identity", "identity") {}

  // One user with one session of two tokens, the first of them used; one ended session; one key; a
  // second factor, and another that is to be.
  void SetUp() override {
    ASSERT_THAT(superuser().Script(R"sql(
      SELECT register_user('00000000-0000-7000-8000-000000000001', 'ada@example.com', 'Ada',
        '$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA', '00000000-0000-7000-8000-000000000002',
        sha256('1'), '192.0.2.1', 'test/1');
      SELECT refresh_session(sha256('1'), sha256('2'), '192.0.2.1');
      SELECT login('00000000-0000-7000-8000-000000000001',
        '$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA', NULL, '00000000-0000-7000-8000-000000000003',
        sha256('3'), '192.0.2.1', 'test/1');
      SELECT logout(sha256('3'));
      INSERT INTO signing_key (key_id, sealed, state) VALUES ('one', 'x', 'SIGNING');
      INSERT INTO second_factor (user_id, sealed, last_step)
        SELECT user_id, decode(repeat('ab', 48), 'hex'), 5 FROM users;
      INSERT INTO recovery_code (user_id, code_hash, use_time)
        SELECT user_id, sha256('used'), now() FROM users;
      INSERT INTO second_factor_enrolment (user_id, session_id, sealed)
        SELECT user_id, session_id, sealed FROM session JOIN second_factor USING (user_id) LIMIT 1;
    )sql"),
                IsOk());
  }

  // The first field of `sql`'s only row, as the superuser.
  std::string Look(const char* sql) {
    const std::string name = absl::StrCat("look", ++looks_);
    const auto rows = superuser().Execute({name.c_str(), sql});
    EXPECT_THAT(rows, IsOk());
    return rows.ok() ? (*rows)[0][0].c_str() : "";
  }

  int looks_ = 0;
};

TEST_F(IdentitySchemaTest, EveryRuleHoldsForTheOwnerTooAndHasAName) {
  const struct {
    const char* constraint;
    const char* sql;
  } cases[] = {
      {"users_email_bounded", "UPDATE users SET email = '@a'"},
      {"users_email_bounded", "UPDATE users SET email = repeat('a', 255)"},
      {"users_display_name_bounded", "UPDATE users SET display_name = ''"},
      {"users_display_name_bounded", "UPDATE users SET display_name = repeat('a', 101)"},
      {"users_password_is_hashed", "UPDATE users SET password_hash = 'correct horse battery'"},
      {"users_password_is_hashed", "UPDATE users SET password_hash = 'x' || password_hash"},
      {"users_email_key",
       "INSERT INTO users (user_id, email, display_name, password_hash)"
       " SELECT gen_random_uuid(), 'ADA@EXAMPLE.com', 'Eve', password_hash FROM users"},
      {"user_role_known", "UPDATE user_role SET role = 'root'"},
      {"user_role_user_fkey", "INSERT INTO user_role VALUES (gen_random_uuid(), 'admin')"},
      {"user_role_pkey", "INSERT INTO user_role SELECT user_id, role FROM user_role"},
      {"session_user_fkey", "UPDATE session SET user_id = session_id WHERE revoke_time IS NULL"},
      {"session_revoke_reason_known",
       "UPDATE session SET revoke_time = now(), revoke_reason = 'BORED' WHERE revoke_time IS NULL"},
      {"session_revoked_for_a_reason",
       "UPDATE session SET revoke_time = now() WHERE revoke_time IS NULL"},
      {"session_revoked_for_a_reason",
       "UPDATE session SET revoke_reason = 'LOGOUT' WHERE revoke_time IS NULL"},
      {"refresh_token_is_a_digest", "UPDATE refresh_token SET token_hash = 'secret'"},
      {"refresh_token_session_fkey",
       "INSERT INTO refresh_token VALUES (sha256('4'), gen_random_uuid())"},
      {"refresh_token_one_is_current",
       "INSERT INTO refresh_token SELECT sha256('4'), session_id FROM session"},
      {"refresh_token_pkey", "INSERT INTO refresh_token SELECT * FROM refresh_token"},
      {"signing_key_one_signs",
       "INSERT INTO signing_key (key_id, sealed, state) VALUES ('two', 'x', 'SIGNING')"},
      {"signing_key_pkey",
       "INSERT INTO signing_key (key_id, sealed, state) VALUES ('one', 'x', 'NEXT')"},
      {"signing_key_state_known",
       "INSERT INTO signing_key (key_id, sealed, state) VALUES ('k', 'x', 'LOST')"},
      {"signing_key_retired_at_a_time", "UPDATE signing_key SET state = 'RETIRED'"},
      {"signing_key_retired_at_a_time",
       "INSERT INTO signing_key (key_id, sealed, state, retire_time)"
       " VALUES ('k', 'x', 'NEXT', now())"},
      {"signing_key_steps", "UPDATE signing_key SET sealed = 'y'"},
      {"second_factor_pkey", "INSERT INTO second_factor SELECT * FROM second_factor"},
      {"second_factor_user_fkey",
       "INSERT INTO second_factor SELECT gen_random_uuid(), sealed, now(), 1 FROM second_factor"},
      {"second_factor_is_sealed",
       "INSERT INTO second_factor (user_id, sealed, last_step) VALUES (gen_random_uuid(), 'x', 1)"},
      {"second_factor_steps", "UPDATE second_factor SET last_step = 5"},
      {"second_factor_steps",
       "UPDATE second_factor SET last_step = 6, sealed = decode(repeat('ac', 48), 'hex')"},
      {"second_factor_enrolment_pkey",
       "INSERT INTO second_factor_enrolment SELECT * FROM second_factor_enrolment"},
      {"second_factor_enrolment_user_fkey",
       "UPDATE second_factor_enrolment SET user_id = gen_random_uuid()"},
      {"second_factor_enrolment_session_fkey",
       "UPDATE second_factor_enrolment SET session_id = user_id"},
      {"second_factor_enrolment_is_sealed", "UPDATE second_factor_enrolment SET sealed = 'x'"},
      {"recovery_code_pkey", "INSERT INTO recovery_code SELECT * FROM recovery_code"},
      {"recovery_code_is_a_digest", "INSERT INTO recovery_code SELECT user_id, 'x' FROM users"},
      {"recovery_code_factor_fkey",
       "INSERT INTO recovery_code VALUES (gen_random_uuid(), sha256('x'))"},
      {"login_challenge_is_a_digest", "INSERT INTO login_challenge SELECT 'x', user_id FROM users"},
      {"login_challenge_factor_fkey",
       "INSERT INTO login_challenge VALUES (sha256('x'), gen_random_uuid())"},
      {"login_challenge_pkey",
       "INSERT INTO login_challenge SELECT sha256('x'), user_id FROM users, generate_series(1, 2)"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(superuser().Script(c.sql), ViolatesConstraint(c.constraint)) << c.sql;
  }
}

TEST_F(IdentitySchemaTest, NothingComesBackToLifeForTheOwnerEither) {
  for (const char* sql : {
           "UPDATE session SET revoke_time = NULL, revoke_reason = NULL"
           " WHERE revoke_time IS NOT NULL",
           "UPDATE session SET revoke_reason = 'TOO_MANY' WHERE revoke_time IS NOT NULL",
           "UPDATE refresh_token SET use_time = NULL WHERE use_time IS NOT NULL",
           "UPDATE recovery_code SET use_time = NULL",
       }) {
    const absl::Status status = superuser().Script(sql);
    EXPECT_TRUE(absl::StrContains(status.message(), "cannot come back to life")) << sql << status;
  }
}

TEST_F(IdentitySchemaTest, TheAppRoleIsRefusedWhatTheFunctionsDoForIt) {
  for (const char* sql : {
           "INSERT INTO user_role SELECT user_id, 'admin' FROM users",
           "UPDATE user_role SET role = 'admin'",
           "DELETE FROM user_role",
           "INSERT INTO users SELECT * FROM users",
           "UPDATE users SET password_hash = password_hash",
           "DELETE FROM users",
           "SELECT token_hash FROM refresh_token",
           "SELECT count(*) FROM refresh_token",
           "INSERT INTO refresh_token SELECT sha256('4'), session_id FROM session",
           "UPDATE refresh_token SET use_time = NULL",
           "DELETE FROM refresh_token",
           "INSERT INTO session SELECT * FROM session",
           "UPDATE session SET revoke_time = NULL",
           "DELETE FROM session",
           "SELECT start_session(user_id, user_id, sha256('4'), '', '') FROM users",
           "UPDATE signing_key SET state = 'NEXT'",
           "DELETE FROM signing_key",
           "SELECT code_hash FROM recovery_code",
           "DELETE FROM second_factor",
           "UPDATE second_factor SET last_step = 9",
           "INSERT INTO recovery_code SELECT user_id, sha256('4') FROM users",
           "SELECT challenge_hash FROM login_challenge",
           "SELECT use_factor(user_id, NULL, 9, NULL) FROM users",
           "SELECT step_up(user_id, password_hash, NULL, NULL, NULL) FROM users",
           "TRUNCATE signing_key",
           "CREATE TABLE mine (id int)",
           "SET ROLE identity_owner",
       }) {
    const absl::Status status = connection().Script(sql);
    EXPECT_TRUE(absl::StrContains(status.message(), "permission denied")) << sql << status;
  }
  EXPECT_EQ(Look("SELECT string_agg(role, ',') FROM user_role"), "shopper");
}

// A grant more is a decision: whoever makes it changes this test.
TEST_F(IdentitySchemaTest, TheAppRoleHasTheseRightsAndNoOthers) {
  EXPECT_EQ(
      Look("SELECT string_agg(c.relname || ' ' || p, ', ' ORDER BY c.relname, p)"
           " FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p"
           " WHERE c.relnamespace = 'identity'::regnamespace AND c.relkind IN ('r', 'v', 'm')"
           " AND has_any_column_privilege('identity_app', c.oid, p)"),
      "audit_event SELECT, audit_seal SELECT, authorization_code SELECT, external_identity SELECT, "
      "oauth_client SELECT, oauth_redirect SELECT, oauth_token SELECT, recovery_code SELECT, "
      "schema_migrations SELECT, "
      "second_factor SELECT, "
      "second_factor_enrolment SELECT, session SELECT, signing_key INSERT, signing_key SELECT, "
      "user_role SELECT, "
      "users SELECT");
  EXPECT_EQ(Look("SELECT count(*) FROM pg_class c WHERE c.relnamespace = 'identity'::regnamespace"
                 " AND c.relkind IN ('r', 'v', 'm')"
                 " AND has_table_privilege('identity_app', c.oid, 'DELETE, TRUNCATE, TRIGGER')"),
            "0");
  EXPECT_EQ(Look("SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc"
                 " WHERE pronamespace = 'identity'::regnamespace"
                 " AND has_function_privilege('identity_app', oid, 'EXECUTE')"),
            "add_client address_of admit_challenge admit_challenge admit_code admit_login "
            "admit_login admit_own_code admit_step_up "
            "begin_enrolment begin_login change_password check_external confirm_enrolment "
            "disable_factor email_key "
            "finish_login is_live issue_code issue_code link_external log_refusal "
            "log_wrong_password login login_external "
            "logout redeem_code refresh_session register_user remove_client replace_password "
            "replace_recovery_codes replay_refresh revoke_other_sessions revoke_session "
            "revoke_user_sessions roles_of rotate_signing_key seal_audit_events");
}

// The functions run with the owner's rights: a caller's own tables must not pass for the owner's.
TEST_F(IdentitySchemaTest, ATemporaryTableStandsInForNothing) {
  ASSERT_THAT(connection().Script("CREATE TEMPORARY TABLE users (LIKE identity.users);"
                                  "CREATE TEMPORARY TABLE user_role (LIKE identity.user_role)"),
              IsOk());
  ASSERT_THAT(connection().Script(R"sql(
    SELECT identity.register_user('00000000-0000-7000-8000-000000000004', 'eve@example.com', 'Eve',
      '$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA', '00000000-0000-7000-8000-000000000005',
      sha256('5'), '192.0.2.1', 'test/1')
  )sql"),
              IsOk());
  EXPECT_EQ(Look("SELECT count(*) FROM identity.users"), "2");
}

}  // namespace
}  // namespace cartwright::identity
