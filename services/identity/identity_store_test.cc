#include "services/identity/identity_store.h"

#include <functional>
#include <mutex>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "shared/base/secret.h"
#include "shared/base/status_macros.h"
#include "shared/base/uuid.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::StatusIs;
using testing::ViolatesConstraint;
using Outcome = IdentityStore::Rotation::Outcome;

constexpr auto kSession = IdentityStore::LoginStep::kSession;
constexpr const char* kHash = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaA";
constexpr const char* kOtherHash = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$b3RoZXI";

// A session and the digest of its first refresh token.
struct SignedIn {
  IdentityStore::User user;
  std::string session_id;
  std::string token;
};

std::string NewToken() { return RandomBytes(32); }

class IdentityStoreTest : public testing::PostgresFixture {
 protected:
  IdentityStoreTest() : PostgresFixture("identity", "identity") {}
  ~IdentityStoreTest() override {
    // Whatever happened, one token of a session is good.
    EXPECT_EQ(Look("SELECT count(*) FROM session s WHERE 1 <> (SELECT count(*) FROM refresh_token t"
                   " WHERE t.session_id = s.session_id AND t.use_time IS NULL)"),
              "0");
  }

  static IdentityStore::NewSession SessionOf(const SignedIn& who) {
    return {who.session_id, who.token, "192.0.2.1", "test/1"};
  }

  // From kHash to kOtherHash, by the holder of that session.
  static IdentityStore::PasswordChange ChangeOf(const SignedIn& who) {
    return {who.user.user_id, who.session_id, kHash, kOtherHash, {}};
  }

  static SignedIn Somebody(const std::string& email) {
    return {.user = {NewUuid(), email, "Ada", kHash}, .session_id = NewUuid(), .token = NewToken()};
  }

  SignedIn Register(const std::string& email = "ada@example.com") {
    const SignedIn who = Somebody(email);
    EXPECT_THAT(store_.Register(connection(), who.user, SessionOf(who)), IsOk());
    return who;
  }

  SignedIn Login(const IdentityStore::User& user) {
    const SignedIn who = {.user = user, .session_id = NewUuid(), .token = NewToken()};
    EXPECT_EQ(store_.Login(connection(), user, {}, SessionOf(who), "").value(), kSession);
    return who;
  }

  absl::StatusOr<std::optional<IdentityStore::User>> Find(const std::string& email) {
    CW_ASSIGN_OR_RETURN(auto admission, store_.AdmitLogin(connection(), email, "192.0.2.1"));
    return admission.user;
  }

  IdentityStore::Rotation Refresh(const std::string& token, const std::string& next = NewToken()) {
    return store_.Refresh(connection(), token, next, "192.0.2.9").value();
  }

  std::vector<IdentityStore::Session> Sessions(const std::string& user_id) {
    return store_.ListSessions(connection(), user_id).value();
  }

  // The first field that `sql` finds, as the superuser; "none" without a row.
  std::string Look(const std::string& sql) {
    const std::string name = absl::StrCat("look", ++looks_);
    const auto rows = superuser().Execute({name.c_str(), sql.c_str()});
    EXPECT_THAT(rows, IsOk()) << sql;
    if (!rows.ok() || rows->empty()) return "none";
    return (*rows)[0][0].c_str();
  }

  std::string ReasonOf(const SignedIn& who) {
    return Look("SELECT revoke_reason FROM session WHERE session_id = '" + who.session_id + "'");
  }

  void Do(const std::string& sql) { ASSERT_THAT(superuser().Script(sql), IsOk()); }

  // Blocks until `count` calls of the app role wait for a lock.
  void AwaitBlocked(int count) {
    const db::Statement blocked = {"blocked",
                                   "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = "
                                   "'Lock' AND datname = current_database()"};
    const absl::Time limit = absl::Now() + absl::Seconds(60);
    while (connection().Execute(blocked).value()[0][0].as<int>() < count) {
      ASSERT_LT(absl::Now(), limit) << "nobody waits for the lock";
    }
  }

  IdentityStore store_;
  int looks_ = 0;
};

TEST_F(IdentityStoreTest, RegisterMakesAShopperWithASession) {
  const SignedIn ada = Register();
  CW_ASSERT_OK_AND_ASSIGN(const auto user, store_.GetUser(connection(), ada.user.user_id));
  ASSERT_TRUE(user.has_value());
  EXPECT_EQ(user->email, "ada@example.com");
  EXPECT_EQ(user->display_name, "Ada");
  EXPECT_EQ(user->password_hash, kHash);
  EXPECT_THAT(user->roles, ElementsAre("shopper"));
  EXPECT_GT(user->create_time_us, 1'700'000'000'000'000);
  const auto sessions = Sessions(ada.user.user_id);
  ASSERT_EQ(sessions.size(), 1u);
  EXPECT_EQ(sessions[0].session_id, ada.session_id);
  EXPECT_EQ(sessions[0].client_ip, "192.0.2.1");
  EXPECT_EQ(sessions[0].user_agent, "test/1");
}

TEST_F(IdentityStoreTest, AnAddressIsTakenHoweverItIsSpelt) {
  Register("ÄDA@example.com");
  for (const char* spelling : {"ÄDA@example.com", "äda@EXAMPLE.COM", "a\u0308da@example.com"}) {
    const SignedIn other = Somebody(spelling);
    const auto refused = store_.Register(connection(), other.user, SessionOf(other));
    EXPECT_THAT(refused, ViolatesConstraint("users_email_key")) << spelling;
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAlreadyExists)) << spelling;
    CW_ASSERT_OK_AND_ASSIGN(const auto found, Find(spelling));
    ASSERT_TRUE(found.has_value()) << spelling;
    EXPECT_EQ(found->email, "ÄDA@example.com");
  }
  EXPECT_EQ(Look("SELECT count(*) FROM session"), "1");
  EXPECT_FALSE(Find("ada@example.com").value().has_value());
}

TEST_F(IdentityStoreTest, ALoginWithAPasswordThatChangedMeanwhileMakesNoSession) {
  const SignedIn ada = Register();
  IdentityStore::User stale = ada.user;
  stale.password_hash = kOtherHash;
  const IdentityStore::NewSession session = {NewUuid(), NewToken(), "192.0.2.1", "test/1"};
  EXPECT_NE(store_.Login(connection(), stale, kHash, session, "").value(), kSession);
  EXPECT_EQ(Sessions(ada.user.user_id).size(), 1u);
  // The better hash replaces the one that was checked, and only then.
  EXPECT_EQ(store_.Login(connection(), ada.user, kOtherHash, session, "").value(), kSession);
  EXPECT_EQ(store_.GetUser(connection(), ada.user.user_id).value()->password_hash, kOtherHash);
  EXPECT_EQ(Sessions(ada.user.user_id).size(), 2u);
}

TEST_F(IdentityStoreTest, ARefreshRotates) {
  const SignedIn ada = Register();
  Do("INSERT INTO user_role SELECT user_id, 'admin' FROM users;"
     "UPDATE session SET last_used_time = last_used_time - interval '1 day'");
  const std::string next = NewToken();
  const auto rotation = Refresh(ada.token, next);
  EXPECT_EQ(rotation.outcome, Outcome::kRotated);
  EXPECT_EQ(rotation.user_id, ada.user.user_id);
  EXPECT_EQ(rotation.session_id, ada.session_id);
  EXPECT_THAT(rotation.roles, ElementsAre("admin", "shopper"));
  const auto session = Sessions(ada.user.user_id).at(0);
  EXPECT_EQ(session.client_ip, "192.0.2.9");
  EXPECT_GE(session.last_used_time_us, session.create_time_us);
  EXPECT_EQ(Refresh(next).outcome, Outcome::kRotated);
}

TEST_F(IdentityStoreTest, AReplacedTokenIsARaceAtFirstAndChangesNothing) {
  const SignedIn ada = Register();
  const std::string next = NewToken();
  Refresh(ada.token, next);
  // Far from the limit of 10 seconds, since the clock runs on.
  Do("UPDATE refresh_token SET use_time = use_time - interval '3 s' WHERE use_time IS NOT NULL");
  const std::string before =
      Look("SELECT string_agg(t::text, ' ' ORDER BY t) FROM refresh_token t");
  const auto raced = Refresh(ada.token);
  EXPECT_EQ(raced.outcome, Outcome::kRaced);
  EXPECT_EQ(raced.user_id, ada.user.user_id);
  EXPECT_TRUE(raced.roles.empty());
  EXPECT_EQ(Look("SELECT string_agg(t::text, ' ' ORDER BY t) FROM refresh_token t"), before);
  EXPECT_EQ(Refresh(next).outcome, Outcome::kRotated);
}

TEST_F(IdentityStoreTest, AReplacedTokenIsACopyAfterThatAndEndsItsSession) {
  const SignedIn ada = Register();
  const SignedIn other = Login(ada.user);
  const std::string next = NewToken();
  Refresh(ada.token, next);
  Do("UPDATE refresh_token SET use_time = use_time - interval '10 s' WHERE use_time IS NOT NULL");
  const auto reused = Refresh(ada.token);
  EXPECT_EQ(reused.outcome, Outcome::kReused);
  EXPECT_EQ(reused.user_id, ada.user.user_id);
  EXPECT_EQ(reused.session_id, ada.session_id);
  EXPECT_TRUE(reused.roles.empty());
  EXPECT_EQ(ReasonOf(ada), "TOKEN_REUSED");
  EXPECT_EQ(Refresh(next).outcome, Outcome::kUnknown);
  EXPECT_EQ(Refresh(other.token).outcome, Outcome::kRotated);
}

TEST_F(IdentityStoreTest, ASessionExpiresUnusedOrOld) {
  const struct {
    const char* sql;
    Outcome outcome;
  } cases[] = {
      {"UPDATE session SET last_used_time = now() - interval '7 days' + interval '1 hour'",
       Outcome::kRotated},
      {"UPDATE session SET last_used_time = now() - interval '7 days'", Outcome::kExpired},
      {"UPDATE session SET expire_time = expire_time - interval '30 days' + interval '1 hour'",
       Outcome::kRotated},
      {"UPDATE session SET expire_time = expire_time - interval '30 days'", Outcome::kExpired},
  };
  for (const auto& c : cases) {
    const SignedIn who = Register(NewUuid() + "@example.com");
    Do(absl::StrCat(c.sql, " WHERE session_id = '", who.session_id, "'"));
    const auto rotation = Refresh(who.token);
    EXPECT_EQ(rotation.outcome, c.outcome) << c.sql;
    EXPECT_EQ(rotation.session_id, who.session_id) << c.sql;
    const bool live = c.outcome == Outcome::kRotated;
    EXPECT_EQ(Sessions(who.user.user_id).size(), live ? 1u : 0u) << c.sql;
    const auto user = store_.FindBySession(connection(), who.user.user_id, who.session_id);
    EXPECT_EQ(user.value().has_value(), live) << c.sql;
  }
}

TEST_F(IdentityStoreTest, ATokenOfNobodyIsUnknownAndNamesNobody) {
  Register();
  const auto rotation = Refresh(NewToken());
  EXPECT_EQ(rotation.outcome, Outcome::kUnknown);
  EXPECT_EQ(rotation.user_id, "");
  EXPECT_EQ(rotation.session_id, "");
}

// Goal: one browser never gets two good tokens. Method: a lock on the session holds up several
// refreshes of one token until all of them have arrived.
TEST_F(IdentityStoreTest, OfRefreshesAtOnceExactlyOneRotates) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  std::string token = Register().token;
  for (int round = 0; round < 4; ++round) {
    const int calls = round == 0 ? 2 : 2 + static_cast<int>(random() % 7);
    std::vector<std::string> next(calls);
    std::vector<absl::StatusOr<IdentityStore::Rotation>> results(calls);
    std::vector<std::thread> threads;
    const auto hold_up = [&](db::Connection& db) {
      EXPECT_THAT(db.Execute({"lock", "SELECT 1 FROM session FOR NO KEY UPDATE"}), IsOk());
      for (int i = 0; i < calls; ++i) {
        next[i] = NewToken();
        threads.emplace_back([&, i] {
          db::Connection own(AppUrl());
          results[i] = store_.Refresh(own, token, next[i], "192.0.2.9");
        });
      }
      AwaitBlocked(calls);
      return absl::OkStatus();
    };
    EXPECT_THAT(superuser().InTransaction(hold_up), IsOk());
    for (auto& thread : threads) thread.join();
    int rotated = 0;
    for (int i = 0; i < calls; ++i) {
      ASSERT_THAT(results[i], IsOk());
      if (results[i]->outcome == Outcome::kRotated) {
        ++rotated;
        token = next[i];
      } else {
        EXPECT_EQ(results[i]->outcome, Outcome::kRaced);
      }
    }
    EXPECT_EQ(rotated, 1) << calls << " calls";
  }
}

// Goal: whatever order calls arrive in, none fails and tokens are accounted for. Method: threads
// sign in and out, refresh, revoke and change passwords at random, on the same two users.
TEST_F(IdentityStoreTest, RacingCallsLeaveSessionsWhole) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mutex mutex;
  std::vector<SignedIn> all = {Register("ada@example.com"), Register("eve@example.com")};
  int rotated = 0;
  const auto race = [&](unsigned thread) {
    std::mt19937 random(seed + thread);
    db::Connection db(AppUrl());
    for (int i = 0; i < 60; ++i) {
      std::unique_lock lock(mutex);
      SignedIn who = all[random() % all.size()];
      lock.unlock();
      const std::string next = NewToken();
      switch (random() % 8) {
        case 0: EXPECT_THAT(store_.Logout(db, who.token), IsOk()); break;
        case 1:
          EXPECT_THAT(store_.RevokeSession(db, who.user.user_id, who.session_id), IsOk());
          break;
        case 2: EXPECT_THAT(store_.ChangePassword(db, ChangeOf(who)), IsOk()); break;
        case 3:
        case 4: {
          const auto user = store_.GetUser(db, who.user.user_id);
          ASSERT_THAT(user, IsOk());
          const SignedIn made = {**user, NewUuid(), next};
          const auto result = store_.Login(db, made.user, kHash, SessionOf(made), "");
          EXPECT_THAT(result, IsOk());
          lock.lock();
          if (result.ok() && *result == kSession) all.push_back(made);
          break;
        }
        default: {
          const auto result = store_.Refresh(db, who.token, next, "192.0.2.9");
          ASSERT_THAT(result, IsOk());
          if (result->outcome != Outcome::kRotated) break;
          who.token = next;
          lock.lock();
          ++rotated;
          all.push_back(who);
        }
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 6; ++t) threads.emplace_back(race, t);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Look("SELECT count(*) FROM refresh_token"), std::to_string(all.size()));
  EXPECT_EQ(Look("SELECT count(*) FROM refresh_token WHERE use_time IS NOT NULL"),
            std::to_string(rotated));
}

TEST_F(IdentityStoreTest, TheHundredAndFirstSessionEndsTheOneUnusedForLongest) {
  const SignedIn first = Register();
  const SignedIn second = Login(first.user);
  for (int i = 2; i < 100; ++i) Login(first.user);
  EXPECT_EQ(Sessions(first.user.user_id).size(), 100u);
  const std::string next = NewToken();
  EXPECT_EQ(Refresh(first.token, next).outcome, Outcome::kRotated);
  const SignedIn last = Login(first.user);
  EXPECT_EQ(Sessions(first.user.user_id).size(), 100u);
  EXPECT_EQ(Sessions(first.user.user_id).at(0).session_id, last.session_id);
  EXPECT_EQ(Look("SELECT count(*) FROM session WHERE revoke_time IS NOT NULL"), "1");
  EXPECT_EQ(ReasonOf(second), "TOO_MANY");
  EXPECT_EQ(Refresh(second.token).outcome, Outcome::kUnknown);
  EXPECT_EQ(Refresh(next).outcome, Outcome::kRotated);
}

TEST_F(IdentityStoreTest, ANewPasswordEndsTheUsersOtherSessionsOnly) {
  const SignedIn ada = Register();
  const SignedIn other = Login(ada.user);
  const SignedIn eve = Register("eve@example.com");
  const IdentityStore::PasswordChange change = ChangeOf(ada);
  EXPECT_TRUE(store_.ChangePassword(connection(), change).value());
  EXPECT_FALSE(store_.ChangePassword(connection(), change).value());
  EXPECT_EQ(ReasonOf(other), "PASSWORD_CHANGED");
  EXPECT_EQ(Refresh(ada.token).outcome, Outcome::kRotated);
  EXPECT_EQ(Refresh(eve.token).outcome, Outcome::kRotated);
}

TEST_F(IdentityStoreTest, ASessionIsItsOwnersAlone) {
  const SignedIn ada = Register();
  const std::string eve = Register("eve@example.com").user.user_id;
  EXPECT_FALSE(store_.RevokeSession(connection(), eve, ada.session_id).value());
  EXPECT_FALSE(store_.FindBySession(connection(), eve, ada.session_id).value().has_value());
  EXPECT_EQ(Refresh(ada.token).outcome, Outcome::kRotated);
}

TEST_F(IdentityStoreTest, WhatEndedStaysEnded) {
  const std::pair<const char*, std::function<void(const SignedIn&)>> cases[] = {
      {"LOGOUT", [&](auto& who) { EXPECT_THAT(store_.Logout(connection(), who.token), IsOk()); }},
      {"REVOKED",
       [&](auto& who) {
         EXPECT_TRUE(store_.RevokeSession(connection(), who.user.user_id, who.session_id).value());
       }},
      {"PASSWORD_CHANGED",
       [&](auto& who) {
         EXPECT_TRUE(
             store_.ChangePassword(connection(), ChangeOf({who.user, NewUuid(), ""})).value());
       }},
  };
  for (const auto& [reason, end] : cases) {
    SCOPED_TRACE(reason);
    const SignedIn who = Register(NewUuid() + "@example.com");
    const std::string& ada = who.user.user_id;
    end(who);
    EXPECT_EQ(Refresh(who.token).outcome, Outcome::kUnknown);
    EXPECT_EQ(Sessions(ada).size(), 0u);
    EXPECT_FALSE(store_.RevokeSession(connection(), ada, who.session_id).value());
    EXPECT_FALSE(store_.FindBySession(connection(), ada, who.session_id).value().has_value());
    EXPECT_THAT(store_.Logout(connection(), who.token), IsOk());
    EXPECT_EQ(ReasonOf(who), reason);
  }
}

}  // namespace
}  // namespace cartwright::identity
