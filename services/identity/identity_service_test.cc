#include "services/identity/identity_service.h"

#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "boost/json/parse.hpp"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/identity/identity_fixture.h"
#include "shared/base/secret.h"
#include "shared/base/uuid.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using testing::HasErrorReason;
using testing::IsOk;
using testing::StatusIs;

constexpr const char* kPassword = "correct horse battery";

class IdentityServiceTest : public IdentityFixture {
 protected:
  void SetUp() override {
    ASSERT_THAT(server_.Await(keys_.Load(absl::Now() + absl::Seconds(60))), IsOk());
  }

  absl::StatusOr<v1::RegisterResponse> Register(const std::string& email) {
    v1::RegisterRequest request;
    request.set_email(email);
    request.set_password(kPassword);
    request.set_display_name("Ada");
    request.set_client_ip("192.0.2.1");
    request.set_user_agent("test/1");
    return server_.Call<v1::RegisterResponse>(request);
  }

  absl::StatusOr<v1::LoginResponse> Login(const std::string& email, const std::string& password) {
    v1::LoginRequest request;
    request.set_email(email);
    request.set_password(password);
    request.set_client_ip("192.0.2.2");
    request.set_user_agent("test/2");
    return server_.Call<v1::LoginResponse>(request);
  }

  absl::StatusOr<v1::RefreshResponse> Refresh(const std::string& token) {
    v1::RefreshRequest request;
    request.set_refresh_token(token);
    request.set_client_ip("192.0.2.3");
    return server_.Call<v1::RefreshResponse>(request);
  }

  absl::Status Logout(const std::string& token) {
    v1::LogoutRequest request;
    request.set_refresh_token(token);
    return server_.Call<v1::LogoutResponse>(request).status();
  }

  absl::StatusOr<v1::ListSessionsResponse> ListSessions(const std::string& user_id,
                                                        const std::string& session_id = "") {
    v1::ListSessionsRequest request;
    request.set_user_id(user_id);
    request.set_session_id(session_id);
    return server_.Call<v1::ListSessionsResponse>(request);
  }

  absl::Status RevokeSession(const std::string& user_id, const std::string& session_id) {
    v1::RevokeSessionRequest request;
    request.set_user_id(user_id);
    request.set_id(session_id);
    return server_.Call<v1::RevokeSessionResponse>(request).status();
  }

  absl::Status ChangePassword(const std::string& user_id, const std::string& session_id,
                              const std::string& current, const std::string& next) {
    v1::ChangePasswordRequest request;
    request.set_user_id(user_id);
    request.set_session_id(session_id);
    request.set_current_password(current);
    request.set_new_password(next);
    return server_.Call<v1::ChangePasswordResponse>(request).status();
  }

  // Makes every rotation so far happen 11 seconds earlier, when it is no race any more.
  void PassTheRaceWindow() {
    ASSERT_THAT(superuser().Script("UPDATE refresh_token SET use_time = use_time - interval '11 s' "
                                   "WHERE use_time IS NOT NULL"),
                IsOk());
  }

  static boost::json::object Claims(const std::string& access_token) {
    const std::vector<std::string> parts = absl::StrSplit(access_token, '.');
    return boost::json::parse(FromBase64Url(parts.at(1)).value()).as_object();
  }

  static std::string SessionOf(const std::string& access_token) {
    return std::string(Claims(access_token).at("sid").as_string());
  }
};

TEST_F(IdentityServiceTest, RegisterMakesAShopperWhoIsSignedIn) {
  CW_ASSERT_OK_AND_ASSIGN(const auto response, Register("Ada@Example.com"));
  EXPECT_EQ(response.user().email(), "Ada@Example.com");
  EXPECT_EQ(response.user().display_name(), "Ada");
  EXPECT_GT(response.user().create_time().seconds(), 0);
  ASSERT_EQ(response.user().roles_size(), 1);
  EXPECT_EQ(response.user().roles(0), "shopper");
  EXPECT_EQ(response.token_type(), "Bearer");
  EXPECT_EQ(response.expires_in(), 600);
  EXPECT_EQ(FromBase64Url(response.refresh_token())->size(), 32u);

  const auto claims = Claims(response.access_token());
  EXPECT_EQ(claims.at("iss").as_string(), "https://shop.example");
  EXPECT_EQ(claims.at("sub").as_string(), response.user().id());

  v1::GetCurrentUserRequest me;
  me.set_user_id(response.user().id());
  CW_ASSERT_OK_AND_ASSIGN(const auto current, server_.Call<v1::GetCurrentUserResponse>(me));
  EXPECT_EQ(current.user().SerializeAsString(), response.user().SerializeAsString());
}

TEST_F(IdentityServiceTest, AnAddressBelongsToOneUserInWhateverCase) {
  ASSERT_THAT(Register("ÄDA@example.com"), IsOk());
  EXPECT_THAT(Register("äda@EXAMPLE.com"), HasErrorReason("EMAIL_TAKEN"));
  EXPECT_THAT(Register("äda@EXAMPLE.com"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(Login("ädA@Example.Com", kPassword), IsOk());
}

TEST_F(IdentityServiceTest, BadRegistrationsNameTheFieldButNeverThePassword) {
  v1::RegisterRequest request;
  request.set_email("nobody");
  request.set_password("elevenchars");
  request.set_display_name("Ada");
  const auto status = server_.Call<v1::RegisterResponse>(request).status();
  EXPECT_THAT(status, HasErrorReason("INVALID_FIELD"));
  EXPECT_EQ(DetailsOf(status).violations.size(), 2u);
  EXPECT_EQ(status.ToString().find("elevenchars"), std::string::npos);
}

TEST_F(IdentityServiceTest, AWrongPasswordAndAnUnknownAddressGetTheSameAnswer) {
  ASSERT_THAT(Register("ada@example.com"), IsOk());
  const auto wrong = Login("ada@example.com", "correct horse batterx").status();
  const auto unknown = Login("eve@example.com", kPassword).status();
  EXPECT_THAT(wrong, HasErrorReason("INVALID_CREDENTIALS"));
  EXPECT_EQ(wrong, unknown);
}

TEST_F(IdentityServiceTest, APasswordThatIsEasyToGuessIsRefused) {
  v1::RegisterRequest request;
  request.set_email("zdenka@example.com");
  request.set_display_name("Krhovice");
  for (const char* password : {"password1234", "krhovice2026", "zdenka@example.com"}) {
    request.set_password(password);
    const auto status = server_.Call<v1::RegisterResponse>(request).status();
    EXPECT_THAT(status, HasErrorReason("INVALID_FIELD")) << password;
    EXPECT_EQ(DetailsOf(status).violations.front().first, "password");
  }
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("zdenka@example.com"));
  const auto changed =
      ChangePassword(made.user().id(), SessionOf(made.access_token()), kPassword, "zdenkazdenka");
  EXPECT_THAT(changed, HasErrorReason("INVALID_FIELD"));
  EXPECT_EQ(DetailsOf(changed).violations.front().first, "newPassword");
  EXPECT_THAT(Login("zdenka@example.com", kPassword), IsOk());
}

TEST_F(IdentityServiceTest, APasswordCountsToItsLastCharacter) {
  v1::RegisterRequest request;
  request.set_email("ada@example.com");
  request.set_display_name("Ada");
  std::string password;  // 128 characters, 512 bytes
  for (int i = 0; i < 128; ++i) {
    password += "\xf0\x9f";
    password += {static_cast<char>(0x90 + i * 5 % 16), static_cast<char>(0x80 + i * 37 % 64)};
  }
  request.set_password(password);
  ASSERT_THAT(server_.Call<v1::RegisterResponse>(request), IsOk());
  EXPECT_THAT(Login("ada@example.com", password), IsOk());
  password.back() ^= 1;
  EXPECT_THAT(Login("ada@example.com", password), HasErrorReason("INVALID_CREDENTIALS"));
}

TEST_F(IdentityServiceTest, LoginRehashesAPasswordOfALowerCost) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("ada@example.com"));
  const db::Statement weaken = {"weaken", "UPDATE users SET password_hash = $1"};
  ASSERT_THAT(superuser().Execute(
                  weaken, {HashPassword(kPassword, pepper_, {.memory_kib = 64, .passes = 1})}),
              IsOk());
  ASSERT_THAT(Login("ada@example.com", kPassword), IsOk());
  CW_ASSERT_OK_AND_ASSIGN(const auto user, store_.GetUser(connection(), made.user().id()));
  EXPECT_FALSE(NeedsRehash(user->password_hash, pepper_)) << user->password_hash;
  EXPECT_THAT(Login("ada@example.com", kPassword), IsOk());
}

TEST_F(IdentityServiceTest, ATokenVerifiesWithThePublishedKey) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("ada@example.com"));
  CW_ASSERT_OK_AND_ASSIGN(const auto jwks, server_.Call<v1::GetJwksResponse>(v1::GetJwksRequest()));
  const std::vector<std::string> parts = absl::StrSplit(made.access_token(), '.');
  const auto header = boost::json::parse(FromBase64Url(parts[0]).value()).as_object();
  const std::string kid(header.at("kid").as_string());
  ASSERT_EQ(jwks.keys_size(), 2) << "the one that signs, and the next";
  EXPECT_TRUE(jwks.keys(0).kid() == kid || jwks.keys(1).kid() == kid);
}

TEST_F(IdentityServiceTest, ARotationMakesTheNextKeySign) {
  const auto early =
      server_.Call<v1::RotateSigningKeyResponse>(v1::RotateSigningKeyRequest(), "operator");
  EXPECT_THAT(early, HasErrorReason("KEY_TOO_YOUNG"));
  EXPECT_GT(std::stoi(DetailsOf(early.status()).metadata.at("waitSeconds")), 0);
  ASSERT_THAT(
      superuser().Script("SET session_replication_role = replica;"
                         "UPDATE signing_key SET create_time = create_time - interval '1 h'"),
      IsOk());
  CW_ASSERT_OK_AND_ASSIGN(const auto rotated, server_.Call<v1::RotateSigningKeyResponse>(
                                                  v1::RotateSigningKeyRequest(), "operator"));
  CW_ASSERT_OK_AND_ASSIGN(const auto list, server_.Call<v1::ListSigningKeysResponse>(
                                               v1::ListSigningKeysRequest(), "operator"));
  ASSERT_EQ(list.keys_size(), 3);
  std::map<int, std::string> ids;
  for (const auto& key : list.keys()) ids[key.state()] = key.id();
  EXPECT_EQ(ids[v1::SigningKey::SIGNING], rotated.id());
  EXPECT_EQ(ids.count(v1::SigningKey::NEXT), 1u);
  EXPECT_EQ(ids.count(v1::SigningKey::RETIRED), 1u);
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("ada@example.com"));
  const std::string header = made.access_token().substr(0, made.access_token().find('.'));
  EXPECT_THAT(FromBase64Url(header).value(), ::testing::HasSubstr(rotated.id()));
}

TEST_F(IdentityServiceTest, TheConfigurationNamesTheKeys) {
  CW_ASSERT_OK_AND_ASSIGN(
      const auto configuration,
      server_.Call<v1::GetOpenidConfigurationResponse>(v1::GetOpenidConfigurationRequest()));
  EXPECT_EQ(configuration.issuer(), "https://shop.example");
  EXPECT_EQ(configuration.jwks_uri(), "https://shop.example/.well-known/jwks.json");
}

TEST_F(IdentityServiceTest, ARefreshTokenIsReplacedAtEachUse) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("ada@example.com"));
  CW_ASSERT_OK_AND_ASSIGN(const auto second, Refresh(made.refresh_token()));
  EXPECT_NE(second.refresh_token(), made.refresh_token());
  EXPECT_EQ(SessionOf(second.access_token()), SessionOf(made.access_token()));
  EXPECT_EQ(Claims(second.access_token()).at("roles").as_array().size(), 1u);
  EXPECT_THAT(Refresh(second.refresh_token()), IsOk());
}

TEST_F(IdentityServiceTest, ARoleIsInTheNextToken) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("admin@example.com"));
  ASSERT_THAT(superuser().Script(
                  "INSERT INTO identity.user_role(user_id, role) SELECT user_id, 'admin' "
                  "FROM identity.users WHERE email = 'admin@example.com' ON CONFLICT DO NOTHING"),
              IsOk());
  CW_ASSERT_OK_AND_ASSIGN(const auto next, Refresh(made.refresh_token()));
  const auto roles = Claims(next.access_token()).at("roles").as_array();
  ASSERT_EQ(roles.size(), 2u);
  EXPECT_EQ(roles[0].as_string(), "admin");
}

TEST_F(IdentityServiceTest, AUsedTokenWithinTenSecondsIsARaceAndHarmsNobody) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("ada@example.com"));
  CW_ASSERT_OK_AND_ASSIGN(const auto second, Refresh(made.refresh_token()));
  EXPECT_THAT(Refresh(made.refresh_token()), HasErrorReason("REFRESH_RACED"));
  EXPECT_THAT(Refresh(second.refresh_token()), IsOk());
}

TEST_F(IdentityServiceTest, AUsedTokenAfterThatEndsTheSession) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("ada@example.com"));
  CW_ASSERT_OK_AND_ASSIGN(const auto other, Login("ada@example.com", kPassword));
  CW_ASSERT_OK_AND_ASSIGN(const auto second, Refresh(made.refresh_token()));
  PassTheRaceWindow();
  const auto reused = Refresh(made.refresh_token()).status();
  EXPECT_THAT(reused, HasErrorReason("TOKEN_INVALID"));
  EXPECT_THAT(reused, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(Refresh(second.refresh_token()), HasErrorReason("TOKEN_INVALID"));
  // The user's other sessions go on.
  EXPECT_THAT(Refresh(other.refresh_token()), IsOk());
}

TEST_F(IdentityServiceTest, OfParallelRefreshesExactlyOneWins) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("ada@example.com"));
  constexpr int kCalls = 16;
  std::atomic<int> won{0}, raced{0};
  std::string winner;
  std::vector<std::thread> threads;
  for (int i = 0; i < kCalls; ++i) {
    threads.emplace_back([&] {
      const auto result = Refresh(made.refresh_token());
      if (result.ok()) {
        if (won.fetch_add(1) == 0) winner = result->refresh_token();
      } else if (DetailsOf(result.status()).reason == "REFRESH_RACED") {
        ++raced;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(raced, kCalls - 1);
  EXPECT_THAT(Refresh(winner), IsOk());
}

TEST_F(IdentityServiceTest, ASessionEndsWhenItIsUnusedOrOld) {
  const struct {
    const char* name;
    const char* sql;
  } cases[] = {
      {"unused for 7 days", "UPDATE session SET last_used_time = last_used_time - interval '7 d'"},
      {"30 days old", "UPDATE session SET expire_time = expire_time - interval '30 d'"},
  };
  for (const auto& c : cases) {
    CW_ASSERT_OK_AND_ASSIGN(const auto made, Register(absl::StrCat(NewUuid(), "@example.com")));
    ASSERT_THAT(superuser().Script(c.sql), IsOk());
    EXPECT_THAT(Refresh(made.refresh_token()), HasErrorReason("TOKEN_EXPIRED")) << c.name;
    EXPECT_EQ(ListSessions(made.user().id())->sessions_size(), 0) << c.name;
  }
}

TEST_F(IdentityServiceTest, NoTokenAndANonsenseTokenAreInvalid) {
  EXPECT_THAT(Refresh(""), HasErrorReason("TOKEN_INVALID"));
  EXPECT_THAT(Refresh(""), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(Refresh("nonsense"), HasErrorReason("TOKEN_INVALID"));
}

TEST_F(IdentityServiceTest, LogoutEndsTheSessionAndNeverFails) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("ada@example.com"));
  EXPECT_THAT(Logout(made.refresh_token()), IsOk());
  EXPECT_THAT(Refresh(made.refresh_token()), HasErrorReason("TOKEN_INVALID"));
  EXPECT_THAT(Logout(made.refresh_token()), IsOk());
  EXPECT_THAT(Logout(""), IsOk());
  EXPECT_THAT(Logout("nonsense"), IsOk());
}

TEST_F(IdentityServiceTest, SessionsAreListedTheLastUsedFirstAndRevokedByTheirOwner) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("ada@example.com"));
  CW_ASSERT_OK_AND_ASSIGN(const auto second, Login("ada@example.com", kPassword));
  CW_ASSERT_OK_AND_ASSIGN(const auto eve, Register("eve@example.com"));
  CW_ASSERT_OK_AND_ASSIGN(const auto used, Refresh(made.refresh_token()));
  const std::string& ada = made.user().id();
  const std::string first_id = SessionOf(made.access_token());
  const std::string second_id = SessionOf(second.access_token());

  CW_ASSERT_OK_AND_ASSIGN(const auto list, ListSessions(ada, second_id));
  ASSERT_EQ(list.sessions_size(), 2);
  EXPECT_EQ(list.sessions(0).id(), first_id);
  EXPECT_EQ(list.sessions(0).user_agent(), "test/1");
  EXPECT_EQ(list.sessions(0).client_ip(), "192.0.2.3");
  EXPECT_FALSE(list.sessions(0).current());
  EXPECT_EQ(list.sessions(1).id(), second_id);
  EXPECT_TRUE(list.sessions(1).current());

  EXPECT_THAT(RevokeSession(eve.user().id(), first_id), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(RevokeSession(ada, "x"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(RevokeSession(ada, first_id), IsOk());
  EXPECT_THAT(RevokeSession(ada, first_id), HasErrorReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(Refresh(used.refresh_token()), HasErrorReason("TOKEN_INVALID"));
  EXPECT_EQ(ListSessions(ada)->sessions_size(), 1);
}

TEST_F(IdentityServiceTest, ANewPasswordReplacesTheOldOneAndEndsOtherSessions) {
  constexpr const char* kNext = "staple correct horse";
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("ada@example.com"));
  CW_ASSERT_OK_AND_ASSIGN(const auto other, Login("ada@example.com", kPassword));
  const std::string& ada = made.user().id();
  const std::string session = SessionOf(made.access_token());
  EXPECT_THAT(ChangePassword(ada, session, "wrong password", kNext),
              HasErrorReason("INVALID_CREDENTIALS"));
  EXPECT_THAT(ChangePassword(ada, session, kPassword, "short"), HasErrorReason("INVALID_FIELD"));
  EXPECT_THAT(ChangePassword(ada, session, kPassword, kNext), IsOk());
  EXPECT_THAT(Login("ada@example.com", kPassword), HasErrorReason("INVALID_CREDENTIALS"));
  EXPECT_THAT(Login("ada@example.com", kNext), IsOk());
  EXPECT_THAT(Refresh(other.refresh_token()), HasErrorReason("TOKEN_INVALID"));
  EXPECT_THAT(Refresh(made.refresh_token()), IsOk());
}

TEST_F(IdentityServiceTest, TheAccessTokenOfAnEndedSessionChangesNoPassword) {
  CW_ASSERT_OK_AND_ASSIGN(const auto made, Register("ada@example.com"));
  const std::string session = SessionOf(made.access_token());
  ASSERT_THAT(Logout(made.refresh_token()), IsOk());
  EXPECT_THAT(ChangePassword(made.user().id(), session, kPassword, "staple correct horse"),
              HasErrorReason("TOKEN_INVALID"));
  EXPECT_THAT(ChangePassword(made.user().id(), "", kPassword, "staple correct horse"),
              HasErrorReason("TOKEN_INVALID"));
}

TEST_F(IdentityServiceTest, TheTokenOfNobodyIsInvalid) {
  v1::GetCurrentUserRequest me;
  me.set_user_id(NewUuid());
  EXPECT_THAT(server_.Call<v1::GetCurrentUserResponse>(me), HasErrorReason("TOKEN_INVALID"));
}

TEST_F(IdentityServiceTest, OnlyTheGatewayMayCall) {
  EXPECT_THAT(server_.Call<v1::GetJwksResponse>(v1::GetJwksRequest(), "cart"),
              HasErrorReason("CALLER_NOT_ALLOWED"));
}

}  // namespace
}  // namespace cartwright::identity
