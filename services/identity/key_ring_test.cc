#include "services/identity/key_ring.h"

#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "openssl/x509.h"
#include "shared/base/secret.h"
#include "shared/testing/postgres_fixture.h"
#include "shared/testing/service_fixture.h"
#include "shared/testing/status_matchers.h"

namespace cartwright::identity {
namespace {

using testing::IsOk;
using testing::StatusIs;
using testing::ViolatesConstraint;

const std::string kSealingKey(32, 's');

class KeyRingTest : public testing::PostgresFixture {
 protected:
  KeyRingTest()
      : PostgresFixture("identity", "identity"), workers_({.url = AppUrl(), .threads = 1}) {}

  absl::Status Load(KeyRing& ring) {
    return loop_.Await(ring.Load(absl::Now() + absl::Seconds(60)));
  }

  // The first field that `sql` finds, as the superuser.
  std::string Look(const std::string& sql) {
    const std::string name = absl::StrCat("look", ++looks_);
    const auto rows = superuser().Execute({name.c_str(), sql.c_str()});
    EXPECT_THAT(rows, IsOk()) << sql;
    return rows.ok() ? (*rows)[0][0].c_str() : "";
  }

  // A key as an operator would add it.
  std::string AddKey(const std::string& state, const std::string& retire_time = "NULL") {
    const SigningKey key = SigningKey::Generate();
    const std::string sql =
        absl::StrCat("INSERT INTO signing_key (key_id, sealed, state, retire_time) VALUES ($1, $2,",
                     " $3, ", retire_time, ")");
    const std::string name = absl::StrCat("add", ++looks_);
    EXPECT_THAT(superuser().Execute({name.c_str(), sql.c_str()},
                                    {key.id(), db::Bytes(key.Seal(kSealingKey)), state}),
                IsOk());
    return key.id();
  }

  // As if it had been made earlier.
  void Age(const std::string& key_id, const std::string& interval) {
    ASSERT_THAT(superuser().Script(absl::StrCat(
                    "SET session_replication_role = replica; UPDATE signing_key SET create_time = ",
                    "create_time - interval '", interval, "' WHERE key_id = '", key_id,
                    "'; RESET session_replication_role")),
                IsOk());
  }

  static std::vector<std::string> Published(const KeyRing& ring) {
    std::vector<std::string> ids;
    for (const v1::Jwk& jwk : ring.published()) ids.push_back(jwk.kid());
    return ids;
  }

  IdentityStore store_;
  int looks_ = 0;
  db::Workers workers_;
  testing::ServiceFixture loop_{&workers_};
};

TEST_F(KeyRingTest, TheFirstLoadMakesAKeyAndLaterOnesFindIt) {
  KeyRing ring(workers_, store_, kSealingKey);
  EXPECT_EQ(ring.signer(), nullptr);
  EXPECT_TRUE(ring.published().empty());
  ASSERT_THAT(Load(ring), IsOk());
  const std::string made = ring.signer()->id();
  KeyRing later(workers_, store_, kSealingKey);
  ASSERT_THAT(Load(later), IsOk());
  ASSERT_THAT(Load(ring), IsOk());
  EXPECT_EQ(later.signer()->id(), made);
  EXPECT_EQ(ring.signer()->id(), made);
  EXPECT_EQ(Published(later).size(), 2u) << "the one that signs, and the next";
  EXPECT_EQ(Published(later), Published(ring));
}

// Goal: replicas that start at once agree on one key. Method: a lock on the table holds each of
// them up between its look for a key and the making of one, until all have got that far.
TEST_F(KeyRingTest, ThereIsOneKeyOfEachStateHoweverManyReplicasStartAtOnce) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  const int count = 2 + static_cast<int>(std::mt19937(seed)() % 7);
  std::vector<std::unique_ptr<db::Workers>> workers;
  std::vector<std::unique_ptr<KeyRing>> rings;
  std::vector<absl::Status> results(count);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    workers.push_back(
        std::make_unique<db::Workers>(db::Workers::Options{.url = AppUrl(), .threads = 1}));
    rings.push_back(std::make_unique<KeyRing>(*workers[i], store_, kSealingKey));
  }
  const db::Statement blocked = {"blocked",
                                 "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = "
                                 "'Lock' AND datname = current_database()"};
  const auto hold_up = [&](db::Connection& db) {
    EXPECT_THAT(db.Execute({"lock", "LOCK TABLE signing_key IN EXCLUSIVE MODE"}), IsOk());
    for (int i = 0; i < count; ++i) {
      threads.emplace_back([&, i] { results[i] = Load(*rings[i]); });
    }
    const absl::Time limit = absl::Now() + absl::Seconds(60);
    while (connection().Execute(blocked).value()[0][0].as<int>() < count) {
      if (absl::Now() > limit) return absl::InternalError("some replica never came to its insert");
    }
    return absl::OkStatus();
  };
  EXPECT_THAT(superuser().InTransaction(hold_up), IsOk());
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Look("SELECT string_agg(state, ' ' ORDER BY state) FROM signing_key"), "NEXT SIGNING");
  const std::string id = Look("SELECT key_id FROM signing_key WHERE state = 'SIGNING'");
  for (int i = 0; i < count; ++i) {
    ASSERT_THAT(results[i], IsOk());
    EXPECT_EQ(rings[i]->signer()->id(), id);
    EXPECT_EQ(Published(*rings[i]).size(), 2u);
  }
}

// The encoding of a private key has the public one in it: where that is not, the other is not.
TEST_F(KeyRingTest, TheTableHasNoPrivateKeyInTheClear) {
  KeyRing ring(workers_, store_, kSealingKey);
  ASSERT_THAT(Load(ring), IsOk());
  CW_ASSERT_OK_AND_ASSIGN(const auto rows, store_.ListSigningKeys(connection()));
  const std::string& sealed = rows[rows[0].state == "SIGNING" ? 0 : 1].sealed;
  EXPECT_EQ(sealed.find(FromBase64Url(ring.signer()->jwk().x()).value()), std::string::npos);
  EXPECT_EQ(sealed.find(kSealingKey), std::string::npos);
  for (size_t i = 0; i < sealed.size(); ++i) {
    auto position = reinterpret_cast<const unsigned char*>(sealed.data() + i);
    EVP_PKEY* key = d2i_AutoPrivateKey(nullptr, &position, static_cast<long>(sealed.size() - i));
    EXPECT_EQ(key, nullptr) << "a key starts at " << i;
    EVP_PKEY_free(key);
  }
  EXPECT_EQ(Look("SELECT string_agg(column_name, ' ' ORDER BY column_name) FROM"
                 " information_schema.columns WHERE table_name = 'signing_key'"),
            "create_time key_id retire_time sealed state");
}

TEST_F(KeyRingTest, WithAnotherSealingKeyItIsNotReadyAndMakesNoKey) {
  KeyRing ring(workers_, store_, kSealingKey);
  ASSERT_THAT(Load(ring), IsOk());
  KeyRing wrong(workers_, store_, std::string(32, 't'));
  EXPECT_THAT(Load(wrong), StatusIs(absl::StatusCode::kDataLoss));
  // Ready means to have a signer.
  EXPECT_EQ(wrong.signer(), nullptr);
  EXPECT_TRUE(wrong.published().empty());
  EXPECT_EQ(Look("SELECT count(*) FROM signing_key"), "2");
  EXPECT_EQ(Look("SELECT key_id FROM signing_key WHERE state = 'SIGNING'"), ring.signer()->id());
}

TEST_F(KeyRingTest, KeysThatAreLoadedOutliveALoadThatFails) {
  KeyRing ring(workers_, store_, kSealingKey);
  ASSERT_THAT(Load(ring), IsOk());
  const std::string id = ring.signer()->id();
  const auto published = Published(ring);
  ASSERT_THAT(superuser().Script("SET session_replication_role = replica;"
                                 "UPDATE signing_key SET sealed = sealed || 'x';"
                                 "RESET session_replication_role"),
              IsOk());
  EXPECT_THAT(Load(ring), StatusIs(absl::StatusCode::kDataLoss));
  ASSERT_NE(ring.signer(), nullptr);
  EXPECT_EQ(ring.signer()->id(), id);
  EXPECT_EQ(Published(ring), published);
}

TEST_F(KeyRingTest, AKeyIsPublishedBeforeItSignsAndForAnHourAfter) {
  KeyRing ring(workers_, store_, kSealingKey);
  const std::string signs = AddKey("SIGNING");
  const std::string next = AddKey("NEXT");
  const std::string retired = AddKey("RETIRED", "now() - interval '50 min'");
  AddKey("RETIRED", "now() - interval '1 hour'");
  ASSERT_THAT(Load(ring), IsOk());
  EXPECT_EQ(ring.signer()->id(), signs);
  EXPECT_THAT(Published(ring), ::testing::UnorderedElementsAre(signs, next, retired));

  // It was just made: nobody who verifies needs to know it yet.
  CW_ASSERT_OK_AND_ASSIGN(const auto early, store_.RotateSigningKey(connection()));
  EXPECT_GT(early.wait_s, 0);
  EXPECT_EQ(Look("SELECT key_id FROM signing_key WHERE state = 'SIGNING'"), signs);
  Age(next, "3 minutes");
  CW_ASSERT_OK_AND_ASSIGN(const auto rotation, store_.RotateSigningKey(connection()));
  EXPECT_EQ(rotation.wait_s, 0);
  EXPECT_EQ(rotation.key_id, next);
  CW_ASSERT_OK_AND_ASSIGN(const auto again, store_.RotateSigningKey(connection()));
  EXPECT_GT(again.wait_s, 0) << "without a next key there is no rotation";
  ASSERT_THAT(Load(ring), IsOk());
  EXPECT_EQ(ring.signer()->id(), next);
  const auto published = Published(ring);
  EXPECT_EQ(published.size(), 4u) << "and a new one is the next";
  for (const auto& id : {signs, next, retired}) {
    EXPECT_THAT(published, ::testing::Contains(id));
  }
}

TEST_F(KeyRingTest, AKeyGoesOneWayAndStaysWhatItIs) {
  AddKey("SIGNING");
  AddKey("NEXT");
  AddKey("RETIRED", "now()");
  for (const char* change :
       {"UPDATE signing_key SET state = 'NEXT' WHERE state = 'RETIRED'",
        "UPDATE signing_key SET state = 'RETIRED', retire_time = now() WHERE state = 'NEXT'",
        "UPDATE signing_key SET sealed = 'x' WHERE state = 'SIGNING'",
        "UPDATE signing_key SET retire_time = now() + interval '1 day' WHERE state = 'RETIRED'"}) {
    EXPECT_THAT(superuser().Script(change), ViolatesConstraint("signing_key_steps")) << change;
  }
}

TEST_F(KeyRingTest, WithKeysButNoneThatSignsItIsNotReadyAndMakesNoKey) {
  AddKey("NEXT");
  KeyRing ring(workers_, store_, kSealingKey);
  EXPECT_THAT(Load(ring), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(ring.signer(), nullptr);
  EXPECT_EQ(Look("SELECT count(*) FROM signing_key"), "1");
}

}  // namespace
}  // namespace cartwright::identity
