// Guessing passwords: slow for an account that does not exist as for one that does, and never a way
// to lock its owner out.

#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "services/identity/identity_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using testing::HasErrorReason;
using testing::IsOk;

constexpr const char* kPassword = "correct horse battery";

class LoginAttemptsTest : public IdentityFixture {
 protected:
  void SetUp() override {
    ASSERT_THAT(server_.Await(keys_.Load(absl::Now() + absl::Seconds(60))), IsOk());
  }

  absl::Status Register(const std::string& email) {
    v1::RegisterRequest request;
    request.set_email(email);
    request.set_password(kPassword);
    request.set_display_name("Ada");
    request.set_client_ip("192.0.2.1");
    return server_.Call<v1::RegisterResponse>(request).status();
  }

  absl::StatusOr<v1::LoginResponse> Login(const std::string& email, const std::string& password,
                                          const std::string& client_ip,
                                          const std::string& device = "") {
    v1::LoginRequest request;
    request.set_device(device);
    request.set_email(email);
    request.set_password(password);
    request.set_client_ip(client_ip);
    return server_.Call<v1::LoginResponse>(request);
  }

  int WaitOf(const std::string& email, const std::string& client_ip) {
    return store_.AdmitLogin(connection(), email, client_ip).value().wait_s;
  }

  // As if whoever has tried had done so another `count` times.
  void TryBefore(int count) {
    ASSERT_THAT(
        superuser().Script(absl::StrCat("UPDATE login_attempt SET attempts = attempts + ", count)),
        IsOk());
  }

  // Every wait that there is lasts for long, however slow the machine is.
  void StretchWaits() {
    ASSERT_THAT(superuser().Script("UPDATE login_attempt SET wait_until = last_time + interval "
                                   "'15 min' WHERE wait_until > last_time"),
                IsOk());
  }

  // The longest wait, in seconds.
  int LongestWait() {
    const auto rows = superuser().Execute(
        {"longest",
         "SELECT round(max(extract(epoch FROM wait_until - last_time)))::int FROM login_attempt"});
    EXPECT_THAT(rows, IsOk());
    return (*rows)[0][0].as<int>();
  }

  // As if all attempts had been made earlier.
  void PassTime(const std::string& interval) {
    ASSERT_THAT(superuser().Script(absl::StrCat(
                    "UPDATE login_attempt SET last_time = last_time - interval '", interval,
                    "', wait_until = wait_until - interval '", interval, "'")),
                IsOk());
  }
};

TEST_F(LoginAttemptsTest, GuessingIsSlowedDownForKnownAndUnknownAddressesAlike) {
  ASSERT_THAT(Register("ada@example.com"), IsOk());
  for (const char* email : {"ada@example.com", "eve@example.com"}) {
    EXPECT_THAT(Login(email, "wrong horse battery", "192.0.2.9"),
                HasErrorReason("INVALID_CREDENTIALS"));
    TryBefore(8);
    EXPECT_THAT(Login(email, "wrong horse battery", "192.0.2.9"),
                HasErrorReason("INVALID_CREDENTIALS"));
    StretchWaits();
    const absl::Status locked = Login(email, kPassword, "192.0.2.9").status();
    EXPECT_THAT(locked, HasErrorReason("ACCOUNT_LOCKED")) << "the right password is not looked at";
    google::rpc::RetryInfo info;
    ASSERT_TRUE(info.ParseFromString(
        std::string(*locked.GetPayload("type.googleapis.com/google.rpc.RetryInfo"))));
    EXPECT_GE(info.retry_delay().seconds(), 1);
    EXPECT_EQ(locked.message(), "Too many attempts to sign in; please wait.");
  }
  EXPECT_THAT(Login("ada@example.com", kPassword, "198.51.100.7"), HasErrorReason("ACCOUNT_LOCKED"))
      << "nor from elsewhere";
  PassTime("16 minutes");
  EXPECT_THAT(Login("ada@example.com", kPassword, "192.0.2.9"), IsOk());
  EXPECT_THAT(Login("ada@example.com", "wrong horse battery", "198.51.100.8"),
              HasErrorReason("INVALID_CREDENTIALS"))
      << "a success forgives";
}

TEST_F(LoginAttemptsTest, WhoGuessesFromElsewhereLocksNobodyOut) {
  ASSERT_THAT(Register("ada@example.com"), IsOk());
  ASSERT_THAT(Login("ada@example.com", kPassword, "203.0.113.5"), IsOk());
  (void)Login("ada@example.com", "wrong horse battery", "192.0.2.9");
  TryBefore(8);
  (void)Login("ada@example.com", "wrong horse battery", "192.0.2.9");
  StretchWaits();
  EXPECT_THAT(Login("ada@example.com", kPassword, "192.0.2.9"), HasErrorReason("ACCOUNT_LOCKED"));
  EXPECT_THAT(Login("ada@example.com", kPassword, "203.0.113.5"), IsOk());
}

// Goal: whoever has signed in to the account in a browser once can do it again from there, though
// strangers try its address all day and its owner is signed in nowhere.
TEST_F(LoginAttemptsTest, ABrowserThatHasSignedInHasTriesOfItsOwn) {
  ASSERT_THAT(Register("ada@example.com"), IsOk());
  ASSERT_THAT(Register("eve@example.com"), IsOk());
  const std::string device = Login("ada@example.com", kPassword, "203.0.113.5")->device();
  const std::string eves = Login("eve@example.com", kPassword, "203.0.113.6")->device();
  ASSERT_THAT(superuser().Script("DELETE FROM session"), IsOk());
  const auto guess = [&](const std::string& with) {
    (void)Login("ada@example.com", "wrong horse battery", "192.0.2.9", with);
    TryBefore(8);
    (void)Login("ada@example.com", "wrong horse battery", "192.0.2.9", with);
    StretchWaits();
  };
  guess("");
  const auto from_home = [&](const std::string& with) {
    return Login("ada@example.com", kPassword, "203.0.113.5", with);
  };
  std::string forged = device;
  forged[10] = forged[10] == 'a' ? 'b' : 'a';
  for (const std::string& other : {std::string(), eves, forged, device + "x", std::string("..")}) {
    EXPECT_THAT(from_home(other), HasErrorReason("ACCOUNT_LOCKED")) << other;
  }
  CW_ASSERT_OK_AND_ASSIGN(const auto in, from_home(device));
  EXPECT_NE(in.device(), device) << "whose tries begin anew";
  ASSERT_THAT(superuser().Script("DELETE FROM session"), IsOk());
  guess(in.device());
  EXPECT_THAT(from_home(in.device()), HasErrorReason("ACCOUNT_LOCKED")) << "ten, like everybody";
  EXPECT_THAT(from_home(device), IsOk());
}

TEST_F(LoginAttemptsTest, ManyGuessesAtOnceAreNoMoreThanManyInARow) {
  ASSERT_THAT(Register("ada@example.com"), IsOk());
  std::atomic<int> looked_at{0};
  const absl::Time start = absl::Now();
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      for (int j = 0; j < 5; ++j) {
        const auto status = Login("ada@example.com", "wrong horse battery", "192.0.2.9").status();
        if (DetailsOf(status).reason == "INVALID_CREDENTIALS") ++looked_at;
      }
    });
  }
  for (auto& client : clients) client.join();
  // One more for each wait of 1, 2, 4 ... seconds that may be over by now.
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  EXPECT_GE(looked_at, 10);
  EXPECT_LE(looked_at, 10 + std::floor(std::log2(seconds + 1)));
}

// The waits, of an account from anywhere: 1, 2, 4 ... seconds after the tenth try, 15 minutes at
// most.
TEST_F(LoginAttemptsTest, EachFurtherTryDoublesTheWait) {
  const auto wait = [this](const std::string& ip) { return WaitOf("nobody@example.com", ip); };
  for (int i = 0; i < 9; ++i) EXPECT_EQ(wait(absl::StrCat("192.0.2.", i)), 0);
  EXPECT_EQ(LongestWait(), 0);
  for (const int seconds : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}) {
    EXPECT_EQ(wait("192.0.2.1"), 0);
    EXPECT_EQ(LongestWait(), seconds);
    PassTime(absl::StrCat(seconds, " s"));
  }
  EXPECT_EQ(wait("192.0.2.1"), 0);
  EXPECT_GT(wait("192.0.2.99"), 0) << "from anywhere";
  EXPECT_EQ(LongestWait(), 900) << "and is not counted";
  PassTime("61 min");
  for (int i = 0; i < 9; ++i) EXPECT_EQ(wait("192.0.2.1"), 0) << "an hour forgives";
}

TEST_F(LoginAttemptsTest, AnAddressThatTriesManyAccountsWaits) {
  EXPECT_EQ(WaitOf("one@example.com", "192.0.2.1"), 0);
  TryBefore(2998);
  EXPECT_EQ(WaitOf("another@example.com", "192.0.2.1"), 0);
  StretchWaits();
  EXPECT_GT(WaitOf("new@example.com", "192.0.2.1"), 0);
  EXPECT_EQ(WaitOf("new@example.com", "192.0.2.2"), 0);
}

TEST_F(LoginAttemptsTest, AttemptsOfYesterdayAreForgotten) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(WaitOf(absl::StrCat(i, "@example.com"), "192.0.2.1"), 0);
  }
  PassTime("25 h");
  EXPECT_EQ(WaitOf("new@example.com", "192.0.2.2"), 0);
  const auto left = superuser().Execute({"left", "SELECT count(*) FROM login_attempt"});
  ASSERT_THAT(left, IsOk());
  EXPECT_EQ((*left)[0][0].as<int>(), 2);
}

}  // namespace
}  // namespace cartwright::identity
