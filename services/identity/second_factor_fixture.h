#pragma once

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "boost/json/parse.hpp"
#include "gtest/gtest.h"
#include "services/identity/identity_fixture.h"
#include "services/identity/totp.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {

// People with a second factor, and what they do with it.
class SecondFactorFixture : public IdentityFixture {
 protected:
  static constexpr const char* kPassword = "correct horse battery";
  static constexpr const char* kNextPassword = "staple correct horse";

  // Somebody who is signed in.
  struct Person {
    std::string email;
    std::string user_id;
    std::string session_id;
    std::string refresh_token;
    std::string secret;  // of the factor; the bytes
    std::vector<std::string> recovery_codes;
  };

  void SetUp() override {
    ASSERT_THAT(server_.Await(keys_.Load(absl::Now() + absl::Seconds(60))), testing::IsOk());
  }

  Person Register(const std::string& email = "ada@example.com") {
    v1::RegisterRequest request;
    request.set_email(email);
    request.set_password(kPassword);
    request.set_display_name("Ada");
    request.set_client_ip("192.0.2.1");
    const auto made = server_.Call<v1::RegisterResponse>(request);
    EXPECT_THAT(made, testing::IsOk());
    return {email, made->user().id(), SessionOf(made->access_token()), made->refresh_token(), "",
            {}};
  }

  // Somebody with a factor, of which no code was used lately.
  Person Enrolled(const std::string& email = "ada@example.com") {
    Person person = Register(email);
    const auto begun = Begin(person);
    EXPECT_THAT(begun, testing::IsOk());
    person.secret = Decoded(begun->secret());
    const auto confirmed = Confirm(person, CodeOf(person));
    EXPECT_THAT(confirmed, testing::IsOk());
    person.recovery_codes = {confirmed->recovery_codes().begin(),
                             confirmed->recovery_codes().end()};
    PassTheSteps();
    return person;
  }

  // What the device of that person shows now.
  static std::string CodeOf(const Person& person) {
    return TotpCode(person.secret, TotpStep(absl::Now()));
  }

  // Six digits that are none of the codes about now.
  static std::string WrongCodeOf(const Person& person) {
    const int64_t step = TotpStep(absl::Now());
    for (int number = 0;; ++number) {
      const std::string code = absl::StrCat(100000 + number);
      bool good = false;
      for (int64_t at = step - 2; at <= step + 4; ++at) good |= TotpCode(person.secret, at) == code;
      if (!good) return code;
    }
  }

  // As if the last code had been used long ago, so that a test needs no patience.
  void PassTheSteps() {
    ASSERT_THAT(superuser().Script("SET session_replication_role = replica;"
                                   "UPDATE second_factor SET last_step = last_step - 10;"
                                   "RESET session_replication_role"),
                testing::IsOk());
  }

  // Every wait that there is lasts for long, however slow the machine is.
  void StretchWaits() {
    ASSERT_THAT(superuser().Script("UPDATE login_attempt SET wait_until = last_time + interval "
                                   "'15 min' WHERE wait_until > last_time"),
                testing::IsOk());
  }

  // As if all tries had been made earlier.
  void PassTime(const std::string& interval) {
    ASSERT_THAT(superuser().Script(absl::StrCat(
                    "UPDATE login_attempt SET last_time = last_time - interval '", interval,
                    "', wait_until = wait_until - interval '", interval, "'")),
                testing::IsOk());
  }

  absl::Status Login(const Person& person, const std::string& password = kPassword) {
    v1::LoginRequest request;
    request.set_email(person.email);
    request.set_password(password);
    request.set_client_ip("192.0.2.2");
    return server_.Call<v1::LoginResponse>(request).status();
  }

  // The challenge that a right password gets.
  std::string Challenge(const Person& person, const std::string& password = kPassword) {
    const absl::Status status = Login(person, password);
    EXPECT_THAT(status, testing::HasErrorReason("SECOND_FACTOR_REQUIRED"));
    return DetailsOf(status).metadata["challenge"];
  }

  absl::StatusOr<v1::LoginSecondFactorResponse> Finish(const std::string& challenge,
                                                       const std::string& code) {
    v1::LoginSecondFactorRequest request;
    request.set_challenge(challenge);
    request.set_code(code);
    request.set_client_ip("192.0.2.2");
    request.set_user_agent("test/2");
    return server_.Call<v1::LoginSecondFactorResponse>(request);
  }

  absl::StatusOr<v1::BeginSecondFactorResponse> Begin(const Person& person,
                                                      const std::string& password = kPassword) {
    v1::BeginSecondFactorRequest request;
    request.set_user_id(person.user_id);
    request.set_session_id(person.session_id);
    request.set_client_ip("192.0.2.1");
    request.set_current_password(password);
    return server_.Call<v1::BeginSecondFactorResponse>(request);
  }

  absl::StatusOr<v1::ConfirmSecondFactorResponse> Confirm(const Person& person,
                                                          const std::string& code) {
    v1::ConfirmSecondFactorRequest request;
    request.set_user_id(person.user_id);
    request.set_session_id(person.session_id);
    request.set_client_ip("192.0.2.1");
    request.set_code(code);
    return server_.Call<v1::ConfirmSecondFactorResponse>(request);
  }

  absl::Status Disable(const Person& person, const std::string& password, const std::string& code) {
    v1::DisableSecondFactorRequest request;
    request.set_user_id(person.user_id);
    request.set_session_id(person.session_id);
    request.set_client_ip("192.0.2.1");
    request.set_current_password(password);
    request.set_code(code);
    return server_.Call<v1::DisableSecondFactorResponse>(request).status();
  }

  absl::StatusOr<v1::RegenerateRecoveryCodesResponse> Regenerate(const Person& person,
                                                                 const std::string& code) {
    v1::RegenerateRecoveryCodesRequest request;
    request.set_user_id(person.user_id);
    request.set_session_id(person.session_id);
    request.set_client_ip("192.0.2.1");
    request.set_current_password(kPassword);
    request.set_code(code);
    return server_.Call<v1::RegenerateRecoveryCodesResponse>(request);
  }

  absl::Status ChangePassword(const Person& person, const std::string& code,
                              const std::string& next = kNextPassword) {
    v1::ChangePasswordRequest request;
    request.set_user_id(person.user_id);
    request.set_session_id(person.session_id);
    request.set_client_ip("192.0.2.1");
    request.set_current_password(kPassword);
    request.set_new_password(next);
    request.set_code(code);
    return server_.Call<v1::ChangePasswordResponse>(request).status();
  }

  absl::Status Refresh(const std::string& token) {
    v1::RefreshRequest request;
    request.set_refresh_token(token);
    return server_.Call<v1::RefreshResponse>(request).status();
  }

  v1::GetSecondFactorResponse StateOf(const Person& person) {
    v1::GetSecondFactorRequest request;
    request.set_user_id(person.user_id);
    return server_.Call<v1::GetSecondFactorResponse>(request).value();
  }

  static std::string SessionOf(const std::string& access_token) {
    const std::vector<std::string> parts = absl::StrSplit(access_token, '.');
    return std::string(
        boost::json::parse(FromBase64Url(parts.at(1)).value()).at("sid").as_string());
  }

  // The bytes of base32, found by what encodes them.
  static std::string Decoded(const std::string& base32) {
    std::string bytes;
    for (size_t at = 0; at + 8 <= base32.size(); at += 8) {
      uint64_t bits = 0;
      for (const char c : base32.substr(at, 8)) {
        bits = bits << 5 | (c >= 'A' ? c - 'A' : c - '2' + 26);
      }
      for (int shift = 32; shift >= 0; shift -= 8) bytes += static_cast<char>(bits >> shift);
    }
    return bytes;
  }
};

}  // namespace cartwright::identity
