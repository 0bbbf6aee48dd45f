// The audit log of identity, and its rules: each action leaves one row, and each rule speaks when
// it alone is broken.

#include <string>

#include "gtest/gtest.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using testing::IsOk;

class IdentityAuditTest : public testing::PostgresFixture {
 protected:
  // A user who signs in, mistypes, changes the password, and whose refresh token is stolen; an
  // administrator who is one no more; keys that take their turn.
  IdentityAuditTest() : PostgresFixture("identity", "identity") {
    Do(R"sql(
      SELECT register_user('00000000-0000-7000-8000-000000000001', 'ada@example.com', 'Ada',
        '$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA', '00000000-0000-7000-8000-000000000002',
        sha256('1'), '192.0.2.1', 'test/1')
    )sql");
    Do("SELECT log_wrong_password('session.login', NULL, '192.0.2.9')");
    Do(R"sql(
      SELECT login('00000000-0000-7000-8000-000000000001',
        '$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA', '$argon2id$v=19$m=65,t=1,p=1$c2FsdA$aGFzaA',
        '00000000-0000-7000-8000-000000000003', sha256('3'), '192.0.2.1', 'test/1')
    )sql");
    Do(R"sql(
      SELECT change_password('00000000-0000-7000-8000-000000000001',
        '$argon2id$v=19$m=65,t=1,p=1$c2FsdA$aGFzaA', '$argon2id$v=19$m=66,t=1,p=1$c2FsdA$aGFzaA',
        '00000000-0000-7000-8000-000000000003')
    )sql");
    Do("SELECT refresh_session(sha256('3'), sha256('4'), '192.0.2.1')");
    EXPECT_THAT(superuser().Script("UPDATE refresh_token SET use_time = use_time - interval '1 h'"
                                   " WHERE use_time IS NOT NULL"),
                IsOk());
    Do("SELECT refresh_session(sha256('3'), sha256('5'), '203.0.113.5')");
    EXPECT_THAT(superuser().Script(R"sql(
      INSERT INTO user_role SELECT user_id, 'admin' FROM users;
      DELETE FROM user_role WHERE role = 'admin';
      INSERT INTO user_role SELECT user_id, 'admin' FROM users;
      INSERT INTO signing_key (key_id, sealed, state) VALUES ('one', 'x', 'SIGNING');
      INSERT INTO signing_key (key_id, sealed, state) VALUES ('two', 'x', 'NEXT');
      SELECT rotate_signing_key(interval '-1 minute');
    )sql"),
                IsOk());
    // Somebody of a provider, who has no address to sign in with.
    Do("SELECT link_external('https://login.example', 'one', "
       "'00000000-0000-7000-8000-000000000009',"
       " 'eve@example.com', 'Eve')");
  }

  // As the role that serves.
  void Do(const char* sql) { EXPECT_THAT(connection().Script(sql), IsOk()) << sql; }
};

TEST_F(IdentityAuditTest, EachActionIsInTheLogOnce) {
  EXPECT_EQ(LoggedActions(),
            "user.register OK, session.login OK, session.login FAILED, password.rehash OK, "
            "session.login OK, password.change OK, session.revoke OK, session.token_reuse OK, "
            "role.grant OK, role.revoke OK, role.grant OK, key.create OK, key.create OK, "
            "key.rotate OK, user.register OK");
}

TEST_F(IdentityAuditTest, NothingIsFoundAfterAllThat) { EXPECT_EQ(AuditFindings(), ""); }

TEST_F(IdentityAuditTest, EachRuleSpeaksWhenItAloneIsBroken) {
  ExpectEachRuleFires({
      {"I1", "DELETE FROM audit_event WHERE action = 'user.register'"},
      {"I2", "DELETE FROM audit_event WHERE action = 'role.revoke'"},
      {"I3", "INSERT INTO signing_key (key_id, sealed, state) VALUES ('three', 'x', 'NEXT')"},
  });
}

}  // namespace
}  // namespace cartwright::identity
