#include "services/identity/second_factor_service.h"

#include <atomic>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "services/identity/second_factor_fixture.h"

namespace cartwright::identity {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;

class SecondFactorServiceTest : public SecondFactorFixture {};

TEST_F(SecondFactorServiceTest, AFactorIsOnWhenACodeHasShownThatTheDeviceHasIt) {
  Person ada = Register();
  EXPECT_FALSE(StateOf(ada).enabled());
  CW_ASSERT_OK_AND_ASSIGN(const auto begun, Begin(ada));
  ada.secret = Decoded(begun.secret());
  EXPECT_EQ(ada.secret.size(), 20u);
  EXPECT_THAT(begun.uri(), ::testing::HasSubstr(begun.secret()));
  EXPECT_EQ(begun.expires_in(), 600);
  EXPECT_THAT(Login(ada), IsOk()) << "nothing asks for it yet";
  EXPECT_THAT(Confirm(ada, WrongCodeOf(ada)), HasErrorReason("WRONG_CODE"));
  EXPECT_FALSE(StateOf(ada).enabled());
  CW_ASSERT_OK_AND_ASSIGN(const auto confirmed, Confirm(ada, CodeOf(ada)));
  EXPECT_EQ(confirmed.recovery_codes_size(), 10);
  const auto state = StateOf(ada);
  EXPECT_TRUE(state.enabled());
  EXPECT_GT(state.create_time().seconds(), 0);
  EXPECT_EQ(state.recovery_codes_left(), 10);
  EXPECT_THAT(Login(ada), HasErrorReason("SECOND_FACTOR_REQUIRED"));
  EXPECT_THAT(Begin(ada), HasErrorReason("SECOND_FACTOR_ON"));
  EXPECT_THAT(Confirm(ada, CodeOf(ada)), HasErrorReason("ENROLMENT_EXPIRED"));
}

TEST_F(SecondFactorServiceTest, TheRightCodeForgivesTheWrongOnesOnTheWayToAFactor) {
  Person ada = Register();
  CW_ASSERT_OK_AND_ASSIGN(const auto begun, Begin(ada));
  ada.secret = Decoded(begun.secret());
  for (int i = 0; i < 9; ++i) {
    EXPECT_THAT(Confirm(ada, WrongCodeOf(ada)), HasErrorReason("WRONG_CODE")) << i;
  }
  EXPECT_THAT(Confirm(ada, CodeOf(ada)), IsOk());
  StretchWaits();
  EXPECT_THAT(Disable(ada, kPassword, WrongCodeOf(ada)), HasErrorReason("WRONG_CODE"));
}

TEST_F(SecondFactorServiceTest, WhoeverBeginsKnowsThePasswordAndConfirmsInTheSameSession) {
  const Person ada = Register();
  Person elsewhere = ada;
  elsewhere.session_id = NewUuid();
  EXPECT_THAT(Begin(ada, "wrong horse battery"), HasErrorReason("INVALID_CREDENTIALS"));
  EXPECT_THAT(Begin(elsewhere), HasErrorReason("TOKEN_INVALID"));
  CW_ASSERT_OK_AND_ASSIGN(const auto begun, Begin(ada));
  elsewhere.secret = Decoded(begun.secret());
  EXPECT_THAT(Confirm(elsewhere, CodeOf(elsewhere)), HasErrorReason("ENROLMENT_EXPIRED"));
  ASSERT_THAT(superuser().Script("UPDATE second_factor_enrolment SET expire_time = now()"), IsOk());
  Person late = ada;
  late.secret = elsewhere.secret;
  EXPECT_THAT(Confirm(late, CodeOf(late)), HasErrorReason("ENROLMENT_EXPIRED"));
}

TEST_F(SecondFactorServiceTest, WhoeverBeginsAgainHasAnotherSecret) {
  Person ada = Register();
  CW_ASSERT_OK_AND_ASSIGN(const auto first, Begin(ada));
  CW_ASSERT_OK_AND_ASSIGN(const auto second, Begin(ada));
  EXPECT_NE(first.secret(), second.secret());
  ada.secret = Decoded(first.secret());
  EXPECT_THAT(Confirm(ada, CodeOf(ada)), HasErrorReason("WRONG_CODE"));
  ada.secret = Decoded(second.secret());
  EXPECT_THAT(Confirm(ada, CodeOf(ada)), IsOk());
}

TEST_F(SecondFactorServiceTest, ASignInIsFinishedByACodeAndMakesTheSameSessionAsAnyOther) {
  const Person ada = Enrolled();
  const std::string challenge = Challenge(ada);
  CW_ASSERT_OK_AND_ASSIGN(const auto in, Finish(challenge, CodeOf(ada)));
  EXPECT_EQ(in.user().id(), ada.user_id);
  EXPECT_EQ(in.token_type(), "Bearer");
  EXPECT_EQ(in.expires_in(), 600);
  EXPECT_THAT(Refresh(in.refresh_token()), IsOk());
  EXPECT_THAT(Finish(challenge, CodeOf(ada)), HasErrorReason("CHALLENGE_EXPIRED"));
}

TEST_F(SecondFactorServiceTest, ACodeIsGoodOnceWhateverItIsFor) {
  const Person ada = Enrolled();
  const std::string code = CodeOf(ada);
  ASSERT_THAT(Finish(Challenge(ada), code), IsOk());
  const std::string challenge = Challenge(ada);
  EXPECT_THAT(Finish(challenge, code), HasErrorReason("WRONG_CODE"));
  EXPECT_THAT(Disable(ada, kPassword, code), HasErrorReason("WRONG_CODE"));
  EXPECT_THAT(ChangePassword(ada, code), HasErrorReason("WRONG_CODE"));
  EXPECT_THAT(Finish(challenge, TotpCode(ada.secret, TotpStep(absl::Now()) + 1)), IsOk())
      << "the next one is good";
}

TEST_F(SecondFactorServiceTest, OfManySignInsWithOneCodeExactlyOneIsLetIn) {
  const Person ada = Enrolled();
  for (const bool by_device : {true, false}) {
    constexpr int kCalls = 8;  // fewer than the tries that are free
    std::vector<std::string> challenges;
    for (int i = 0; i < kCalls; ++i) challenges.push_back(Challenge(ada));
    const std::string code = by_device ? CodeOf(ada) : ada.recovery_codes[0];
    std::atomic<int> in{0}, refused{0};
    std::vector<std::thread> threads;
    for (const std::string& challenge : challenges) {
      threads.emplace_back([&, challenge] {
        const auto status = Finish(challenge, code).status();
        if (status.ok()) ++in;
        if (DetailsOf(status).reason == "WRONG_CODE") ++refused;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(in, 1);
    EXPECT_EQ(refused, kCalls - 1);
    PassTime("25 h");
  }
}

TEST_F(SecondFactorServiceTest, ARecoveryCodeIsGoodOnceHoweverItIsWritten) {
  const Person ada = Enrolled();
  std::string shouted = ada.recovery_codes[3];
  for (char& c : shouted) c = c == '-' ? ' ' : static_cast<char>(std::toupper(c));
  EXPECT_THAT(Finish(Challenge(ada), shouted), IsOk());
  EXPECT_EQ(StateOf(ada).recovery_codes_left(), 9);
  EXPECT_THAT(Finish(Challenge(ada), ada.recovery_codes[3]), HasErrorReason("WRONG_CODE"));
  EXPECT_THAT(Finish(Challenge(ada), NewRecoveryCode()), HasErrorReason("WRONG_CODE"));
  EXPECT_THAT(Finish(Challenge(ada), ada.recovery_codes[4]), IsOk());
}

TEST_F(SecondFactorServiceTest, TenWrongCodesAreFollowedByAWaitWhateverTheSignIn) {
  const Person ada = Enrolled();
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(Finish(Challenge(ada), WrongCodeOf(ada)), HasErrorReason("WRONG_CODE")) << i;
  }
  StretchWaits();
  const std::string challenge = Challenge(ada);
  const absl::Status locked = Finish(challenge, CodeOf(ada)).status();
  EXPECT_THAT(locked, HasErrorReason("ACCOUNT_LOCKED")) << "the right code is not looked at";
  google::rpc::RetryInfo info;
  ASSERT_TRUE(info.ParseFromString(
      std::string(*locked.GetPayload("type.googleapis.com/google.rpc.RetryInfo"))));
  EXPECT_GE(info.retry_delay().seconds(), 1);
  EXPECT_THAT(Disable(ada, kPassword, WrongCodeOf(ada)), HasErrorReason("WRONG_CODE"))
      << "who is signed in has tries of their own";
  PassTime("2 h");
  EXPECT_THAT(Finish(challenge, WrongCodeOf(ada)), HasErrorReason("WRONG_CODE"));
  StretchWaits();
  EXPECT_THAT(Finish(challenge, CodeOf(ada)), HasErrorReason("ACCOUNT_LOCKED"))
      << "hours do not forgive";
  PassTime("16 min");
  EXPECT_THAT(Finish(challenge, CodeOf(ada)), IsOk()) << "a right code after the wait";
  EXPECT_THAT(Finish(Challenge(ada), WrongCodeOf(ada)), HasErrorReason("WRONG_CODE"))
      << "a success forgives";
}

TEST_F(SecondFactorServiceTest, AChallengeIsOfNoUseWithoutACodeAndNotForLong) {
  const Person ada = Enrolled();
  EXPECT_THAT(Finish("nonsense", CodeOf(ada)), HasErrorReason("CHALLENGE_EXPIRED"));
  EXPECT_THAT(Finish(Challenge(ada), ""), HasErrorReason("INVALID_FIELD"));
  const std::string challenge = Challenge(ada);
  ASSERT_THAT(superuser().Script("UPDATE login_challenge SET expire_time = now()"), IsOk());
  EXPECT_THAT(Finish(challenge, CodeOf(ada)), HasErrorReason("CHALLENGE_EXPIRED"));
  const std::string eldest = Challenge(ada);
  for (int i = 0; i < 11; ++i) Challenge(ada);
  EXPECT_THAT(Finish(eldest, CodeOf(ada)), IsOk()) << "who has the password pushes nobody out";
}

TEST_F(SecondFactorServiceTest, AThousandSignInsWaitAtMost) {
  const Person ada = Enrolled();
  ASSERT_THAT(superuser().Script("INSERT INTO login_challenge (challenge_hash, user_id)"
                                 " SELECT sha256(i::text::bytea), user_id"
                                 " FROM second_factor, generate_series(1, 1200) i"),
              IsOk());
  const std::string newest = Challenge(ada);
  const auto rows = superuser().Execute({"waiting", "SELECT count(*) FROM login_challenge"});
  ASSERT_THAT(rows, IsOk());
  EXPECT_EQ((*rows)[0][0].as<int>(), 1000);
  EXPECT_THAT(Finish(newest, CodeOf(ada)), IsOk());
}

TEST_F(SecondFactorServiceTest, GuessesOfDigitsDoNotKeepAnybodyFromTheirRecoveryCodes) {
  const Person ada = Enrolled();
  const std::string challenge = Challenge(ada);
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(Finish(challenge, WrongCodeOf(ada)), HasErrorReason("WRONG_CODE"));
  }
  StretchWaits();
  EXPECT_THAT(Finish(challenge, CodeOf(ada)), HasErrorReason("ACCOUNT_LOCKED"));
  EXPECT_THAT(Finish(challenge, NewRecoveryCode()), HasErrorReason("WRONG_CODE"));
  EXPECT_THAT(Finish(challenge, ada.recovery_codes[0]), IsOk());
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(Disable(ada, kPassword, WrongCodeOf(ada)), HasErrorReason("WRONG_CODE"));
  }
  StretchWaits();
  EXPECT_THAT(Disable(ada, kPassword, CodeOf(ada)), HasErrorReason("ACCOUNT_LOCKED"));
  EXPECT_THAT(Disable(ada, kPassword, ada.recovery_codes[1]), IsOk());
}

TEST_F(SecondFactorServiceTest, TheCodeOfOneUserIsOfNoUseToAnother) {
  const Person ada = Enrolled();
  const Person eve = Enrolled("eve@example.com");
  EXPECT_THAT(Finish(Challenge(ada), CodeOf(eve)), HasErrorReason("WRONG_CODE"));
  EXPECT_THAT(Finish(Challenge(ada), eve.recovery_codes[0]), HasErrorReason("WRONG_CODE"));
  // Nor does a secret open in another row.
  ASSERT_THAT(
      superuser().Script(absl::StrCat(
          "SET session_replication_role = replica;"
          "UPDATE second_factor SET sealed = (SELECT sealed FROM second_factor WHERE "
          "user_id = '",
          eve.user_id, "') WHERE user_id = '", ada.user_id, "'; RESET session_replication_role")),
      IsOk());
  EXPECT_THAT(Finish(Challenge(ada), CodeOf(eve)), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(SecondFactorServiceTest, ANewPasswordNeedsACodeAndTakesTheFactorNowhere) {
  const Person ada = Enrolled();
  CW_ASSERT_OK_AND_ASSIGN(const auto other, Finish(Challenge(ada), CodeOf(ada)));
  PassTheSteps();
  const std::string waiting = Challenge(ada);
  EXPECT_THAT(ChangePassword(ada, ""), HasErrorReason("SECOND_FACTOR_REQUIRED"));
  EXPECT_THAT(ChangePassword(ada, WrongCodeOf(ada)), HasErrorReason("WRONG_CODE"));
  EXPECT_THAT(ChangePassword(ada, CodeOf(ada)), IsOk());
  PassTheSteps();
  EXPECT_THAT(Refresh(other.refresh_token()), HasErrorReason("TOKEN_INVALID"));
  EXPECT_THAT(Refresh(ada.refresh_token), IsOk());
  EXPECT_THAT(Finish(waiting, CodeOf(ada)), HasErrorReason("CHALLENGE_EXPIRED"))
      << "what waited had the old password";
  EXPECT_THAT(Finish(Challenge(ada, kNextPassword), CodeOf(ada)), IsOk());
}

TEST_F(SecondFactorServiceTest, AChoiceThatIsRefusedIsNoWrongTryAndUsesNoCodeUp) {
  const Person ada = Enrolled();
  const std::string code = CodeOf(ada);
  for (int i = 0; i < 11; ++i) {
    EXPECT_THAT(ChangePassword(ada, code, "password1234"), HasErrorReason("INVALID_FIELD"));
  }
  StretchWaits();
  EXPECT_THAT(ChangePassword(ada, code), IsOk());
}

TEST_F(SecondFactorServiceTest, AFactorIsTakenAwayByThePasswordAndACode) {
  const Person ada = Enrolled();
  CW_ASSERT_OK_AND_ASSIGN(const auto other, Finish(Challenge(ada), CodeOf(ada)));
  PassTheSteps();
  const std::string waiting = Challenge(ada);
  EXPECT_THAT(Disable(ada, "wrong horse battery", CodeOf(ada)),
              HasErrorReason("INVALID_CREDENTIALS"));
  EXPECT_THAT(Disable(ada, kPassword, WrongCodeOf(ada)), HasErrorReason("WRONG_CODE"));
  EXPECT_THAT(Disable(ada, kPassword, ada.recovery_codes[9]), IsOk());
  EXPECT_FALSE(StateOf(ada).enabled());
  EXPECT_THAT(Refresh(other.refresh_token()), HasErrorReason("TOKEN_INVALID"));
  EXPECT_THAT(Refresh(ada.refresh_token), IsOk());
  EXPECT_THAT(Finish(waiting, ada.recovery_codes[8]), HasErrorReason("CHALLENGE_EXPIRED"));
  EXPECT_THAT(Login(ada), IsOk());
  EXPECT_THAT(Disable(ada, kPassword, "123456"), HasErrorReason("SECOND_FACTOR_OFF"));
  EXPECT_THAT(Regenerate(ada, "123456"), HasErrorReason("SECOND_FACTOR_OFF"));
}

TEST_F(SecondFactorServiceTest, NewRecoveryCodesReplaceTheOldOnes) {
  const Person ada = Enrolled();
  EXPECT_THAT(Regenerate(ada, WrongCodeOf(ada)), HasErrorReason("WRONG_CODE"));
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Regenerate(ada, ada.recovery_codes[0]));
  EXPECT_EQ(StateOf(ada).recovery_codes_left(), 10);
  EXPECT_THAT(Finish(Challenge(ada), ada.recovery_codes[1]), HasErrorReason("WRONG_CODE"));
  EXPECT_THAT(Finish(Challenge(ada), made.recovery_codes(9)), IsOk());
}

TEST_F(SecondFactorServiceTest, WhatBecomesOfAFactorIsInTheAuditLog) {
  const Person ada = Enrolled();
  EXPECT_THAT(Regenerate(ada, WrongCodeOf(ada)), HasErrorReason("WRONG_CODE"));
  EXPECT_THAT(Regenerate(ada, ada.recovery_codes[0]), IsOk());
  EXPECT_THAT(Disable(ada, kPassword, CodeOf(ada)), IsOk());
  EXPECT_EQ(LoggedActions("action NOT LIKE 'key.%'"),
            "user.register OK, session.login OK, factor.enable OK, recovery_codes.replace OK, "
            "recovery_codes.replace FAILED, recovery_code.use OK, recovery_codes.replace OK, "
            "factor.disable OK");
  const auto rows = superuser().Execute(
      {"elsewhere",
       "SELECT string_agg(action, ', ') FROM audit_event"
       " WHERE client_address IS DISTINCT FROM '192.0.2.1' AND action NOT LIKE 'key.%'"});
  ASSERT_THAT(rows, IsOk());
  EXPECT_STREQ((*rows)[0][0].c_str(), "") << "each says where it came from";
}

TEST_F(SecondFactorServiceTest, AStolenSessionDoesNotGuessThePassword) {
  const Person ada = Register();
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(Begin(ada, "wrong horse battery"), HasErrorReason("INVALID_CREDENTIALS")) << i;
  }
  StretchWaits();
  EXPECT_THAT(ChangePassword(ada, ""), HasErrorReason("ACCOUNT_LOCKED"));
  EXPECT_THAT(Login(ada), IsOk()) << "who signs in has tries of their own";
  PassTime("16 min");
  EXPECT_THAT(ChangePassword(ada, ""), IsOk());
}

// As a process from before there were factors would, which runs beside new ones for a while.
TEST_F(SecondFactorServiceTest, TheFunctionsOfBeforeLetNobodyPastTheFactor) {
  const Person ada = Enrolled();
  CW_ASSERT_OK_AND_ASSIGN(const auto user, store_.GetUser(connection(), ada.user_id));
  const db::Statement login = {"old_login", "SELECT login($1, $2, NULL, $3, sha256('x'), '', '')"};
  const auto in = connection().Execute(login, {ada.user_id, user->password_hash, NewUuid()});
  ASSERT_THAT(in, IsOk());
  EXPECT_FALSE((*in)[0][0].as<bool>());
  const db::Statement change = {"old_change", "SELECT change_password($1, $2, $2, $3)"};
  const auto changed =
      connection().Execute(change, {ada.user_id, user->password_hash, ada.session_id});
  ASSERT_THAT(changed, IsOk());
  EXPECT_FALSE((*changed)[0][0].as<bool>());
}

TEST_F(SecondFactorServiceTest, AllOtherSessionsEndAtOnce) {
  const Person ada = Register();
  CW_ASSERT_OK_AND_ASSIGN(const auto eve_session, server_.Call<v1::RegisterResponse>([] {
    v1::RegisterRequest request;
    request.set_email("eve@example.com");
    request.set_password(kPassword);
    request.set_display_name("Eve");
    return request;
  }()));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Login(ada), IsOk());
  v1::RevokeOtherSessionsRequest request;
  request.set_user_id(ada.user_id);
  request.set_session_id(ada.session_id);
  CW_ASSERT_OK_AND_ASSIGN(const auto revoked,
                          server_.Call<v1::RevokeOtherSessionsResponse>(request));
  EXPECT_EQ(revoked.revoked(), 3);
  EXPECT_THAT(Refresh(ada.refresh_token), IsOk());
  EXPECT_THAT(Refresh(eve_session.refresh_token()), IsOk());
  request.set_session_id(SessionOf(eve_session.access_token()));
  EXPECT_THAT(server_.Call<v1::RevokeOtherSessionsResponse>(request),
              HasErrorReason("TOKEN_INVALID"))
      << "of somebody else";
}

}  // namespace
}  // namespace cartwright::identity
